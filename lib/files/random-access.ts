/**
 * A file that is read at any place. An interface, so that a test can count what is read; and the one for files on a disk. Files are not
 * mapped into memory: one that is cut while it is mapped kills the process.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { inputChangedError, readError } from '../errors.js'

export interface RandomAccess {
  /** What it is called in errors. */
  readonly path: string
  /** Bytes, when it was opened. */
  readonly size: number
  /** Fills `target` with the bytes from `position` on. */
  read(target: Uint8Array, position: number): void
  /** @throws ERR_INPUT_CHANGED if it is not as it was when it was opened. */
  checkUnchanged(): void
  close(): void
}

/** The most that is asked of the system at once: it takes no more than 2^31 - 1 bytes. */
const MOST = 2 ** 30

export class DiskFile implements RandomAccess {
  readonly path: string
  readonly size: number
  readonly #mtimeMs: number
  #descriptor: number

  /** @throws ERR_INPUT_NOT_FOUND, ERR_INPUT_UNREADABLE */
  constructor(path: string) {
    this.path = path
    try {
      this.#descriptor = openSync(path, 'r')
    } catch (error) {
      throw readError(path, error)
    }
    const { size, mtimeMs } = fstatSync(this.#descriptor)
    this.size = size
    this.#mtimeMs = mtimeMs
  }

  read(target: Uint8Array, position: number): void {
    for (let done = 0; done < target.length; ) {
      const count = this.#readSome(target, done, position + done)
      if (count === 0) throw inputChangedError(this.path, `it ends at byte ${position + done}`)
      done += count
    }
  }

  checkUnchanged(): void {
    const { size, mtimeMs } = fstatSync(this.#descriptor)
    if (size !== this.size) throw inputChangedError(this.path, `it has ${size} bytes, and had ${this.size}`)
    if (mtimeMs !== this.#mtimeMs) {
      throw inputChangedError(this.path, `it was modified at ${new Date(mtimeMs).toISOString()}`)
    }
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor)
    this.#descriptor = -1
  }

  #readSome(target: Uint8Array, start: number, position: number): number {
    try {
      return readSync(this.#descriptor, target, start, Math.min(MOST, target.length - start), position)
    } catch (error) {
      throw readError(this.path, error)
    }
  }
}
