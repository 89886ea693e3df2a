/**
 * Saves tensors as a checkpoint: one safetensors file, or several of a largest size with an index, named as Hugging Face names them.
 */

import { endianness } from 'node:os'
import { basename } from 'node:path'
import { checkedOptions } from '../../checked-options.js'
import { argumentError } from '../../errors.js'
import { tensorBytes } from './dtypes.js'
import { formatIndex, INDEX_ENDING } from './index-file.js'
import { sourceOf, type TensorData, type TensorSource } from './tensor.js'
import { type FileToWrite, type WriteOptions, type WrittenFile, writeFiles } from './write-files.js'

export interface SaveOptions extends WriteOptions {
  /** Texts by name that go along; Hugging Face's libraries want `{ format: 'pt' }`. Default: none. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** Most bytes of tensors in one file, if there are several tensors. Default: no limit, one file. */
  readonly maxShardSize?: number | undefined
}

/** Tensors by name. */
export type TensorsToSave =
  | Readonly<Record<string, TensorSource | TensorData>>
  | Iterable<readonly [name: string, tensor: TensorSource | TensorData]>

const ENDING = '.safetensors'

/**
 * Writes `path` (`….safetensors`), complete or not at all. With `maxShardSize`, tensors that do not fit into one file go, in their
 * order, into `…-00001-of-00002.safetensors` and so on, and `….safetensors.index.json` says which is where. A tensor that
 * was loaded is copied from its file in chunks.
 *
 * @returns the files written, without the index.
 * @throws ERR_ARGUMENT, ERR_OUTPUT_WRITE, ERR_INTERRUPTED, and whatever reading a tensor throws.
 */
export async function saveSafetensors(
  path: string,
  tensors: TensorsToSave,
  options: SaveOptions = {},
): Promise<WrittenFile[]> {
  if (typeof path !== 'string' || !path.endsWith(ENDING)) {
    throw argumentError('path', `the path of a file that ends with ${ENDING}`, path)
  }
  if (endianness() !== 'LE') throw argumentError('machine', 'a little-endian machine', endianness())
  const { metadata, maxShardSize, signal, onProgress } = checkedOptions(options, [
    'metadata',
    'maxShardSize',
    'signal',
    'onProgress',
  ])
  checkMetadata(metadata)
  if (maxShardSize !== undefined && !(Number.isSafeInteger(maxShardSize) && maxShardSize >= 1)) {
    throw argumentError('maxShardSize', 'a whole number of bytes', maxShardSize)
  }
  const shards = shardsOf(named(tensors), maxShardSize ?? Number.POSITIVE_INFINITY)
  if (shards.length === 1) {
    return writeFiles([{ path, tensors: shards[0].tensors, metadata }], undefined, { signal, onProgress })
  }
  const stem = path.slice(0, -ENDING.length)
  const files = new Map<string, string>()
  const toWrite: FileToWrite[] = shards.map(({ tensors }, i) => {
    const shard = `${stem}-${fiveDigits(i + 1)}-of-${fiveDigits(shards.length)}${ENDING}`
    for (const name of tensors.keys()) files.set(name, basename(shard))
    return { path: shard, tensors, metadata }
  })
  const totals = { total_size: shards.reduce((total, { size }) => total + size, 0) }
  const index = { path: `${stem}${INDEX_ENDING}`, text: formatIndex({ files, metadata: totals }) }
  return writeFiles(toWrite, index, { signal, onProgress })
}

interface Shard {
  readonly tensors: Map<string, TensorSource>
  size: number
}

function named(tensors: TensorsToSave): Map<string, TensorSource> {
  if (typeof tensors !== 'object' || tensors === null)
    throw argumentError('tensors', 'tensors by name', tensors)
  const pairs = Symbol.iterator in tensors ? tensors : Object.entries(tensors)
  const sources = new Map<string, TensorSource>()
  for (const [name, tensor] of pairs) {
    if (typeof name !== 'string') throw argumentError('tensors', 'strings for names', name)
    if (sources.has(name)) throw argumentError('tensors', 'each name once', name)
    sources.set(name, sourceOf(`tensors[${JSON.stringify(name)}]`, tensor))
  }
  return sources
}

/** Fills one shard after the other; one that is larger than a shard may be has one of its own. */
function shardsOf(tensors: ReadonlyMap<string, TensorSource>, most: number): Shard[] {
  const shards: Shard[] = [{ tensors: new Map(), size: 0 }]
  for (const [name, source] of tensors) {
    const bytes = tensorBytes(source.dtype, source.shape) ?? 0
    let shard = shards[shards.length - 1]
    if (shard.tensors.size > 0 && shard.size + bytes > most) {
      shard = { tensors: new Map(), size: 0 }
      shards.push(shard)
    }
    shard.tensors.set(name, source)
    shard.size += bytes
  }
  return shards
}

function checkMetadata(metadata: Readonly<Record<string, string>> | undefined): void {
  if (metadata === undefined) return
  if (typeof metadata !== 'object' || metadata === null)
    throw argumentError('metadata', 'texts by name', metadata)
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw argumentError(`metadata[${JSON.stringify(key)}]`, 'a string', value)
    if (!key.isWellFormed() || !value.isWellFormed()) {
      throw argumentError('metadata', 'well-formed strings', key)
    }
  }
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, '0')
}
