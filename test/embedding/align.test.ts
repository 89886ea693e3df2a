/**
 * align and transplant: maps that are known are found, what is found cannot be bettered, and nothing depends on the width
 * being more or less than the 256 rows.
 */
import { describe, expect, it } from 'vitest'
import { align, type MovedTable, transplant } from '../../dist/embedding/align.js'
import type { ByteTable } from '../../dist/embedding/table.js'
import { refused } from '../engine/wrong-arguments.js'
import { gaussian, near, product, randomTable } from './tables.js'

/** Narrower than the rows, as wide, wider. */
const WIDTHS = [1, 2, 5, 64, 256, 300]
const ASCII = Uint8Array.from({ length: 95 }, (_, i) => 32 + i)

/** An orthogonal matrix: rotations of random pairs of places, and a reflection. */
function orthogonal(dimension: number, seed: number): Float32Array {
  const matrix = new Float64Array(dimension * dimension)
  for (let i = 0; i < dimension; i++) matrix[i * dimension + i] = i === 0 ? -1 : 1
  const angles = gaussian(8 * dimension, seed)
  for (const [turn, angle] of angles.entries()) {
    const a = turn % dimension
    const b = (turn * 7 + 1 + Math.floor(turn / dimension)) % dimension
    if (a === b) continue
    for (let row = 0; row < dimension; row++) {
      const [x, y] = [matrix[row * dimension + a], matrix[row * dimension + b]]
      matrix[row * dimension + a] = Math.cos(angle) * x - Math.sin(angle) * y
      matrix[row * dimension + b] = Math.sin(angle) * x + Math.cos(angle) * y
    }
  }
  return Float32Array.from(matrix)
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]))
}

function expectOrthogonal({ map }: MovedTable): void {
  const matrix = map.matrix()
  const square = product(matrix, transposed(matrix, map.from), map.from, map.from, map.from)
  const unit = Array.from(square, (_, i) => (i % (map.from + 1) === 0 ? 1 : 0))
  near(square, unit)
}

function transposed(matrix: Float32Array, width: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % width) * width + Math.floor(i / width)])
}

