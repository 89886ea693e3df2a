/**
 * Matrices, row-major, in double precision: what aligning, transplanting and drawing tables needs. The singular value
 * decomposition is that of the library ml-matrix, on matrices of at most 256 × 256: reflectors.ts makes them so small.
 */
import { Matrix, SingularValueDecomposition } from 'ml-matrix'

/** Matrices are row-major; `rank` is min(rows, columns). */
export interface Decomposition {
  /** U, rows × rank: its columns are orthonormal. */
  readonly left: Float64Array
  /** s, the largest first. */
  readonly values: Float64Array
  /** V, columns × rank. */
  readonly right: Float64Array
}

/** Of `matrix`, row-major, rows × columns, of which there are no more columns than rows. Numbers must be finite. */
export function decompose(matrix: Float64Array, rows: number, columns: number): Decomposition {
  const svd = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, matrix))
  return {
    left: Float64Array.from(svd.leftSingularVectors.to1DArray()),
    values: Float64Array.from(svd.diagonal),
    right: Float64Array.from(svd.rightSingularVectors.to1DArray()),
  }
}

/** A · B, row-major, rows × inner and inner × columns. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const product = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    const row = i * columns
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k]
      if (factor === 0) continue
      for (let j = 0; j < columns; j++) product[row + j] += factor * b[k * columns + j]
    }
  }
  return product
}

/** Aᵀ of A, rows × columns. */
export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const flipped = new Float64Array(a.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) flipped[j * rows + i] = a[i * columns + j]
  return flipped
}

/** The square root of the sum of squares: of a vector its length, of a matrix its Frobenius norm. */
export function norm(values: Float64Array): number {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  if (largest === 0) return 0
  // Scaled, so that no square leaves the range of doubles.
  let sum = 0
  for (const value of values) sum += (value / largest) ** 2
  return largest * Math.sqrt(sum)
}
