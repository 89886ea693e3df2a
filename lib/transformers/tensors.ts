/**
 * Between the ids of this package, 1 to 4 bytes each, and the int64 tensors of transformers.js. No BigInt is made for an id:
 * an engine widens them, and what comes back is read as halves of 32 bits.
 */
import type { Tensor } from '@huggingface/transformers'
import type { Ids, TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import type { TransformersModule } from './peer.js'

/** Ids, or flags, of `rows` rows of `width` places each. */
export interface IdTensor {
  readonly dims: readonly number[]
  readonly data: Ids
}

export function int64Tensor(transformers: TransformersModule, engine: TokenEngine, tensor: IdTensor): Tensor {
  const wide = new BigInt64Array(tensor.data.length)
  engine.widen(tensor.data, wide)
  return new transformers.Tensor('int64', wide, [...tensor.dims])
}

/** Whether `value` is a tensor of transformers.js, or anything else with dimensions. */
export function isTensor(value: unknown): value is { readonly dims: readonly number[]; readonly data: unknown } {
  return typeof value === 'object' && value !== null && 'dims' in value && 'data' in value
}

/**
 * The rows of a tensor of ids with one dimension or two.
 *
 * @throws ERR_ARGUMENT for other dimensions, and for ids that no 32 bits hold.
 */
export function rowsOf(tensor: { readonly dims: readonly number[]; readonly data: unknown }): ArrayLike<number>[] {
  const { dims, data } = tensor
  if (dims.length !== 1 && dims.length !== 2) {
    throw argumentError('ids', 'a tensor of one dimension or two', `one of ${dims.length}`)
  }
  const [rows, width] = dims.length === 2 ? dims : [1, dims[0]]
  const ids = narrow(data)
  if (ids.length !== rows * width) {
    throw argumentError('ids', `a tensor of ${rows * width} ids, as its dims say,`, `${ids.length}`)
  }
  return Array.from({ length: rows }, (_, row) => ids.subarray(row * width, (row + 1) * width))
}

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int32Array

/** The ids as numbers of 32 bits at most. */
export function narrow(data: unknown): NumberArray {
  if (
    data instanceof Uint8Array ||
    data instanceof Uint16Array ||
    data instanceof Uint32Array ||
    data instanceof Int32Array
  ) {
    return data
  }
  if (!(data instanceof BigInt64Array)) throw argumentError('ids', 'a tensor of whole numbers', data)
  const halves = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length)
  const ids = new Uint32Array(data.length)
  for (let i = 0; i < ids.length; i++) {
    if (halves[2 * i + 1 - LOWER_HALF] !== 0) {
      throw argumentError(`the id at ${i}`, 'a whole number from 0 to 4294967295', data[i])
    }
    ids[i] = halves[2 * i + LOWER_HALF]
  }
  return ids
}

/** Which half of 64 bits comes first in memory. */
const LOWER_HALF = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1
