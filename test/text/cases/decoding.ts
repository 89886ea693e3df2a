/** Utf8Decoder: the vectors in every split, and what the Web Platform Tests check of TextDecoder. */
import { BOUNDARY_BYTES, Random } from '../../seeded.js'
import { bytesOfHex, type Case, type Cases, hexOf, refuses, same, type Vector } from './case.js'
import { referenceError, referenceText } from './reference.js'

const MARK = [0xef, 0xbb, 0xbf]
const LABELS = ['unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'utf-8', 'utf8', 'x-unicode20utf8']

export const decodingCases: (vectors: readonly Vector[]) => Cases = (vectors) => (layer) => {
  const { Utf8Decoder } = layer
  type Options = ConstructorParameters<typeof Utf8Decoder>[1]

  /** Decodes chunks as a stream, the last one with the flush or in front of it. */
  function decodeChunks(
    chunks: readonly Uint8Array[],
    options: Options,
    flush: 'alone' | 'with the last',
  ): string {
    const decoder = new Utf8Decoder('utf-8', options)
    const texts = chunks.map((chunk, i) =>
      decoder.decode(chunk, { stream: flush === 'alone' || i < chunks.length - 1 }),
    )
    if (flush === 'alone') texts.push(decoder.decode())
    return texts.join('')
  }

  /** Every policy on `bytes` cut at `places` gives what the whole gives. */
  function checkSplit(bytes: Uint8Array, places: readonly number[], flush: 'alone' | 'with the last'): void {
    const chunks = [0, ...places].map((start, i) => bytes.subarray(start, places[i] ?? bytes.length))
    const where = `${hexOf(bytes)} at ${places}, flushed ${flush}`
    const replaced = decodeChunks(chunks, { ignoreBOM: true }, flush)
    same(replaced, referenceText(bytes, '\ufffd'), where)
    const ignored = decodeChunks(chunks, { ignoreBOM: true, errors: 'ignore' }, flush)
    same(ignored, referenceText(bytes, ''), where)
    const error = referenceError(bytes)
    const strict = () => decodeChunks(chunks, { ignoreBOM: true, fatal: true }, flush)
    if (error === null) same(strict(), replaced, where)
    else refuses(strict, { code: 'ERR_UTF8_INVALID', offset: error }, where)
  }

  const cases: Case[] = [
    {
      name: 'decodes all vectors',
      run() {
        for (const { hex, replaced_codepoints_hex, error_offset } of vectors) {
          const bytes = bytesOfHex(hex)
          const text = String.fromCodePoint(
            ...replaced_codepoints_hex.map((code) => Number.parseInt(code, 16)),
          )
          same(referenceText(bytes, '\ufffd'), text, hex)
          same(referenceError(bytes), error_offset, hex)
          same(new Utf8Decoder('utf-8', { ignoreBOM: true }).decode(bytes), text, hex)
          const strict = new Utf8Decoder('utf-8', { ignoreBOM: true, fatal: true })
          if (error_offset === null) same(strict.decode(bytes), text, hex)
          else refuses(() => strict.decode(bytes), { code: 'ERR_UTF8_INVALID', offset: error_offset }, hex)
          const ignoring = new Utf8Decoder('utf-8', { ignoreBOM: true, errors: 'ignore' })
          same(ignoring.decode(bytes), referenceText(bytes, ''), hex)
        }
      },
    },
    {
      name: 'decodes all vectors split at every place',
      run() {
        for (const { hex } of vectors) {
          const bytes = bytesOfHex(hex)
          for (let place = 0; place <= bytes.length; place++) {
            checkSplit(bytes, [place], 'alone')
            checkSplit(bytes, [place], 'with the last')
          }
        }
      },
    },
    {
      name: 'decodes all vectors split at every pair of places',
      run() {
        for (const { hex } of vectors) {
          const bytes = bytesOfHex(hex)
          // Of the few long ones all that matters is at the end.
          const from = Math.max(0, bytes.length - 12)
          for (let first = from; first <= bytes.length; first++) {
            for (let second = first; second <= bytes.length; second++)
              checkSplit(bytes, [first, second], 'alone')
          }
        }
      },
    },
    {
      name: 'decodes all vectors byte by byte, with empty chunks between',
      run() {
        for (const { hex } of vectors) {
          const bytes = bytesOfHex(hex)
          const places = Array.from({ length: 2 * bytes.length }, (_, i) => Math.floor((i + 1) / 2))
          checkSplit(bytes, places, 'alone')
        }
      },
    },
    {
      name: 'decodes all words of up to 3 boundary bytes as TextDecoder does, in every split',
      run() {
        const builtIn = new TextDecoder('utf-8', { ignoreBOM: true })
        for (const word of words(3)) {
          same(referenceText(word, '\ufffd'), builtIn.decode(word), hexOf(word))
          for (let place = 1; place < Math.max(2, word.length); place++) checkSplit(word, [place], 'alone')
        }
      },
    },
    {
      name: 'leaves out one byte order mark at the start, and no other, in every split',
      run() {
        for (const text of ['', 'a', '\ufeff', 'a\ufeff', '\ufeff\ufeff', '\ufffd', '文']) {
          const bytes = Uint8Array.from([...MARK, ...new TextEncoder().encode(text)])
          for (const errors of ['replace', 'throw', 'ignore'] as const) {
            for (let first = 0; first <= bytes.length; first++) {
              for (let second = first; second <= bytes.length; second++) {
                const chunks = [
                  bytes.subarray(0, first),
                  bytes.subarray(first, second),
                  bytes.subarray(second),
                ]
                same(decodeChunks(chunks, { errors }, 'alone'), text, { text, first, second })
                const kept = decodeChunks(chunks, { errors, ignoreBOM: true }, 'alone')
                same(kept, `\ufeff${text}`, { text, first, second })
              }
            }
          }
        }
      },
    },
    {
      name: 'takes part of a byte order mark for what it is',
      run() {
        for (const bytes of [[0xef], [0xef, 0xbb], [0xef, 0xbb, 0xbe], [0xff, ...MARK], [0x20, ...MARK]]) {
          const array = Uint8Array.from(bytes)
          same(new Utf8Decoder().decode(array), new TextDecoder().decode(array), bytes)
          const decoder = new Utf8Decoder()
          const texts = bytes.map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true }))
          same(texts.join('') + decoder.decode(), new TextDecoder().decode(array), bytes)
        }
        // A signature stands at the very start of the bytes, not of what is left of them.
        const ignoring = new Utf8Decoder('utf-8', { errors: 'ignore' })
        same(ignoring.decode(Uint8Array.from([0xff, ...MARK])), '\ufeff')
      },
    },
    {
      name: 'looks for a byte order mark again after each flush',
      run() {
        const decoder = new Utf8Decoder()
        const marked = Uint8Array.from([...MARK, 0x61])
        for (let i = 0; i < 3; i++) {
          same(decoder.decode(marked), 'a')
          same(decoder.decode(marked, { stream: true }), 'a')
          same(decoder.decode(marked, { stream: true }), '\ufeffa')
          same(decoder.decode(), '')
          same(decoder.decode(marked.subarray(0, 2), { stream: true }), '')
          same(decoder.decode(marked.subarray(2)), 'a')
        }
      },
    },
    {
      name: 'counts the offset of an error from the start of the stream',
      run() {
        const decoder = new Utf8Decoder('utf-8', { fatal: true })
        const invalid = (offset: number) => ({ code: 'ERR_UTF8_INVALID', offset })
        refuses(() => decoder.decode(Uint8Array.from([...MARK, 0x61, 0xff])), invalid(4))
        refuses(() => decoder.decode(Uint8Array.of(0xff)), invalid(0))
        same(decoder.decode(Uint8Array.from([...MARK, 0x61]), { stream: true }), 'a')
        same(decoder.decode(Uint8Array.of(0xe6, 0x96), { stream: true }), '')
        same(decoder.decode(Uint8Array.of(0x87, 0x62, 0xf0), { stream: true }), '文b')
        refuses(() => decoder.decode(), invalid(8))
        same(decoder.decode(Uint8Array.of(0x61, 0xe6), { stream: true }), 'a')
        refuses(() => decoder.decode(Uint8Array.of(0x96, 0x61), { stream: true }), invalid(1))
        same(decoder.decode(Uint8Array.of(0x61, 0xe6), { stream: true }), 'a')
        refuses(() => decoder.decode(Uint8Array.of(0x96, 0x87, 0x80), { stream: true }), invalid(4))
      },
    },
    {
      name: 'is as new after an error',
      run() {
        const marked = Uint8Array.from([...MARK, 0x61])
        for (const wrong of [[0xff], [0xe6, 0x61], [0x61, 0xf0, 0x9f, 0x61]]) {
          const decoder = new Utf8Decoder('utf-8', { fatal: true })
          for (const stream of [true, false]) {
            decoder.decode(Uint8Array.of(0x61, 0xe6), { stream: true })
            refuses(() => decoder.decode(Uint8Array.from(wrong), { stream }), { code: 'ERR_UTF8_INVALID' })
            same(decoder.decode(marked), 'a', { wrong, stream })
          }
          refuses(() => decoder.decode(Uint8Array.of(0xe6, 0x96)), { code: 'ERR_UTF8_INVALID', offset: 0 })
          same(decoder.decode(Uint8Array.of(0x96, 0x87).subarray(0, 0)), '')
          same(decoder.decode(marked), 'a')
        }
      },
    },
    {
      name: 'goes on with the stream after a wrong argument',
      run() {
        const decoder = new Utf8Decoder()
        same(decoder.decode(Uint8Array.of(0xe6), { stream: true }), '')
        for (const wrong of ['text', 1, null, {}, [0x96], new Date(), Symbol('s'), () => 0]) {
          refuses(() => decoder.decode(wrong as never, { stream: true }), { code: 'ERR_ARGUMENT' })
        }
        refuses(() => decoder.decode(Uint8Array.of(0x96), 'stream' as never), { code: 'ERR_ARGUMENT' })
        same(decoder.decode(Uint8Array.of(0x96, 0x87)), '文')
      },
    },
    {
      name: 'decodes nothing from nothing',
      run() {
        for (const fatal of [false, true]) {
          const decoder = new Utf8Decoder('utf-8', { fatal })
          same(decoder.decode(), '')
          same(decoder.decode(undefined), '')
          same(decoder.decode(undefined, { stream: true }), '')
          same(decoder.decode(new Uint8Array(0)), '')
          same(decoder.decode(new ArrayBuffer(0), { stream: true }), '')
          same(decoder.decode(undefined, null as never), '')
        }
      },
    },
    {
      name: 'takes what is truthy for a flag',
      run() {
        const decoder = new Utf8Decoder('utf-8', { fatal: 1 as never, ignoreBOM: 'yes' as never })
        same([decoder.fatal, decoder.ignoreBOM], [true, true])
        same(decoder.decode(Uint8Array.of(0xe6), { stream: 1 as never }), '')
        same(decoder.decode(Uint8Array.of(0x96, 0x87), { stream: 0 as never }), '文')
      },
    },
    {
      name: 'knows the labels of the Encoding Standard',
      run() {
        for (const label of LABELS) {
          for (const around of ['', ' ', '\t', '\n', '\f', '\r', ' \t\r\n\f']) {
            for (const written of [label, label.toUpperCase(), label.replace('u', 'U')]) {
              same(new Utf8Decoder(`${around}${written}${around}`).encoding, 'utf-8', written)
            }
          }
        }
        same(new Utf8Decoder().encoding, 'utf-8')
        same(new Utf8Decoder(undefined, {}).encoding, 'utf-8')
        same(new Utf8Decoder({ toString: () => 'UTF8' } as never).encoding, 'utf-8')
      },
    },
    {
      name: 'refuses all other labels',
      run() {
        const spaces = ['\u00a0', '\u000b', '\u2028', '\ufeff', '\u3000', '\0']
        const wrong = [
          '',
          ' ',
          'utf-16',
          'utf-16le',
          'latin1',
          'windows-1252',
          'utf',
          'utf_8',
          'utf-8utf-8',
          'cesu-8',
        ]
        for (const label of [...wrong, 'utf 8', 'utf-8,', 'ｕｔｆ-8', 'unİcode11utf8', 'unıcode11utf8']) {
          refuses(() => new Utf8Decoder(label), { code: 'ERR_ENCODING_UNKNOWN', type: RangeError }, label)
        }
        for (const space of spaces) {
          refuses(
            () => new Utf8Decoder(`utf-8${space}`),
            { code: 'ERR_ENCODING_UNKNOWN', type: RangeError },
            space,
          )
          refuses(
            () => new Utf8Decoder(`${space}utf-8`),
            { code: 'ERR_ENCODING_UNKNOWN', type: RangeError },
            space,
          )
        }
        for (const label of [null, 8, {}, true]) {
          refuses(() => new Utf8Decoder(label as never), { code: 'ERR_ENCODING_UNKNOWN', type: RangeError })
        }
      },
    },
    {
      name: 'has the options that it was given, and refuses what contradicts itself or is unknown',
      run() {
        const told = (options: Options) => {
          const { fatal, ignoreBOM, errors } = new Utf8Decoder('utf-8', options)
          return [fatal, ignoreBOM, errors]
        }
        same(told(undefined), [false, false, 'replace'])
        same(told(null as never), [false, false, 'replace'])
        same(told({ ignoreBOM: true }), [false, true, 'replace'])
        same(told({ fatal: true }), [true, false, 'throw'])
        same(told({ fatal: false }), [false, false, 'replace'])
        same(told({ errors: 'throw' }), [true, false, 'throw'])
        same(told({ errors: 'ignore' }), [false, false, 'ignore'])
        same(told({ errors: 'throw', fatal: true }), [true, false, 'throw'])
        same(told({ errors: 'ignore', fatal: false }), [false, false, 'ignore'])
        for (const options of [
          { fatal: true, errors: 'ignore' },
          { fatal: true, errors: 'replace' },
          { fatal: false, errors: 'throw' },
          { errors: 'strict' },
          { ignoreBom: true },
          'fatal',
          1,
        ]) {
          refuses(() => new Utf8Decoder('utf-8', options as never), { code: 'ERR_ARGUMENT' }, options)
        }
      },
    },
    {
      name: 'looks like TextDecoder',
      run() {
        const decoder = new Utf8Decoder()
        same(Object.prototype.toString.call(decoder), '[object Utf8Decoder]')
        same([Utf8Decoder.name, Utf8Decoder.length], ['Utf8Decoder', 0])
        for (const name of ['encoding', 'fatal', 'ignoreBOM', 'errors']) {
          const property = Object.getOwnPropertyDescriptor(Utf8Decoder.prototype, name)
          same(
            [typeof property?.get, property?.set, property?.configurable],
            ['function', undefined, true],
            name,
          )
          same(Object.hasOwn(decoder, name), false, name)
        }
        // Called without `new`, or on something else, it refuses.
        const call = Utf8Decoder as unknown as () => unknown
        same(
          throwsTypeError(() => call()),
          true,
        )
        same(
          throwsTypeError(() => decoder.decode.call({} as never, new Uint8Array(1))),
          true,
        )
      },
    },
    {
      name: 'decodes random bytes in random chunks as TextDecoder does',
      run() {
        for (let seed = 0; seed < 300; seed++) {
          const random = new Random(seed)
          const bytes = randomBytes(random)
          const options = { ignoreBOM: random.chance(0.5), fatal: random.chance(0.3) }
          const ours = new Utf8Decoder('utf-8', options)
          const builtIn = new TextDecoder('utf-8', options)
          for (let at = 0; at < bytes.length; ) {
            const end = Math.min(bytes.length, at + 1 + random.below(random.pick([3, 20, 300])))
            const chunk = bytes.subarray(at, end)
            const stream = random.chance(0.9)
            const expected = outcomeOf(() => builtIn.decode(chunk, { stream }))
            const got = outcomeOf(() => ours.decode(chunk, { stream }))
            same(got, expected, { seed, at, end, options, chunk })
            // TextDecoders do not agree on what is left of a stream behind an error.
            if (got === FAILED) break
            at = end
          }
        }
      },
    },
    {
      name: 'sees a lone 80h in a hot loop, whatever the text before was',
      run() {
        const decoder = new Utf8Decoder('utf-8', { fatal: true })
        const texts = ['a', 'plain text that is a little longer', 'é', '文字', '😀 and more'].map((text) =>
          new TextEncoder().encode(text),
        )
        const lone = Uint8Array.of(0x80)
        for (let i = 0; i < 20_000; i++) {
          const text = texts[i % texts.length]
          decoder.decode(text)
          let thrown = false
          try {
            decoder.decode(lone)
          } catch {
            thrown = true
          }
          if (!thrown) throw new Error(`a lone 80h passed in round ${i}`)
        }
      },
    },
    {
      name: 'gives the same text 20,000 times from memory that is used again',
      run() {
        const memory = new Uint8Array(64)
        const encoder = new TextEncoder()
        const texts = ['', 'abc', 'äöü', '文字文字文', 'a😀b😀c', '\ufffd', 'x'.repeat(60), 'я'.repeat(30)]
        const decoders = [
          new Utf8Decoder(),
          new Utf8Decoder('utf8', { fatal: true }),
          new Utf8Decoder('utf8', { errors: 'ignore' }),
        ]
        for (let i = 0; i < 20_000; i++) {
          const text = texts[i % texts.length]
          const { written } = encoder.encodeInto(text, memory)
          same(decoders[i % 3].decode(memory.subarray(0, written)), text, i)
        }
      },
    },
  ]
  return cases
}

