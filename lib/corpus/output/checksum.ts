/**
 * The checksums of a file as it is written. CRC-32 always, for it costs next to nothing; SHA-256 on request. A mark
 * remembers the state at a place that writing may have to return to.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Engine } from '../../engine/engine.js'
import type { Checksum, FileRecord } from '../types.js'

export class RunningChecksum {
  readonly #engine: Engine
  #crc = 0
  #sha: Hash | undefined
  #markedCrc = 0
  #markedSha: Hash | undefined

  constructor(engine: Engine, checksum: Checksum) {
    this.#engine = engine
    this.#sha = checksum === 'sha256' ? createHash('sha256') : undefined
    this.mark()
  }

  update(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return
    this.#crc = this.#engine.crc32(bytes, start, end, this.#crc)
    this.#sha?.update(bytes.subarray(start, end))
  }

  /** Remembers this place for {@link rewind}. */
  mark(): void {
    this.#markedCrc = this.#crc
    this.#markedSha = this.#sha?.copy()
  }

  /** Goes back to the last mark. */
  rewind(): void {
    this.#crc = this.#markedCrc
    this.#sha = this.#markedSha?.copy()
  }

  /** The record of the finished file. */
  record(name: string, size: number): FileRecord {
    const record = { name, size, crc32: formatCrc32(this.#crc) }
    return this.#sha === undefined ? record : { ...record, sha256: this.#sha.digest('hex') }
  }
}

/** 8 hexadecimal digits. */
export function formatCrc32(crc: number): string {
  return (crc >>> 0).toString(16).padStart(8, '0')
}
