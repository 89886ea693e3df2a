/**
 * census and crc32: every small length at every alignment, every place of what is counted, then random bytes.
 */
import { describe, expect, it } from 'vitest'
import { CENSUS_SLOTS } from '../../dist/engine/abi.js'
import type { Engine } from '../../dist/engine/engine.js'
import { fail } from './compare.js'
import { censusOracle, crc32Oracle } from './oracle.js'
import type { Level } from './suite.js'
import { BOUNDARY_BYTES, bytesOf, ILL_FORMED, Random, SCRIPT_NAMES, textOf } from './text.js'

const LONGEST = 4 * 64 + 1

export function describeCounting(create: () => Engine, level: Level): void {
  const engine = create()

  describe('census', () => {
    it('counts text of every length and alignment', () => {
      for (const script of SCRIPT_NAMES) {
        for (let length = 0; length <= LONGEST; length++) {
          const alignment = (length * 7) % 64
          const view = new Uint8Array(1024).fill(0x80).subarray(alignment, alignment + length + 8)
          view.set(textOf(script, length))
          checkCensus(engine, view, 0, length)
          // From a later start: only where a character begins.
          const start = [5, 4, 3, 2, 1, 0].find((one) => one <= length && (view[one] & 0xc0) !== 0x80) ?? 0
          checkCensus(engine, view, start, length)
        }
      }
    })

    it('counts every reserved byte, escape and frame at every place', () => {
      const pieces = [...Array(0x20).keys()].map((byte) => String.fromCharCode(byte))
      for (const byte of [
        0x20, 0x40, 0x41, 0x48, 0x49, 0x4d, 0x4e, 0x50, 0x5f, 0x60, 0x10, 0x02, 0x03, 0x80,
      ]) {
        pieces.push(`\x10${String.fromCharCode(byte)}`)
      }
      pieces.push('\x10\x10P', '\x10\x10\x10@', '\x03\x02', '\x02\x10B\x03', '\x10\xc3\xa9', '\x7f\x10')
      for (const piece of pieces.map(bytesOf)) {
        for (let at = 0; at <= LONGEST; at += level === 'full' ? 1 : 3) {
          const script = SCRIPT_NAMES[at % SCRIPT_NAMES.length]
          const text = Buffer.concat([textOf(script, at), piece, textOf(script, (at * 13) % 70)])
          checkCensus(engine, text, 0, text.length)
        }
      }
    })

    it('finds the first ill-formed sequence', () => {
      for (const { bytes: wrong } of ILL_FORMED) {
        for (let at = 0; at <= LONGEST; at += level === 'full' ? 1 : 5) {
          const script = SCRIPT_NAMES[(at + wrong[0]) % SCRIPT_NAMES.length]
          const text = Buffer.concat([textOf(script, at), wrong, textOf(script, (at * 29) % 80)])
          checkCensus(engine, text, 0, text.length)
          checkCensus(engine, text, 0, at + wrong.length)
        }
      }
    })

    it('counts what random bytes hold', () => {
      const random = new Random(20)
      const controls = [0x00, 0x01, 0x02, 0x03, 0x10, 0x10, 0x10, 0x40, 0x41, 0x50, 0x5f, 0x09, 0x61, 0x1f]
      for (let seed = 0; seed < (level === 'full' ? 20_000 : 2_000); seed++) {
        const source = seed % 4 === 0 ? BOUNDARY_BYTES : controls
        const bytes = Uint8Array.from({ length: random.below(300) }, () => random.pick(source))
        checkCensus(engine, bytes, 0, bytes.length)
      }
    })

    it('adds to what was counted before', () => {
      const counts = new Float64Array(CENSUS_SLOTS.length).fill(1000)
      const bytes = bytesOf('\x02a\x10@\x03\x01')
      expect(engine.census(bytes, 0, bytes.length, counts)).toBe(-1)
      expect([...counts]).toEqual([1006, 1001, 1001, 1001, 1001])
    })
  })

  describe('crc32', () => {
    it('is that of zlib for every length and alignment', () => {
      const bytes = new Random(32).bytes(64 + LONGEST)
      for (let length = 0; length <= LONGEST; length++) {
        for (let start = 0; start < 64; start += level === 'full' ? 1 : 3) {
          checkCrc32(engine, bytes, start, start + length, 0)
        }
      }
    })

    it('continues at every place', () => {
      const bytes = new Random(33).bytes(LONGEST)
      const whole = crc32Oracle(bytes, 0, LONGEST, 0)
      for (let place = 0; place <= LONGEST; place++) {
        const first = checkCrc32(engine, bytes, 0, place, 0)
        expect(checkCrc32(engine, bytes, place, LONGEST, first)).toBe(whole)
      }
    })

    it('is that of zlib for larger pieces and any previous value', () => {
      const random = new Random(34)
      const bytes = random.bytes(100_000)
      for (let i = 0; i < (level === 'full' ? 500 : 50); i++) {
        const start = random.below(50_000)
        const end = start + random.below(bytes.length - start + 1)
        checkCrc32(engine, bytes, start, end, i % 2 === 0 ? 0xffffffff - i : random.below(2 ** 32))
      }
      expect(engine.crc32(bytesOf('123456789'), 0, 9, 0)).toBe(0xcbf43926)
    })
  })
}

function checkCensus(engine: Engine, bytes: Uint8Array, start: number, end: number): void {
  const counts = new Float64Array(CENSUS_SLOTS.length)
  const invalidAt = engine.census(bytes, start, end, counts)
  const expected = censusOracle(bytes, start, end)
  const wrong =
    invalidAt !== expected.invalidAt ||
    (invalidAt === -1 && CENSUS_SLOTS.some((slot, index) => counts[index] !== expected[slot]))
  if (wrong) {
    const hex = Buffer.from(bytes.subarray(start, end)).toString('hex')
    fail(engine, 'census', { hex, start, end, invalidAt, counts: [...counts], expected })
  }
}

function checkCrc32(engine: Engine, bytes: Uint8Array, start: number, end: number, previous: number): number {
  const got = engine.crc32(bytes, start, end, previous)
  const expected = crc32Oracle(bytes, start, end, previous)
  if (got !== expected) fail(engine, 'crc32', { start, end, previous, got, expected })
  return got
}
