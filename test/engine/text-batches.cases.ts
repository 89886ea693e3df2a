/** encodeJoined and decodeBatch. */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { JOINT, MAX_JOINED } from '../../dist/engine/text-engine.js'
import { fail } from './compare.js'
import {
  BOUNDARY_UNITS,
  LONE_SURROGATES,
  partOf,
  representationsOf,
  STRING_SCRIPTS,
  stringOf,
} from './strings.js'
import type { Level } from './suite.js'
import { BOUNDARY_BYTES, Random } from './text.js'
import { firstDifference } from './text-checks.js'
import { encodeOracle, textOracle } from './text-oracle.js'
import { refused } from './wrong-arguments.js'

const MARGIN = 80
const UNTOUCHED = 0xa5

export function describeBatches(create: () => Engine, level: Level): void {
  const engine = create()

  describe('encodeJoined', () => {
    it('encodes texts of every length', () => {
      for (const script of STRING_SCRIPTS) {
        for (let length = 0; length <= 200; length += level === 'full' ? 1 : 3) {
          const text = stringOf(script, length)
          checkJoined(engine, [text])
          checkJoined(engine, [text, text, '', text], { start: length % 64, first: length % 3 })
          checkJoined(engine, ['', text, ''])
          checkJoined(engine, ['', '', text])
        }
      }
    })

    it('encodes batches of many texts', () => {
      for (const script of STRING_SCRIPTS) {
        const text = stringOf(script, 700)
        for (const count of [1, 2, 1024]) {
          const texts = Array.from({ length: count }, (_, i) => partOf(text, i % 600, (i * 7) % 90))
          checkJoined(engine, texts, { start: 3, first: 1 })
        }
      }
      checkJoined(
        engine,
        Array.from({ length: MAX_JOINED + 1 }, () => ''),
      )
    })

    it('encodes as much as it takes at once, and no more', () => {
      for (const script of STRING_SCRIPTS) {
        const most = stringOf(script, MAX_JOINED)
        checkJoined(engine, [most])
        checkJoined(engine, [most.slice(0, 40_000), most.slice(40_001)])
        const values = new Uint8Array(3 * MAX_JOINED + 3).fill(UNTOUCHED)
        refused(() => engine.encodeJoined(`${most}a`, 1, values, 0, new Uint32Array(1), 0), script)
        expect(values.every((value) => value === UNTOUCHED)).toBe(true)
      }
    })

    it('keeps what is lone on both sides of a joint apart', () => {
      for (const lone of LONE_SURROGATES) {
        checkJoined(engine, [`a${lone}`, `${lone}b`])
        checkJoined(engine, [lone, lone, lone])
      }
      checkJoined(engine, ['\ud83d', '\ude00'])
    })

    it('takes a sum as the only text', () => {
      for (const text of Object.values(representationsOf(stringOf('mixed', 300)))) checkJoined(engine, [text])
    })

    it('tells by -1 that a text has a joint, and that the count is wrong', () => {
      const texts = ['ab', '', 'é', '文😀', stringOf('ascii', 300), '']
      for (const [index, text] of texts.entries()) {
        for (const at of new Set([0, 1, text.length])) {
          const changed = [...texts]
          changed[index] = text.slice(0, at) + JOINT + text.slice(at)
          checkJoined(engine, changed, { count: texts.length, expected: -1 })
          // What is read as one more text is one, if it is asked for.
          checkJoined(engine, changed.join(JOINT).split(JOINT))
        }
      }
      for (const count of [1, 2, texts.length - 1, texts.length + 1, 500]) {
        checkJoined(engine, texts, { count, expected: -1 })
      }
      checkJoined(engine, [JOINT], { count: 1, expected: -1 })
      checkJoined(engine, [''], { count: 2, expected: -1 })
      const many = Array.from({ length: 5000 }, () => 'x')
      checkJoined(engine, many, { count: 4999, expected: -1 })
      checkJoined(engine, many, { count: 5001, expected: -1 })
    })

    it('encodes random batches', () => {
      const random = new Random(43)
      for (let seed = 0; seed < (level === 'full' ? 5_000 : 500); seed++) {
        const texts = Array.from({ length: 1 + random.below(20) }, () =>
          String.fromCharCode(
            ...Array.from({ length: random.below(30) }, () =>
              random.chance(0.2) ? random.pick(BOUNDARY_UNITS.slice(1)) : 1 + random.below(0x2000),
            ),
          ),
        )
        checkJoined(engine, texts, { start: random.below(70), first: random.below(4), seed })
      }
    })
  })

  describe('decodeBatch', () => {
    it('gives the strings that were encoded', () => {
      for (const script of STRING_SCRIPTS) {
        for (const count of [0, 1, 2, 1024]) {
          const text = stringOf(script, 700)
          const texts = Array.from({ length: count }, (_, i) => partOf(text, i % 600, (i * 7) % 90))
          checkBatch(
            engine,
            texts.map((one) => encodeOracle(one)),
            texts,
          )
        }
      }
      checkBatch(
        engine,
        Array.from({ length: 70_000 }, () => new Uint8Array(0)),
      )
      const long = encodeOracle(stringOf('mixed', 50_000))
      checkBatch(engine, [long, long.subarray(1), long.subarray(0, 45_678), long])
    })

    it('decodes each piece for itself, well-formed or not', () => {
      const random = new Random(44)
      for (let seed = 0; seed < (level === 'full' ? 5_000 : 500); seed++) {
        const whole = seed % 2 === 0 ? encodeOracle(stringOf('mixed', 300)) : undefined
        const pieces = Array.from({ length: random.below(20) }, () => {
          const length = random.below(40)
          const at = random.below(200)
          // Cut anywhere, also inside characters.
          return (
            whole?.subarray(at, at + length) ?? Uint8Array.from({ length }, () => random.pick(BOUNDARY_BYTES))
          )
        })
        checkBatch(engine, pieces, undefined, random.below(70), seed)
      }
    })

    it('joins nothing across an offset', () => {
      const emoji = encodeOracle('😀😀')
      expect(engine.decodeBatch(emoji, Uint32Array.of(0, 1, 4, 6, 8))).toEqual([
        '\ufffd',
        '\ufffd\ufffd\ufffd',
        '\ufffd',
        '\ufffd\ufffd',
      ])
      expect(engine.decodeBatch(emoji, Uint32Array.of(4, 8))).toEqual(['😀'])
      expect(engine.decodeBatch(emoji, Uint32Array.of(8, 8, 8))).toEqual(['', ''])
      expect(engine.decodeBatch(emoji, Uint32Array.of(3))).toEqual([])
      expect(engine.decodeBatch(new Uint8Array(0), Uint32Array.of(0, 0))).toEqual([''])
    })
  })
}

