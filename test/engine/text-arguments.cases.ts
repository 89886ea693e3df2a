/**
 * Arguments of the text operations: wrong ones are refused with ERR_ARGUMENT, and every kind of memory gives the same.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { type DecodeErrors, MAX_SAMPLED } from '../../dist/engine/text-engine.js'
import { stringOf } from './strings.js'
import { bytesOf } from './text.js'
import { checkBytes } from './text-checks.js'
import { encodeOracle, sampleOracle, textOracle } from './text-oracle.js'
import {
  copied,
  detachedBytes,
  inEveryMemory,
  refused,
  WRONG_RANGES,
  wrongArrays,
} from './wrong-arguments.js'

export function describeTextArguments(create: () => Engine): void {
  const engine = create()

  /** The operations over a range, reading and writing. */
  const overRange = {
    isValid: (bytes: Uint8Array, start: number, end: number) => engine.isValid(bytes, start, end),
    countCodePoints: (bytes: Uint8Array, start: number, end: number) =>
      engine.countCodePoints(bytes, start, end),
    utf16Length: (bytes: Uint8Array, start: number, end: number) => engine.utf16Length(bytes, start, end),
    'decode, replace': (bytes: Uint8Array, start: number, end: number) =>
      engine.decode(bytes, start, end, 'replace'),
    'decode, ignore': (bytes: Uint8Array, start: number, end: number) =>
      engine.decode(bytes, start, end, 'ignore'),
    encodeInto: (bytes: Uint8Array, start: number, end: number) => engine.encodeInto('ab', bytes, start, end),
    'encodeInto, nothing': (bytes: Uint8Array, start: number, end: number) =>
      engine.encodeInto('', bytes, start, end),
  }
  const bytes = () => bytesOf('abcdef')

  describe('arguments', () => {
    it('every range that is none is refused', () => {
      for (const [name, call] of Object.entries(overRange)) {
        for (const [start, end] of WRONG_RANGES) {
          const untouched = bytes()
          refused(() => call(untouched, start, end), `${name} ${start} ${end}`)
          expect(untouched).toEqual(bytes())
        }
      }
    })

    it('values that are no arrays of the right kind are refused', () => {
      for (const value of wrongArrays()) {
        const what = String(Object.prototype.toString.call(value))
        const wrong = value as unknown as Uint8Array
        const offsets = value as unknown as Uint32Array
        for (const [name, call] of Object.entries(overRange))
          refused(() => call(wrong, 0, 0), `${name} ${what}`)
        refused(() => engine.encodeJoined('a', 1, wrong, 0, new Uint32Array(1), 0), `values ${what}`)
        refused(() => engine.encodeJoined('a', 1, bytes(), 0, offsets, 0), `ends ${what}`)
        refused(() => engine.decodeBatch(wrong, new Uint32Array(1)), `values ${what}`)
        refused(() => engine.decodeBatch(bytes(), offsets), `offsets ${what}`)
        refused(() => engine.sampleOffsets(wrong, 64, new Uint32Array(4)), `bytes ${what}`)
        refused(() => engine.sampleOffsets(bytes(), 64, offsets), `samples ${what}`)
      }
    })

    it('what is no string is refused', () => {
      for (const value of [null, undefined, 7, 7n, true, {}, ['a'], new String('a'), Symbol('a'), bytes()]) {
        const text = value as unknown as string
        const what = typeof value
        refused(() => engine.byteLength(text), `byteLength ${what}`)
        refused(() => engine.encodeInto(text, bytes(), 0, 6), `encodeInto ${what}`)
        refused(() => engine.encodeJoined(text, 1, bytes(), 0, new Uint32Array(1), 0), `encodeJoined ${what}`)
      }
    })

    it('no other way to treat errors is taken', () => {
      for (const errors of ['strict', 'throw', '', 'Replace', null, undefined, 0, true]) {
        refused(() => engine.decode(bytes(), 0, 6, errors as unknown as DecodeErrors), `errors ${errors}`)
      }
    })

    it('places for joined texts that are none are refused', () => {
      const values = new Uint8Array(20).fill(7)
      const ends = new Uint32Array(4).fill(7)
      const call =
        ({ joined = 'a\0b', count = 2, start = 0, first = 0 }) =>
        () =>
          engine.encodeJoined(joined, count, values, start, ends, first)
      for (const start of [-1, 12, 20, 0.5, Number.NaN, 2 ** 32, Number.POSITIVE_INFINITY]) {
        refused(call({ start }), `start ${start}`)
      }
      for (const first of [-1, 3, 4, 0.5, Number.NaN, 2 ** 32]) refused(call({ first }), `first ${first}`)
      for (const count of [-1, 0, 5, 1.5, Number.NaN, 2 ** 32]) refused(call({ count }), `count ${count}`)
      refused(call({ joined: 'abcdefg', count: 1 }), 'too little room')
      expect([...values, ...ends].every((one) => one === 7)).toBe(true)
      expect(call({ start: 11, first: 2 })()).toBe(13)
      expect([...ends]).toEqual([7, 7, 12, 13])
    })

    it('offsets that fall or lead outside are refused', () => {
      for (const offsets of [
        [],
        [7],
        [0, 7],
        [3, 2],
        [0, 3, 2, 6],
        [6, 5],
        [0, 2 ** 32 - 1],
        [2 ** 31, 2 ** 31],
      ]) {
        refused(() => engine.decodeBatch(bytes(), Uint32Array.from(offsets)), `offsets ${offsets}`)
        const memory = new SharedArrayBuffer(4 * offsets.length)
        const shared = new Uint32Array(memory)
        shared.set(offsets)
        refused(() => engine.decodeBatch(bytes(), shared), `shared offsets ${offsets}`)
      }
    })

    it('samples that have no room, and blocks of other sizes, are refused', () => {
      const text = new Uint8Array(129)
      for (const [every, least] of [
        [64, 8],
        [128, 6],
        [192, 4],
      ] as const) {
        const samples = new Uint32Array(least - 1).fill(7)
        refused(() => engine.sampleOffsets(text, every, samples), `${least - 1} samples`)
        expect(samples.every((one) => one === 7)).toBe(true)
        engine.sampleOffsets(text, every, new Uint32Array(least))
      }
      for (const every of [0, 1, 32, 63, 65, 96, -64, 64.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        refused(() => engine.sampleOffsets(text, every, new Uint32Array(1000)), `every ${every}`)
      }
      expect(MAX_SAMPLED).toBe(2 ** 32 - 1)
    })

    it('detached memory is refused', () => {
      const detached = detachedBytes(64)
      const detachedNumbers = new Uint32Array(8)
      structuredClone(detachedNumbers.buffer, { transfer: [detachedNumbers.buffer] })
      const refuse = () => {
        for (const [name, call] of Object.entries(overRange)) refused(() => call(detached, 0, 1), name)
        refused(() => engine.encodeJoined('a', 1, detached, 0, new Uint32Array(1), 0), 'values')
        refused(() => engine.encodeJoined('a', 1, bytes(), 0, detachedNumbers, 0), 'ends')
        refused(() => engine.decodeBatch(detached, Uint32Array.of(0, 1)), 'values')
        refused(() => engine.decodeBatch(bytes(), detachedNumbers), 'offsets')
        refused(() => engine.sampleOffsets(bytes(), 64, detachedNumbers), 'samples')
      }
      refuse()
      // Code that V8 (of Node 20) has optimised for fixed and resizable memory sees a detached array's old length.
      const resizable = copied(bytes(), new ArrayBuffer(6, { maxByteLength: 64 }))
      for (let i = 0; i < 20_000; i++) {
        for (const call of Object.values(overRange)) call(i % 2 === 0 ? bytes() : resizable, 0, 6)
      }
      refuse()
    })

    it('a view that its shrunk buffer has left is refused', () => {
      const buffer = new ArrayBuffer(64, { maxByteLength: 128 })
      const fixed = new Uint8Array(buffer, 0, 64)
      const tracking = new Uint8Array(buffer)
      buffer.resize(8)
      for (const [name, call] of Object.entries(overRange)) {
        refused(() => call(fixed, 0, 64), `${name} fixed`)
        refused(() => call(tracking, 0, 64), `${name} tracking`)
        call(tracking, 0, 8)
      }
      refused(() => engine.encodeJoined('abc', 1, tracking, 0, new Uint32Array(1), 0), 'values')
      refused(() => engine.decodeBatch(tracking, Uint32Array.of(0, 9)), 'offsets')
      tracking.fill(0x61)
      expect(engine.decodeBatch(tracking, Uint32Array.of(0, 8))).toEqual(['aaaaaaaa'])
    })

    it('no bytes are taken', () => {
      for (const none of [new Uint8Array(0), bytes().subarray(6)]) {
        checkBytes(engine, none, 0, 0)
        expect(engine.encodeInto('', none, 0, 0)).toBe(0)
        expect(engine.encodeInto('a', none, 0, 0)).toBe(~0)
        expect(engine.encodeJoined('', 1, none, 0, new Uint32Array(1), 0)).toBe(0)
      }
      checkBytes(engine, bytes(), 6, 6)
    })

    it('every kind of memory gives the same', () => {
      const text = `a\0b\ud83d${stringOf('mixed', 300)}\0`
      const source = encodeOracle(text)
      const broken = Uint8Array.from([...source, 0xff, 0xe4, 0xb8, ...source, 0xf0, 0x9f])
      for (const right of [source, broken]) {
        for (const [name, make] of Object.entries(inEveryMemory(right))) {
          checkBytes(engine, make(), 0, right.length)
          checkBytes(engine, make(), 3, right.length - 5)
          const samples = new Uint32Array(4 * right.length)
          engine.sampleOffsets(make(), 64, samples)
          if (right === source) {
            const expected = sampleOracle(right, 64)
            expect([...samples.subarray(0, expected.length)], name).toEqual(expected)
          }
          const middle = textOracle(right, 10, 50).replace
          expect(engine.decodeBatch(make(), Uint32Array.of(10, 50)), name).toEqual([middle])
        }
      }
      for (const [name, make] of Object.entries(inEveryMemory(new Uint8Array(3 * text.length)))) {
        const output = make()
        expect(engine.encodeInto(text, output, 0, output.length), name).toBe(source.length)
        expect(Buffer.compare(Uint8Array.from(output.subarray(0, source.length)), source), name).toBe(0)
        const values = make()
        const ends = new Uint32Array(3)
        const written = engine.encodeJoined(text, 3, values, 0, ends, 0)
        expect([written, ...ends], name).toEqual([source.length - 2, 1, source.length - 2, source.length - 2])
        const expected = [source.subarray(0, 1), source.subarray(2, -1)]
        expect(
          Buffer.compare(Uint8Array.from(values.subarray(0, written)), Buffer.concat(expected)),
          name,
        ).toBe(0)
      }
    })

    it('offsets, ends and samples may lie in shared memory', () => {
      const shared = (...numbers: number[]) => {
        const array = new Uint32Array(new SharedArrayBuffer(4 * numbers.length))
        array.set(numbers)
        return array
      }
      expect(engine.decodeBatch(bytes(), shared(0, 2, 6))).toEqual(['ab', 'cdef'])
      const ends = shared(0, 0, 0)
      expect(engine.encodeJoined('a\0é', 2, new Uint8Array(9), 0, ends, 1)).toBe(3)
      expect([...ends]).toEqual([0, 1, 3])
      const samples = shared(0, 0, 0, 0)
      engine.sampleOffsets(bytes(), 64, samples)
      expect([...samples]).toEqual([0, 0, 6, 6])
    })
  })
}
