/**
 * The arithmetic of folding, as the Python reference does it, so that results are the same to the bit for F32, F16 and BF16: W = E + S, where
 * row b of S sums the columns of P that belong to the bits of b, most significant first. PyTorch sums in 32-bit floats and rounds to the
 * table's type at the end; only the plain module (`BitEmbedding`) rounds S before it adds it. F64 is summed in 64 bits, in which
 * PyTorch's own order differs: there the last bit may.
 */
import { TABLE_ROWS } from '../../engine/embedding-engine.js'
import { copyOf } from '../../memory.js'
import { BITS } from '../bit-bias.js'
import { type FloatDtype, readFloats, writeFloats } from '../floats.js'

export interface TableToFold {
  readonly dtype: FloatDtype
  readonly dimension: number
  /** Bytes of E, 256 × d, and of P, d × 8, both row-major and of the table's type. */
  readonly base: Uint8Array
  readonly projection: Uint8Array
  /** Whether S is rounded to the table's type before it is added. */
  readonly roundsBias: boolean
}

/** Bytes of W, 256 × d, row-major, of the table's type. */
export function foldTable({ dtype, dimension, base, projection, roundsBias }: TableToFold): Uint8Array {
  if (dtype === 'F64') {
    const folded = new Float64Array(TABLE_ROWS * dimension)
    sumBits(folded, doubles(projection), dimension)
    add(folded, doubles(base))
    return new Uint8Array(folded.buffer)
  }
  const bias = new Float32Array(TABLE_ROWS * dimension)
  sumBits(bias, readFloats(projection, dtype), dimension)
  const folded = roundsBias ? readFloats(writeFloats(bias, dtype), dtype) : bias
  add(folded, readFloats(base, dtype))
  return writeFloats(folded, dtype)
}

function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(copyOf(bytes, 0, bytes.length).buffer)
}

/** Row b is the row of b without its lowest bit, to which that bit's column is added: the sum from the highest bit on. */
function sumBits<T extends Float32Array | Float64Array>(rows: T, projection: T, dimension: number): void {
  for (let byte = 1; byte < TABLE_ROWS; byte++) {
    const lowest = BITS - 1 - Math.log2(byte & -byte)
    const row = byte * dimension
    const rest = (byte & (byte - 1)) * dimension
    for (let i = 0; i < dimension; i++) rows[row + i] = rows[rest + i] + projection[BITS * i + lowest]
  }
}

function add<T extends Float32Array | Float64Array>(target: T, other: T): void {
  for (let i = 0; i < target.length; i++) target[i] = other[i] + target[i]
}
