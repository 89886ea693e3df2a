/**
 * findInvalid: exhaustively over short sequences, then every length, alignment and place of an error around the
 * blocks of the widest vector.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import type { InvalidSequence } from '../../dist/engine/text-engine.js'
import { checkFrame, fail } from './compare.js'
import { charactersOf, findInvalidOracle, frameOracle } from './oracle.js'
import type { Level } from './suite.js'
import { BOUNDARY_BYTES, ILL_FORMED, type IllFormed, SCRIPT_NAMES, textOf } from './text.js'

/** Four blocks of the widest vector and one byte. */
const LONGEST = 4 * 64 + 1
const BLOCK_PLACES = [0, 13, 61, 62, 63, 64, 126]

export function describeValidation(create: () => Engine, level: Level): void {
  const engine = create()

  describe('findInvalid', () => {
    it('decides all sequences of 1, 2 and 3 bytes', () => {
      const word = new Uint8Array(3)
      const valid = [0, 0, 0]
      const one = (length: number) => {
        const got = engine.findInvalid(word, 0, length)
        compare(engine, word, 0, length, got, findInvalidOracle(word, 0, length))
        if (got === null) valid[length - 1]++
      }
      for (let a = 0; a < 256; a++) {
        word[0] = a
        one(1)
        for (let b = 0; b < 256; b++) {
          word[1] = b
          one(2)
          // Only the first two bytes tell which third byte is right: in the quick suite their classes do.
          if (level === 'quick' && !(isBoundary(a) && isBoundary(b))) continue
          for (let c = 0; c < 256; c++) {
            word[2] = c
            one(3)
          }
        }
      }
      expect(valid.slice(0, 2)).toEqual([128, 18_304])
      if (level === 'full') expect(valid[2]).toBe(2_650_112)
    })

    it('decides all sequences of 3 bytes with a lead, across the edges of blocks', () => {
      const bytes = new Uint8Array(192).fill(0x61)
      let words = 0
      for (let a = 0xc0; a < 256; a++) {
        for (let b = 0; b < 256; b++) {
          if (level === 'quick' && !isBoundary(b)) continue
          const at = BLOCK_PLACES[words++ % BLOCK_PLACES.length]
          bytes[at] = a
          bytes[at + 1] = b
          for (let c = 0; c < 256; c++) {
            bytes[at + 2] = c
            const got = engine.findInvalid(bytes, 0, bytes.length)
            // All in front of the word and behind it is ASCII.
            compare(engine, bytes, at, at + 4, got, findInvalidOracle(bytes, at, at + 4))
          }
          bytes.fill(0x61, at, at + 3)
        }
      }
    })

    it('decides all sequences of 4 bytes with a valid or nearly valid lead', () => {
      const bytes = new Uint8Array(192).fill(0x61)
      let valid = 0
      let words = 0
      for (let a = 0xf0; a <= 0xf7; a++) {
        for (let b = 0; b < 256; b++) {
          if (level === 'quick' && !isBoundary(b)) continue
          const at = BLOCK_PLACES[words++ % BLOCK_PLACES.length]
          bytes[at] = a
          bytes[at + 1] = b
          for (const c of BOUNDARY_BYTES) {
            bytes[at + 2] = c
            for (const d of BOUNDARY_BYTES) {
              bytes[at + 3] = d
              const got = engine.findInvalid(bytes, 0, bytes.length)
              compare(engine, bytes, at, at + 5, got, findInvalidOracle(bytes, at, at + 5))
              if (got === null) valid++
            }
          }
          bytes.fill(0x61, at, at + 4)
        }
      }
      // 48 + 3 * 64 + 16 second bytes, and 6 of the boundary bytes are continuations.
      if (level === 'full') expect(valid).toBe((48 + 3 * 64 + 16) * 6 * 6)
    })

    it('finds every maximal subpart of all words of 4 boundary bytes', () => {
      const word = new Uint8Array(4)
      forAllWords((a, b, c, d) => {
        word[0] = a
        word[1] = b
        word[2] = c
        word[3] = d
        let at = 0
        for (const expected of charactersOf(word)) {
          if (expected.reason === 'none') continue
          compare(engine, word, at, 4, engine.findInvalid(word, at, 4), expected)
          at = expected.offset + expected.length
        }
        if (engine.findInvalid(word, at, 4) !== null) fail(engine, 'error in text', { word: [...word], at })
      }, level)
    })

    it('looks at its range only', () => {
      for (const script of SCRIPT_NAMES) {
        const text = textOf(script, LONGEST)
        for (let start = 0; start < LONGEST; start += level === 'full' ? 1 : 7) {
          const bytes = new Uint8Array(2 * LONGEST).fill(0x80)
          bytes.set(text.subarray(0, LONGEST - start), start)
          const end = start + characterBoundary(text, LONGEST - start)
          const got = engine.findInvalid(bytes, start, end)
          if (got !== null) fail(engine, 'error in text', { script, start, end, got })
          const behind = engine.findInvalid(bytes, start, Math.min(end + 1, bytes.length))
          compare(engine, bytes, start, end + 1, behind, findInvalidOracle(bytes, start, end + 1))
        }
      }
    })

    it('takes text of every length at every alignment', () => {
      for (const script of SCRIPT_NAMES) {
        for (let alignment = 0; alignment < 64; alignment += level === 'full' ? 1 : 5) {
          const view = new Uint8Array(new ArrayBuffer(1024), 64 + alignment, LONGEST + 3).fill(0xff)
          for (let length = 0; length <= LONGEST; length++) {
            view.set(textOf(script, length))
            const got = engine.findInvalid(view, 0, length)
            if (got !== null) fail(engine, 'error in text', { script, alignment, length, got })
          }
        }
      }
    })

    it('finds each kind of error at every place', () => {
      let turn = 0
      for (const script of SCRIPT_NAMES) {
        const text = textOf(script, LONGEST)
        for (const wrong of ILL_FORMED) {
          for (let at = 0; at <= LONGEST; at++) {
            if (characterBoundary(text, at) !== at) continue
            for (let again = 0; again < (level === 'full' ? 8 : 1); again++) {
              findsError(engine, text, wrong, at, turn++ % 64)
            }
          }
        }
      }
    })

    it('finds each kind of error in text of every length', () => {
      let turn = 0
      for (const script of SCRIPT_NAMES) {
        for (let length = 0; length <= LONGEST; length += level === 'full' ? 1 : 8) {
          const text = textOf(script, length)
          for (const wrong of ILL_FORMED) {
            for (const place of new Set([length, Math.max(0, length - 5), (turn * 31) % (length + 1)])) {
              findsError(engine, text, wrong, characterBoundary(text, place), turn++ % 64)
            }
          }
        }
      }
    })
  })

  describe('replacing', () => {
    it('gives one U+FFFD for each maximal subpart of all words of 4 boundary bytes, as TextDecoder does', () => {
      // The words as documents of their own, separated by LF, of which none is a part.
      const words: number[] = []
      forAllWords((a, b, c, d) => words.push(a, b, c, d, 0x0a), level)
      const input = Uint8Array.from(words)
      const options = { ...REPLACE, unit: 'line', bos: false } as const
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(input)
      const bytes = Buffer.from(text.replaceAll('\n', '\x03'))
      const { lengths, totals } = frameOracle(input, options)
      checkFrame(engine, options, input, { cuts: [] }, { bytes, lengths, rejected: [], totals })
    })

    it('does so for all words of 3 bytes with a lead', () => {
      for (let lead = 0xc0; lead < 256; lead += level === 'full' ? 1 : 9) {
        const input = new Uint8Array(2 ** 16 * 4)
        for (let tail = 0; tail < 2 ** 16; tail++) input.set([lead, tail >> 8, tail & 0xff, 0x41], tail * 4)
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(input)
        const bytes = Buffer.from(`\x02${text}\x03`)
        const codePoints = codePointsOf(text)
        const totals = {
          documents: 1,
          codePoints,
          reserved: reservedIn(text),
          replaced: countOf(text, '\ufffd'),
        }
        // U+FFFD itself is EF BF BD, one of the words.
        if (lead === 0xef) totals.replaced--
        const expected = {
          bytes,
          lengths: [bytes.length],
          rejected: [],
          totals: { ...totals, skippedEmpty: 0, crlf: 0, blankLines: 0 },
        }
        checkFrame(engine, REPLACE, input, { cuts: [lead * 4 + 1, 2 ** 17 + 3] }, expected)
      }
    })
  })

  describe('a hot loop', () => {
    it('gives the same answer 20,000 times in the same memory', () => {
      const valid = Buffer.concat([textOf('mixed', 149), textOf('ascii', 1)])
      const invalid = Uint8Array.from(valid)
      invalid[149] = 0x80
      const memory = new Uint8Array(150)
      for (let i = 0; i < 20_000; i++) {
        memory.set(i % 2 === 0 ? valid : invalid)
        const got = engine.findInvalid(memory, 0, 150)
        if ((got?.offset ?? -1) !== (i % 2 === 0 ? -1 : 149)) fail(engine, 'answer changed', { i, got })
        const lone = engine.findInvalid(memory, 149, 150)
        if ((lone === null) !== (i % 2 === 0)) fail(engine, 'answer changed', { i, lone })
      }
    })
  })
}

