/**
 * Puts a byte table into a checkpoint in place of its own: 256 × d is the same shape for all models of the same width, so that a table
 * which one model has learned is a start for another one.
 */
import { argumentError } from '../../errors.js'
import { checkedOptions } from '../../text/options.js'
import { writeFloats } from '../floats.js'
import { loadSafetensors } from '../safetensors/load.js'
import { floatDtype, type StoredTensor, sourceOf, type TensorSource } from '../safetensors/tensor.js'
import type { WriteOptions } from '../safetensors/write-files.js'
import { type ByteTable, checkTable } from '../table.js'
import { findTable, type TableOptions } from './extract.js'
import { type Rewritten, rewriteCheckpoint } from './rewrite.js'
import { copiesOf } from './ties.js'

export interface TransplantResult extends Rewritten {
  /** The tensor that got the table. */
  readonly name: string
  /** Tensors that were copies of the former table, and got the new one: an output layer that is tied, most of the time. */
  readonly copies: readonly string[]
}

/**
 * Writes `checkpoint` anew with `table` for its byte table, rounded to its type; all else is copied bit for bit. A patched embedding gets
 * the table for its base and its sum, and a projection of zeros.
 *
 * @throws ERR_ARGUMENT if the table has another width, or `output` is the input; ERR_TENSOR_NOT_FOUND; and the errors of loading and writing.
 */
export async function transplantTable(
  table: ByteTable,
  checkpoint: string,
  output: string,
  options: TableOptions & WriteOptions = {},
): Promise<TransplantResult> {
  const { tensor, signal, onProgress } = checkedOptions(options, ['tensor', 'signal', 'onProgress'])
  checkTable(table, 'table')
  const into = loadSafetensors(checkpoint)
  try {
    const place = findTable(into, tensor)
    const { patched } = place
    const base = patched === undefined ? place.tensor : patched.base
    const sum = patched === undefined ? place.tensor : (patched.stored ?? patched.base)
    const { shape } = base
    const dtype = floatDtype(base.dtype)
    if (shape[1] !== table.dimension) {
      throw argumentError('table', `a table of ${shape[1]} numbers a byte`, table.dimension)
    }
    const source = sourceOf('table', { dtype, shape, data: writeFloats(table.weight, dtype) })
    const copies = copiesOf(into, sum, sum.bytes(), new Set([base.name]))
    const replaced = new Map<string, TensorSource>(
      [base.name, sum.name, ...copies].map((name) => [name, source]),
    )
    if (patched !== undefined) replaced.set(patched.projection.name, zerosLike(patched.projection))
    const edits = { replaced, removed: new Set<string>(), added: new Map() }
    return {
      ...(await rewriteCheckpoint(into, edits, output, { signal, onProgress })),
      name: place.name,
      copies,
    }
  } finally {
    into.close()
  }
}

function zerosLike({ dtype, shape }: StoredTensor): TensorSource {
  return { dtype, shape, read: (target) => void target.fill(0) }
}
