/**
 * Between the ids of this package, 1 to 4 bytes each, and the int64 tensors of transformers.js. No BigInt is made for an id:
 * an engine widens them, and what comes back is read as halves of 32 bits.
 */
import type { Tensor } from '@huggingface/transformers'
import type { Ids, TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import type { TransformersModule } from './peer.js'

/** A tensor of transformers.js, or anything else with dimensions. */
export interface TensorLike {
  readonly dims: readonly number[]
  readonly data: unknown
}

export function isTensor(value: unknown): value is TensorLike {
  return typeof value === 'object' && value !== null && 'dims' in value && 'data' in value
}

/** Ids of a tokenizer, or the mask of them, as int64. */
export function int64Tensor(
  transformers: TransformersModule,
  engine: TokenEngine,
  { dims, data }: { readonly dims: readonly number[]; readonly data: Ids },
): Tensor {
  const wide = new BigInt64Array(data.length)
  engine.widen(data, wide)
  return new transformers.Tensor('int64', wide, [...dims])
}

/**
 * The rows of a tensor of ids with one dimension or two.
 *
 * @throws ERR_ARGUMENT for other dimensions, for what are no whole numbers, and for ids that do not fit into 32 bits.
 */
export function rowsOf({ dims, data }: TensorLike): NarrowIds[] {
  if (dims.length !== 1 && dims.length !== 2) {
    throw argumentError('ids', 'a tensor of one dimension or two', dims.length)
  }
  const [rows, width] = dims.length === 2 ? dims : [1, dims[0]]
  const ids = narrow(data)
  if (ids.length !== rows * width) throw argumentError('ids', `${rows * width} ids, as dims say,`, ids.length)
  return Array.from({ length: rows }, (_, row) => ids.subarray(row * width, (row + 1) * width))
}

type NarrowIds = Ids | Int32Array

function narrow(data: unknown): NarrowIds {
  if (data instanceof Uint8Array || data instanceof Uint16Array) return data
  if (data instanceof Uint32Array || data instanceof Int32Array) return data
  if (!(data instanceof BigInt64Array)) throw argumentError('ids', 'a tensor of whole numbers', data)
  const halves = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length)
  const ids = new Uint32Array(data.length)
  for (let i = 0; i < ids.length; i++) {
    ids[i] = halves[2 * i + LOWER_HALF]
    if (halves[2 * i + 1 - LOWER_HALF] !== 0) {
      throw argumentError(`the id at ${i}`, 'a whole number from 0 to 4294967295', data[i])
    }
  }
  return ids
}

/** Which half of 64 bits comes first in memory. */
const LOWER_HALF = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1
