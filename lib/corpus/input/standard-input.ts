/**
 * Standard input as a file: planning needs its size, and a run that was killed needs it again, so it is kept in the
 * work folder until the merge. What it is called in a plan is a hash of its content, for it has no name and no time.
 */
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { errnoOf, interruptedError, readError } from '../../errors.js'
import { TemporaryFile } from '../../files/atomic-file.js'
import { stdinPath, workFolder } from '../layout.js'
import type { InputFormat, PlannedInput } from '../types.js'

const STANDARD_INPUT = 'standard input'
const CHUNK = 1024 * 1024

/** Standard input in a temporary file; `keep` makes it that of the plan, `discard` removes it if it was not kept. */
export class SpooledInput {
  readonly #output: string
  readonly #format: InputFormat
  readonly #file: TemporaryFile
  readonly #hash = createHash('sha256')
  #size = 0

  constructor(output: string, format: InputFormat) {
    this.#output = output
    this.#format = format
    this.#file = new TemporaryFile(workFolder(output), 'stdin')
  }

  get size(): number {
    return this.#size
  }

  add(bytes: Uint8Array): void {
    this.#file.write(bytes, bytes.length, this.#size)
    this.#hash.update(bytes)
    this.#size += bytes.length
  }

  /** Call once, when all bytes are there. */
  finish(): PlannedInput {
    this.#file.sync()
    return {
      path: '-',
      size: this.#size,
      mtimeMs: 0,
      format: this.#format,
      sha256: this.#hash.digest('hex'),
    }
  }

  /** Where the bytes are while it is not known whether they are wanted. */
  get path(): string {
    return this.#file.path
  }

  keep(): void {
    this.#file.rename(stdinPath(this.#output))
  }

  discard(): void {
    this.#file.discard()
  }
}

/** Reads all of standard input, and nothing else meanwhile. */
export function spoolNow(spooled: SpooledInput): void {
  const buffer = new Uint8Array(CHUNK)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      const count = readSync(0, buffer, 0, CHUNK, null)
      if (count === 0) return
      spooled.add(buffer.subarray(0, count))
    } catch (error) {
      if (errnoOf(error) === 'EOF') return
      if (errnoOf(error) !== 'EAGAIN') throw asReadError(error)
      // A pipe that does not block and has nothing yet.
      Atomics.wait(pause, 0, 0, 10)
    }
  }
}

/** Reads standard input while other things go on; `signal` stops it. */
export async function spool(
  spooled: SpooledInput,
  signal: AbortSignal | undefined,
  onBytes: () => void,
): Promise<void> {
  const stop = () => process.stdin.destroy()
  signal?.addEventListener('abort', stop)
  try {
    for await (const chunk of process.stdin) {
      spooled.add(chunk)
      onBytes()
    }
  } catch (error) {
    if (signal?.aborted) throw interruptedError()
    throw asReadError(error)
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  if (signal?.aborted) throw interruptedError()
}

function asReadError(error: unknown): unknown {
  return errnoOf(error) === undefined ? error : readError(STANDARD_INPUT, error)
}
