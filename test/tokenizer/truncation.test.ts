/**
 * Truncation and overflow: against Hugging Face's fast tokenizers (vectors/overflow.json), and as properties over texts that
 * are hard to cut.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { CallOptions } from '../../dist/tokenizer/call-options.js'
import { ROOT } from '../needs.js'
import { Random } from '../seeded.js'
import { CLASSES, codeOf, LAYER, LAYERS, tokenizerOf } from './layers.js'
import { framed, idsOf, piecesOf } from './oracle.js'

interface Overflow {
  readonly text: string
  readonly add_special_tokens: boolean
  readonly max_length: number
  readonly stride: number
  readonly truncation_side: 'left' | 'right'
  readonly input_ids: readonly (readonly number[])[]
  readonly offsets: readonly (readonly (readonly [number, number])[])[]
}
const vectors: readonly Overflow[] = JSON.parse(
  readFileSync(`${ROOT}test/vectors/overflow.json`, 'utf8'),
).cases

const HARD = [
  '',
  'a',
  'é',
  '文',
  '😀',
  '\0',
  '\x10',
  '\x01A',
  '\r\n',
  'e\u0301',
  '👩‍👩‍👧',
  '🇩🇪🇫🇷',
  'नि',
  '\u0301',
]
const SIDES = ['right', 'left'] as const

/** Texts of one to three of the hard ones, and longer random ones. */
function texts(): string[] {
  const random = new Random(3)
  const short = HARD.flatMap((a) => HARD.flatMap((b) => [a + b, ...HARD.map((c) => a + b + c)]))
  const long = Array.from({ length: 60 }, () =>
    Array.from({ length: random.below(14) }, () => random.pick(HARD)).join(''),
  )
  return [...short.filter((_, i) => i % 17 === 0), ...long]
}

describe.each(LAYERS)('%s', (_name, layer) => {
  const tokenizer = new layer.UTF8Tokenizer()

  it('gives the windows of Hugging Face, and their offsets', () => {
    let several = 0
    for (const { text, input_ids, offsets, ...options } of vectors) {
      const result = tokenizer(text, {
        ...options,
        truncation: true,
        return_overflowing_tokens: true,
        return_offsets_mapping: true,
        return_tensor: false,
      })
      expect(result.input_ids, JSON.stringify([text, options])).toEqual(input_ids)
      expect(result.overflow_to_sample_mapping).toEqual(input_ids.map(() => 0))
      // Theirs count code points.
      const units = [0]
      for (const character of text) units.push((units.at(-1) ?? 0) + character.length)
      const expected = offsets.map((row) => row.map(([start, end]) => [units[start], units[end]]))
      expect(result.offset_mapping, JSON.stringify([text, options])).toEqual(expected)
      if (input_ids.length > 1) several++
    }
    expect(several).toBeGreaterThan(60)
  })

  it('cuts ids to a prefix or suffix for every max_length', () => {
    const all = texts()
    for (const special of [true, false]) {
      for (let max_length = 0; max_length < 12; max_length++) {
        for (const side of SIDES) {
          const room = Math.max(max_length - (special ? 2 : 0), 0)
          const options = {
            truncation: true,
            max_length,
            truncation_side: side,
            add_special_tokens: special,
          } as const
          const expected = all.map((text) => {
            const ids = idsOf('UTF8Tokenizer', text)
            return framed(
              side === 'right' ? ids.slice(0, room) : ids.slice(Math.max(ids.length - room, 0)),
              special,
            )
          })
          expect(tokenizer(all, { ...options, return_tensor: false }).input_ids).toEqual(expected)
        }
      }
    }
  })
})

