/**
 * The Megatron `.idx` file, little endian: 9 bytes `MMIDIDX\0\0`, u64 version 1, u8 dtype, u64 sequences, u64
 * documents + 1; then for each sequence its length in tokens (i32), for each its byte offset in the `.bin` file (i64),
 * and the document indices 0 … sequences (i64), as each sequence is a document.
 *
 * The lengths are written as they come; how many there are is known only at the end. Then they are read back in chunks
 * to write what follows from them, so that memory does not grow with the number of documents. 64-bit numbers are
 * written as two halves, because a BigInt for each would cost more than all the rest.
 */
import type { Engine } from '../../engine/engine.js'
import type { Checksum, Dtype, FileRecord } from '../types.js'
import { RunningChecksum } from './checksum.js'
import { bytesOf, type OutputFile } from './output-file.js'

export const INDEX_HEADER = 34
export const INDEX_MAGIC = Buffer.from('MMIDIDX\0\0', 'latin1')
/** Sequences handled at once. */
const BLOCK = 32 * 1024
const TWO_32 = 2 ** 32

export function tokenSize(dtype: Dtype): number {
  return dtype === 'uint8' ? 1 : 2
}

/** Place of sequence i's length, of its offset, and of document index i, in an index of `count` sequences. */
export function lengthAt(index: number): number {
  return INDEX_HEADER + 4 * index
}
export function offsetAt(count: number, index: number): number {
  return INDEX_HEADER + 4 * count + 8 * index
}
export function documentIndexAt(count: number, index: number): number {
  return INDEX_HEADER + 12 * count + 8 * index
}
export function indexSize(count: number): number {
  return INDEX_HEADER + 20 * count + 8
}

export function indexHeader(dtype: Dtype, count: number): Buffer {
  const header = Buffer.alloc(INDEX_HEADER)
  INDEX_MAGIC.copy(header)
  header.writeBigUInt64LE(1n, 9)
  header.writeUInt8(dtype === 'uint8' ? 1 : 8, 17)
  header.writeBigUInt64LE(BigInt(count), 18)
  header.writeBigUInt64LE(BigInt(count + 1), 26)
  return header
}

export class IndexWriter {
  readonly #file: OutputFile
  readonly #checksum: RunningChecksum
  readonly #dtype: Dtype
  #count = 0

  constructor(file: OutputFile, engine: Engine, dtype: Dtype, checksum: Checksum) {
    this.#file = file
    this.#checksum = new RunningChecksum(engine, checksum)
    this.#dtype = dtype
  }

  /** Adds the lengths of the next `count` documents, in tokens. */
  append(lengths: Int32Array, count: number): void {
    this.#file.write(bytesOf(lengths), 4 * count, lengthAt(this.#count))
    this.#count += count
  }

  /** Writes what follows the lengths. Yields between two blocks. */
  *finish(name: string): Generator<void, FileRecord> {
    const count = this.#count
    const header = indexHeader(this.#dtype, count)
    this.#file.write(header, INDEX_HEADER, 0)
    this.#checksum.update(header, 0, INDEX_HEADER)
    const lengths = new Int32Array(Math.min(BLOCK, count))
    const lengthBytes = bytesOf(lengths)
    // One more than a block of sequences: there is one more document index.
    const halves = new Uint32Array(2 * (lengths.length + 1))
    for (const [first, size] of blocks(count)) {
      this.#file.read(lengthBytes, 4 * size, lengthAt(first))
      this.#checksum.update(lengthBytes, 0, 4 * size)
      yield
    }
    const offset = new Offset(tokenSize(this.#dtype))
    for (const [first, size] of blocks(count)) {
      this.#file.read(lengthBytes, 4 * size, lengthAt(first))
      offset.fill(halves, lengths, size)
      this.#append(halves, size, offsetAt(count, first))
      yield
    }
    for (const [first, size] of blocks(count)) {
      const last = first + size === count
      fillCounting(halves, first, last ? size + 1 : size)
      this.#append(halves, last ? size + 1 : size, documentIndexAt(count, first))
      yield
    }
    if (count === 0) {
      halves.fill(0)
      this.#append(halves, 1, documentIndexAt(0, 0))
    }
    return this.#checksum.record(name, indexSize(count))
  }

  #append(halves: Uint32Array, count: number, position: number): void {
    const bytes = bytesOf(halves)
    this.#file.write(bytes, 8 * count, position)
    this.#checksum.update(bytes, 0, 8 * count)
  }
}

function* blocks(count: number): Generator<readonly [first: number, size: number]> {
  for (let first = 0; first < count; first += BLOCK) yield [first, Math.min(BLOCK, count - first)]
}

/**
 * A running 64-bit sum of lengths times the size of a token, as two halves. All arithmetic is on 32-bit integers, which
 * is several times as fast as on doubles: the low half wraps round, and where it became smaller there is a carry.
 */
class Offset {
  readonly #size: number
  #low = 0
  #high = 0

  constructor(size: number) {
    this.#size = size
  }

  fill(halves: Uint32Array, lengths: Int32Array, count: number): void {
    const size = this.#size
    let low = this.#low >>> 0
    let high = this.#high
    for (let i = 0; i < count; i++) {
      halves[2 * i] = low
      halves[2 * i + 1] = high
      // At most (2^31 - 1) * 2: below 2^32, so that there is one carry at most.
      const next = (low + Math.imul(size, lengths[i])) >>> 0
      if (next < low) high++
      low = next
    }
    this.#low = low
    this.#high = high
  }
}

function fillCounting(halves: Uint32Array, first: number, count: number): void {
  const low = first >>> 0
  const high = Math.floor(first / TWO_32)
  for (let i = 0; i < count; i++) {
    const value = (low + i) >>> 0
    halves[2 * i] = value
    halves[2 * i + 1] = value < low ? high + 1 : high
  }
}
