/** Safetensors files as tests write them: byte by byte, without the code under test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { RandomAccess } from '../../dist/files/random-access.js'

/** A file of a header, as text or bytes, and data. `length` is what the first 8 bytes say, if that is a lie. */
export function fileOf(header: string | Uint8Array, data: Uint8Array | number = 0, length?: bigint): Buffer {
  const bytes = Buffer.from(header)
  const first = Buffer.alloc(8)
  first.writeBigUInt64LE(length ?? BigInt(bytes.length))
  return Buffer.concat([first, bytes, typeof data === 'number' ? Buffer.alloc(data) : data])
}

/** The JSON of a tensor's entry. */
export function entry(dtype: string, shape: readonly number[], start: number, end: number): string {
  return JSON.stringify({ dtype, shape, data_offsets: [start, end] })
}

/** A folder for the tests of a file, which is gone after them. */
export function scratch(): {
  path(name: string): string
  write(name: string, bytes: Uint8Array | string): string
} {
  const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-safetensors-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const path = (name: string) => join(folder, name)
  return {
    path,
    write(name, bytes) {
      writeFileSync(path(name), bytes)
      return path(name)
    },
  }
}

/** A file in memory that keeps a record of what is read of it. */
export class RecordedFile implements RandomAccess {
  readonly path = 'recorded.safetensors'
  readonly size: number
  readonly reads: { readonly position: number; readonly length: number }[] = []
  closed = false
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.size = bytes.length
  }

  read(target: Uint8Array, position: number): void {
    this.reads.push({ position, length: target.length })
    if (position + target.length > this.size) throw new Error('read behind the end')
    target.set(this.#bytes.subarray(position, position + target.length))
  }
  checkUnchanged(): void {}
  close(): void {
    this.closed = true
  }
}

/** What a call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
