/**
 * Files that appear under their final name complete or not at all: written under a temporary name, synced, renamed,
 * and then the folder is synced, as a rename is not on disk before its folder is. Every write checks how many bytes
 * were taken. A failed sync is never repeated: after it nobody knows what is on disk, so the file is made anew.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { writeError } from '../errors.js'
import { processIdentity } from './process-identity.js'

/** Ending of the names of unfinished files. */
const TEMPORARY = '.tmp'
/** Bytes written between two beginnings of a write-back. */
const WRITEBACK = 16 * 1024 * 1024

export class TemporaryFile {
  readonly path: string
  protected descriptor: number
  /** What it is called in errors: its path, and after {@link rename} the final one. */
  protected name: string

  /** `folder` is where it lives until {@link rename}; `stem` says to people what it will be. */
  constructor(folder: string, stem: string) {
    this.path = join(folder, temporaryName(stem))
    this.name = this.path
    this.descriptor = attempt(this.path, () => openSync(this.path, 'wx+'))
  }

  write(bytes: Uint8Array, length: number, position: number): void {
    let done = 0
    while (done < length) {
      done += attempt(this.name, () =>
        writeSync(this.descriptor, bytes, done, length - done, position + done),
      )
    }
  }

  read(target: Uint8Array, length: number, position: number): void {
    let done = 0
    while (done < length) {
      const count = attempt(this.name, () =>
        readSync(this.descriptor, target, done, length - done, position + done),
      )
      if (count === 0) throw writeError(this.name, new Error('bytes that were written are not there'))
      done += count
    }
  }

  truncate(size: number): void {
    attempt(this.name, () => ftruncateSync(this.descriptor, size))
  }

  sync(): void {
    attempt(this.name, () => fsyncSync(this.descriptor))
  }

  /** Gives the synced file its final name; the caller syncs the folder. */
  rename(path: string): void {
    this.close()
    attempt(path, () => renameSync(this.path, path))
    this.name = path
  }

  close(): void {
    if (this.descriptor !== -1) closeSync(this.descriptor)
    this.descriptor = -1
  }

  /** Closes and removes the file; nothing if it has its final name. */
  discard(): void {
    this.close()
    if (this.name === this.path) rmSync(this.path, { force: true })
  }
}

/**
 * A temporary file for much data: now and then what was written is sent on its way to the disk while more is written,
 * so that the sync at the end has little left to wait for.
 */
export class StreamedFile extends TemporaryFile {
  readonly #behind: boolean
  #unsynced = 0
  /** Settles, and never fails, when the last write behind the caller's back is over. */
  #writing: Promise<void> | undefined
  #writeback: Promise<void> | undefined
  /** A sync reports an error once: it must not get lost because another one asked. */
  #failed: NodeJS.ErrnoException | undefined

  /** `behind`: whether writes may go on behind the caller's back, which pays where a core is free for them. */
  constructor(folder: string, stem: string, behind: boolean) {
    super(folder, stem)
    this.#behind = behind
  }

  override write(bytes: Uint8Array, length: number, position: number): void {
    super.write(bytes, length, position)
    this.#startWriteback(length)
  }

  /**
   * Writes, perhaps behind the caller's back: then it returns a promise, and until that is settled the bytes must stay
   * as they are and nothing else be written.
   */
  writeBehind(bytes: Uint8Array, length: number, position: number): Promise<void> | undefined {
    if (!this.#behind) {
      this.write(bytes, length, position)
      return undefined
    }
    const writing = this.#writeAll(bytes, length, position).then(() => this.#startWriteback(length))
    this.#writing = writing.catch(() => {})
    return writing
  }

  async #writeAll(bytes: Uint8Array, length: number, position: number): Promise<void> {
    let done = 0
    while (done < length) {
      done += await this.#writeSome(bytes, done, length - done, position + done)
    }
  }

  #writeSome(bytes: Uint8Array, start: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.descriptor, bytes, start, length, position, (error, count) => {
        if (error === null) resolve(count)
        else reject(writeError(this.name, error))
      })
    })
  }

  #startWriteback(length: number): void {
    this.#unsynced += length
    if (this.#unsynced < WRITEBACK || this.#writeback !== undefined) return
    this.#unsynced = 0
    this.#writeback = new Promise((resolve) => {
      fdatasync(this.descriptor, (error) => {
        this.#failed ??= error ?? undefined
        this.#writeback = undefined
        resolve()
      })
    })
  }

  /** Resolves when everything is on disk. */
  async finish(): Promise<void> {
    await this.#writeback
    if (this.#failed !== undefined) throw writeError(this.path, this.#failed)
    this.sync()
  }

  /** Closes and removes the file; nothing if it has its final name. */
  async abandon(): Promise<void> {
    // A descriptor that is in use must not be closed: its number might be given to another file.
    await this.#writing
    await this.#writeback
    this.discard()
  }
}

/** Writes a small file atomically; `folder` is where it lives until it is complete. */
export function writeFileAtomic(path: string, text: string, folder: string = dirname(path)): void {
  const file = new TemporaryFile(folder, basename(path))
  try {
    const bytes = Buffer.from(text)
    file.write(bytes, bytes.length, 0)
    file.sync()
    file.rename(path)
  } finally {
    file.discard()
  }
  syncFolder(dirname(path))
}

/** Puts the names in a folder on disk. */
export function syncFolder(folder: string): void {
  // Windows can not open a folder; there a rename is journaled.
  if (process.platform === 'win32') return
  attempt(folder, () => {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  })
}

/** A name that no other process or thread has, and that tells whose it is, so that what a dead process left is known. */
export function temporaryName(stem: string): string {
  const { pid, start } = processIdentity()
  return `${stem}.${pid}-${start}-${randomBytes(6).toString('hex')}${TEMPORARY}`
}

/** The process that made a temporary name, or undefined if it is none. */
export function ownerOfTemporary(name: string): { pid: number; start: string } | undefined {
  const match = /\.(\d+)-(\w+)-[0-9a-f]{12}\.tmp$/.exec(name)
  return match === null ? undefined : { pid: Number(match[1]), start: match[2] }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw writeError(path, error)
  }
}
