/** Utf8LogitsProcessor: what it leaves of scores, with every way to tell it of rows; and what is generated with it. */
import { describe, expect, it } from 'vitest'
import { nextByteMask } from '../../dist/generation/next-byte.js'
import type { IdRow } from '../../dist/generation/rows.js'
import { findInvalidUtf8 } from '../../dist/index.js'
import { BLOCK_TABLE, REFUSED } from '../../dist/protocol/blocks.js'
import { parseBlocks } from '../../dist/protocol/parse-blocks.js'
import { BOUNDARY_BYTES, Random } from '../seeded.js'
import { codeOf } from './codes.js'
import { LAYERS } from './layers.js'

/** Bytes at which states change: text, and what frames blocks. */
const BYTES = [
  ...BOUNDARY_BYTES,
  ...new TextEncoder().encode('\x01\x02\x03\x05\x06\x0e\x0f\x10\x11\x17\x1a\x1b\nas( ):AJ'),
]
const HISTORIES = ['', 'a', 'é', '\0\0\x02文', '\x01assistant\n', '\x01user\n', '\x01assistant\nhi\x17'].map(
  (text) => new TextEncoder().encode(text),
)

describe.each(LAYERS)('Utf8LogitsProcessor on the engine %s', (_engine, { Utf8LogitsProcessor }) => {
  it.each([256, 257, 320])('keeps the scores that nextByteMask allows as they are, of %i', (vocabulary) => {
    for (const options of [
      {},
      { blocks: true },
      { controls: 'text' },
      { controls: 'all', blocks: true },
    ] as const) {
      const processor = new Utf8LogitsProcessor(options)
      for (const rows of [
        HISTORIES,
        HISTORIES.slice(0, 1),
        HISTORIES.map((row) => Array.from(row, BigInt)),
        [],
      ]) {
        const scores = randomScores(new Random(vocabulary), rows.length * vocabulary)
        const before = scores.slice()
        expect(processor.process(rows, scores)).toBe(scores)
        expect(scores).toEqual(masked(rows, before, vocabulary, options))
      }
    }
  })

  it('takes tensors, whose last dimension is the vocabulary', () => {
    const processor = new Utf8LogitsProcessor({ vocabulary: 300 })
    const rows = HISTORIES.slice(0, 2)
    for (const dims of [
      [2, 300],
      [2, 1, 300],
    ]) {
      const before = randomScores(new Random(1), 600)
      const tensor = { dims, data: before.slice(), type: 'float32' }
      expect(processor.process(rows, tensor)).toBe(tensor)
      expect(tensor.data).toEqual(masked(rows, before, 300, {}))
    }
  })

  it('keeps NaN, infinities and zeros where a byte is allowed', () => {
    const scores = new Float32Array(256).fill(Number.NaN)
    new Utf8LogitsProcessor().process([[0xe0]], scores)
    expect(scores[0x9f]).toBe(Number.NEGATIVE_INFINITY)
    expect(scores.subarray(0xa0, 0xc0).every(Number.isNaN)).toBe(true)
  })

  it('knows the same of a row step by step, from beam to beam, as of the whole row', () => {
    const random = new Random(2)
    for (const blocks of [false, true]) {
      const carrying = new Utf8LogitsProcessor({ blocks })
      const appending = new Utf8LogitsProcessor({ blocks, appendOnly: true })
      for (let round = 0; round < 30; round++) {
        let rows: number[][] = Array.from({ length: 1 + random.below(5) }, () => [...random.pick(HISTORIES)])
        const begin = carrying.process(rows, new Float32Array(rows.length * 256))
        expect(begin).toEqual(masked(rows, new Float32Array(rows.length * 256), 256, { blocks }))
        const differs = (scores: Float32Array, expected: Float32Array) =>
          scores.some((score, id) => score !== expected[id])
        for (let step = 0; step < 40; step++) {
          const reorders = random.chance(0.3)
          const beams = Array.from({ length: reorders ? 1 + random.below(6) : rows.length }, (_, row) =>
            reorders ? random.below(rows.length) : row,
          )
          const ids = beams.map(() => (random.chance(0.02) ? 256 : random.pick(BYTES)))
          // A row that goes on stays the array that it is; others that go on from it too are copies.
          rows = beams.map((beam, row) => (beams.indexOf(beam) === row ? rows[beam] : [...rows[beam]]))
          for (const [row, grown] of rows.entries()) grown.push(ids[row])
          const expected = masked(rows, new Float32Array(rows.length * 256), 256, { blocks })
          const own = new Float32Array(rows.length * 256)
          const place = `round ${round}, step ${step}`
          expect(
            differs(reorders ? carrying.step(ids, own, beams) : carrying.step(ids, own), expected),
            place,
          ).toBe(false)
          expect(differs(appending.process(rows, new Float32Array(rows.length * 256)), expected), place).toBe(
            false,
          )
        }
      }
    }
  })

  it('with appendOnly reads a row that has become shorter anew', () => {
    const processor = new Utf8LogitsProcessor({ blocks: true, appendOnly: true })
    const row = [...new TextEncoder().encode('\x01assistant\nhi')]
    for (const length of [row.length, row.length - 2, 0]) {
      row.length = length
      const scores = processor.process([row], new Float32Array(256))
      expect(scores).toEqual(masked([row], new Float32Array(256), 256, { blocks: true }))
    }
  })

  it('without appendOnly reads a row that was written over', () => {
    const processor = new Utf8LogitsProcessor({ blocks: true })
    const row = [...new TextEncoder().encode('\x01assistant\nhi')]
    processor.process([row], new Float32Array(256))
    row.fill(0x61)
    row.push(0x61)
    const scores = processor.process([row], new Float32Array(256))
    expect(scores).toEqual(masked([row], new Float32Array(256), 256, { blocks: true }))
  })

  it.each<[string, object | undefined, boolean]>([
    ['by default', undefined, false],
    ['with text alone', { controls: 'text' }, false],
    ['with all controls', { controls: 'all' }, false],
    ['with blocks', { blocks: true }, true],
    ['with all controls and blocks', { blocks: true, controls: 'all' }, true],
  ])('generates well-formed text only, 1,000 samples of 200 bytes each, %s', (_what, options, blocks) => {
    const samples = generate(new Utf8LogitsProcessor(options), 1000, 200, new Random(3))
    for (const [sample, bytes] of samples.entries()) {
      const invalid = findInvalidUtf8(bytes)
      const cut = invalid?.reason === 'truncated' && invalid.offset + invalid.length === bytes.length
      expect(invalid === null || cut, `sample ${sample}: ${invalid?.offset} ${invalid?.reason}`).toBe(true)
      if (blocks) expect(refusedAt(bytes), `sample ${sample}`).toBe(-1)
    }
    // Without the processor nearly none of them would be.
    const others = generate(
      { step: (_ids, scores) => scores, process: (_ids, scores) => scores },
      20,
      200,
      new Random(3),
    )
    expect(others.every((bytes) => findInvalidUtf8(bytes) !== null && refusedAt(bytes) !== -1)).toBe(true)
  })

  it('generates blocks that parse', () => {
    // No tool calls and tools: their arguments would have to be JSON, and have different names.
    const controls = [0x01, 0x03, 0x05, 0x06, 0x0a, 0x0e, 0x0f, 0x10, 0x17, 0x1b]
    const processor = new Utf8LogitsProcessor({ blocks: true, controls })
    const parsed = generate(processor, 300, 200, new Random(4)).map(parseBlocks)
    expect(parsed.some(({ messages }) => messages.length > 2)).toBe(true)
    expect(parsed.some(({ spans }) => spans.length > 2)).toBe(true)
    expect(
      parsed.some(({ messages }) => messages.some((message) => message.reasoning_content !== undefined)),
    ).toBe(true)
  })

  it.each<[string, unknown]>([
    ['an unknown option', { block: true }],
    ['a vocabulary below 256', { vocabulary: 255 }],
    ['a vocabulary that is no whole number', { vocabulary: 256.5 }],
    ['a flag that is none', { appendOnly: 1 }],
    ['controls with which blocks cannot end', { controls: 'text', blocks: true }],
  ])('refuses %s', (_what, options) => {
    expect(codeOf(() => new Utf8LogitsProcessor(options as object))).toBe('ERR_ARGUMENT')
  })

  it.each<[string, unknown, unknown, object?]>([
    ['logits of too few rows', [[], []], new Float32Array(256)],
    ['logits that are not divided evenly', [[], []], new Float32Array(601)],
    ['logits without rows', [], new Float32Array(256)],
    ['logits of another vocabulary', [[]], new Float32Array(256), { vocabulary: 300 }],
    [
      'a tensor of another vocabulary',
      [[]],
      { dims: [1, 256], data: new Float32Array(256) },
      { vocabulary: 300 },
    ],
    ['a tensor of other dims', [[]], { dims: [1, 300], data: new Float32Array(256) }],
    ['a tensor of more than its dims', [[]], { dims: [1, 256], data: new Float32Array(512) }],
    ['a tensor without dims', [[]], { data: new Float32Array(256) }],
    ['numbers of 64 bits', [[]], new Float64Array(256)],
    ['numbers of 16 bits', [[]], { dims: [1, 256], data: new Uint16Array(256) }],
    ['no logits', [[]], null],
    ['rows that are none', [3], new Float32Array(256)],
    ['one row alone', Uint8Array.of(3), new Float32Array(256)],
    ['a negative id', [[0x41], [-1]], new Float32Array(512)],
  ])('refuses %s, and nothing changes', (_what, ids, logits, options) => {
    const processor = new Utf8LogitsProcessor(options)
    const width = (options as { vocabulary?: number } | undefined)?.vocabulary ?? 256
    processor.process([[0xe0]], new Float32Array(width))
    expect(codeOf(() => processor.process(ids as IdRow[], logits as Float32Array))).toBe('ERR_ARGUMENT')
    const data = logits instanceof Float32Array ? logits : (logits as { data: Float32Array } | null)?.data
    expect([...(data ?? [])].every((score) => score === 0)).toBe(true)
    // The row goes on from where it was.
    const scores = processor.step([0xa0], new Float32Array(width))
    expect(scores).toEqual(masked([[0xe0, 0xa0]], new Float32Array(width), width, {}))
  })

  it.each<[string, ArrayLike<number>, ArrayLike<number> | undefined]>([
    ['too few ids', [0x41], undefined],
    ['too many ids', [0x41, 0x41, 0x41], undefined],
    ['too few beams', [0x41, 0x41], [0]],
    ['a beam that is no row', [0x41, 0x41], [0, 2]],
    ['a negative beam', [0x41, 0x41], [0, -1]],
    ['a beam that is no whole number', [0x41, 0x41], [0, 0.5]],
    ['beams that are none', [0x41, 0x41], 3 as unknown as number[]],
    ['a negative id', [0x41, -1], undefined],
  ])('refuses a step with %s', (_what, ids, beams) => {
    const processor = new Utf8LogitsProcessor()
    processor.process([[0xe0], []], new Float32Array(512))
    expect(codeOf(() => processor.step(ids, new Float32Array(256 * ids.length), beams))).toBe('ERR_ARGUMENT')
    expect(codeOf(() => new Utf8LogitsProcessor().step([0x41], new Float32Array(256)))).toBe('ERR_ARGUMENT')
  })
})

