/** similar: the nearest rows, against plain sums over all of them. */
import { describe, expect, it } from 'vitest'
import { type SimilarOptions, similar } from '../../dist/embedding/similar.js'
import type { ByteTable } from '../../dist/embedding/table.js'
import { refused } from '../engine/wrong-arguments.js'
import { randomTable } from './tables.js'

describe('similar', () => {
  const table = randomTable(6, 30)
  const row = (byte: number) => [...table.weight.subarray(6 * byte, 6 * byte + 6)]
  const product = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0)
  const length = (a: number[]) => Math.sqrt(product(a, a))
  const others = (byte: number) => [...Array(256).keys()].filter((other) => other !== byte)

  it('orders all others by their angle', () => {
    for (const byte of [0, 65, 255]) {
      const cosines = others(byte).map((other) => ({
        byte: other,
        value: product(row(byte), row(other)) / (length(row(byte)) * length(row(other))),
      }))
      cosines.sort((a, b) => b.value - a.value)
      const found = similar(table, byte, { count: 255 })
      expect(found.map((one) => one.byte)).toEqual(cosines.map((one) => one.byte))
      found.forEach(({ value }, i) => {
        expect(value).toBeCloseTo(cosines[i].value, 12)
      })
      expect(similar(table, byte)).toEqual(found.slice(0, 10))
    }
  })

  it('orders them by distance', () => {
    const distances = others(7).map((other) => ({
      byte: other,
      value: length(row(7).map((value, i) => value - row(other)[i])),
    }))
    distances.sort((a, b) => a.value - b.value)
    const found = similar(table, 7, { count: 3, metric: 'euclidean' })
    expect(found.map((one) => one.byte)).toEqual(distances.slice(0, 3).map((one) => one.byte))
  })

  it('gives equal ones in the order of bytes, and 0 for rows of zeros', () => {
    const zeros: ByteTable = { weight: new Float32Array(512), dimension: 2 }
    expect(similar(zeros, 1, { count: 2 })).toEqual([
      { byte: 0, value: 0 },
      { byte: 2, value: 0 },
    ])
  })

  it('refuses what is wrong', () => {
    for (const byte of [-1, 256, 0.5, Number.NaN, 'a'])
      refused(() => similar(table, byte as number), `${byte}`)
    const wrong: unknown[] = [{ count: 0 }, { count: 256 }, { count: 1.5 }, { metric: 'dot' }, { top: 3 }, 5]
    for (const options of wrong) {
      refused(() => similar(table, 0, options as SimilarOptions), JSON.stringify(options))
    }
    refused(() => similar({ ...table, dimension: 7 }, 0), 'another dimension')
    refused(() => similar({ weight: new Float32Array(256).fill(Number.NaN), dimension: 1 }, 0), 'NaN')
  })
})