const REPLACE = {
  unit: 'stream',
  bos: true,
  eos: true,
  reserved: 'keep',
  invalid: 'replace',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
} as const

const memory = new ArrayBuffer(2048)
const VIEWS = Array.from({ length: 64 }, (_, alignment) => new Uint8Array(memory, 64 + alignment))

/** Puts `wrong` into well-formed `text` at a character boundary, and expects it to be found. */
function findsError(engine: Engine, text: Uint8Array, wrong: IllFormed, at: number, alignment: number): void {
  const view = VIEWS[alignment]
  const end = text.length + wrong.bytes.length
  view.set(text.subarray(0, at))
  view.set(wrong.bytes, at)
  view.set(text.subarray(at), at + wrong.bytes.length)
  // What would complete a character that the end cuts.
  view.fill(0x80, end, end + 8)
  const got = engine.findInvalid(view, 0, end)
  if (got?.offset !== at || got.length !== wrong.length || got.reason !== wrong.reason) {
    const { length, reason } = wrong
    fail(engine, 'error not found', { got, expected: { offset: at, length, reason }, end, alignment })
  }
}

function isBoundary(byte: number): boolean {
  return BOUNDARY_BYTES.some((one) => one === byte)
}

/** The last place up to `at` where a character of well-formed `text` begins, or its end. */
function characterBoundary(text: Uint8Array, at: number): number {
  let place = at
  while (place < text.length && (text[place] & 0xc0) === 0x80) place--
  return place
}

function forAllWords(visit: (a: number, b: number, c: number, d: number) => void, level: Level): void {
  const second = level === 'full' ? BOUNDARY_BYTES : BOUNDARY_BYTES.filter((byte) => byte % 2 === 0)
  for (const a of BOUNDARY_BYTES) {
    for (const b of second) {
      for (const c of BOUNDARY_BYTES) {
        for (const d of BOUNDARY_BYTES) visit(a, b, c, d)
      }
    }
  }
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1
}

function codePointsOf(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function reservedIn(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 && !(unit >= 0x09 && unit <= 0x0d)) count++
  }
  return count
}

function compare(
  engine: Engine,
  bytes: Uint8Array,
  start: number,
  end: number,
  got: InvalidSequence | null,
  expected: InvalidSequence | null,
): void {
  if (got === null && expected === null) return
  if (
    got?.offset !== expected?.offset ||
    got?.length !== expected?.length ||
    got?.reason !== expected?.reason
  ) {
    const sequence = Buffer.from(bytes.subarray(start, end)).toString('hex')
    fail(engine, 'findInvalid', { sequence, start, got, expected })
  }
}
