/**
 * Finds what `patch_embedding_layers` of the Python reference leaves in a checkpoint. A patched embedding named P has
 *   P.embeddings.weight  256 × d, the table that is trained
 *   P.bit_proj_w         d × 8, the projection of a byte's bits
 *   P.weight             256 × d, their sum as the model last used it, which the output layer is tied to
 * and the plain module `BitEmbedding` has P.weight and P.bit_proj. Of tensors that share memory safetensors' `save_model` stores one, and
 * says in the metadata which names stand for it: `{ "P.weight": "lm_head.weight" }`.
 */
import { TABLE_ROWS } from '../../engine/embedding-engine.js'
import { tensorNotFoundError } from '../../errors.js'
import { BITS } from '../bit-bias.js'
import type { FloatDtype } from '../floats.js'
import { quoted } from '../safetensors/header-text.js'
import type { Safetensors } from '../safetensors/load.js'
import { isFloatDtype, type StoredTensor } from '../safetensors/tensor.js'
import { foldTable } from './fold-table.js'
import { hasAlias, resolveAlias } from './ties.js'

export interface PatchedEmbedding {
  /** `patched` has its sum beside it; `plain` is the module without. */
  readonly kind: 'patched' | 'plain'
  /** The tensor that a model without bit bias has: `P.weight`. */
  readonly name: string
  /** The tensor that holds it here: that one, or one that it shares memory with; none if it was left out. */
  readonly stored: StoredTensor | undefined
  readonly base: StoredTensor
  readonly projection: StoredTensor
  readonly dtype: FloatDtype
  /** d: numbers for a byte. */
  readonly dimension: number
}

/**
 * All patched embeddings of a checkpoint.
 *
 * @throws ERR_TENSOR_NOT_FOUND if one has a projection and no table that fits.
 */
export function findPatched(checkpoint: Safetensors): PatchedEmbedding[] {
  return checkpoint.names.flatMap((name) => {
    const prefix = /^(?:.*\.)?(?=bit_proj(?:_w)?$)/s.exec(name)?.[0]
    if (prefix === undefined) return []
    return [patchedEmbedding(checkpoint, prefix, name)]
  })
}

/** The table without bit bias: bytes of 256 × d numbers, row-major, of the embedding's type. */
export function foldEmbedding({ kind, base, projection, dtype, dimension }: PatchedEmbedding): Uint8Array {
  return foldTable({
    dtype,
    dimension,
    base: base.bytes(),
    projection: projection.bytes(),
    roundsBias: kind === 'plain',
  })
}

function patchedEmbedding(checkpoint: Safetensors, prefix: string, projectionName: string): PatchedEmbedding {
  const kind = projectionName.endsWith('_w') ? 'patched' : 'plain'
  const name = `${prefix}weight`
  const baseName = kind === 'patched' ? `${prefix}embeddings.weight` : name
  if (!checkpoint.has(baseName)) {
    const what = `expected a table ${quoted(baseName)} for ${quoted(projectionName)}, received none of that name`
    throw tensorNotFoundError(checkpoint.path, what)
  }
  const base = checkpoint.tensor(baseName)
  const projection = checkpoint.tensor(projectionName)
  const [rows, dimension] = base.shape
  const fits =
    base.shape.length === 2 &&
    rows === TABLE_ROWS &&
    String(projection.shape) === String([dimension, BITS]) &&
    projection.dtype === base.dtype
  if (!fits || !isFloatDtype(base.dtype)) {
    throw tensorNotFoundError(
      checkpoint.path,
      `expected [256, d] for ${quoted(baseName)} and [d, 8] of the same float type for ${quoted(projectionName)}, ` +
        `received ${described(base)} and ${described(projection)}`,
    )
  }
  const stored = kind === 'patched' ? resolveAlias(checkpoint, name) : base
  if (stored !== undefined && (stored.dtype !== base.dtype || String(stored.shape) !== String(base.shape))) {
    const what = `expected ${described(base)} for ${quoted(stored.name)}, received ${described(stored)}`
    throw tensorNotFoundError(checkpoint.path, what)
  }
  if (kind === 'plain' && hasAlias(checkpoint, baseName)) {
    // The other name would get the folded table, and its layer never had the bias.
    const what = `expected a table of its own for ${quoted(baseName)}, received one that shares memory with another tensor`
    throw tensorNotFoundError(checkpoint.path, `${what}; save the model with both of them`)
  }
  return { kind, name, stored, base, projection, dtype: base.dtype, dimension }
}

/** `F32 [256, 64]`. */
export function described({ dtype, shape }: Pick<StoredTensor, 'dtype' | 'shape'>): string {
  return `${dtype} [${shape.slice(0, 8).join(', ')}]`
}
