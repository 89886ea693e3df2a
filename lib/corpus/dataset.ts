/**
 * Reads documents of a finished dataset, any of them, in constant memory: the index entry says where it is, and only
 * its bytes are read. Files are opened when they are first needed, and no more than some at a time.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { unescapeControls } from '../protocol/escape.js'
import { MANIFEST } from './layout.js'
import { checkFolder } from './options.js'
import { lengthAt, offsetAt } from './output/megatron-index.js'
import { bytesOf } from './output/output-file.js'
import { datasetError, readManifest } from './records.js'
import { ALL_RIGHT, TokenCoding, type Tokens } from './token-coding.js'
import type { Dataset, Manifest, PlanOptions, ShardReceipt } from './types.js'

/** Shards whose files are held open. */
const OPEN_SHARDS = 64
/** What `documents` reads at once, if a document is not larger: tokens, and entries of the index. */
const BLOCK = 1024 * 1024
const ENTRIES = 16 * 1024

/**
 * Opens the dataset that `prepare` wrote to a folder.
 *
 * @throws ERR_DATASET if there is none, or its files do not fit its manifest.
 */
export function openDataset(folder: string): Dataset {
  checkFolder('folder', folder)
  return new OpenDataset(folder, loadManifest(folder))
}

/** The manifest of a folder, which must have one. */
export function loadManifest(folder: string): Manifest {
  const manifest = readManifest(folder)
  if (manifest !== undefined) return manifest
  throw datasetError(
    folder,
    `there is no finished dataset in ${folder} (no ${MANIFEST}); run prepare to its end first`,
  )
}

class OpenDataset implements Dataset {
  readonly manifest: Manifest
  readonly length: number
  readonly #folder: string
  /** Number of the first document of each shard, and of all of them at the end. */
  readonly #firsts: Float64Array
  /** Least recently used first. */
  readonly #open = new Map<number, ShardReader>()
  #closed = false

  constructor(folder: string, manifest: Manifest) {
    this.manifest = manifest
    this.#folder = folder
    this.#firsts = new Float64Array(manifest.shards.length + 1)
    for (const [index, { counts }] of manifest.shards.entries()) {
      this.#firsts[index + 1] = this.#firsts[index] + counts.documents
    }
    this.length = this.#firsts[manifest.shards.length]
  }

  document(index: number): Uint8Array {
    const { reader, place } = this.#find(index)
    return reader.document(place)
  }

  ids(index: number): Tokens {
    const { reader, place } = this.#find(index)
    return reader.ids(place)
  }

  text(index: number): Uint8Array {
    return contentOf(this.document(index), this.manifest.options)
  }

  documents(first = 0, end = this.length): IterableIterator<Uint8Array> {
    checkDocuments(first, end, this.length)
    return this.#documents(first, end)
  }

  texts(first = 0, end = this.length): IterableIterator<Uint8Array> {
    checkDocuments(first, end, this.length)
    return this.#texts(first, end)
  }

  close(): void {
    this.#closed = true
    for (const reader of this.#open.values()) reader.close()
    this.#open.clear()
  }

  *#documents(first: number, end: number): IterableIterator<Uint8Array> {
    for (let index = first; index < end; ) {
      const shard = this.#shardOf(index)
      const stop = Math.min(end, this.#firsts[shard + 1])
      const start = this.#firsts[shard]
      // The reader is asked for anew for each block: it may have been closed in between.
      while (index < stop) {
        const block = this.#reader(shard).block(index - start, stop - start)
        index += block.length
        yield* block
      }
    }
  }

  *#texts(first: number, end: number): IterableIterator<Uint8Array> {
    for (const document of this.#documents(first, end)) yield contentOf(document, this.manifest.options)
  }

  #find(index: number): { reader: ShardReader; place: number } {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw argumentError('index', `a document from 0 to ${this.length - 1}`, index)
    }
    const shard = this.#shardOf(index)
    return { reader: this.#reader(shard), place: index - this.#firsts[shard] }
  }

  /** The shard of a document: the last one that begins at or before it. */
  #shardOf(index: number): number {
    let low = 0
    let high = this.manifest.shards.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#firsts[middle] <= index) low = middle
      else high = middle - 1
    }
    return low
  }

  #reader(shard: number): ShardReader {
    if (this.#closed)
      throw new Utf8TokenizerError('ERR_DATASET', 'expected an open dataset, and it is closed')
    const reader =
      this.#open.get(shard) ??
      new ShardReader(this.#folder, this.manifest.shards[shard], this.manifest.options)
    this.#open.delete(shard)
    this.#open.set(shard, reader)
    if (this.#open.size > OPEN_SHARDS) {
      const [oldest, unused] = this.#open.entries().next().value ?? [shard, reader]
      unused.close()
      this.#open.delete(oldest)
    }
    return reader
  }
}

