/**
 * A file of the dataset that is read from begin to end, with its checksums computed on the way.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../engine/engine.js'
import { RunningChecksum } from '../output/checksum.js'
import type { FileRecord } from '../types.js'
import type { Problems } from './problems.js'

export class CheckedFile {
  readonly record: FileRecord
  /** Bytes of the file as it is. */
  readonly size: number
  readonly #problems: Problems
  readonly #checksum: RunningChecksum
  readonly #descriptor: number
  #position = 0

  /** Opens the file; undefined, and a problem, if it cannot be opened or has another size than it should. */
  static open(
    folder: string,
    record: FileRecord,
    engine: Engine,
    problems: Problems,
  ): CheckedFile | undefined {
    try {
      const descriptor = openSync(join(folder, record.name), 'r')
      const { size } = fstatSync(descriptor)
      if (size !== record.size) {
        problems.dataset(record.name, `expected ${record.size} bytes, and it has ${size}`, {
          offset: Math.min(size, record.size),
        })
      }
      return new CheckedFile(record, engine, problems, descriptor, size)
    } catch (error) {
      problems.dataset(record.name, `could not be opened: ${String(error)}`)
      return undefined
    }
  }

  private constructor(
    record: FileRecord,
    engine: Engine,
    problems: Problems,
    descriptor: number,
    size: number,
  ) {
    this.record = record
    this.size = size
    this.#problems = problems
    this.#checksum = new RunningChecksum(engine, record.sha256 === undefined ? 'crc32' : 'sha256')
    this.#descriptor = descriptor
  }

  /** The next bytes in their order, up to `length`, to target[start, …); returns how many, 0 at the end. */
  next(target: Uint8Array, start: number, length: number): number {
    const count = this.readAt(target, start, length, this.#position)
    this.#checksum.update(target, start, start + count)
    this.#position += count
    return count
  }

  /** Bytes at a place, beside the order; returns how many there are. */
  readAt(target: Uint8Array, start: number, length: number, position: number): number {
    let done = 0
    while (done < length) {
      const count = readSync(this.#descriptor, target, start + done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  /** Compares the checksums; call when all bytes have been read. */
  finish(): void {
    const { name, size, crc32, sha256 } = this.record
    if (this.#position !== size) return
    const found = this.#checksum.record(name, size)
    if (found.crc32 !== crc32) {
      this.#problems.dataset(name, `expected the CRC-32 ${crc32}, and it is ${found.crc32}`)
    }
    if (found.sha256 !== sha256) {
      this.#problems.dataset(name, `expected the SHA-256 ${sha256}, and it is ${found.sha256}`)
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
