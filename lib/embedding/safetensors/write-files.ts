/**
 * Writes safetensors files, each under a temporary name beside its place, in chunks, synced; only when all are complete are they
 * renamed, the index last. So whatever fails before that leaves everything as it was, and a file that is there is complete. Memory is
 * that of one chunk, however large the tensors are.
 */
import { basename, dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { interruptedError } from '../../errors.js'
import { StreamedFile, syncFolder, TemporaryFile } from '../../files/atomic-file.js'
import { allocate } from '../../memory.js'
import { tensorBytes } from './dtypes.js'
import { formatHeader, sortTensors } from './header.js'
import type { TensorSource } from './tensor.js'

export interface WriteOptions {
  /** Stops the work between two chunks, with ERR_INTERRUPTED; nothing is left of it. */
  readonly signal?: AbortSignal | undefined
  /** Called now and then with the bytes written, and all that there will be. */
  readonly onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined
}

export interface FileToWrite {
  readonly path: string
  readonly tensors: ReadonlyMap<string, TensorSource>
  readonly metadata: Readonly<Record<string, string>> | undefined
}

export interface WrittenFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** Bytes read and written at once. */
const CHUNK = 1024 * 1024
/** Milliseconds of work between two turns for everything else. */
const SLICE = 10

/**
 * Writes `files`, and `index` with its text if there is one. `last` is called when all is written and nothing renamed yet: what it throws
 * undoes everything.
 *
 * @throws ERR_OUTPUT_WRITE, ERR_INTERRUPTED, ERR_ARGUMENT, and whatever reading a tensor throws.
 */
export async function writeFiles(
  files: readonly FileToWrite[],
  index: { readonly path: string; readonly text: string } | undefined,
  options: WriteOptions,
  last: () => void = () => {},
): Promise<WrittenFile[]> {
  const layouts = files.map(layoutOf)
  const pace = new Pace(
    layouts.reduce((total, { size }) => total + size, 0),
    options,
  )
  const open: StreamedFile[] = []
  let indexFile: TemporaryFile | undefined
  try {
    for (const layout of layouts) {
      const file = new StreamedFile(dirname(layout.path), basename(layout.path), false)
      open.push(file)
      await writeFile(file, layout, pace)
      await file.finish()
    }
    if (index !== undefined) {
      indexFile = new TemporaryFile(dirname(index.path), basename(index.path))
      const bytes = Buffer.from(index.text)
      indexFile.write(bytes, bytes.length, 0)
      indexFile.sync()
    }
    last()
    for (const [i, file] of open.entries()) file.rename(layouts[i].path)
    // The index names the others: it must not be there before they are.
    for (const folder of new Set(layouts.map(({ path }) => dirname(path)))) syncFolder(folder)
    if (index !== undefined && indexFile !== undefined) {
      indexFile.rename(index.path)
      syncFolder(dirname(index.path))
    }
  } finally {
    for (const file of open) await file.abandon()
    indexFile?.discard()
  }
  return layouts.map(({ path, size }) => ({ path, size }))
}

interface Layout {
  readonly path: string
  readonly header: Uint8Array
  readonly tensors: readonly {
    readonly source: TensorSource
    readonly start: number
    readonly bytes: number
  }[]
  readonly size: number
}

function layoutOf({ path, tensors, metadata }: FileToWrite): Layout {
  const sorted = sortTensors(
    Array.from(tensors, ([name, source]) => ({ name, dtype: source.dtype, shape: source.shape, source })),
  )
  const header = formatHeader(sorted, metadata)
  let size = header.length
  const placed = sorted.map(({ source, dtype, shape }) => {
    const start = size
    const bytes = tensorBytes(dtype, shape) ?? 0
    size += bytes
    return { source, start, bytes }
  })
  return { path, header, tensors: placed, size }
}

async function writeFile(file: StreamedFile, { header, tensors }: Layout, pace: Pace): Promise<void> {
  file.write(header, header.length, 0)
  await pace.step(header.length)
  const chunk = allocate(CHUNK)
  for (const { source, start, bytes } of tensors) {
    for (let done = 0; done < bytes; ) {
      const part = chunk.subarray(0, Math.min(CHUNK, bytes - done))
      source.read(part, done)
      file.write(part, part.length, start + done)
      done += part.length
      await pace.step(part.length)
    }
  }
}

/** Counts what is done, tells it, and gives way to other work. */
class Pace {
  readonly #total: number
  readonly #options: WriteOptions
  #done = 0
  #last = performance.now()

  constructor(total: number, options: WriteOptions) {
    this.#total = total
    this.#options = options
  }

  async step(bytes: number): Promise<void> {
    this.#done += bytes
    if (this.#options.signal?.aborted) throw interruptedError()
    if (this.#done < this.#total && performance.now() - this.#last < SLICE) return
    this.#options.onProgress?.(this.#done, this.#total)
    await setImmediate()
    this.#last = performance.now()
  }
}
