/**
 * Puts a byte table into a checkpoint in place of its own: 256 × d is the same shape for all models of the same width, so that a table
 * which one model has learned is a start for another one.
 */
import { checkedOptions } from '../../checked-options.js'
import { type TransplantOptions, transplant } from '../align.js'
import { readFloats, writeFloats } from '../floats.js'
import { loadSafetensors } from '../safetensors/load.js'
import { floatDtype, type StoredTensor, sourceOf, type TensorSource } from '../safetensors/tensor.js'
import type { WriteOptions } from '../safetensors/write-files.js'
import type { ByteTable } from '../table.js'
import { findTable, type TableOptions } from './extract.js'
import { foldEmbedding } from './patched.js'
import { type Rewritten, rewriteCheckpoint } from './rewrite.js'
import { copiesOf } from './ties.js'

export interface TransplantResult extends Rewritten {
  /** The tensor that got the table. */
  readonly name: string
  /**
   * How far the table lies from the former one, as a part of that one's norm; for a table of another width, over the bytes that its map
   * was fitted to: what the map could not bring together.
   */
  readonly relativeResidual: number
  /** Tensors that were copies of the former table, and got the new one: an output layer that is tied, most of the time. */
  readonly copies: readonly string[]
}

/**
 * Writes `checkpoint` anew with `table` for its byte table, rounded to its type; all else is copied bit for bit. A table of another width
 * goes through the linear map that brings it closest to the table that is there (`transplant`, which takes `bytes` and `ridge`). A
 * patched embedding gets the table for its base and its sum, and a projection of zeros.
 *
 * @throws ERR_ARGUMENT for what `transplant` refuses, or if `output` is the input; ERR_TENSOR_NOT_FOUND; and the errors of loading and writing.
 */
export async function transplantTable(
  table: ByteTable,
  checkpoint: string,
  output: string,
  options: TableOptions & TransplantOptions & WriteOptions = {},
): Promise<TransplantResult> {
  const { tensor, bytes, ridge, signal, onProgress } = checkedOptions(options, [
    'tensor',
    'bytes',
    'ridge',
    'signal',
    'onProgress',
  ])
  const into = loadSafetensors(checkpoint)
  try {
    const place = findTable(into, tensor)
    const { patched } = place
    const base = patched === undefined ? place.tensor : patched.base
    const sum = patched === undefined ? place.tensor : (patched.stored ?? patched.base)
    const { shape } = base
    const dtype = floatDtype(base.dtype)
    const former = patched === undefined ? base.bytes() : foldEmbedding(patched)
    const target = { weight: readFloats(former, dtype), dimension: shape[1] }
    const moved = transplant(table, target, { bytes, ridge })
    const source = sourceOf('table', { dtype, shape, data: writeFloats(moved.table.weight, dtype) })
    const copies = copiesOf(into, sum, sum.bytes(), new Set([base.name]))
    const replaced = new Map<string, TensorSource>(
      [base.name, sum.name, ...copies].map((name) => [name, source]),
    )
    if (patched !== undefined) replaced.set(patched.projection.name, zerosLike(patched.projection))
    const edits = { replaced, removed: new Set<string>(), added: new Map() }
    return {
      ...(await rewriteCheckpoint(into, edits, output, { signal, onProgress })),
      name: place.name,
      relativeResidual: moved.relativeResidual,
      copies,
    }
  } finally {
    into.close()
  }
}

function zerosLike({ dtype, shape }: StoredTensor): TensorSource {
  return { dtype, shape, read: (target) => void target.fill(0) }
}