/** What nextByteMask leaves of `scores`. */
function masked(
  rows: readonly IdRow[],
  scores: Float32Array,
  vocabulary: number,
  options: Parameters<typeof nextByteMask>[1],
): Float32Array {
  const masks = rows.map((row) => nextByteMask(row, options))
  return scores.map((score, index) => {
    const flag = masks[Math.floor(index / vocabulary)][index % vocabulary]
    return flag === 1 ? score : Number.NEGATIVE_INFINITY
  })
}

function randomScores(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => random.below(1000) - 500)
}

/** `count` samples of `length` bytes each, from random scores: each step takes others out of the same many. */
function generate(
  processor: {
    process(ids: readonly IdRow[], scores: Float32Array): Float32Array
    step(ids: IdRow, scores: Float32Array): Float32Array
  },
  count: number,
  length: number,
  random: Random,
): Uint8Array[] {
  const samples = Array.from({ length: count }, () => new Uint8Array(length))
  let last = new Uint8Array(0)
  for (let at = 0; at < length; at++) {
    const start = 256 * random.below(SCORES.length / 256 - count)
    const scores = SCORES.slice(start, start + 256 * count)
    if (at === 0)
      processor.process(
        samples.map(() => []),
        scores,
      )
    else processor.step(last, scores)
    last = Uint8Array.from(samples, (_, sample) => indexOfLargest(scores, 256 * sample))
    for (const [sample, bytes] of samples.entries()) bytes[at] = last[sample]
  }
  return samples
}

/** Scores of 4,096 rows. Control bytes have higher ones than others, or there would be few blocks. */
const SCORES = makeScores(new Random(5), 4096)

function makeScores(random: Random, rows: number): Float32Array {
  return Float32Array.from({ length: 256 * rows }, (_, index) => {
    return random.below(1 << 20) + (index % 256 < 0x20 && random.chance(0.1) ? 1 << 18 : 0)
  })
}

function indexOfLargest(scores: Float32Array, start: number): number {
  let largest = start
  for (let index = start; index < start + 256; index++) if (scores[index] > scores[largest]) largest = index
  return largest - start
}

/** The offset of the first byte that the grammar of blocks refuses, or -1. */
function refusedAt(bytes: Uint8Array): number {
  let state = 0
  return bytes.findIndex((byte) => {
    state = BLOCK_TABLE[256 * state + byte]
    return state === REFUSED
  })
}
