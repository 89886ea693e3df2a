/**
 * Random access to a finished dataset, against what was put in.
 */
import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openDataset, prepare } from '../../dist/corpus/index.js'
import { random, scratch } from './helpers.js'

const { path, put } = scratch()
const next = random(5)
const texts = Array.from(
  { length: 3000 },
  (_, i) => `${'é\u0001\u0010x'.repeat(next(i % 100 === 0 ? 2_000 : 20))}${i}`,
)
const large = `${'文'.repeat(400_000)}end`
texts[1234] = large
const file = put('texts.txt', texts.map((text) => `${text}\n`).join(''))
const framed = (text: string) => `\x02${text.replaceAll('\x10', '\x10P').replaceAll('\x01', '\x10A')}\x03`
const string = (bytes: Uint8Array) => Buffer.from(bytes).toString()

describe.each([
  ['uint8', 1e9],
  ['uint8', 2_000],
  ['uint16', 2_000],
] as const)('%s in shards of %i', async (dtype, shardSize) => {
  const output = path(`${dtype}-${shardSize}`)
  // More shards than files are held open, in two of the three.
  const manifest = await prepare({
    inputs: [file],
    output,
    document: 'line',
    inputFormat: 'text',
    dtype,
    shardSize,
  })

  it('gives any document', () => {
    expect(manifest.shards.length > 64).toBe(shardSize < 1e9)
    const dataset = openDataset(output)
    expect(dataset.length).toBe(texts.length)
    expect(dataset.manifest.totals).toEqual(manifest.totals)
    for (const i of [
      0,
      1,
      texts.length - 1,
      1233,
      1234,
      1235,
      ...Array.from({ length: 500 }, () => next(texts.length)),
    ]) {
      expect(string(dataset.text(i)) === texts[i], `text ${i}`).toBe(true)
      expect(string(dataset.document(i)) === framed(texts[i]), `document ${i}`).toBe(true)
    }
    dataset.close()
  })

  it('gives them in their order, and parts', () => {
    const dataset = openDataset(output)
    expect([...dataset.texts()].every((text, i) => string(text) === texts[i])).toBe(true)
    for (const [first, end] of [
      [0, 0],
      [0, 1],
      [1230, 1240],
      [2999, 3000],
      [3000, 3000],
      [100, 2900],
    ]) {
      const part = [...dataset.documents(first, end)].map(string)
      expect(part.length).toBe(end - first)
      expect(part.every((document, i) => document === framed(texts[first + i]))).toBe(true)
    }
    // Two at once, with others in between.
    const one = dataset.texts(10)
    const two = dataset.texts(2000)
    for (let i = 0; i < 900; i++) {
      expect(string(one.next().value) === texts[10 + i]).toBe(true)
      expect(string(two.next().value) === texts[2000 + i]).toBe(true)
      dataset.text(next(texts.length))
    }
    dataset.close()
  })

  it('refuses what is not there', () => {
    const dataset = openDataset(output)
    for (const index of [-1, 3000, 0.5, Number.NaN]) {
      expect(() => dataset.document(index)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }))
    }
    for (const [first, end] of [
      [-1, 2],
      [2, 1],
      [0, 3001],
    ]) {
      expect(() => dataset.documents(first, end)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }))
    }
    dataset.close()
    expect(() => dataset.document(0)).toThrow(expect.objectContaining({ code: 'ERR_DATASET' }))
    dataset.close()
  })
})

it('says what is missing', async () => {
  expect(() => openDataset(path('nowhere'))).toThrow(expect.objectContaining({ code: 'ERR_DATASET' }))
  const output = path('lost')
  await prepare({ inputs: [file], output, document: 'line', inputFormat: 'text' })
  rmSync(`${output}/data.bin`)
  const dataset = openDataset(output)
  expect(() => dataset.document(0)).toThrow(expect.objectContaining({ code: 'ERR_DATASET' }))
})
