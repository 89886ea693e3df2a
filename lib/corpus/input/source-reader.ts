/**
 * Reads a range of an input file in chunks into one buffer that is used again and again. What the framer leaves unused
 * at a chunk's end (a cut character, half a line) is moved to the front, and the next bytes are read behind it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readError, Utf8TokenizerError } from '../../errors.js'
import type { PlannedInput } from '../types.js'
import { type BytePath, fsPath } from './byte-path.js'

/** Bytes read at once: small enough that a chunk and its framed copy stay in the second-level cache. */
export const CHUNK = 256 * 1024
/** Room behind the bytes of a chunk that an engine may look at. */
const SPARE = 64
/** A buffer that grew for a long line is kept for the next one up to this size. */
const KEEP = 8 * 1024 * 1024

export interface SourceFile {
  readonly input: PlannedInput
  readonly path: BytePath
}

/** Of a file that is not what it was: since when, and what to do. */
export interface ChangeWords {
  readonly since: string
  readonly advice: string
}

const SINCE_THE_PLAN: ChangeWords = {
  since: 'since the plan was made',
  advice: 'put it back, or begin anew with --overwrite',
}

export class SourceReader {
  /** Unused bytes are bytes[start, end). */
  bytes: Uint8Array
  start = 0
  end = 0
  readonly #small: Uint8Array
  readonly #words: ChangeWords
  #descriptor = -1
  #file: SourceFile | undefined
  #position = 0
  #rangeEnd = 0

  /** `chunk` is how many bytes are read at once. */
  constructor(words: ChangeWords = SINCE_THE_PLAN, chunk: number = CHUNK) {
    this.bytes = new Uint8Array(chunk + SPARE)
    this.#small = this.bytes
    this.#words = words
  }

  /** Opens bytes start to end of a file, which must be as it was when the plan was made. */
  open(file: SourceFile, start: number, end: number): void {
    this.close()
    this.#file = file
    this.#position = start
    this.#rangeEnd = end
    this.start = 0
    this.end = 0
    try {
      this.#descriptor = openSync(fsPath(file.path), 'r')
    } catch (error) {
      throw readError(file.input.path, error)
    }
    this.#checkUnchanged(file)
  }

  /** Closes the file, after a look whether it changed while it was read. */
  finish(): void {
    if (this.#file !== undefined) this.#checkUnchanged(this.#file)
    this.close()
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor)
    this.#descriptor = -1
    this.#file = undefined
  }

  /** All bytes of the range have been read. */
  get final(): boolean {
    return this.#position === this.#rangeEnd
  }
  /** The buffer is full of unused bytes: only a larger one can take more. */
  get full(): boolean {
    return this.start === 0 && this.end === this.capacity
  }
  get capacity(): number {
    return this.bytes.length - SPARE
  }
  /** Place in the file of the first unused byte. */
  get offset(): number {
    return this.#position - (this.end - this.start)
  }
  /** The open file. */
  get file(): SourceFile {
    if (this.#file === undefined) throw new Error('no file is open')
    return this.#file
  }

  /** Moves the unused bytes to the front and reads more behind them, as many as there is room for. */
  fill(): void {
    const unused = this.end - this.start
    const target =
      this.bytes.length > KEEP + SPARE && unused <= this.#small.length / 2 ? this.#small : this.bytes
    if (this.start > 0 || target !== this.bytes) {
      target.set(this.bytes.subarray(this.start, this.end))
      this.bytes = target
    }
    this.start = 0
    this.end = unused
    const length = Math.min(this.capacity - unused, this.#rangeEnd - this.#position)
    this.read(this.#position, this.bytes, unused, length)
    this.end += length
    this.#position += length
  }

  /** Doubles the buffer, up to `most` bytes; false if it has them already. */
  grow(most: number): boolean {
    if (this.capacity >= most) return false
    const bytes = new Uint8Array(Math.min(2 * this.capacity, most) + SPARE)
    bytes.set(this.bytes.subarray(this.start, this.end))
    this.bytes = bytes
    this.end -= this.start
    this.start = 0
    return true
  }

  /** Reads exactly `length` bytes at a place of the file to target[start, start + length), beside the chunks. */
  readonly read = (position: number, target: Uint8Array, start: number, length: number): void => {
    for (let done = 0; done < length; ) {
      const count = this.#readSome(position + done, target, start + done, length - done)
      if (count === 0) throw this.#changed(this.file.input, `it ends at byte ${position + done}`)
      done += count
    }
  }

  #readSome(position: number, target: Uint8Array, start: number, length: number): number {
    try {
      return readSync(this.#descriptor, target, start, length, position)
    } catch (error) {
      throw readError(this.file.input.path, error)
    }
  }

  #checkUnchanged({ input }: SourceFile): void {
    const { size, mtimeMs } = fstatSync(this.#descriptor)
    if (size !== input.size) throw this.#changed(input, `it has ${size} bytes, and had ${input.size}`)
    // Standard input was spooled to a file of our own, which has no time worth knowing.
    if (input.sha256 === undefined && mtimeMs !== input.mtimeMs) {
      throw this.#changed(input, `it was modified at ${new Date(mtimeMs).toISOString()}`)
    }
  }

  #changed({ path: file }: PlannedInput, how: string): Utf8TokenizerError {
    const { since, advice } = this.#words
    return new Utf8TokenizerError('ERR_INPUT_CHANGED', `${file} changed ${since}: ${how}; ${advice}`, {
      file,
    })
  }
}