const FAILED = Symbol('an error')

function outcomeOf(call: () => string): string | typeof FAILED {
  try {
    return call()
  } catch {
    return FAILED
  }
}

function throwsTypeError(call: () => unknown): boolean {
  try {
    call()
  } catch (error) {
    return error instanceof TypeError
  }
  return false
}

/** All words of 1 up to `longest` of the bytes that matter. */
function* words(longest: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let length = 1; length <= longest; length++) {
    const { length: base } = BOUNDARY_BYTES
    for (let number = 0; number < base ** length; number++) {
      yield Uint8Array.from({ length }, (_, i) => BOUNDARY_BYTES[Math.floor(number / base ** i) % base])
    }
  }
}

/** Text of several scripts with some damage. */
function randomBytes(random: Random): Uint8Array<ArrayBuffer> {
  // No second byte order mark: the TextDecoder of Node 24 takes it for the first if that was cut.
  const scripts = ['plain ASCII, ', 'déjà vu ', 'слова ', '文字列', '😀🎉', '\ufffd']
  let text = random.chance(0.3) ? '\ufeff' : ''
  for (let i = 0; i < 40; i++) text += random.pick(scripts).repeat(1 + random.below(4))
  const bytes = new TextEncoder().encode(text)
  const damages = random.pick([0, 0, 1, 40])
  for (let i = 0; i < damages; i++) bytes[random.below(bytes.length)] = random.pick(BOUNDARY_BYTES)
  return bytes
}