describe('align', () => {
  it.each(WIDTHS)('finds the rotation between two tables, %i numbers wide', (dimension) => {
    const table = randomTable(dimension, 1)
    const turned = {
      weight: product(table.weight, orthogonal(dimension, 2), 256, dimension, dimension),
      dimension,
    }
    const found = align(table, turned)
    expect(found.relativeResidual).toBeLessThan(1e-5)
    near(found.table.weight, [...turned.weight], 1e-4)
    expectOrthogonal(found)
    if (dimension <= 256) near(found.map.matrix(), [...orthogonal(dimension, 2)], 1e-3)
  })

  it.each([2, 5, 300])('finds what no small turn makes better, %i numbers wide', (dimension) => {
    const table = randomTable(dimension, 3)
    const target = randomTable(dimension, 4)
    const found = align(table, target)
    expectOrthogonal(found)
    expect(found.residual).toBeCloseTo(distance(found.table.weight, target.weight), 3)
    expect(found.relativeResidual).toBeCloseTo(found.residual / Math.hypot(...target.weight), 6)
    for (let i = 0; i < Math.min(dimension - 1, 6); i++) {
      for (const angle of [0.05, -0.05, 1, Math.PI]) {
        const turned = rotated(found.table, i, i + 1, angle)
        expect(distance(turned, target.weight)).toBeGreaterThan(found.residual - 1e-3)
      }
    }
  })

  it('maps other rows by the same map', () => {
    const found = align(randomTable(6, 5), randomTable(6, 6))
    const rows = gaussian(18, 7)
    near(found.map.apply(rows), [...product(rows, found.map.matrix(), 3, 6, 6)])
  })

  it('looks at the bytes that it is given alone', () => {
    const table = randomTable(8, 8)
    const target = { weight: product(table.weight, orthogonal(8, 9), 256, 8, 8), dimension: 8 }
    const right = target.weight.slice()
    for (let byte = 0; byte < 256; byte++)
      if (!ASCII.includes(byte)) target.weight.fill(9, byte * 8, byte * 8 + 8)
    const found = align(table, target, { bytes: ASCII })
    expect(found.relativeResidual).toBeLessThan(1e-5)
    near(found.table.weight, [...right], 1e-4)
    expect(align(table, target).relativeResidual).toBeGreaterThan(0.1)
    // More than once and in another order is the same.
    const again = align(table, target, { bytes: Uint8Array.from([...ASCII, ...ASCII].reverse()) })
    expect([...again.table.weight]).toEqual([...found.table.weight])
  })

  it('stays orthogonal where rows say little: one byte, equal rows, zeros', () => {
    const table = randomTable(7, 10)
    const target = randomTable(7, 11)
    expectOrthogonal(align(table, target, { bytes: Uint8Array.of(65) }))
    const flat: ByteTable = { weight: new Float32Array(1792).fill(1), dimension: 7 }
    expectOrthogonal(align(flat, target))
    const zeros: ByteTable = { weight: new Float32Array(1792), dimension: 7 }
    const found = align(zeros, target)
    expectOrthogonal(found)
    expect(found.relativeResidual).toBeCloseTo(1, 6)
    expect(align(target, zeros).relativeResidual).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('transplant', () => {
  it('leaves a table of the same width as it is', () => {
    const table = randomTable(4, 12)
    const target = randomTable(4, 13)
    const moved = transplant(table, target)
    expect([...moved.table.weight]).toEqual([...table.weight])
    expect(moved.table.weight).not.toBe(table.weight)
    expect(moved.residual).toBeCloseTo(distance(table.weight, target.weight), 3)
  })

  it.each([
    [3, 5],
    [64, 20],
    [20, 300],
    [255, 2],
  ])('finds the linear map between tables of %i and %i numbers', (from, to) => {
    const table = randomTable(from, 14)
    const matrix = gaussian(from * to, 15)
    const target = { weight: product(table.weight, matrix, 256, from, to), dimension: to }
    const moved = transplant(table, target)
    expect(moved.relativeResidual).toBeLessThan(1e-5)
    expect(moved.table.dimension).toBe(to)
    near(moved.map.matrix(), [...matrix], 1e-2)
  })

  it.each([0, 10])('finds the least squares, ridge %i', (ridge) => {
    const [from, to] = [4, 3]
    const table = randomTable(from, 16)
    const target = randomTable(to, 17)
    const moved = transplant(table, target, { ridge })
    const best = moved.map.matrix()
    const loss = (matrix: Float32Array) =>
      distance(product(table.weight, matrix, 256, from, to), target.weight) ** 2 +
      ridge * Math.hypot(...matrix) ** 2
    for (let i = 0; i < best.length; i++) {
      for (const step of [0.1, -0.1]) {
        const other = best.slice()
        other[i] += step
        expect(loss(other)).toBeGreaterThan(loss(best))
      }
    }
    near(moved.table.weight, [...product(table.weight, best, 256, from, to)], 1e-4)
  })

  it('carries bytes over that were not fitted', () => {
    const table = randomTable(10, 18)
    const matrix = gaussian(60, 19)
    const right = product(table.weight, matrix, 256, 10, 6)
    const target = { weight: right.slice(), dimension: 6 }
    target.weight.fill(0, 128 * 6)
    const moved = transplant(table, target, { bytes: ASCII })
    near(moved.table.weight, [...right], 1e-3)
  })

  it('takes the smallest map where many are as good', () => {
    // Two columns alike: each gets half.
    const single = gaussian(256, 20)
    const table = { weight: Float32Array.from({ length: 512 }, (_, i) => single[i >> 1]), dimension: 2 }
    const moved = transplant(table, { weight: single, dimension: 1 })
    near(moved.map.matrix(), [0.5, 0.5])
    const wide = transplant(randomTable(300, 21), randomTable(2, 22), { bytes: ASCII })
    expect(wide.relativeResidual).toBeLessThan(1e-5)
  })

  it('takes a direction that is there by rounding alone for none', () => {
    const [a, b] = [gaussian(256, 28), gaussian(256, 29)]
    const weight = Float32Array.from({ length: 768 }, (_, i) => {
      const byte = Math.floor(i / 3)
      return [a[byte], b[byte], a[byte] + b[byte] / 3][i % 3]
    })
    const moved = transplant({ weight, dimension: 3 }, randomTable(2, 30))
    expect(Math.max(...moved.map.matrix().map(Math.abs))).toBeLessThan(1)
  })

  it('refuses to give back the target, and does something else with ridge', () => {
    for (const dimension of [256, 300]) {
      const table = randomTable(dimension, 23)
      const target = randomTable(3, 24)
      refused(() => transplant(table, target), `${dimension}`)
      const moved = transplant(table, target, { ridge: 1000 })
      expect(moved.relativeResidual).toBeGreaterThan(0.1)
      expect(moved.relativeResidual).toBeLessThan(1)
    }
  })
})

describe('both', () => {
  it('refuse what is wrong', () => {
    const table = randomTable(2, 25)
    const wrong: Record<string, unknown> = {
      nothing: undefined,
      'another length': { weight: new Float32Array(511), dimension: 2 },
      doubles: { weight: new Float64Array(512), dimension: 2 },
      NaN: { weight: new Float32Array(512).fill(Number.NaN), dimension: 2 },
      infinity: { weight: new Float32Array(512).fill(Number.NEGATIVE_INFINITY), dimension: 2 },
    }
    for (const [what, value] of Object.entries(wrong)) {
      for (const call of [align, transplant]) {
        refused(() => call(value as ByteTable, table), what)
        refused(() => call(table, value as ByteTable), what)
      }
    }
    refused(() => align(table, randomTable(3, 26)), 'another dimension')
    for (const bytes of [new Uint8Array(0), [1, 2], new Uint16Array(2)]) {
      refused(() => align(table, table, { bytes: bytes as Uint8Array }), 'bytes')
    }
    for (const ridge of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
      refused(() => transplant(table, randomTable(3, 27), { ridge: ridge as number }), `ridge ${ridge}`)
    }
    refused(() => align(table, table, { ridge: 1 } as object), 'an option of the other')
    const { map } = align(table, table)
    refused(() => map.apply(new Float32Array(3)), 'half a row')
    refused(() => map.apply([1, 2] as unknown as Float32Array), 'an array')
  })
})

function rotated({ weight, dimension }: ByteTable, a: number, b: number, angle: number): Float32Array {
  const turned = weight.slice()
  for (let row = 0; row < 256; row++) {
    const [x, y] = [weight[row * dimension + a], weight[row * dimension + b]]
    turned[row * dimension + a] = Math.cos(angle) * x - Math.sin(angle) * y
    turned[row * dimension + b] = Math.sin(angle) * x + Math.cos(angle) * y
  }
  return turned
}
