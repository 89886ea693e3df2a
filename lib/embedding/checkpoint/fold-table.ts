/**
 * The arithmetic of folding, as the Python reference does it, so that results are the same to the bit for F32, F16 and BF16: W = E + S, where
 * row b of S sums the columns of P that belong to the bits of b, most significant first. PyTorch sums in 32-bit floats and rounds to the
 * table's type at the end; only the plain module (`BitEmbedding`) rounds S before it adds it. F64 is summed in 64 bits, in which
 * PyTorch's own order differs: there the last bit may.
 */
import { bytesOf } from '../../files/bytes.js'
import { type FloatDtype, fromFloat32, toFloat32 } from '../safetensors/floats.js'

/** Rows of a table: one for each byte. */
export const ROWS = 256
/** Columns of a projection: one for each bit of a byte. */
export const BITS = 8

export interface TableToFold {
  readonly dtype: FloatDtype
  readonly dimension: number
  /** Bytes of E, 256 × d, and of P, d × 8, both row-major and of the table's type. */
  readonly base: ArrayBuffer
  readonly projection: ArrayBuffer
  /** Whether S is rounded to the table's type before it is added. */
  readonly roundsBias: boolean
}

/** Bytes of W, 256 × d, row-major, of the table's type. */
export function foldTable({ dtype, dimension, base, projection, roundsBias }: TableToFold): Uint8Array {
  if (dtype === 'F64') {
    const folded = new Float64Array(ROWS * dimension)
    sumBits(folded, new Float64Array(projection), dimension)
    add(folded, new Float64Array(base))
    return bytesOf(folded)
  }
  const bias = new Float32Array(ROWS * dimension)
  sumBits(bias, toFloat32(dtype, projection), dimension)
  const folded = roundsBias ? toFloat32(dtype, Uint8Array.from(fromFloat32(dtype, bias)).buffer) : bias
  add(folded, toFloat32(dtype, base))
  return fromFloat32(dtype, folded)
}

/** Row b is the row of b without its lowest bit, to which that bit's column is added: the sum from the highest bit on. */
function sumBits<T extends Float32Array | Float64Array>(rows: T, projection: T, dimension: number): void {
  for (let byte = 1; byte < ROWS; byte++) {
    const lowest = BITS - 1 - Math.log2(byte & -byte)
    const row = byte * dimension
    const rest = (byte & (byte - 1)) * dimension
    for (let i = 0; i < dimension; i++) rows[row + i] = rows[rest + i] + projection[BITS * i + lowest]
  }
}

function add<T extends Float32Array | Float64Array>(target: T, other: T): void {
  for (let i = 0; i < target.length; i++) target[i] = other[i] + target[i]
}
