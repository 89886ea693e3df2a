/**
 * The index of a sharded checkpoint (`model.safetensors.index.json`): which of the files beside it has which tensor, and
 * what of all of them. The names of files come from whoever made the checkpoint, so that none may lead out of its folder.
 * The format: https://huggingface.co/docs/transformers/main/en/big_models#sharded-checkpoints
 */
import { safetensorsError } from '../../errors.js'
import { quoted } from './header-text.js'

/** Ending of the name of an index. */
export const INDEX_ENDING = '.safetensors.index.json'

export interface ShardIndex {
  /** For each tensor the name of its file. */
  readonly files: ReadonlyMap<string, string>
  /** `total_size`, `total_parameters` and whatever else there is. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** @throws ERR_SAFETENSORS_INDEX */
export function parseIndex(bytes: Uint8Array, file: string): ShardIndex {
  const index = parseJson(bytes, file)
  const map = isObject(index) ? index.weight_map : undefined
  if (!isObject(map)) throw indexError(file, 'expected an object with an object weight_map')
  const files = new Map<string, string>()
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !/^[^/\\\0:]+\.safetensors$/.test(shard)) {
      const received = quoted(typeof shard === 'string' ? shard : typeof shard)
      throw indexError(
        file,
        `expected the name of a .safetensors file beside it for tensor ${quoted(name)}, received ${received}`,
      )
    }
    files.set(name, shard)
  }
  const metadata = isObject(index) && isObject(index.metadata) ? index.metadata : {}
  return { files, metadata }
}

/** The text of an index, as Hugging Face writes it. */
export function formatIndex({ files, metadata }: ShardIndex): string {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({ metadata, weight_map: Object.fromEntries(sorted) }, null, 2)}\n`
}

export function indexError(file: string, what: string): Error {
  return safetensorsError('ERR_SAFETENSORS_INDEX', file, what)
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw indexError(file, 'expected JSON in UTF-8')
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
