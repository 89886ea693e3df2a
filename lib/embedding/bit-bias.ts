/**
 * The bit bias: W = E + U · Pᵀ. U is the 256 × 8 matrix of the bits of each byte, most significant first, and P, d × 8, holds
 * a vector for each bit, so that bytes that share bits share what is learned of them ("Back to Bytes", arXiv
 * 2510.16987). After training W is a table like any other.
 *
 * A byte's bias is the sum of two vectors, one for each half of it, and of those there are only 16: two additions a number in
 * place of eight. All sums are in double precision and rounded once.
 */
import { TABLE_ROWS } from '../engine/embedding-engine.js'
import { type ByteTable, checkDimension, checkMatrix, floats } from './table.js'

/** Bits of a byte, the columns of P. */
export const BITS = 8

export interface BitBiasedTable extends ByteTable {
  /** P, row-major, dimension × 8: column 0 belongs to the most significant bit. */
  readonly projection: Float32Array
}

/**
 * The plain table that a bit-biased one stands for.
 *
 * @throws ERR_ARGUMENT unless weight has 256 × dimension and projection dimension × 8 numbers; ERR_OUT_OF_MEMORY.
 */
export function fold({ weight, projection, dimension }: BitBiasedTable): ByteTable {
  checkBitBiased(weight, projection, dimension)
  const folded = floats(TABLE_ROWS * dimension)
  foldInto(weight, projection, dimension, folded)
  return { weight: folded, dimension }
}

export function checkBitBiased(
  weight: Float32Array | undefined,
  projection: Float32Array | undefined,
  dimension: number | undefined,
): void {
  checkDimension(dimension)
  checkMatrix(weight, TABLE_ROWS, dimension, 'weight')
  checkMatrix(projection, dimension, BITS, 'projection')
}

/** {@link fold} into memory that is there. */
export function foldInto(
  weight: Float32Array,
  projection: Float32Array,
  dimension: number,
  folded: Float32Array,
): void {
  const high = sumsOfBits(projection, dimension, 0)
  const low = sumsOfBits(projection, dimension, HALF_BITS)
  // Four bytes at once, which have their high half in common: a third faster than each by itself.
  for (let byte = 0; byte < TABLE_ROWS; byte += 4) {
    const ofHigh = (byte >>> HALF_BITS) * dimension
    const low0 = (byte & (HALVES - 1)) * dimension
    const [low1, low2, low3] = [low0 + dimension, low0 + 2 * dimension, low0 + 3 * dimension]
    const row0 = byte * dimension
    const [row1, row2, row3] = [row0 + dimension, row0 + 2 * dimension, row0 + 3 * dimension]
    for (let j = 0; j < dimension; j++) {
      const bias = high[ofHigh + j]
      folded[row0 + j] = weight[row0 + j] + (bias + low[low0 + j])
      folded[row1 + j] = weight[row1 + j] + (bias + low[low1 + j])
      folded[row2 + j] = weight[row2 + j] + (bias + low[low2 + j])
      folded[row3 + j] = weight[row3 + j] + (bias + low[low3 + j])
    }
  }
}

/**
 * Adds to `gradient`, d × 8, what a gradient of the folded table, 256 × d, means for P: Gᵀ · U.
 */
export function addProjectionGradient(
  tableGradient: Float32Array | Float64Array,
  dimension: number,
  gradient: Float32Array,
): void {
  const high = new Float64Array(HALVES * dimension)
  const low = new Float64Array(HALVES * dimension)
  for (let byte = 0; byte < TABLE_ROWS; byte++) {
    const ofHigh = (byte >>> HALF_BITS) * dimension
    const ofLow = (byte & (HALVES - 1)) * dimension
    const row = byte * dimension
    for (let j = 0; j < dimension; j++) {
      const value = tableGradient[row + j]
      high[ofHigh + j] += value
      low[ofLow + j] += value
    }
  }
  for (let j = 0; j < dimension; j++) {
    for (let bit = 0; bit < BITS; bit++) {
      const sums = bit < HALF_BITS ? high : low
      const mask = maskOf(bit)
      let sum = 0
      for (let half = 0; half < HALVES; half++) {
        if ((half & mask) !== 0) sum += sums[half * dimension + j]
      }
      gradient[j * BITS + bit] += sum
    }
  }
}

/** Half a byte has 4 bits and 16 values. */
const HALF_BITS = 4
const HALVES = 16

/** Where in its half the bit of column `column` stands. */
function maskOf(column: number): number {
  return 8 >>> (column & (HALF_BITS - 1))
}

/** For each value of a half the sum of the columns of P, from `first` on, whose bits are set: 16 × d. */
function sumsOfBits(projection: Float32Array, dimension: number, first: number): Float64Array {
  const sums = new Float64Array(HALVES * dimension)
  for (let half = 1; half < HALVES; half++) {
    // One column more than without the lowest bit.
    const rest = (half & (half - 1)) * dimension
    const column = first + Math.clz32(half & -half) - 28
    const row = half * dimension
    for (let j = 0; j < dimension; j++) sums[row + j] = sums[rest + j] + projection[j * BITS + column]
  }
  return sums
}
