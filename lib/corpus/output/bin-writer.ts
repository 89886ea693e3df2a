/**
 * Writes the `.bin` file of a shard: framed documents back to back, as tokens of one byte or two (little endian). A document that turns out to be refused may have been written in part: then the writer goes back to where it
 * began, both in the file and in the checksum.
 */
import type { Engine } from '../../engine/engine.js'
import type { TokenCoding } from '../token-coding.js'
import type { Checksum, FileRecord } from '../types.js'
import { RunningChecksum } from './checksum.js'
import type { OutputFile } from './output-file.js'

export class BinWriter {
  readonly #file: OutputFile
  readonly #checksum: RunningChecksum
  readonly #engine: Engine
  readonly #coding: TokenCoding
  /** In tokens: what was written, where the document at hand began, and the most that there ever was. */
  #tokens = 0
  #marked = 0
  #most = 0

  constructor(file: OutputFile, engine: Engine, coding: TokenCoding, checksum: Checksum) {
    this.#file = file
    this.#checksum = new RunningChecksum(engine, checksum)
    this.#engine = engine
    this.#coding = coding
  }

  /** Tokens written so far. */
  get tokens(): number {
    return this.#tokens
  }

  get outputBytes(): number {
    return this.#tokens * this.#coding.width
  }

  /**
   * Writes the framed bytes tokens[0, length). `boundary` is where in them the last document begins, if it is not complete yet: then
   * it may be taken back. It is negative if the document began in an earlier call, and `length` if all are complete.
   * If it returns a promise, `tokens` must stay as they are, and nothing else be called, until that is settled.
   */
  write(tokens: Uint8Array, length: number, boundary: number): Promise<void> | undefined {
    const { width } = this.#coding
    const bytes = this.#coding.encode(this.#engine, tokens, length)
    const writing = this.#file.writeBehind(bytes, length * width, this.#tokens * width)
    if (boundary >= 0) {
      this.#checksum.update(bytes, 0, boundary * width)
      if (boundary < length) {
        this.#checksum.mark()
        this.#checksum.update(bytes, boundary * width, length * width)
      }
      this.#marked = this.#tokens + boundary
    } else {
      this.#checksum.update(bytes, 0, length * width)
    }
    this.#tokens += length
    this.#most = Math.max(this.#most, this.#tokens)
    return writing
  }

  /** Takes back the last `count` tokens: all that was written of the document at hand. */
  takeBack(count: number): void {
    if (this.#tokens - count !== this.#marked) {
      throw new Error(`${count} tokens to be taken back, but ${this.#tokens - this.#marked} were written`)
    }
    this.#tokens = this.#marked
    this.#checksum.rewind()
  }

  finish(name: string): FileRecord {
    if (this.#most > this.#tokens) this.#file.truncate(this.outputBytes)
    return this.#checksum.record(name, this.outputBytes)
  }
}
