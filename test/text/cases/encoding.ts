/** Utf8Encoder and utf8ByteLength: against TextEncoder and the reference, and what the Web Platform Tests check. */
import { Random } from '../../seeded.js'
import { bytesOfHex, type Case, type Cases, equal, refuses, same, type Vector } from './case.js'
import { referenceBytes, referenceText } from './reference.js'

/** Code units at which encodings change, and their neighbours. */
const BOUNDARY_UNITS = [
  0x00, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfffd, 0xffff,
]
/** Lengths around every change of ways: the loop, V8's own heap, joints, scratch memory. */
const LENGTHS = [
  1, 2, 3, 7, 8, 11, 12, 13, 19, 20, 21, 23, 24, 25, 31, 32, 63, 64, 65, 255, 256, 511, 512, 4095, 4096,
  65_535, 65_536, 65_537, 200_000,
]
const SCRIPTS = ['a', 'é', 'я', '文', '😀', 'ab文', `${'a'.repeat(30)}😀`, '\ud800', '\udc00a']

export const encodingCases: (vectors: readonly Vector[]) => Cases = (vectors) => (layer) => {
  const { Utf8Encoder, utf8ByteLength } = layer
  const encoder = new Utf8Encoder()
  const strict = new Utf8Encoder({ errors: 'throw' })

  /** All ways to encode `text` agree with what it must become. */
  function check(text: string, expected: Uint8Array, where: unknown): void {
    same(encoder.encode(text), expected, where)
    same(utf8ByteLength(text), expected.length, where)
    const target = new Uint8Array(expected.length).fill(0xaa)
    same(encoder.encodeInto(text, target), { read: text.length, written: expected.length }, where)
    same(target, expected, where)
    const lone = text.search(/\p{Surrogate}/u)
    if (lone === -1) {
      same(strict.encode(text), expected, where)
      same(strict.encodeInto(text, target), { read: text.length, written: expected.length }, where)
    } else {
      const refusal = { code: 'ERR_STRING_LONE_SURROGATE', offset: lone }
      refuses(() => strict.encode(text), refusal, where)
      target.fill(0xaa)
      refuses(() => strict.encodeInto(text, target), refusal, where)
      same(
        target.every((byte) => byte === 0xaa),
        true,
        where,
      )
    }
  }

  const cases: Case[] = [
    {
      name: 'encodes the text of all vectors',
      run() {
        for (const { hex, valid } of vectors) {
          const bytes = bytesOfHex(hex)
          const text = referenceText(bytes, '\ufffd')
          check(text, referenceBytes(text), hex)
          if (valid) same(encoder.encode(text), bytes, hex)
        }
      },
    },
    {
      name: 'encodes every code unit, alone and between others, as TextEncoder does',
      run() {
        const builtIn = new TextEncoder()
        for (let unit = 0; unit < 0x10000; unit++) {
          const text = String.fromCharCode(unit)
          const expected = builtIn.encode(text)
          if (unit % 97 === 0 || (unit > 0xd7f0 && unit < 0xe010)) {
            same(expected, referenceBytes(text), unit)
            check(text, expected, unit)
            check(`é${text}é`, builtIn.encode(`é${text}é`), unit)
          } else {
            same(encoder.encode(text), expected, unit)
          }
        }
      },
    },
    {
      name: 'encodes all words of 4 boundary units as TextEncoder does',
      run() {
        const builtIn = new TextEncoder()
        for (const text of words(4)) {
          const expected = builtIn.encode(text)
          same(encoder.encode(text), expected, text)
          same(utf8ByteLength(text), expected.length, text)
        }
        for (const text of words(3)) check(text, referenceBytes(text), text)
      },
    },
    {
      name: 'encodes texts of every script and length',
      run() {
        const builtIn = new TextEncoder()
        for (const script of SCRIPTS) {
          for (const length of LENGTHS) {
            const text = script.repeat(Math.ceil(length / script.length)).slice(0, length)
            const expected = builtIn.encode(text)
            same(encoder.encode(text).length, expected.length, { script, length })
            check(text, expected, { script, length })
          }
        }
      },
    },
    {
      name: 'encodes what looks like ASCII and is not',
      run() {
        const builtIn = new TextEncoder()
        for (const length of [10, 24, 100, 70_000]) {
          for (const other of ['é', '文', '😀', '\ud800']) {
            for (const at of new Set([1, 5, length >> 2, length - 2])) {
              const text = 'a'.repeat(at) + other + 'a'.repeat(length - at - other.length)
              check(text, builtIn.encode(text), { length, other, at })
            }
          }
        }
      },
    },
    {
      name: 'encodes strings of every make: cut, joined, of one byte a unit, of two',
      run() {
        const builtIn = new TextEncoder()
        const wide = `文${'latin é '.repeat(40)}`
        const joined = ['a', 'é', '文', '😀'].reduce((text, part) => text + part.repeat(9) + text, 'x')
        const texts = [wide.slice(1), wide.slice(3, 40), joined, joined.slice(5), `${joined}${wide}`]
        for (const text of [...texts, 'é'.repeat(300), 'plain '.repeat(9)]) {
          check(text, builtIn.encode(text), text)
        }
      },
    },
    {
      name: 'fills every window, with whole characters, and touches nothing outside of it',
      run() {
        const builtIn = new TextEncoder()
        for (const text of [
          'Hi',
          'é',
          'AéB',
          '文字',
          '\u{1d306}A',
          'A\ud834A\udf06A¥Hi',
          '\ud800',
          'a😀é文',
          '\udc00😀',
        ]) {
          for (let size = 0; size <= 20; size++) {
            for (const [before, after] of [
              [0, 0],
              [3, 5],
            ]) {
              for (const filler of [0, 0x80, 0xff]) {
                const memory = new Uint8Array(before + size + after).fill(filler)
                const expected = memory.slice()
                const wanted = builtIn.encodeInto(text, expected.subarray(before, before + size))
                const got = encoder.encodeInto(text, memory.subarray(before, before + size))
                // Behind what it says was written a platform may leave what it likes, we leave what was there.
                expected.fill(filler, before + wanted.written)
                same(got, { read: wanted.read, written: wanted.written }, { text, size })
                same(memory, expected, { text, size })
              }
            }
          }
        }
      },
    },
    {
      name: 'fills windows that are too small for texts of every length',
      run() {
        const builtIn = new TextEncoder()
        for (let seed = 0; seed < 400; seed++) {
          const random = new Random(seed)
          const text = randomText(random, random.pick([10, 60, 700]))
          const memory = new Uint8Array(random.below(3 * text.length + 4)).fill(0xaa)
          const expected = memory.slice()
          const { read, written } = builtIn.encodeInto(text, expected)
          same(encoder.encodeInto(text, memory), { read, written }, { seed })
          same(memory.subarray(0, written), expected.subarray(0, written), { seed })
          same(
            memory.subarray(written).every((byte) => byte === 0xaa),
            true,
            { seed },
          )
        }
      },
    },
    {
      name: 'leaves what no whole character fits into as it was, wherever that is',
      run() {
        for (const character of ['é', '文', '😀', '\ud800']) {
          const size = referenceBytes(character).length
          for (const before of ['a', '文', '😀']) {
            const width = referenceBytes(before).length
            for (let count = 0; count < 150; count++) {
              const text = before.repeat(count) + character + 'b'.repeat(200)
              for (let room = 0; room < size; room++) {
                const memory = new Uint8Array(count * width + room).fill(0xaa)
                const got = encoder.encodeInto(text, memory)
                same(got.written, count * width, { character, before, count, room })
                same(got.read, count * before.length, { character, before, count, room })
                const rest = memory.subarray(count * width)
                same(rest, new Uint8Array(room).fill(0xaa), { character, before, count, room })
              }
            }
          }
        }
      },
    },
    {
      name: 'leaves all behind the text as it was',
      run() {
        for (const script of ['a', 'é', '文', '😀', 'ab文', `${'a'.repeat(37)}😀`]) {
          for (let length = 0; length < 300; length++) {
            const text = script.repeat(length).slice(0, length).toWellFormed()
            const memory = new Uint8Array(3 * length + 100).fill(0xaa)
            const { written } = encoder.encodeInto(text, memory)
            const rest = memory.subarray(written)
            same(rest, new Uint8Array(rest.length).fill(0xaa), { script, length })
          }
        }
      },
    },
    {
      name: 'makes a string of what is none, as WebIDL does',
      run() {
        const builtIn = new TextEncoder()
        const objects = [null, 0, -0, 1.5, 10n, true, [1, [2]], {}, { toString: () => '文' }]
        const primitive = { [Symbol.toPrimitive]: (hint: string) => hint, toString: () => 'no' }
        for (const value of [...objects, primitive, () => 0]) {
          same(encoder.encode(value as never), builtIn.encode(value as never))
          // TextEncoder.encodeInto of Node is stricter than WebIDL.
          const bytes = builtIn.encode(value as never)
          const target = new Uint8Array(bytes.length)
          same(encoder.encodeInto(value as never, target).written, bytes.length)
          same(target, bytes)
        }
        same(encoder.encode(), new Uint8Array(0))
        same(encoder.encode(undefined), new Uint8Array(0))
        const target = new Uint8Array(9)
        same(encoder.encodeInto(undefined as never, target), { read: 9, written: 9 })
        for (const symbol of [Symbol('s'), Object(Symbol('s'))]) {
          for (const call of [
            () => encoder.encode(symbol as never),
            () => encoder.encodeInto(symbol as never, target),
          ]) {
            let thrown: unknown
            try {
              call()
            } catch (error) {
              thrown = error
            }
            same(thrown instanceof TypeError, true)
          }
        }
      },
    },
    {
      name: 'refuses destinations that are no Uint8Array',
      run() {
        const buffer = new ArrayBuffer(16)
        const views = [Int8Array, Uint8ClampedArray, Uint16Array, Float64Array, BigInt64Array].map(
          (View) => new View(buffer),
        )
        for (const target of [...views, new DataView(buffer), buffer, [], {}, 'text', null, undefined, 16]) {
          refuses(() => encoder.encodeInto('a', target as never), { code: 'ERR_ARGUMENT' })
        }
        same(new Uint8Array(buffer), new Uint8Array(16))
      },
    },
    {
      name: 'refuses to measure what is no string',
      run() {
        for (const value of [undefined, null, 1, [], {}, Symbol('s'), Object('text')]) {
          refuses(() => utf8ByteLength(value as never), { code: 'ERR_ARGUMENT' })
        }
      },
    },
    {
      name: 'gives each result memory of its own, of just the right size',
      run() {
        const lengths = [0, 1, 5, 20, 24, 25, 30, 60, 64, 65, 100, 5000, 70_000, 300_000]
        for (const script of ['a', 'é', '文', '😀']) {
          const results: Uint8Array<ArrayBuffer>[] = []
          for (const length of lengths) {
            const text = script.repeat(length)
            for (let i = 0; i < 3; i++) {
              const bytes = encoder.encode(text)
              same([bytes.byteOffset, bytes.buffer.byteLength], [0, bytes.length], { script, length })
              same(Object.getPrototypeOf(bytes), Uint8Array.prototype)
              results.push(bytes)
            }
          }
          same(new Set(results.map(({ buffer }) => buffer)).size, results.length)
          // What is written to one is seen in no other.
          for (const [i, bytes] of results.entries()) bytes.fill(i)
          same(encoder.encode(script.repeat(7)), referenceBytes(script.repeat(7)))
          for (const [i, bytes] of results.entries()) {
            if (bytes.some((byte) => byte !== i)) throw new Error(`result ${i} shares memory`)
          }
        }
      },
    },
    {
      name: 'gives memory that can be transferred',
      run() {
        for (const text of ['a', 'x'.repeat(40), '文'.repeat(1000)]) {
          const bytes = encoder.encode(text)
          const moved = structuredClone(bytes, { transfer: [bytes.buffer] })
          same(moved, referenceBytes(text))
          same(bytes.length, 0)
          same(encoder.encode(text), moved)
        }
      },
    },
    {
      name: 'has the options that it was given, and refuses what is unknown',
      run() {
        same([encoder.encoding, encoder.errors, strict.errors], ['utf-8', 'replace', 'throw'])
        same(new Utf8Encoder(undefined).errors, 'replace')
        same(new Utf8Encoder(null as never).errors, 'replace')
        for (const options of [{ errors: 'ignore' }, { errors: null }, { fatal: true }, 'throw', 1]) {
          refuses(() => new Utf8Encoder(options as never), { code: 'ERR_ARGUMENT' })
        }
      },
    },
    {
      name: 'looks like TextEncoder',
      run() {
        same(Object.prototype.toString.call(encoder), '[object Utf8Encoder]')
        same(Utf8Encoder.name, 'Utf8Encoder')
        for (const name of ['encoding', 'errors']) {
          const property = Object.getOwnPropertyDescriptor(Utf8Encoder.prototype, name)
          same(
            [typeof property?.get, property?.set, property?.configurable],
            ['function', undefined, true],
            name,
          )
          same(Object.hasOwn(encoder, name), false, name)
        }
      },
    },
    {
      name: 'encodes random text as TextEncoder does',
      run() {
        const builtIn = new TextEncoder()
        for (let seed = 0; seed < 500; seed++) {
          const random = new Random(seed)
          const text = randomText(random, random.pick([5, 20, 100, 3000]))
          check(text, builtIn.encode(text), { seed })
        }
      },
    },
    {
      name: 'gives the same bytes 20,000 times',
      run() {
        const texts = ['', 'abc', 'äöü', '文字文字文', 'a😀b😀c', 'x'.repeat(60), 'я'.repeat(40), '\ud800']
        const expected = texts.map(referenceBytes)
        const target = new Uint8Array(200)
        for (let i = 0; i < 20_000; i++) {
          const n = i % texts.length
          if (!equal(encoder.encode(texts[n]), expected[n])) throw new Error(`encode differs in round ${i}`)
          const { written } = encoder.encodeInto(texts[n], target)
          if (!equal(target.subarray(0, written), expected[n]))
            throw new Error(`encodeInto differs in round ${i}`)
        }
      },
    },
  ]
  return cases
}

function* words(length: number): Generator<string> {
  const { length: base } = BOUNDARY_UNITS
  for (let number = 0; number < base ** length; number++) {
    yield String.fromCharCode(
      ...Array.from({ length }, (_, i) => BOUNDARY_UNITS[Math.floor(number / base ** i) % base]),
    )
  }
}

/** About `length` units of one or several scripts, with lone surrogates now and then. */
function randomText(random: Random, length: number): string {
  const scripts = ['plain ', 'déjà ', 'слово ', '文字', '😀']
  const some = Array.from({ length: 1 + random.below(3) }, () => random.pick(scripts))
  const lone = random.chance(0.3)
  let text = ''
  while (text.length < length) {
    text += random.pick(some).repeat(1 + random.below(5))
    if (lone && random.chance(0.2)) text += String.fromCharCode(0xd800 + random.below(0x800))
  }
  return text
}