interface Joined {
  readonly start?: number
  readonly first?: number
  /** How many texts the engine is told; all if left out. */
  readonly count?: number
  readonly expected?: -1
  readonly seed?: number
}

function checkJoined(
  engine: Engine,
  texts: readonly string[],
  { start = 0, first = 0, count = texts.length, expected, seed }: Joined = {},
): void {
  const joined = texts.join(JOINT)
  const room = 3 * joined.length
  const values = new Uint8Array(start + room + MARGIN).fill(UNTOUCHED)
  const ends = new Uint32Array(first + count + 2).fill(UNTOUCHED)
  const place = { start, first, count, seed, texts: texts.length, joined: joined.slice(0, 300) }
  const got = engine.encodeJoined(joined, count, values.subarray(0, start + room), start, ends, first)
  if (values.subarray(0, start).some(isTouched)) fail(engine, 'wrote in front of the values', place)
  if (values.subarray(start + room).some(isTouched)) fail(engine, 'wrote behind the values', place)
  if (ends.subarray(0, first).some(isTouched)) fail(engine, 'wrote in front of the ends', place)
  if (ends.subarray(first + count).some(isTouched)) fail(engine, 'wrote behind the ends', place)
  if (expected === -1) {
    if (got !== -1) fail(engine, 'encodeJoined', { ...place, got, expected })
    return
  }
  const encoded = texts.map((text) => encodeOracle(text))
  let end = start
  for (const [i, bytes] of encoded.entries()) {
    end += bytes.length
    if (ends[first + i] !== end) fail(engine, 'end', { ...place, i, got: ends[first + i], expected: end })
  }
  if (got !== end) fail(engine, 'encodeJoined', { ...place, got, expected: end })
  const at = firstDifference(values.subarray(start), Buffer.concat(encoded))
  if (at !== -1) fail(engine, 'encodeJoined', { ...place, at })
}

function isTouched(value: number): boolean {
  return value !== UNTOUCHED
}

function checkBatch(
  engine: Engine,
  pieces: readonly Uint8Array[],
  expected: readonly string[] = pieces.map((piece) => textOracle(piece).replace),
  start = 0,
  seed?: number,
): void {
  // In front and behind there is what would complete a character.
  const values = Buffer.concat([new Uint8Array(start).fill(0xe4), ...pieces, new Uint8Array(3).fill(0x80)])
  const offsets = new Uint32Array(pieces.length + 1)
  offsets[0] = start
  for (const [i, piece] of pieces.entries()) offsets[i + 1] = offsets[i] + piece.length
  const got = engine.decodeBatch(values, offsets)
  if (got.length !== pieces.length) fail(engine, 'decodeBatch', { seed, start, got: got.length })
  for (const [i, text] of got.entries()) {
    if (text === expected[i]) continue
    const hex = Buffer.from(pieces[i]).toString('hex')
    fail(engine, 'decodeBatch', { seed, start, i, hex, text, expected: expected[i] })
  }
}
