/**
 * Writes a checkpoint anew with some of its tensors replaced, left out or added; all others are copied bit for bit, in chunks. A sharded one
 * keeps its files and gets an index that fits. The input is never written to, and must not change while it is read.
 */
import { mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { argumentError, writeError } from '../../errors.js'
import { tensorBytes } from '../safetensors/dtypes.js'
import { formatIndex } from '../safetensors/index-file.js'
import type { Safetensors } from '../safetensors/load.js'
import type { TensorSource } from '../safetensors/tensor.js'
import {
  type FileToWrite,
  type WriteOptions,
  type WrittenFile,
  writeFiles,
} from '../safetensors/write-files.js'

export interface Edits {
  /** New contents of tensors that are there. */
  readonly replaced: ReadonlyMap<string, TensorSource>
  readonly removed: ReadonlySet<string>
  /** New tensors, and beside which other one each shall stand. */
  readonly added: ReadonlyMap<string, { readonly source: TensorSource; readonly beside: string }>
}

export interface Rewritten {
  /** The files with tensors. */
  readonly files: readonly WrittenFile[]
  /** Path of the index, if there is one. */
  readonly index: string | undefined
  /** Tensors that were copied as they are. */
  readonly copied: number
}

/**
 * `output` is a file if it ends with `.safetensors`, and else a folder, which is made if it is not there and in which the files have the
 * names that they had; a sharded checkpoint needs one.
 *
 * @throws ERR_ARGUMENT if it would replace the input; ERR_OUTPUT_WRITE, ERR_INPUT_CHANGED, ERR_INTERRUPTED.
 */
export async function rewriteCheckpoint(
  checkpoint: Safetensors,
  edits: Edits,
  output: string,
  options: WriteOptions,
): Promise<Rewritten> {
  const path = pathsOf(checkpoint, output)
  let copied = 0
  const toWrite: FileToWrite[] = []
  const files = new Map<string, string>()
  for (const name of checkpoint.files) {
    const file = checkpoint.file(name)
    const tensors = new Map<string, TensorSource>()
    for (const tensor of file.tensors()) {
      if (edits.removed.has(tensor.name)) continue
      const replaced = edits.replaced.get(tensor.name)
      if (replaced === undefined) copied++
      tensors.set(tensor.name, replaced ?? tensor)
    }
    for (const [added, { source, beside }] of edits.added) if (file.has(beside)) tensors.set(added, source)
    // A file of which nothing is left has nothing to say; the index names the others.
    if (tensors.size === 0 && checkpoint.index !== undefined) continue
    for (const tensor of tensors.keys()) files.set(tensor, name)
    toWrite.push({ path: path(name), tensors, metadata: metadataOf(file.metadata, edits.removed) })
  }
  const inputs = checkpoint.files.map((name) => checkpoint.file(name))
  const indexPath = checkpoint.index === undefined ? undefined : path(basename(checkpoint.path))
  refuseInputs(
    [checkpoint.path, ...inputs.map((file) => file.path)],
    [...toWrite.map((file) => file.path), ...(indexPath === undefined ? [] : [indexPath])],
  )
  const index =
    indexPath === undefined ? undefined : { path: indexPath, text: indexText(checkpoint, edits, files) }
  const written = await writeFiles(toWrite, index, options, () => {
    for (const file of inputs) file.checkUnchanged()
  })
  return { files: written, index: indexPath, copied }
}

/** Where a file of the checkpoint goes. */
function pathsOf(checkpoint: Safetensors, output: string): (name: string) => string {
  if (typeof output !== 'string' || output === '')
    throw argumentError('output', 'the path of a file or folder', output)
  if (output.endsWith('.safetensors')) {
    if (checkpoint.index === undefined) return () => output
    throw argumentError('output', 'a folder, as the checkpoint has several files', output)
  }
  try {
    mkdirSync(output, { recursive: true })
  } catch (error) {
    throw writeError(output, error)
  }
  return (name) => join(output, name)
}

function refuseInputs(inputs: readonly string[], outputs: readonly string[]): void {
  const taken = new Set(inputs.map(identity))
  for (const path of outputs) {
    const id = identity(path)
    if (id !== undefined && taken.has(id)) throw argumentError('output', 'another file than the input', path)
  }
}

/** What tells a file from all others, whatever the path to it; undefined if there is none. */
function identity(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false, bigint: true })
  return status === undefined ? undefined : `${status.dev}:${status.ino}`
}

/** The metadata without names that stood for tensors which are gone. */
function metadataOf(
  metadata: Readonly<Record<string, string>> | undefined,
  removed: ReadonlySet<string>,
): Readonly<Record<string, string>> | undefined {
  if (metadata === undefined) return undefined
  const entries = Object.entries(metadata)
  const kept = entries.filter(([, value]) => !removed.has(value))
  return kept.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(kept)
}

/** The index with its totals as they are now. */
function indexText(checkpoint: Safetensors, edits: Edits, files: ReadonlyMap<string, string>): string {
  let bytes = 0
  let numbers = 0
  const count = ({ dtype, shape }: Pick<TensorSource, 'dtype' | 'shape'>, sign: 1 | -1): void => {
    bytes += sign * (tensorBytes(dtype, shape) ?? 0)
    numbers += sign * shape.reduce((product, size) => product * size, 1)
  }
  for (const name of edits.removed) count(checkpoint.tensor(name), -1)
  for (const [name, source] of edits.replaced) {
    count(checkpoint.tensor(name), -1)
    count(source, 1)
  }
  for (const { source } of edits.added.values()) count(source, 1)
  const metadata: Record<string, unknown> = { ...checkpoint.index?.metadata }
  if (typeof metadata.total_size === 'number') metadata.total_size += bytes
  if (typeof metadata.total_parameters === 'number') metadata.total_parameters += numbers
  return formatIndex({ files, metadata })
}
