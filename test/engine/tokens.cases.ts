/**
 * TokenEngine: what every engine must make of rows of ids. Sweeps over numbers of rows, lengths, kinds of ids and every
 * option. What depends on blocks and spans within a text has block-rows.cases.ts.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { type Ids, NO_ID } from '../../dist/engine/token-engine.js'
import { describeBlockRows } from './block-rows.cases.js'
import { BEHIND, blank, filled, KINDS, type Kind, kindOf, same } from './ids.js'
import type { Level } from './suite.js'
import { Random } from './text.js'
import { describeTokenArguments } from './token-arguments.cases.js'
import { attentionOracle, packedOracle, paddedOracle, type Range, rowsOracle } from './token-oracle.js'

/** First and last of a row: ids of one byte and, where they fit, of more, or none. */
const MARKS = [
  [NO_ID, NO_ID],
  [2, 3],
  [0, NO_ID],
  [NO_ID, 255],
] as const
const LONGEST = 70

export function describeTokens(create: () => Engine, level: Level): void {
  const engine = create()
  const random = new Random(31)
  const lengths = Array.from({ length: LONGEST + 1 }, (_, length) => length).filter(
    (length) => level === 'full' || length % 9 === 0 || length < 4,
  )

  /** Ids over all that `Kind` can hold. */
  const idsOf = (Kind: Kind, length: number): Ids => {
    const limit = 2 ** (8 * Kind.BYTES_PER_ELEMENT)
    const ids = new Kind(length)
    for (let i = 0; i < length; i++) ids[i] = random.chance(0.2) ? limit - 1 : random.below(limit)
    return ids
  }

  describe('rows of ids', () => {
    for (const Kind of KINDS) {
      it(`are padded and joined: ${Kind.name}`, () => {
        for (const length of lengths) {
          for (let rows = 0; rows <= 4; rows++) {
            const values = idsOf(Kind, length + 100)
            const ranges = Array.from({ length: rows }, (_, row): Range => {
              const start = random.below(100)
              return [start, start + (row === 0 ? length : random.below(length + 1))]
            })
            for (const [first, last] of MARKS) {
              const what = `${length} ids, ${rows} rows, marks ${first} and ${last}`
              const expected = rowsOracle(values, ranges, first, last)
              checkJoined(values, ranges, first, last, expected, what)
              for (const left of [false, true]) {
                const longest = Math.max(0, ...expected.map((row) => row.length))
                const width = longest + [0, 1, 17][random.below(3)]
                checkPadded(values, ranges, first, last, width, left, expected, what)
              }
            }
          }
        }
      })
    }

    function checkPadded(
      values: Ids,
      ranges: readonly Range[],
      first: number,
      last: number,
      width: number,
      left: boolean,
      rows: readonly number[][],
      what: string,
    ): void {
      const pad = values[0]
      const expected = paddedOracle(rows, width, pad, left)
      const ids = filled(kindOf(values), rows.length * width)
      const mask = filled(Uint8Array, rows.length * width)
      engine.padRows(values, Uint32Array.from(ranges.flat()), first, last, width, pad, left, ids, mask)
      same(ids, expected.ids, `padded ${left ? 'left' : 'right'}, ${what}`)
      same(mask, expected.mask, `mask, ${left ? 'left' : 'right'}, ${what}`)
    }

    function checkJoined(
      values: Ids,
      ranges: readonly Range[],
      first: number,
      last: number,
      rows: readonly number[][],
      what: string,
    ): void {
      const ids = filled(kindOf(values), rows.flat().length)
      const offsets = filled(Uint32Array, rows.length + 1)
      engine.joinRows(values, Uint32Array.from(ranges.flat()), first, last, ids, offsets)
      let at = 0
      same(ids, rows.flat(), `joined, ${what}`)
      same(offsets, [0, ...rows.map((row) => (at += row.length))], `offsets, ${what}`)
    }

    it('marks and padding may be the largest ids', () => {
      for (const Kind of KINDS) {
        const most = 2 ** (8 * Kind.BYTES_PER_ELEMENT) - 1
        const ids = new Kind(4)
        const values = new Kind(2)
        values[1] = 2
        engine.padRows(
          values,
          Uint32Array.of(1, 2),
          most,
          most - 1,
          4,
          most - 2,
          true,
          ids,
          new Uint8Array(4),
        )
        expect([...ids]).toEqual([most - 2, most, 2, most - 1])
      }
    })

    it('tell of U+FFFD wherever it stands', () => {
      const replacement = [0xef, 0xbf, 0xbd]
      for (const length of [...lengths, 255, 256, 257, 258, 259, 515, 1030]) {
        const bytes = random.bytes(length).map((byte) => (byte === 0xbd ? 0xbf : byte))
        expect(engine.includesReplacement(bytes)).toBe(false)
        for (let at = 0; at + 3 <= length; at++) {
          const holding = Uint8Array.from(bytes)
          holding.set(replacement, at)
          expect(engine.includesReplacement(holding), `${length} bytes, at ${at}`).toBe(true)
          // Memory behind the bytes is not theirs.
          expect(engine.includesReplacement(holding.subarray(0, at + 2)), `${at + 2} bytes`).toBe(false)
        }
      }
    })

    it('become 64 bits wide', () => {
      for (const Kind of KINDS) {
        for (const length of lengths) {
          const ids = idsOf(Kind, length)
          const output = new BigInt64Array(length + 2).fill(-7n)
          engine.widen(ids, output)
          expect([...output]).toEqual([...Array.from(ids, BigInt), -7n, -7n])
        }
      }
    })

    it('are translated by a table', () => {
      const table = Uint16Array.from({ length: 256 }, () => random.below(2 ** 16))
      for (const length of lengths) {
        const bytes = random.bytes(length)
        const output = filled(Uint16Array, length)
        engine.translate(bytes, table, output)
        same(
          output,
          Array.from(bytes, (byte) => table[byte]),
          `${length} bytes`,
        )
      }
      const all = filled(Uint16Array, 256)
      engine.translate(
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
        table,
        all,
      )
      same(all, [...table], 'all bytes')
    })
  })

  describeBlockRows(create, level)

  describe('attention', () => {
    function check(rows: number, width: number, most: number): void {
      const documents = Uint32Array.from({ length: rows * width + 1 }, () => random.below(most))
      const spans = Uint32Array.from({ length: rows * width + 1 }, () => random.below(most))
      // Large numbers, too.
      for (const array of [documents, spans])
        for (let i = 0; i < array.length; i++) if (array[i] === 2) array[i] = 2 ** 32 - 1
      const lines = Array.from({ length: rows }, (_, row) => {
        const part = (array: Uint32Array) => [...array.subarray(row * width, (row + 1) * width)]
        return attentionOracle(part(documents), part(spans))
      }).flat()
      const what = `${rows} rows of ${width}, numbers below ${most}`
      const plain = filled(Uint8Array, rows * width * width)
      engine.attentionMask(documents, spans, rows, width, plain, false)
      same(plain, [...lines.join('')].map(Number), what)
      const packed = filled(Uint8Array, rows * width * Math.ceil(width / 8))
      engine.attentionMask(documents, spans, rows, width, packed, true)
      same(packed, lines.flatMap(packedOracle), `packed, ${what}`)
    }

    it('is as each pair of places says, of every width', () => {
      for (let rows = 0; rows <= 3; rows++) {
        for (let width = 0; width <= 40; width++) for (const most of [1, 2, 3, 5]) check(rows, width, most)
      }
    })

    it('of wide rows', () => {
      for (const width of level === 'full' ? [511, 512, 513, 700, 1030] : [513]) check(1, width, 3)
    })

    it('of no places needs no memory, however many rows', () => {
      engine.attentionMask(new Uint32Array(0), new Uint32Array(0), 2 ** 32 - 1, 0, new Uint8Array(0), true)
      engine.attentionMask(new Uint32Array(0), new Uint32Array(0), 0, 2 ** 32 - 1, new Uint8Array(0), false)
    })
  })

  describe('pieces', () => {
    it('go to their places with positions and documents', () => {
      for (const Kind of KINDS) {
        for (const length of lengths) {
          const values = idsOf(Kind, length + 20)
          const places = 3 * length + 40
          const expected = { ids: blank(places), positions: blank(places), documents: blank(places) }
          const pieces: number[] = []
          const documentOf: number[] = []
          for (let at = random.below(5), p = 0; ; p++) {
            const start = random.below(20)
            const size = p === 0 ? length : random.below(length + 3)
            if (start + size > values.length || at + size > places) break
            pieces.push(start, start + size, at)
            documentOf.push(random.below(2 ** 32))
            for (let k = 0; k < size; k++) {
              expected.ids[at + k] = values[start + k]
              expected.positions[at + k] = k
              expected.documents[at + k] = documentOf[p]
            }
            at += size + random.below(4)
          }
          const ids = filled(Kind, places - BEHIND)
          const positions = filled(Uint32Array, places - BEHIND)
          const documents = filled(Uint32Array, places - BEHIND)
          engine.placePieces(
            values,
            Uint32Array.from(pieces),
            Uint32Array.from(documentOf),
            ids,
            positions,
            documents,
          )
          const what = `${Kind.name}, ${length}`
          expect(pieces.length, what).toBeGreaterThan(0)
          same(ids, expected.ids, `ids, ${what}`)
          same(positions, expected.positions, `positions, ${what}`)
          same(documents, expected.documents, `documents, ${what}`)
        }
      }
    })
  })

  describe('logits', () => {
    it('keep what their mask allows, to the bit', () => {
      const masks = random.bytes(5 * 256).map((byte) => (byte & 1) * byte)
      masks.fill(0, 256, 512).fill(1, 512, 768)
      const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e-45]
      for (let rows = 0; rows <= 4; rows++) {
        for (const vocabulary of [256, 257, 259, 300, 384]) {
          const which = Uint32Array.from({ length: rows }, () => random.below(5))
          const logits = Float32Array.from({ length: rows * vocabulary + BEHIND }, () =>
            random.chance(0.1) ? random.pick(odd) : random.below(1000) - 500,
          )
          // A NaN with a payload stays that NaN.
          new Uint32Array(logits.buffer)[7] = 0x7fa00001
          const before = new Uint32Array(logits.slice().buffer)
          engine.maskLogits(logits, vocabulary, masks, which)
          const expected = before.map((bits, i) => {
            const [row, place] = [Math.floor(i / vocabulary), i % vocabulary]
            const kept = row >= rows || (place < 256 && masks[256 * which[row] + place] !== 0)
            return kept ? bits : 0xff800000
          })
          expect(new Uint32Array(logits.buffer), `${rows} rows of ${vocabulary}`).toEqual(expected)
        }
      }
    })
  })

  describeTokenArguments(create)
}
