/**
 * Builds a shard again from its source, through the same code that `prepare` uses, and compares what comes out with
 * the files that are there, byte for byte.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../engine/engine.js'
import { lengthAt, tokenSize } from '../output/megatron-index.js'
import { bytesOf, type OutputFile } from '../output/output-file.js'
import { ShardBuilder, type ShardJob } from '../shard-builder.js'
import type { ShardReceipt } from '../types.js'
import type { Problems } from './problems.js'

const CHUNK = 256 * 1024

/** Yields after each chunk with the source bytes used so far. `first` is the number of the shard's first document. */
export function* checkAgainstSource(
  folder: string,
  receipt: ShardReceipt,
  job: ShardJob,
  first: number,
  engine: Engine,
  problems: Problems,
): Generator<number> {
  const files = new Map<string, ComparedFile>()
  const open = (name: string) => {
    const file = new ComparedFile(join(folder, name))
    files.set(name, file)
    return file
  }
  let builder: ShardBuilder | undefined
  try {
    builder = new ShardBuilder(job, engine, {
      bin: open(job.names.bin),
      idx: open(job.names.idx),
      quarantine: () => open(job.names.quarantine),
    })
    const steps = builder.build()
    let step = steps.next()
    while (!step.done) {
      yield builder.inputBytes
      step = steps.next()
    }
    let different = false
    for (const [name, { difference }] of files) {
      if (difference === undefined) continue
      different = true
      const place =
        name === job.names.bin ? { document: first + documentAt(folder, receipt, job, difference) } : {}
      problems.dataset(name, 'expected what the source gives, and it is different', {
        ...place,
        offset: difference,
      })
    }
    const built = { files: step.value.files, counts: step.value.counts }
    const recorded = { files: receipt.files, counts: receipt.counts }
    if (!different && JSON.stringify(built) !== JSON.stringify(recorded)) {
      problems.dataset(
        job.names.bin,
        `expected the counts that the source gives (${JSON.stringify(built)}), and they are ${JSON.stringify(recorded)}`,
      )
    }
  } finally {
    builder?.close()
    for (const file of files.values()) file.close()
  }
}

/** Takes writes, and compares them with the file that is there. */
class ComparedFile implements OutputFile {
  /** First place where the file is different. */
  difference: number | undefined
  readonly #descriptor: number
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK)

  constructor(path: string) {
    this.#descriptor = tryOpen(path)
  }

  write(bytes: Uint8Array, length: number, position: number): void {
    // What is written again was taken back before: only the new bytes count.
    const { difference } = this
    if (difference !== undefined && difference >= position && difference < position + length) {
      this.difference = undefined
    }
    for (let done = 0; done < length; done += CHUNK) {
      const at = this.#compare(bytes.subarray(done, Math.min(done + CHUNK, length)), position + done)
      if (at === -1) continue
      this.difference = Math.min(this.difference ?? at, at)
      return
    }
  }

  writeBehind(bytes: Uint8Array, length: number, position: number): undefined {
    this.write(bytes, length, position)
  }

  read(target: Uint8Array, length: number, position: number): void {
    // What is not there was found different when it was written; zeros do as well as anything.
    target.fill(0, this.#read(target, length, position), length)
  }

  truncate(size: number): void {
    if (this.difference !== undefined && this.difference >= size) this.difference = undefined
  }

  close(): void {
    if (this.#descriptor !== -1) closeSync(this.#descriptor)
  }

  /** Place of the first difference in the file, or -1. */
  #compare(bytes: Uint8Array, position: number): number {
    const there = this.#buffer.subarray(0, this.#read(this.#buffer, bytes.length, position))
    if (there.equals(bytes)) return -1
    const at = there.findIndex((byte, i) => byte !== bytes[i])
    return position + (at === -1 ? there.length : at)
  }

  #read(target: Uint8Array, length: number, position: number): number {
    let done = 0
    while (done < length && this.#descriptor !== -1) {
      const count = readSync(this.#descriptor, target, done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }
}

/** A descriptor, or -1 for a file that is not there: then everything is different from it. */
function tryOpen(path: string): number {
  try {
    return openSync(path, 'r')
  } catch {
    return -1
  }
}

/** Number in the shard of the document at a place of its `.bin` file. */
function documentAt(folder: string, receipt: ShardReceipt, job: ShardJob, offset: number): number {
  const index = new ComparedFile(join(folder, job.names.idx))
  const { documents } = receipt.counts
  const lengths = new Int32Array(CHUNK / 4)
  const width = tokenSize(job.options.dtype)
  let end = 0
  try {
    for (let document = 0; document < documents; document++) {
      const at = document % lengths.length
      if (at === 0) index.read(bytesOf(lengths), lengths.byteLength, lengthAt(document))
      end += width * lengths[at]
      if (offset < end) return document
    }
  } finally {
    index.close()
  }
  return Math.max(0, documents - 1)
}
