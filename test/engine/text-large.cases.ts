/**
 * Texts of more than a million units. Engines take such in pieces, so that every place where one may end, a power of two
 * or a multiple of one, has a character across it here, in each of the ways in which one can be.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { representationsOf, STRING_SCRIPTS, stringOf } from './strings.js'
import type { Level } from './suite.js'
import { checkBytes, checkText } from './text-checks.js'
import { encodeOracle } from './text-oracle.js'

const UNITS = 2 ** 20 + 2 ** 14 + 77
/** The smallest piece that anybody would cut. */
const PIECE = 1024

export function describeLargeTexts(create: () => Engine, level: Level): void {
  const engine = create()

  describe('large texts', () => {
    for (const [name, make] of Object.entries(TEXTS)) {
      it(`of ${name}, there and back`, () => {
        const text = make()
        const whole = encodeOracle(text)
        checkText(engine, text, { whole, alignment: 5 })
        const codePoints = whole.filter((byte) => byte < 0x80 || byte > 0xbf).length
        const units = text.length
        checkBytes(engine, whole, 0, whole.length, {
          valid: true,
          codePoints,
          units,
          replace: text,
          ignore: text,
        })
        expect(engine.findInvalid(whole, 0, whole.length)).toBe(null)
        const rooms = [2 ** 20, whole.length - 1, whole.length - 2, PIECE * 33 + 1]
        for (const room of level === 'full' ? rooms : rooms.slice(0, 2))
          checkText(engine, text, { room, whole })
      })
    }

    it('with lone surrogates at the edges', () => {
      for (const lone of ['\ud800', '\udc00', '\udc00\ud800', '\ud800\ud800\udc00']) {
        const text = atEdges('cjk', lone)
        checkText(engine, text)
        if (level === 'quick') break
      }
      // A pair that an edge cuts is two lone ones only if they are not beside each other.
      checkText(engine, atEdges('ascii', '\udc00\ud800').slice(0, 2 ** 17))
    })

    it('with ill-formed bytes at the edges', () => {
      const wrongs = [[0xff], [0xf0, 0x9f, 0x98], [0xe4, 0xb8], [0xed, 0xa0, 0x80], [0xc3]]
      for (const [index, wrong] of wrongs.entries()) {
        const bytes = encodeOracle(stringOf(index % 2 === 0 ? 'cjk' : 'ascii', 2 ** 18))
        for (let edge = PIECE; edge < bytes.length; edge += PIECE) bytes.set(wrong, edge - 1 - (index % 3))
        checkBytes(engine, bytes, 0, bytes.length)
        if (level === 'quick' && index === 1) break
      }
    })

    it('far out in memory, behind what 31 bits can count', () => {
      // What nobody has written to takes no memory.
      const far = 2 ** 31 - 50
      const values = new Uint8Array(far + 2 ** 16)
      for (const script of STRING_SCRIPTS) {
        const text = stringOf(script, 500)
        const whole = encodeOracle(text)
        for (const start of [far - 1000, far, far + 1000]) {
          const end = start + whole.length
          values.fill(0x7e, start - 5, start + 2 * whole.length)
          expect(engine.encodeInto(text, values, start, values.length)).toBe(whole.length)
          expect(Buffer.compare(values.subarray(start - 1, end + 1), Buffer.from(`~${text}~`))).toBe(0)
          checkBytes(engine, values, start, end)
          checkBytes(engine, values, start + 1, end - 1)
          const ends = new Uint32Array(2)
          expect(engine.encodeJoined(`\0${text}`, 2, values, start, ends, 0)).toBe(end)
          expect([...ends]).toEqual([start, end])
          expect(engine.decodeBatch(values, Uint32Array.of(start, start, end))).toEqual(['', text])
          values[end - 1] = 0xe4
          expect(engine.findInvalid(values, start, end)?.offset).toBeGreaterThan(end - 5)
        }
      }
    })

    it('however V8 keeps them', () => {
      for (const script of level === 'full' ? STRING_SCRIPTS : (['ascii', 'mixed'] as const)) {
        const text = stringOf(script, UNITS)
        const whole = encodeOracle(text)
        for (const same of Object.values(representationsOf(text))) checkText(engine, same, { whole })
      }
    })
  })
}

/** Each made when it is needed: the suite of one engine is not to hold the memory of another's. */
const TEXTS: Record<string, () => string> = {
  ASCII: () => stringOf('ascii', UNITS),
  'ASCII with one other character': () => `${stringOf('ascii', UNITS)}文`,
  'Latin-1': () => stringOf('latin1', UNITS),
  'Latin-1 with one other character': () => `${stringOf('latin1', 2 ** 20 - 1)}文${stringOf('latin1', 99)}`,
  'ASCII with pairs across the edges': () => atEdges('ascii', '😀'),
  'Cyrillic with pairs across the edges': () => atEdges('cyrillic', '𝄞'),
  'CJK, which comes to lie in every way': () =>
    `a${stringOf('cjk', UNITS / 2)}a${stringOf('cjk', UNITS / 2)}`,
  'pairs across all edges': () => `.${'😀'.repeat(UNITS / 2)}`,
  'pairs, and between them': () => `${'😀'.repeat(UNITS / 2)}.`,
  'mixed scripts': () => stringOf('mixed', UNITS),
  'one script after the other': () => STRING_SCRIPTS.map((script) => stringOf(script, UNITS / 5)).join(''),
}

/** Text in which the units of `piece` stand on both sides of every multiple of PIECE. */
function atEdges(script: 'ascii' | 'cyrillic' | 'cjk', piece: string): string {
  const between = stringOf(script, PIECE - piece.length)
  const first = stringOf(script, PIECE - 1)
  return first + (piece + between).repeat(UNITS / PIECE)
}