describe.each(CLASSES)('%s', (name) => {
  const tokenizer = tokenizerOf(LAYER, name)

  it('never splits a character or an escape', () => {
    for (const reserved of ['keep', 'escape', 'picture', 'strip'] as const) {
      for (const text of texts()) {
        const pieces = piecesOf(name, text, reserved)
        for (let room = 0; room < 9; room++) {
          // As many whole characters as fit, from either end.
          for (const side of SIDES) {
            const ordered = side === 'right' ? pieces : [...pieces].reverse()
            const kept: number[][] = []
            let size = 0
            for (const { ids } of ordered) {
              if (size + ids.length > room) break
              size += ids.length
              kept.push([...ids])
            }
            const expected = (side === 'right' ? kept : kept.reverse()).flat()
            const options = { truncation: 'character', max_length: room, truncation_side: side } as const
            const found = tokenizer.encode(text, { ...options, reserved, add_special_tokens: false })
            expect(Array.from(found), JSON.stringify([text, reserved, room, side])).toEqual(expected)
          }
        }
      }
    }
  })

  it('never splits a grapheme', () => {
    const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })
    for (const text of texts()) {
      const graphemes = Array.from(segmenter.segment(text), ({ segment }) => segment)
      for (let room = 0; room < 30; room += 3) {
        for (const side of SIDES) {
          const ordered = side === 'right' ? graphemes : [...graphemes].reverse()
          const kept: string[] = []
          for (const grapheme of ordered) {
            if (idsOf(name, kept.join('') + grapheme).length > room) break
            kept.push(grapheme)
          }
          const expected = (side === 'right' ? kept : kept.reverse()).join('')
          const options = { truncation: 'grapheme', max_length: room, truncation_side: side } as const
          const found = tokenizer.encode(text, { ...options, add_special_tokens: false })
          expect(tokenizer.decode(found), JSON.stringify([text, room, side])).toBe(expected)
        }
      }
    }
  })

  it('has windows that cover the content, in whole characters, with no more overlap than stride', () => {
    const random = new Random(8)
    let several = 0
    for (const text of texts()) {
      for (const truncation of [true, 'character', 'grapheme'] as const) {
        const room = 28 + random.below(20)
        const stride = random.below(room)
        const long = text + text + text
        const reserved = random.pick(['keep', 'escape'] as const)
        const options: CallOptions = { truncation, max_length: room + 2, stride, reserved }
        for (const truncation_side of SIDES) {
          const asked = {
            ...options,
            truncation_side,
            return_overflowing_tokens: true,
            return_tensor: false,
          } as const
          const rows = tokenizer(long, asked).input_ids as number[][]
          const content = piecesOf(name, long, reserved).flatMap(({ ids }) => ids)
          const places = boundariesOf(long, truncation, reserved)
          const expected = windowsOf(places, room, stride, truncation_side)
          const where = JSON.stringify([long, asked])
          expect(rows, where).toEqual(expected.map(([from, to]) => framed(content.slice(from, to), true)))
          if (rows.length > 1) several++
        }
      }
    }
    expect(several).toBeGreaterThan(100)
  })

  /** Places of ids where a text may be cut. */
  function boundariesOf(
    text: string,
    truncation: true | 'character' | 'grapheme',
    reserved: 'keep' | 'escape',
  ) {
    const pieces = piecesOf(name, text, reserved)
    const total = pieces.reduce((size, { ids }) => size + ids.length, 0)
    if (truncation === true) return new Set(Array.from({ length: total + 1 }, (_, i) => i))
    const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })
    const starts = new Set(Array.from(segmenter.segment(text), ({ index }) => index))
    const places = new Set([0, total])
    let at = 0
    for (const { start, ids } of pieces) {
      if (truncation === 'character' || starts.has(start)) places.add(at)
      at += ids.length
    }
    return places
  }

  /** The longest windows between places, each of which begins as far back as it may and still goes on. */
  function windowsOf(all: ReadonlySet<number>, room: number, stride: number, side: 'left' | 'right') {
    const total = Math.max(...all)
    const places = [...all].map((place) => (side === 'left' ? total - place : place)).sort((a, b) => a - b)
    const endOf = (from: number) => Math.max(...places.filter((place) => place <= from + room))
    const windows = [[0, endOf(0)]]
    for (let to = endOf(0); to < total; ) {
      const from = places.find((place) => place >= to - stride && endOf(place) > to) ?? Number.NaN
      windows.push([from, endOf(from)])
      to = endOf(from)
    }
    return side === 'left' ? windows.map(([from, to]) => [total - to, total - from]) : windows
  }

  it('refuses windows that a character has no room in', () => {
    const windows = { return_overflowing_tokens: true, add_special_tokens: false } as const
    const family = '👩‍👩‍👧'
    const room = idsOf(name, family).length
    for (const truncation_side of SIDES) {
      const options = { ...windows, truncation: 'grapheme', truncation_side } as const
      expect(codeOf(() => tokenizer(`a${family}b`, { ...options, max_length: room - 1 }))).toBe(
        'ERR_ARGUMENT',
      )
      expect(codeOf(() => tokenizer(family + family, { ...options, max_length: room - 1 }))).toBe(
        'ERR_ARGUMENT',
      )
      expect(tokenizer(`a${family}b`, { ...options, max_length: room }).input_ids).toHaveLength(3)
    }
  })
})