/** The files of one shard. */
class ShardReader {
  readonly #bin: OpenFile
  readonly #idx: OpenFile
  readonly #count: number
  readonly #coding: TokenCoding

  constructor(folder: string, { files, counts }: ShardReceipt, options: PlanOptions) {
    this.#bin = new OpenFile(join(folder, files.bin.name))
    try {
      this.#idx = new OpenFile(join(folder, files.idx.name))
    } catch (error) {
      this.#bin.close()
      throw error
    }
    this.#count = counts.documents
    this.#coding = new TokenCoding(options)
  }

  document(index: number): Uint8Array {
    const offset = this.#offset(index)
    return this.#bytes(this.#tokens(offset, this.#lengths(index, 1)[0]), offset)
  }

  ids(index: number): Tokens {
    return this.#tokens(this.#offset(index), this.#lengths(index, 1)[0])
  }

  /** Documents from `first` on, at least one, and up to `end` as far as a block goes. */
  block(first: number, end: number): Uint8Array[] {
    const lengths = this.#lengths(first, Math.min(ENTRIES, end - first))
    let count = 1
    let total = lengths[0]
    while (count < lengths.length && total + lengths[count] <= BLOCK) total += lengths[count++]
    const offset = this.#offset(first)
    const bytes = this.#bytes(this.#tokens(offset, total), offset)
    const documents: Uint8Array[] = []
    for (let i = 0, at = 0; i < count; at += lengths[i++]) documents.push(bytes.subarray(at, at + lengths[i]))
    return documents
  }

  close(): void {
    this.#bin.close()
    this.#idx.close()
  }

  #lengths(first: number, count: number): Int32Array {
    const lengths = new Int32Array(count)
    this.#idx.read(bytesOf(lengths), lengthAt(first))
    const negative = lengths.find((length) => length < 0)
    if (negative === undefined) return lengths
    throw datasetError(this.#idx.path, `${this.#idx.path} has a document of ${negative} tokens; run verify`)
  }

  #offset(index: number): number {
    const halves = new Uint32Array(2)
    this.#idx.read(bytesOf(halves), offsetAt(this.#count, index))
    return halves[0] + halves[1] * 2 ** 32
  }

  #tokens(offset: number, count: number): Tokens {
    const tokens = this.#coding.array(count)
    this.#bin.read(bytesOf(tokens), offset)
    return tokens
  }

  /** The framed bytes of tokens, which stand at `offset` in the file. */
  #bytes(tokens: Tokens, offset: number): Uint8Array {
    if (this.#coding.plain && tokens instanceof Uint8Array) return tokens
    const bytes = new Uint8Array(tokens.length)
    const wrong = this.#coding.decode(tokens, tokens.length, bytes, 0)
    if (wrong === ALL_RIGHT) return bytes
    const { path } = this.#bin
    const place = offset + wrong * this.#coding.width
    throw datasetError(
      path,
      `${path} has the token ${tokens[wrong]} at byte ${place}, which is none of its options; run verify`,
    )
  }
}

class OpenFile {
  readonly path: string
  #descriptor: number

  constructor(path: string) {
    this.path = path
    try {
      this.#descriptor = openSync(path, 'r')
    } catch (error) {
      throw datasetError(path, `could not open ${path} (${String(error)}); run verify`)
    }
  }

  /** Fills `target` from a place of the file. */
  read(target: Uint8Array, position: number): void {
    for (let done = 0; done < target.length; ) {
      const count = readSync(this.#descriptor, target, done, target.length - done, position + done)
      if (count === 0)
        throw datasetError(this.path, `${this.path} ends at byte ${position + done}; run verify`)
      done += count
    }
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor)
    this.#descriptor = -1
  }
}

/** A document without its frame, escapes undone if that is how its reserved bytes were treated. */
function contentOf(document: Uint8Array, { bos, eos, reserved }: PlanOptions): Uint8Array {
  const start = bos ? 1 : 0
  const end = document.length - (eos ? 1 : 0)
  return reserved === 'escape' ? unescapeControls(document, start, end) : document.subarray(start, end)
}

function checkDocuments(first: number, end: number, length: number): void {
  if (!Number.isInteger(first) || first < 0 || first > length) {
    throw argumentError('first', `a document from 0 to ${length}`, first)
  }
  if (!Number.isInteger(end) || end < first || end > length) {
    throw argumentError('end', `a document from ${first} to ${length}`, end)
  }
}
