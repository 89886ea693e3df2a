/**
 * Folds the bit bias of a checkpoint into its embedding table: what comes out has the tensors of a model that was never patched, and
 * computes the same. Tensors that were tied stay so.
 */

import { checkedOptions } from '../../checked-options.js'
import { tensorNotFoundError } from '../../errors.js'
import { type FloatDtype, readFloats } from '../floats.js'
import { loadSafetensors } from '../safetensors/load.js'
import { sourceOf, type TensorSource } from '../safetensors/tensor.js'
import type { WriteOptions } from '../safetensors/write-files.js'
import { findPatched, foldEmbedding } from './patched.js'
import { type Rewritten, rewriteCheckpoint } from './rewrite.js'
import { copiesOf } from './ties.js'

/** An embedding that was folded. */
export interface FoldedEmbedding {
  /** The tensor with the table, `….weight`. */
  readonly name: string
  /** The tensor that it is stored as; another one if they share memory. */
  readonly storedAs: string
  readonly dtype: FloatDtype
  readonly dimension: number
  /** Tensors that are gone. */
  readonly removed: readonly string[]
  /** Tensors that were copies of the table and still are. */
  readonly copies: readonly string[]
  /**
   * Largest difference of the table that was stored as the sum from what the sum is. More than rounding says that the model was saved
   * after a step of training without a forward pass; `join_embedding_layers` would have kept the older one. 0 if none was stored.
   */
  readonly correction: number
}

export interface FoldResult extends Rewritten {
  readonly folded: readonly FoldedEmbedding[]
}

/**
 * Folds the patched embeddings (`P.embeddings.weight`, `P.bit_proj_w`, `P.weight`; or `P.weight`, `P.bit_proj`) of a checkpoint of the
 * Python reference, and copies all else bit for bit. `input` is what `loadSafetensors` takes; `output` a `.safetensors` file, or a
 * folder, which a sharded checkpoint needs. The result is that of `join_embedding_layers`, to the bit for F32, F16 and BF16 (fold-table.ts says why).
 *
 * @throws ERR_TENSOR_NOT_FOUND if nothing is patched; ERR_ARGUMENT if `output` is the input; and the errors of loading and writing.
 */
export async function foldCheckpoint(
  input: string,
  output: string,
  options: WriteOptions = {},
): Promise<FoldResult> {
  const { signal, onProgress } = checkedOptions(options, ['signal', 'onProgress'])
  const checkpoint = loadSafetensors(input)
  try {
    const embeddings = findPatched(checkpoint)
    if (embeddings.length === 0) {
      const what =
        'expected a patched embedding (….embeddings.weight and ….bit_proj_w, or ….weight and ….bit_proj)'
      throw tensorNotFoundError(checkpoint.path, `${what}, received none; it may be folded already`)
    }
    const replaced = new Map<string, TensorSource>()
    const removed = new Set<string>()
    const added = new Map<string, { source: TensorSource; beside: string }>()
    const folded = embeddings.map((embedding): FoldedEmbedding => {
      const { kind, name, stored, base, projection, dtype, dimension } = embedding
      const gone = stored === base ? [projection.name] : [base.name, projection.name]
      for (const tensor of gone) removed.add(tensor)
      const table = foldEmbedding(embedding)
      const source = sourceOf(name, { dtype, shape: base.shape, data: table })
      if (stored === undefined) added.set(name, { source, beside: base.name })
      else replaced.set(stored.name, source)
      // The plain module has no sum that another layer could be tied to.
      const old = kind === 'patched' ? stored : undefined
      const copies = old === undefined ? [] : copiesOf(checkpoint, old, old.bytes(), new Set([base.name]))
      const correction = old === undefined ? 0 : largestDifference(dtype, old.bytes(), table)
      for (const copy of copies) replaced.set(copy, source)
      return { name, storedAs: stored?.name ?? name, dtype, dimension, removed: gone, copies, correction }
    })
    const edits = { replaced, removed, added }
    return { ...(await rewriteCheckpoint(checkpoint, edits, output, { signal, onProgress })), folded }
  } finally {
    checkpoint.close()
  }
}

/** Largest difference of two tables; NaN if a number of one is none. */
function largestDifference(dtype: FloatDtype, first: Uint8Array, second: Uint8Array): number {
  const [a, b] = [readFloats(first, dtype), readFloats(second, dtype)]
  let most = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] === b[i] ? 0 : Math.abs(a[i] - b[i])
    if (!(difference <= most)) most = difference
  }
  return most
}
