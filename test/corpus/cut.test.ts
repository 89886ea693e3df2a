/**
 * Where shards are cut: for every number of shards the documents of the pieces are the documents of the whole. Small
 * texts over the bytes that matter, and large ones that need more than one window.
 */
import { describe, expect, it } from 'vitest'
import type { PlannedInput, PlanOptions } from '../../dist/corpus/index.js'
import { bytePath } from '../../dist/corpus/input/byte-path.js'
import { cutShards } from '../../dist/corpus/input/cut.js'
import { random, scratch, splitDocuments } from './helpers.js'

const { put } = scratch()

const UNITS: Pick<PlanOptions, 'document' | 'separator'>[] = [
  { document: 'file', separator: null },
  { document: 'line', separator: null },
  { document: 'paragraph', separator: null },
  ...['a', 'aa', 'aba', 'aab', '\n\n', '\r\n', '\ufeff', '\ufeffa'].map((separator) => ({
    document: 'separator' as const,
    separator,
  })),
]

/** The pieces that `shardSize` gives, as bytes, each with its file's start or without. */
function pieces(texts: readonly Buffer[], names: readonly string[], options: Partial<PlanOptions>) {
  const inputs = texts.map(
    (text, i): PlannedInput => ({ path: names[i], size: text.length, mtimeMs: 0, format: 'text' }),
  )
  const steps = cutShards(inputs, { separator: null, ...options } as PlanOptions, ({ path }) =>
    bytePath(path),
  )
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** The documents of a piece; a piece that is not its file's start has no byte order mark. */
function documents(
  text: Buffer,
  start: number,
  end: number,
  { document, separator }: (typeof UNITS)[number],
): string[] {
  const piece = Buffer.concat([Buffer.from(start === 0 ? '' : '\ufeff'), text.subarray(start, end)])
  return splitDocuments(piece, document, separator ?? '').map(([from, to]) =>
    piece.toString('latin1', from, to),
  )
}

function check(
  name: string,
  texts: readonly Buffer[],
  unit: (typeof UNITS)[number],
  shardSizes: Iterable<number>,
): number {
  const names = texts.map((text, i) => put(`${name}-${i}.txt`, text))
  const whole = texts.flatMap((text) => documents(text, 0, text.length, unit))
  const total = texts.reduce((sum, { length }) => sum + length, 0)
  let most = 0
  for (const shardSize of shardSizes) {
    const shards = pieces(texts, names, { ...unit, shardSize })
    const place = `${name} ${JSON.stringify(unit)} shardSize ${shardSize}`
    const ranges = shards.flatMap((shard) => shard.ranges)
    const found = ranges.flatMap(({ input, start, end }) => documents(texts[input], start, end, unit))
    expect([found.length, found.findIndex((text, i) => text !== whole[i])], place).toEqual([whole.length, -1])
    // The ranges are the inputs, without gap, and no shard is empty.
    expect(
      ranges.reduce((sum, { start, end }) => sum + end - start, 0),
      place,
    ).toBe(total)
    for (const [i, { index, ranges }] of shards.entries()) {
      expect(index).toBe(i)
      if (total > 0)
        expect(
          ranges.reduce((sum, { start, end }) => sum + end - start, 0),
          place,
        ).toBeGreaterThan(0)
    }
    most = Math.max(most, shards.length)
  }
  return most
}

describe.each(UNITS)('$document $separator', (unit) => {
  it('small texts, every number of shards', () => {
    const parts = ['a', 'a', 'b', '\n', '\r\n', '\r', '\ufeff'].map((part) => Buffer.from(part))
    let most = 0
    for (let seed = 0; seed < 40; seed++) {
      const next = random(seed)
      const text = () => Buffer.concat(Array.from({ length: next(25) }, () => parts[next(parts.length)]))
      const marked = next(3) === 0 ? Buffer.from('\ufeff') : Buffer.alloc(0)
      const texts = [Buffer.concat([marked, text()]), text(), text()].slice(next(2))
      const total = texts.reduce((sum, { length }) => sum + length, 0)
      most = Math.max(most, check(`small-${seed}`, texts, unit, [1, 2, 3, 5, 8, 13, total + 1]))
    }
    expect(most).toBeGreaterThan(1)
  })

  it('boundaries that are windows apart', () => {
    const filler = (size: number, text: string) => Buffer.alloc(size, text)
    for (const [i, text] of [
      Buffer.concat([
        filler(65_535, 'a'),
        Buffer.from('b\n\n\n\r\nx'),
        filler(200_000, 'a'),
        Buffer.from('\n\nb'),
      ]),
      Buffer.concat([
        filler(131_071, 'b'),
        Buffer.from('aab'),
        filler(65_530, '\n'),
        Buffer.from('b\n\naaba'),
      ]),
      Buffer.concat([
        filler(65_530, 'b'),
        Buffer.from('\ufeffa\r\n\r\n'),
        filler(65_536, 'ab'),
        filler(70_000, '\r\n'),
      ]),
      filler(300_000, 'a'),
    ].entries()) {
      check(
        `large-${i}`,
        [text],
        unit,
        [50_000, 65_533, 65_534, 65_535, 65_536, 65_537, 65_538, 65_539, 65_540],
      )
    }
  })
})
