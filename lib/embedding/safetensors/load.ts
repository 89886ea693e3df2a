/**
 * Opens a checkpoint: a safetensors file, or several with an index. What is read is the index, the headers of the files that are
 * asked for, and the tensors that are asked for, by ranges; memory does not grow with the checkpoint.
 */
import { statSync } from 'node:fs'
import { endianness } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { argumentError, tensorNotFoundError } from '../../errors.js'
import { DiskFile } from '../../files/random-access.js'
import { allocate } from '../../memory.js'
import { SafetensorsFile } from './file.js'
import { quoted } from './header-text.js'
import { INDEX_ENDING, indexError, parseIndex, type ShardIndex } from './index-file.js'
import type { StoredTensor } from './tensor.js'

const MODEL = 'model.safetensors'

/** A checkpoint that is open. */
export interface Safetensors {
  /** The file, or that of the index. */
  readonly path: string
  /** In the order of their bytes, or of the index. */
  readonly names: readonly string[]
  /** Names of the files with the tensors, in the folder of `path`. */
  readonly files: readonly string[]
  /** The index of a sharded checkpoint. */
  readonly index: ShardIndex | undefined
  /** What the file says of itself; of a sharded checkpoint, what its files do. {} if they say nothing. */
  readonly metadata: Readonly<Record<string, string>>
  has(name: string): boolean
  /**
   * A tensor, of which nothing is read yet but the header of its file.
   *
   * @throws ERR_TENSOR_NOT_FOUND
   */
  tensor(name: string): StoredTensor
  /** A file, by its name in `files`. */
  file(name: string): SafetensorsFile
  /** Closes the files; afterwards reading is an error. */
  close(): void
}

/**
 * Opens a `.safetensors` file, a `.safetensors.index.json` with the files beside it, or a folder that has `model.safetensors` or its
 * index.
 *
 * @throws ERR_INPUT_NOT_FOUND, ERR_INPUT_UNREADABLE; ERR_SAFETENSORS_SIZE, _HEADER, _TENSOR, _INDEX for malformed files.
 */
export function loadSafetensors(path: string): Safetensors {
  if (typeof path !== 'string' || path === '')
    throw argumentError('path', 'the path of a file or folder', path)
  // Tensors are little endian, and their bytes are taken as the machine's numbers.
  if (endianness() !== 'LE') throw argumentError('machine', 'a little-endian machine', endianness())
  const file = fileOf(path)
  return file.endsWith('.json') ? new ShardedCheckpoint(file) : new SingleFile(file)
}

/** The checkpoint's file, if `path` is a folder. */
function fileOf(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path
  const index = join(path, `model${INDEX_ENDING}`)
  const single = join(path, MODEL)
  const sharded = !exists(single) && exists(index)
  return sharded ? index : single
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

class SingleFile implements Safetensors {
  readonly path: string
  readonly index = undefined
  readonly names: readonly string[]
  readonly files: readonly string[]
  readonly #file: SafetensorsFile

  constructor(path: string) {
    this.path = path
    this.#file = new SafetensorsFile(new DiskFile(path))
    this.names = this.#file.names
    this.files = [basename(path)]
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#file.metadata ?? {}
  }

  has(name: string): boolean {
    return this.#file.has(name)
  }

  tensor(name: string): StoredTensor {
    return this.#file.tensor(name)
  }

  file(name: string): SafetensorsFile {
    checkFile(name, this.files)
    return this.#file
  }

  close(): void {
    this.#file.close()
  }
}

class ShardedCheckpoint implements Safetensors {
  readonly path: string
  readonly index: ShardIndex
  readonly names: readonly string[]
  readonly files: readonly string[]
  readonly #open = new Map<string, SafetensorsFile>()
  #closed = false

  constructor(path: string) {
    this.path = path
    this.index = parseIndex(readAll(path), path)
    this.names = [...this.index.files.keys()]
    this.files = [...new Set(this.index.files.values())].sort()
  }

  get metadata(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.files.flatMap((name) => Object.entries(this.file(name).metadata ?? {})))
  }

  has(name: string): boolean {
    return this.index.files.has(name)
  }

  tensor(name: string): StoredTensor {
    const file = this.index.files.get(name)
    if (file === undefined) {
      throw tensorNotFoundError(
        this.path,
        `expected a tensor ${quoted(name)}, received ${this.names.length} others`,
      )
    }
    const shard = this.file(file)
    if (shard.has(name)) return shard.tensor(name)
    throw indexError(this.path, `expected tensor ${quoted(name)} in ${file}, received a file without it`)
  }

  file(name: string): SafetensorsFile {
    checkFile(name, this.files)
    const open = this.#open.get(name)
    if (open !== undefined) return open
    if (this.#closed) throw argumentError('checkpoint', 'one that is open', 'a closed one')
    const file = new SafetensorsFile(new DiskFile(join(dirname(this.path), name)))
    this.#open.set(name, file)
    return file
  }

  close(): void {
    this.#closed = true
    for (const file of this.#open.values()) file.close()
    this.#open.clear()
  }
}

function checkFile(name: string, files: readonly string[]): void {
  if (!files.includes(name)) throw argumentError('name', `one of ${files.slice(0, 5).join(', ')}`, name)
}

function readAll(path: string): Uint8Array {
  const file = new DiskFile(path)
  try {
    const bytes = allocate(file.size)
    file.read(bytes, 0)
    return bytes
  } finally {
    file.close()
  }
}
