/**
 * Wide tables made narrow: rows of d numbers, of which there are at most 256, span at most 256 dimensions. Householder
 * reflections turn space so that they lie in the first of those, and all else is zero: A · H = [L 0], with H orthogonal, d × d,
 * and L lower triangular (Golub and Van Loan, "Matrix Computations", section 5.2, of the transpose). What follows then works
 * on L, whatever d is, and loses no accuracy.
 */

import { norm } from './matrix.js'

/** A · H = [L 0]. */
export interface Reflected {
  readonly reflectors: Reflectors
  /** L, row-major, rows × rank. */
  readonly lower: Float64Array
  /** min(rows, d). */
  readonly rank: number
}

/** H, the product of reflections I - v · vᵀ. */
export class Reflectors {
  readonly #vectors: readonly Float64Array[]

  constructor(vectors: readonly Float64Array[]) {
    this.#vectors = vectors
  }

  /** x becomes x · H, x being a row. */
  turn(x: Float64Array): void {
    for (const [first, vector] of this.#vectors.entries()) reflect(x, 0, vector, first)
  }

  /** x becomes x · Hᵀ, which undoes {@link turn}. */
  turnBack(x: Float64Array): void {
    for (let first = this.#vectors.length - 1; first >= 0; first--) reflect(x, 0, this.#vectors[first], first)
  }
}

/** Of `rows`, row-major, each `dimension` wide, which are used up. */
export function reflectOnto(rows: Float64Array, dimension: number): Reflected {
  const count = rows.length / dimension
  const rank = Math.min(count, dimension)
  const vectors: Float64Array[] = []
  for (let k = 0; k < rank; k++) {
    const vector = reflectorOf(rows.subarray(k * dimension + k, (k + 1) * dimension))
    for (let row = k; row < count; row++) reflect(rows, row * dimension, vector, k)
    vectors.push(vector)
  }
  const lower = new Float64Array(count * rank)
  for (let row = 0; row < count; row++) {
    lower.set(rows.subarray(row * dimension, row * dimension + rank), row * rank)
  }
  return { reflectors: new Reflectors(vectors), lower, rank }
}

/** v, of length √2, so that the reflection I - v · vᵀ leaves nothing of x but its first number; 0 if x is 0. */
function reflectorOf(x: Float64Array): Float64Array {
  const vector = x.slice()
  const length = norm(x)
  if (length === 0) return vector
  // Away from x, so that nothing cancels.
  vector[0] += x[0] < 0 ? -length : length
  // |v|² = 2 · length · |v[0]|.
  const scale = 1 / Math.sqrt(length * Math.abs(vector[0]))
  for (let i = 0; i < vector.length; i++) vector[i] *= scale
  return vector
}

/** rows[at, …) -= v · (v · rows[at, …)), from place `first` on. */
function reflect(rows: Float64Array, at: number, vector: Float64Array, first: number): void {
  const from = at + first
  let product = 0
  for (let i = 0; i < vector.length; i++) product += vector[i] * rows[from + i]
  if (product === 0) return
  for (let i = 0; i < vector.length; i++) rows[from + i] -= product * vector[i]
}
