/**
 * Finds the byte table of a checkpoint, a tensor of 256 × d numbers, and takes it out. Which tensor that is, names tell: a patched embedding, or
 * the name that a model's library has for its input embedding, or being the only one of that shape. Where they do not, the caller must.
 */

import { checkedOptions } from '../../checked-options.js'
import { TABLE_ROWS } from '../../engine/embedding-engine.js'
import { argumentError, tensorNotFoundError } from '../../errors.js'
import { type FloatDtype, readFloats } from '../floats.js'
import { quoted } from '../safetensors/header-text.js'
import { loadSafetensors, type Safetensors } from '../safetensors/load.js'
import { floatDtype, isFloatDtype, type StoredTensor } from '../safetensors/tensor.js'
import type { ByteTable } from '../table.js'
import { described, findPatched, foldEmbedding, type PatchedEmbedding } from './patched.js'
import { resolveAlias } from './ties.js'

export interface TableOptions {
  /** Name of the tensor. Default: the input embedding, if there is one that can be told. */
  readonly tensor?: string | undefined
}

/** A table of bytes out of a checkpoint. */
export interface ExtractedTable extends ByteTable {
  /** The tensor's name in the model. */
  readonly name: string
  /** The type that it has in the checkpoint. */
  readonly dtype: FloatDtype
  /** d: numbers for a byte. */
  readonly dimension: number
  /** Whether there was a bit bias, which is folded into `weight`. */
  readonly folded: boolean
  /** 256 × d, row-major: row b is the vector of byte b. */
  readonly weight: Float32Array<ArrayBuffer>
}

/** Where a table is: in a tensor of its own, or in those of a patched embedding. */
export type TablePlace = { readonly name: string } & (
  | { readonly tensor: StoredTensor; readonly patched?: undefined }
  | { readonly patched: PatchedEmbedding }
)

/**
 * Takes the byte table out of a checkpoint, its bit bias folded. `path` is what `loadSafetensors` takes.
 *
 * @throws ERR_TENSOR_NOT_FOUND if there is none, or more than one that it may be; and the errors of loading.
 */
export function extractTable(path: string, options: TableOptions = {}): ExtractedTable {
  const { tensor: wanted } = checkedOptions(options, ['tensor'])
  const checkpoint = loadSafetensors(path)
  try {
    const place = findTable(checkpoint, wanted)
    const { name } = place
    if (place.patched !== undefined) {
      const { dtype, dimension } = place.patched
      const weight = readFloats(foldEmbedding(place.patched), dtype)
      return { name, dtype, dimension, folded: true, weight }
    }
    const { tensor } = place
    const dtype = floatDtype(tensor.dtype)
    return { name, dtype, dimension: tensor.shape[1], folded: false, weight: tensor.float32() }
  } finally {
    checkpoint.close()
  }
}

/** @throws ERR_TENSOR_NOT_FOUND, ERR_ARGUMENT */
export function findTable(checkpoint: Safetensors, name: string | undefined): TablePlace {
  const patched = findPatched(checkpoint)
  if (name === undefined) return onlyTable(checkpoint, patched)
  if (typeof name !== 'string') throw argumentError('tensor', 'the name of a tensor', name)
  const embedding = patched.find((one) => one.name === name || one.stored?.name === name)
  if (embedding !== undefined) return { name: embedding.name, patched: embedding }
  const tensor = resolveAlias(checkpoint, name)
  if (tensor !== undefined && isTable(tensor)) return { name, tensor }
  const received = tensor === undefined ? 'none of that name' : described(tensor)
  const what = `expected a table of 256 × d floats for ${quoted(name)}, received ${received}`
  throw tensorNotFoundError(checkpoint.path, `${what}; ${advice(checkpoint)}`)
}

/** Last parts of the names under which libraries keep their input embeddings: Llama, GPT-2, GPT-NeoX, T5, BERT, OLMo and kin. */
const EMBEDDING_NAMES =
  /(?:^|\.)(?:embed_tokens|wte|embed_in|shared|word_embeddings|tok_embeddings|token_embeddings?|tokens_embed|byte_embeddings?|embeddings?|embed)\.weight$/

function onlyTable(checkpoint: Safetensors, patched: readonly PatchedEmbedding[]): TablePlace {
  if (patched.length === 1) return { name: patched[0].name, patched: patched[0] }
  const named = [...checkpoint.names, ...Object.keys(checkpoint.metadata)].filter((name) =>
    EMBEDDING_NAMES.test(name),
  )
  const tables = tablesOf(checkpoint, patched.length > 0 ? patched.map(({ name }) => name) : named)
  const found = tables.length > 0 ? tables : tablesOf(checkpoint, checkpoint.names)
  const [first] = found
  if (first !== undefined && found.every(({ tensor }) => isSame(tensor, first.tensor))) {
    const embedding = patched.find(({ name }) => name === first.name)
    return embedding === undefined ? first : { name: first.name, patched: embedding }
  }
  const many = found.slice(0, 5).map(({ name }) => quoted(name))
  const received = first === undefined ? 'none' : many.join(', ')
  throw tensorNotFoundError(
    checkpoint.path,
    `expected one table of 256 × d floats, received ${received}; ${advice(checkpoint)}`,
  )
}

function tablesOf(
  checkpoint: Safetensors,
  names: readonly string[],
): { name: string; tensor: StoredTensor }[] {
  return names.flatMap((name) => {
    const tensor = resolveAlias(checkpoint, name)
    return tensor !== undefined && isTable(tensor) ? [{ name, tensor }] : []
  })
}

function isTable({ dtype, shape }: StoredTensor): boolean {
  return shape.length === 2 && shape[0] === TABLE_ROWS && shape[1] > 0 && isFloatDtype(dtype)
}

function isSame(a: StoredTensor, b: StoredTensor): boolean {
  if (a.name === b.name) return true
  if (a.dtype !== b.dtype || a.shape[1] !== b.shape[1]) return false
  return Buffer.compare(a.bytes(), b.bytes()) === 0
}

function advice({ names }: Safetensors): string {
  const first = names.slice(0, 5).map(quoted)
  return `name it; the checkpoint has ${first.join(', ')}${names.length > 5 ? ` and ${names.length - 5} others` : ''}`
}
