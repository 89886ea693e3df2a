/** ByteEmbedding over every engine: rows, memory, and what is refused. */
import { describe, expect, it } from 'vitest'
import { writeFloats } from '../../dist/embedding/floats.js'
import { detachedBytes, refused } from '../engine/wrong-arguments.js'
import { LAYERS } from './layers.js'
import { detached, randomTable } from './tables.js'

it('is tested over the native engine too', () => {
  expect(Object.keys(LAYERS).length).toBeGreaterThan(1)
})

describe.each(Object.entries(LAYERS))('ByteEmbedding, %s', (_, { ByteEmbedding }) => {
  const table = randomTable(7, 1)
  const embedding = new ByteEmbedding(table)
  const rows = (ids: Uint8Array) => [...ids].flatMap((id) => [...table.weight.subarray(7 * id, 7 * id + 7)])

  it('looks up', () => {
    const ids = Uint8Array.of(0, 255, 97, 97)
    expect([...embedding.lookup(ids)]).toEqual(rows(ids))
    expect([...embedding.lookup(Buffer.from(ids))]).toEqual(rows(ids))
    expect(embedding.lookup(new Uint8Array(0)).length).toBe(0)
  })

  it('looks up into memory of the caller, and leaves what lies behind', () => {
    const ids = Uint8Array.of(5, 6)
    const output = new Float32Array(16).fill(-1)
    expect(embedding.lookupInto(ids, output)).toBe(14)
    expect([...output]).toEqual([...rows(ids), -1, -1])
  })

  it('uses a Float32Array where it lies', () => {
    const weight = new Float32Array(256)
    const changed = new ByteEmbedding({ weight, dimension: 1 })
    weight[9] = 4
    expect([...changed.lookup(Uint8Array.of(9))]).toEqual([4])
  })

  it('reads other floats', () => {
    const weight = Float32Array.from({ length: 512 }, (_, i) => i / 4 - 20)
    for (const dtype of ['F16', 'F32', 'F64'] as const) {
      const read = new ByteEmbedding({ weight: writeFloats(weight, dtype), dimension: 2, dtype })
      expect([...read.weight], dtype).toEqual([...weight])
    }
    const doubles = new ByteEmbedding({ weight: Float64Array.from(weight), dimension: 2 })
    expect([...doubles.weight]).toEqual([...weight])
    const bits = new Uint16Array(writeFloats(Float32Array.from(weight, Math.floor), 'BF16').buffer)
    const half = new ByteEmbedding({ weight: bits, dimension: 2, dtype: 'BF16' })
    expect([...half.weight]).toEqual([...weight].map(Math.floor))
  })

  it('is made of another', () => {
    expect(new ByteEmbedding(embedding).weight).toBe(table.weight)
  })

  it('states memory', () => {
    expect(embedding.byteLength).toBe(1024 * 7)
    expect(embedding.bytesToDevice(10)).toEqual({ ids: 10, vectors: 280, table: 7168 })
    refused(() => embedding.bytesToDevice(-1), 'a negative count')
  })

  it('refuses what is wrong', () => {
    const weight = new Float32Array(512)
    for (const [what, options] of Object.entries({
      'too short': { weight, dimension: 3 },
      'too long': { weight, dimension: 1 },
      'no dimension': { weight },
      'no weight': { dimension: 2 },
      'no numbers a byte': { weight: new Float32Array(0), dimension: 0 },
      'half a number': { weight: new Float32Array(384), dimension: 1.5 },
      'an unknown option': { weight, dimension: 2, width: 2 },
      'bytes of no dtype': { weight: new Uint8Array(2048), dimension: 2 },
      'detached memory': { weight: detached(new Float32Array(512)), dimension: 2 },
    })) {
      refused(() => new ByteEmbedding(options as { weight: Float32Array; dimension: number }), what)
    }
    refused(() => embedding.lookup([1] as unknown as Uint8Array), 'an array')
    refused(() => embedding.lookup(new Uint16Array(1) as unknown as Uint8Array), 'ids of 16 bits')
    refused(() => embedding.lookup(detachedBytes(4)), 'detached ids')
    refused(
      () => embedding.lookupInto(Uint8Array.of(1), new Float64Array(7) as unknown as Float32Array),
      'doubles',
    )
    refused(() => embedding.lookupInto(Uint8Array.of(1), table.weight), 'the table itself')
    expect(() => embedding.lookupInto(Uint8Array.of(1), new Float32Array(6))).toThrowError(
      expect.objectContaining({ code: 'ERR_OUTPUT_TOO_SMALL' }),
    )
  })

  it('refuses a table that has gone', () => {
    const weight = new Float32Array(256)
    const lost = new ByteEmbedding({ weight, dimension: 1 })
    detached(weight)
    refused(() => lost.lookup(Uint8Array.of(1)), 'a detached table')
  })
})
