/**
 * The shapes of what a tokenizer gives and takes: tensors as transformers.js and ONNX Runtime have them, over one typed
 * array; ragged batches, where rows have the lengths that they have; and plain lists.
 */
import type { Ids } from '../engine/token-engine.js'

export type TensorData = Ids | BigInt64Array
export type TensorType = 'bool' | 'uint8' | 'uint16' | 'uint32' | 'int64'

/** `data` holds dims[0] × dims[1] × … numbers, the last dimension's next to each other. */
export interface Tensor<D extends TensorData = TensorData> {
  /** Of masks `bool`: bytes 0 and 1. */
  readonly type: TensorType
  readonly dims: readonly number[]
  readonly data: D
}

/** Rows of any lengths, back to back: row i is values[offsets[i], offsets[i + 1]). */
export interface Ragged<V extends Ids = Ids> extends Iterable<V> {
  readonly values: V
  /** One more than there are rows. */
  readonly offsets: Uint32Array
  /** How many rows there are. */
  readonly length: number
  /** Row i, a view of `values`. Throws ERR_ARGUMENT if there is none. */
  row(i: number): V
}

/** One row of ids, as decode takes them. */
export type IdRow =
  | Ids
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | readonly number[]
  | readonly bigint[]
  | Tensor
  | Ragged

/** Several rows of ids, as batch_decode takes them. */
export type IdRows = readonly IdRow[] | Tensor | Ragged
