/** Utf8EncoderStream and Utf8DecoderStream, against the platform's streams and against what is not streamed. */
import { Random } from '../../seeded.js'
import { bytesOfHex, type Case, type Cases, hexOf, rejects, same, type Vector } from './case.js'
import { referenceBytes, referenceError, referenceText } from './reference.js'

export const streamCases: (vectors: readonly Vector[]) => Cases = (vectors) => (layer) => {
  const { Utf8EncoderStream, Utf8DecoderStream } = layer

  const cases: Case[] = [
    {
      name: 'decodes all vectors, whole, byte by byte, and in two chunks',
      async run() {
        for (const { hex } of vectors) {
          const bytes = bytesOfHex(hex)
          const error = referenceError(bytes)
          const middle = bytes.length >> 1
          for (const chunks of [
            [bytes],
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
            [bytes.subarray(0, middle), bytes.subarray(0, 0), bytes.subarray(middle)],
          ]) {
            const through = (errors: 'replace' | 'throw' | 'ignore') =>
              collect(chunks, new Utf8DecoderStream('utf-8', { ignoreBOM: true, errors }))
            same((await through('replace')).join(''), referenceText(bytes, '\ufffd'), hex)
            same((await through('ignore')).join(''), referenceText(bytes, ''), hex)
            if (error === null) same((await through('throw')).join(''), referenceText(bytes, ''), hex)
            else await rejects(through('throw'), { code: 'ERR_UTF8_INVALID', offset: error }, hex)
          }
        }
      },
    },
    {
      name: 'gives the chunks that TextDecoderStream gives, and takes every kind of bytes',
      async run() {
        const bytes = new TextEncoder().encode('\ufeffa文😀é')
        const parts = [
          bytes.slice(0, 1).buffer,
          new DataView(bytes.buffer, 1, 1),
          new Int8Array(bytes.slice(2, 5)),
          new Uint8Array(0),
          new Uint16Array(bytes.slice(5, 7).buffer),
          bytes.subarray(7, 12),
          bytes.subarray(12),
        ]
        for (const options of [{}, { fatal: true }, { ignoreBOM: true }]) {
          const expected = await collect(parts, new TextDecoderStream('utf-8', options))
          same(await collect(parts, new Utf8DecoderStream('utf-8', options)), expected, options)
        }
      },
    },
    {
      name: 'fails on a chunk that is no bytes, and both sides with it',
      async run() {
        for (const wrong of ['text', 1, null, undefined, {}, [1]]) {
          const stream = new Utf8DecoderStream()
          const reading = stream.readable.getReader().read()
          const writer = stream.writable.getWriter()
          const writing = writer.write(wrong as never)
          await rejects(reading, { code: 'ERR_ARGUMENT' })
          await rejects(writing, { code: 'ERR_ARGUMENT' })
          await rejects(writer.closed, { code: 'ERR_ARGUMENT' })
        }
      },
    },
    {
      name: 'fails at the flush if a character is cut',
      async run() {
        const stream = new Utf8DecoderStream('utf-8', { fatal: true })
        const reader = stream.readable.getReader()
        const writer = stream.writable.getWriter()
        const writing = writer.write(Uint8Array.of(0x61, 0xe6, 0x96))
        same((await reader.read()).value, 'a')
        await writing
        const [reading, closing] = [reader.read(), writer.close()]
        await rejects(reading, { code: 'ERR_UTF8_INVALID', offset: 1 })
        await rejects(closing, { code: 'ERR_UTF8_INVALID', offset: 1 })
      },
    },
    {
      name: 'encodes in every split what the whole gives',
      async run() {
        for (const text of [
          '',
          'a',
          '文',
          '😀',
          'a😀b',
          '\ud83d',
          'ab\udc00',
          'é文\ud800c',
          '\ude00',
          '\ud83d\ud83d\ude00\ude00',
          '😀😀',
        ]) {
          for (let first = 0; first <= text.length; first++) {
            for (let second = first; second <= text.length; second++) {
              const chunks = [text.slice(0, first), text.slice(first, second), text.slice(second)]
              const expected = await collect(chunks, new TextEncoderStream())
              const got = await collect(chunks, new Utf8EncoderStream())
              same(got.map(hexOf), expected.map(hexOf), chunks)
              same(got.map(hexOf).join(''), hexOf(referenceBytes(text)), chunks)
              const strict = collect(chunks, new Utf8EncoderStream({ errors: 'throw' }))
              const lone = text.search(/\p{Surrogate}/u)
              if (lone >= 0)
                await rejects(strict, { code: 'ERR_STRING_LONE_SURROGATE', offset: lone }, chunks)
              else same((await strict).map(hexOf), got.map(hexOf), chunks)
            }
          }
        }
      },
    },
    {
      name: 'makes a string of a chunk that is none',
      async run() {
        const chunks = [null, undefined, 1, { toString: () => 'é' }, ['a', 'b'], true]
        const expected = await collect(chunks, new TextEncoderStream() as never)
        same(await collect(chunks, new Utf8EncoderStream() as never), expected)
        const stream = new Utf8EncoderStream()
        const reading = stream.readable.getReader().read()
        const writing = stream.writable.getWriter().write(Symbol('s') as never)
        const isTypeError = (error: unknown) => error instanceof TypeError
        same(await reading.catch(isTypeError), true)
        same(await writing.catch(isTypeError), true)
      },
    },
    {
      name: 'carries random text from an encoder to a decoder, in random chunks',
      async run() {
        for (let seed = 0; seed < 20; seed++) {
          const random = new Random(seed)
          const chunks = Array.from({ length: 50 }, () => {
            const text = random.pick(['plain text ', 'é', '文字', '😀', '\ud83d', '\ude00', ''])
            return text.repeat(random.below(random.pick([3, 400])))
          })
          const encoded = await collect(chunks, new Utf8EncoderStream())
          const text = chunks.join('').toWellFormed()
          same((await collect(encoded, new Utf8DecoderStream('utf-8', { fatal: true }))).join(''), text, seed)
          const bytes = new Uint8Array(await new Blob(encoded).arrayBuffer())
          same(bytes, new TextEncoder().encode(text), seed)
        }
      },
    },
    {
      name: 'has the properties and options of its kin',
      async run() {
        const decoder = new Utf8DecoderStream(' UTF8 ', { errors: 'throw', ignoreBOM: true })
        same(
          [decoder.encoding, decoder.fatal, decoder.ignoreBOM, decoder.errors],
          ['utf-8', true, true, 'throw'],
        )
        const encoder = new Utf8EncoderStream({ errors: 'throw' })
        same([encoder.encoding, encoder.errors], ['utf-8', 'throw'])
        for (const stream of [decoder, encoder]) {
          same(
            [stream.readable instanceof ReadableStream, stream.writable instanceof WritableStream],
            [true, true],
          )
          same([stream.readable, stream.writable], [stream.readable, stream.writable])
        }
        same(Object.prototype.toString.call(decoder), '[object Utf8DecoderStream]')
        same(Object.prototype.toString.call(encoder), '[object Utf8EncoderStream]')
        const refused = { code: 'ERR_ARGUMENT' }
        await rejects(
          construct(() => new Utf8DecoderStream('utf-8', { fatal: true, errors: 'ignore' })),
          refused,
        )
        await rejects(
          construct(() => new Utf8EncoderStream({ errors: 'ignore' as never })),
          refused,
        )
        await rejects(
          construct(() => new Utf8DecoderStream('latin1')),
          { code: 'ERR_ENCODING_UNKNOWN', type: RangeError },
        )
      },
    },
  ]
  return cases
}

async function construct(make: () => unknown): Promise<unknown> {
  return make()
}

/** What comes out if all chunks go in. */
async function collect<In, Out>(
  chunks: readonly In[],
  stream: { readonly readable: ReadableStream<Out>; readonly writable: WritableStream<In> },
): Promise<Out[]> {
  const source = new ReadableStream<In>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const results: Out[] = []
  const reader = source.pipeThrough(stream).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return results
    results.push(value)
  }
}
