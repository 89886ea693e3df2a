/** Tables for tests, from seeded randomness. */
import { expect } from 'vitest'
import type { ByteTable } from '../../dist/embedding/table.js'
import { Random } from '../seeded.js'

/** Numbers that are nearly normally distributed: twelve even ones, summed. */
export function gaussian(count: number, seed: number): Float32Array {
  const random = new Random(seed)
  return Float32Array.from({ length: count }, () => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += random.below(2 ** 20) / 2 ** 20
    return sum
  })
}

export function randomTable(dimension: number, seed: number): ByteTable {
  return { weight: gaussian(256 * dimension, seed), dimension }
}

/** `view`, its memory given away. */
export function detached<T extends ArrayBufferView>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] })
  return view
}

/** To 1e-5 unless said otherwise. */
export function near(got: Float32Array, expected: readonly number[], tolerance = 1e-5): void {
  expect(got.length).toBe(expected.length)
  for (const [i, value] of got.entries()) {
    if (!(Math.abs(value - expected[i]) <= tolerance))
      throw new Error(`place ${i}: ${value}, expected ${expected[i]}`)
  }
}

/** A · B, row-major, the plain way. */
export function product(
  a: Float32Array,
  b: Float32Array,
  rows: number,
  inner: number,
  columns: number,
): Float32Array {
  const sums = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      for (let j = 0; j < columns; j++) sums[i * columns + j] += a[i * inner + k] * b[k * columns + j]
    }
  }
  return Float32Array.from(sums)
}
