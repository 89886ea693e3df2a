/**
 * The quarantine file of a shard: JSON lines, one for each document that was set aside, with its place, the reason and
 * its bytes in base64. The bytes are read from the source once more and written in pieces, as the document may be
 * larger than memory. There is no file if nothing was set aside.
 */
import type { Engine } from '../../engine/engine.js'
import type { Checksum, FileRecord, PlannedInput, RefusalReason } from '../types.js'
import { RunningChecksum } from './checksum.js'
import type { OutputFile } from './output-file.js'

/** Source bytes encoded at once: a multiple of 3, so that the pieces' base64 has no padding between. */
const PIECE = 48 * 1024
/** Output bytes collected before they are written: a piece as base64, and a line's other fields. */
const COLLECTED = 128 * 1024

/** A line of the quarantine file. */
export interface QuarantineLine {
  readonly file: string
  /** The file's path, only if it is not UTF-8. */
  readonly fileBase64?: string
  /** Where the document begins in the file, and how many bytes it has. */
  readonly offset: number
  readonly length: number
  readonly reason: RefusalReason
  /** Where in the file the error is; the document's begin if it has no one place. */
  readonly errorOffset: number
  /** The document's bytes, base64. */
  readonly bytes: string
}

export interface SetAside {
  readonly input: PlannedInput
  readonly offset: number
  readonly length: number
  readonly reason: RefusalReason
  readonly errorOffset: number
}

/** Reads `length` bytes at a place of the source file to target[0, length). */
export type SourceRead = (position: number, target: Uint8Array, start: number, length: number) => void

export class QuarantineWriter {
  readonly #open: () => OutputFile
  readonly #checksum: RunningChecksum
  readonly #collected = Buffer.allocUnsafeSlow(COLLECTED)
  readonly #piece = Buffer.allocUnsafeSlow(PIECE)
  #file: OutputFile | undefined
  #used = 0
  #size = 0

  /** `open` makes the file when the first document comes. */
  constructor(open: () => OutputFile, engine: Engine, checksum: Checksum) {
    this.#open = open
    this.#checksum = new RunningChecksum(engine, checksum)
  }

  add({ input, offset, length, reason, errorOffset }: SetAside, read: SourceRead): void {
    const { path, pathBase64 } = input
    const fields = {
      file: path,
      ...(pathBase64 === undefined ? {} : { fileBase64: pathBase64 }),
      offset,
      length,
      reason,
      errorOffset,
      bytes: '',
    }
    // The line without its end `"}`: the bytes come in front of it.
    this.#write(JSON.stringify(fields).slice(0, -2))
    for (let done = 0; done < length; done += PIECE) {
      const count = Math.min(PIECE, length - done)
      read(offset + done, this.#piece, 0, count)
      this.#write(this.#piece.toString('base64', 0, count))
    }
    this.#write('"}\n')
  }

  finish(name: string): FileRecord | undefined {
    if (this.#file === undefined && this.#used === 0) return undefined
    this.#flush()
    return this.#checksum.record(name, this.#size)
  }

  #write(text: string): void {
    if (this.#used + 3 * text.length > COLLECTED) this.#flush()
    this.#used += this.#collected.write(text, this.#used)
  }

  #flush(): void {
    this.#file ??= this.#open()
    this.#file.write(this.#collected, this.#used, this.#size)
    this.#checksum.update(this.#collected, 0, this.#used)
    this.#size += this.#used
    this.#used = 0
  }
}
