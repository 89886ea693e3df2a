/** Arrays and buffers that another realm has made, as test runners and embedders have them: they are what they are. */
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  encodeBatch,
  isValidUtf8,
  OffsetMap,
  toWellFormedUtf8,
  Utf8Decoder,
  Utf8Encoder,
} from '../../dist/index.js'

const TEXT = 'a é 文 😀'
const BYTES = [...Buffer.from(TEXT)]

/** Runs an expression in another realm, where `bytes` is an array of numbers. */
function foreign<T>(expression: string): T {
  return runInNewContext(expression, { bytes: BYTES })
}

describe('what another realm has made', () => {
  it.each([
    'Uint8Array.from(bytes)',
    'Uint8Array.from(bytes).buffer',
    'new DataView(Uint8Array.from(bytes).buffer)',
    'Int8Array.from(bytes)',
    '(() => { const b = new SharedArrayBuffer(bytes.length); new Uint8Array(b).set(bytes); return b })()',
    '(() => { const b = new SharedArrayBuffer(bytes.length); const u = new Uint8Array(b); u.set(bytes); return u })()',
  ])('is read: %s', (expression) => {
    const source = foreign<Uint8Array>(expression)
    expect(source).not.toBeInstanceOf(Uint8Array)
    expect(new Utf8Decoder().decode(source)).toBe(TEXT)
    expect(new Utf8Decoder('utf-8', { fatal: true }).decode(source, { stream: true })).toBe(TEXT)
    expect(isValidUtf8(source)).toBe(true)
    expect([...toWellFormedUtf8(source)]).toEqual(BYTES)
    expect(new OffsetMap(source).codePointLength).toBe(7)
  })

  it('is written to', () => {
    const target = foreign<Uint8Array>('new Uint8Array(bytes.length)')
    expect(new Utf8Encoder().encodeInto(TEXT, target)).toEqual({ read: TEXT.length, written: BYTES.length })
    expect([...target]).toEqual(BYTES)
    target.fill(0)
    expect(encodeBatch([TEXT], { into: target }).offsets[1]).toBe(BYTES.length)
    expect([...target]).toEqual(BYTES)
  })

  it.each(['({})', '[1, 2]', "'text'", 'new Uint16Array(4)', 'new ArrayBuffer(4)'])(
    'is no destination: %s',
    (expression) => {
      const target = foreign<Uint8Array>(expression)
      expect(() => new Utf8Encoder().encodeInto(TEXT, target)).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT' }),
      )
    },
  )

  it('is gone where it is detached', () => {
    const source = foreign<Uint8Array<ArrayBuffer>>('Uint8Array.from(bytes)')
    structuredClone(source.buffer, { transfer: [source.buffer] })
    for (const gone of [source, source.buffer]) {
      expect(() => new Utf8Decoder().decode(gone)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }))
    }
  })
})
