/** Memory of every kind, as the Web Platform Tests use it: shared, resizable, detached, out of bounds. */
import { type Case, type Cases, refuses, same } from './case.js'
import { referenceBytes } from './reference.js'

const TEXT = 'a é 文 😀 and some more text, so that it is not short: 文字文字'
const BYTES = referenceBytes(TEXT)

/** Buffers that hold BYTES from `offset` on, followed by `behind` bytes. */
function buffers(offset: number, behind: number): Map<string, ArrayBufferLike> {
  const length = offset + BYTES.length + behind
  const maxByteLength = length + 100
  const made = new Map<string, ArrayBufferLike>([
    ['plain', new ArrayBuffer(length)],
    ['resizable', new ArrayBuffer(length, { maxByteLength })],
  ])
  if (typeof SharedArrayBuffer === 'function') {
    const Growable = SharedArrayBuffer as unknown as new (
      length: number,
      options?: { maxByteLength: number },
    ) => SharedArrayBuffer
    made.set('shared', new SharedArrayBuffer(length))
    made.set('growable', new Growable(length, { maxByteLength }))
  }
  for (const buffer of made.values()) new Uint8Array(buffer).set(BYTES, offset)
  return made
}

export const memoryCases: Cases = (layer) => {
  const { Utf8Decoder, Utf8Encoder, OffsetMap, encodeBatch, decodeBatch } = layer
  const { isValidUtf8, findInvalidUtf8, toWellFormedUtf8, countCodePoints, utf16Length } = layer

  /** Every function that reads bytes, by name. */
  const readers: Readonly<Record<string, (bytes: ArrayBufferView | ArrayBufferLike) => unknown>> = {
    decode: (bytes) => new Utf8Decoder().decode(bytes as never),
    'decode, fatal': (bytes) => new Utf8Decoder('utf-8', { fatal: true }).decode(bytes as never),
    'decode, ignoring': (bytes) => new Utf8Decoder('utf-8', { errors: 'ignore' }).decode(bytes as never),
    'decode, streaming': (bytes) => new Utf8Decoder().decode(bytes as never, { stream: true }),
    isValidUtf8,
    findInvalidUtf8,
    toWellFormedUtf8,
    countCodePoints,
    utf16Length,
    OffsetMap: (bytes) => new OffsetMap(bytes as never).codePointLength,
    'decodeBatch values': (bytes) => decodeBatch(bytes as never, Uint32Array.of(0, 0)),
  }

  const cases: Case[] = [
    {
      name: 'reads all bytes of every kind of memory and view',
      run() {
        const kinds = new Set<string>()
        for (const [kind, buffer] of buffers(8, 0)) {
          kinds.add(kind)
          const views = [
            new Uint8Array(buffer, 8),
            new Uint8Array(buffer, 8, BYTES.length),
            new DataView(buffer, 8),
            new Int8Array(buffer, 8),
            new Uint8ClampedArray(buffer, 8, BYTES.length),
          ]
          for (const view of views) {
            same(new Utf8Decoder().decode(view), TEXT, kind)
            same(new Utf8Decoder('utf-8', { fatal: true }).decode(view), TEXT, kind)
            same(new Utf8Decoder().decode(view, { stream: true }), TEXT, kind)
            same(isValidUtf8(view), true, kind)
            same(toWellFormedUtf8(view), BYTES, kind)
            same(utf16Length(view), TEXT.length, kind)
            same(new OffsetMap(view).utf16Length, TEXT.length, kind)
            same(decodeBatch(view, Uint32Array.of(0, BYTES.length)), [TEXT], kind)
          }
        }
        for (const [kind, buffer] of buffers(0, 0)) same(new Utf8Decoder().decode(buffer), TEXT, kind)
        same(kinds.has('plain') && kinds.has('resizable'), true)
      },
    },
    {
      name: 'refuses what is ill-formed in every kind of memory',
      run() {
        for (const [kind, buffer] of buffers(0, 3)) {
          const bytes = new Uint8Array(buffer)
          bytes.set([0xef, 0xbf, 0xbd], BYTES.length)
          const strict = new Utf8Decoder('utf-8', { fatal: true })
          same(strict.decode(bytes), `${TEXT}\ufffd`, kind)
          bytes[BYTES.length] = 0xff
          refuses(() => strict.decode(bytes), { code: 'ERR_UTF8_INVALID', offset: BYTES.length }, kind)
          refuses(() => new OffsetMap(bytes), { code: 'ERR_UTF8_INVALID', offset: BYTES.length }, kind)
          same(toWellFormedUtf8(bytes), referenceBytes(`${TEXT}\ufffd\ufffd\ufffd`), kind)
        }
      },
    },
    {
      name: 'writes to every kind of memory',
      run() {
        const encoder = new Utf8Encoder()
        for (const [kind, buffer] of buffers(5, 9)) {
          const whole = new Uint8Array(buffer)
          for (let size = 0; size <= BYTES.length + 4; size++) {
            whole.fill(0xaa)
            const expected = new Uint8Array(whole.length).fill(0xaa)
            const wanted = new TextEncoder().encodeInto(TEXT, new Uint8Array(size))
            expected.set(BYTES.subarray(0, wanted.written), 5)
            const got = encoder.encodeInto(TEXT, new Uint8Array(buffer, 5, size))
            same(got, { read: wanted.read, written: wanted.written }, { kind, size })
            same(whole, expected, { kind, size })
          }
          whole.fill(0xaa)
          const { values, offsets } = encodeBatch([TEXT, ''], { into: new Uint8Array(buffer, 5) })
          same(values, BYTES, kind)
          same(offsets, Uint32Array.of(0, BYTES.length, BYTES.length), kind)
        }
      },
    },
    {
      name: 'sees a view that follows a resizable buffer as long as it is now',
      run() {
        const buffer = new ArrayBuffer(4, { maxByteLength: 200 })
        const bytes = new Uint8Array(buffer)
        const decoder = new Utf8Decoder()
        for (const length of [4, 100, 0, 30, 3]) {
          buffer.resize(length)
          bytes.fill(0x61)
          same(decoder.decode(bytes), 'a'.repeat(length))
          same(decoder.decode(buffer), 'a'.repeat(length))
          same(utf16Length(bytes), length)
          const { written } = new Utf8Encoder().encodeInto('b'.repeat(50), bytes)
          same(written, Math.min(50, length))
        }
      },
    },
    {
      name: 'refuses detached memory, however it is seen',
      run() {
        for (const [name, read] of Object.entries(readers)) {
          for (const make of viewMakers) {
            const buffer = new ArrayBuffer(16)
            const view = make(buffer)
            structuredClone(buffer, { transfer: [buffer] })
            refuses(() => read(view), { code: 'ERR_ARGUMENT' }, name)
          }
          const empty = new ArrayBuffer(0)
          const view = new Uint8Array(empty)
          structuredClone(empty, { transfer: [empty] })
          refuses(() => read(view), { code: 'ERR_ARGUMENT' }, name)
        }
      },
    },
    {
      name: 'refuses views that a shrunken buffer has left out of bounds',
      run() {
        for (const [name, read] of Object.entries(readers)) {
          for (const make of [
            (buffer: ArrayBuffer) => new Uint8Array(buffer, 8, 8),
            (buffer: ArrayBuffer) => new Uint8Array(buffer, 8),
            (buffer: ArrayBuffer) => new Uint16Array(buffer, 8, 4),
            (buffer: ArrayBuffer) => new DataView(buffer, 8, 8),
            (buffer: ArrayBuffer) => new DataView(buffer, 8),
          ]) {
            const buffer = new ArrayBuffer(16, { maxByteLength: 32 })
            const view = make(buffer)
            read(view)
            buffer.resize(7)
            refuses(() => read(view), { code: 'ERR_ARGUMENT' }, name)
            buffer.resize(16)
            read(view)
          }
        }
      },
    },
    {
      name: 'takes empty views of memory that is there',
      run() {
        for (const view of [
          new Uint8Array(0),
          new Uint8Array(8).subarray(8),
          new Uint16Array(4).subarray(2, 2),
          new DataView(new ArrayBuffer(8), 8),
          new ArrayBuffer(0),
        ]) {
          for (const [name, read] of Object.entries(readers)) {
            const expected: Readonly<Record<string, unknown>> = {
              isValidUtf8: true,
              findInvalidUtf8: null,
              toWellFormedUtf8: new Uint8Array(0),
              countCodePoints: 0,
              utf16Length: 0,
              OffsetMap: 0,
              'decodeBatch values': [''],
            }
            same(read(view), name in expected ? expected[name] : '', name)
          }
        }
      },
    },
    {
      name: 'refuses to write to memory that is gone',
      run() {
        const gone = [new Uint8Array(16), new Uint8Array(new ArrayBuffer(16), 4), new Uint8Array(0)]
        for (const bytes of gone) structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
        const buffer = new ArrayBuffer(16, { maxByteLength: 32 })
        const outside = new Uint8Array(buffer, 8, 8)
        buffer.resize(4)
        for (const into of [...gone, outside]) {
          for (const text of ['', 'a', TEXT]) {
            refuses(() => new Utf8Encoder().encodeInto(text, into), { code: 'ERR_ARGUMENT' })
            refuses(() => encodeBatch([text], { into }), { code: 'ERR_ARGUMENT' })
          }
        }
      },
    },
    {
      name: 'refuses offsets in memory that is gone',
      run() {
        for (const offsets of [
          Uint32Array.of(0, 4),
          Int32Array.of(0, 4),
          BigInt64Array.of(0n, 4n),
          BigUint64Array.of(0n, 4n),
        ]) {
          structuredClone(offsets.buffer, { transfer: [offsets.buffer] })
          refuses(() => decodeBatch(BYTES, offsets), { code: 'ERR_ARGUMENT' })
        }
      },
    },
    {
      name: 'refuses detached memory in code that has seen every other kind',
      run() {
        const decoder = new Utf8Decoder()
        const encoder = new Utf8Encoder()
        const make = [
          () => new Uint8Array(8).fill(0x61),
          () => new Uint8Array(new ArrayBuffer(8)).fill(0x61),
          () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })).fill(0x61),
          () => new Uint8Array(new ArrayBuffer(16, { maxByteLength: 16 }), 0, 8).fill(0x61),
        ]
        const warm = make.map((one) => one())
        for (let i = 0; i < 40_000; i++) {
          const bytes = warm[i % warm.length]
          if (decoder.decode(bytes) !== 'aaaaaaaa' || !isValidUtf8(bytes)) throw new Error(`round ${i}`)
          if (encoder.encodeInto('aaaa', bytes).written !== 4) throw new Error(`round ${i}`)
        }
        for (const one of make) {
          const bytes = one()
          structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
          refuses(() => decoder.decode(bytes), { code: 'ERR_ARGUMENT' })
          refuses(() => isValidUtf8(bytes), { code: 'ERR_ARGUMENT' })
          refuses(() => encoder.encodeInto('aaaa', bytes), { code: 'ERR_ARGUMENT' })
        }
      },
    },
    {
      name: 'refuses memory that options detach',
      run() {
        const bytes = new Uint8Array(new ArrayBuffer(8))
        const options = {
          get stream() {
            structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
            return true
          },
        }
        refuses(() => new Utf8Decoder().decode(bytes, options), { code: 'ERR_ARGUMENT' })
        const target = new Uint8Array(new ArrayBuffer(8))
        const text = {
          toString() {
            structuredClone(target.buffer, { transfer: [target.buffer] })
            return 'text'
          },
        }
        refuses(() => new Utf8Encoder().encodeInto(text as never, target), { code: 'ERR_ARGUMENT' })
      },
    },
  ]
  return cases
}

/** Ways to see a buffer of 16 bytes. */
const viewMakers: readonly ((buffer: ArrayBuffer) => ArrayBufferView | ArrayBuffer)[] = [
  (buffer) => buffer,
  (buffer) => new Uint8Array(buffer),
  (buffer) => new Uint8Array(buffer, 4, 4),
  (buffer) => new Uint8Array(buffer, 16),
  (buffer) => new Int8Array(buffer),
  (buffer) => new Float32Array(buffer),
  (buffer) => new BigInt64Array(buffer),
  (buffer) => new DataView(buffer),
  (buffer) => new DataView(buffer, 4, 4),
]
