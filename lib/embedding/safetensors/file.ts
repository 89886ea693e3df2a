/**
 * One safetensors file. Its header is read and checked when it is opened; of the tensors only those that are asked for.
 */
import { tensorNotFoundError } from '../../errors.js'
import type { RandomAccess } from '../../files/random-access.js'
import { allocate } from '../../memory.js'
import { type Header, headerLength, LENGTH_BYTES, parseHeader } from './header.js'
import { quoted } from './header-text.js'
import { StoredTensor } from './tensor.js'

export class SafetensorsFile {
  readonly path: string
  readonly size: number
  readonly #file: RandomAccess
  readonly #header: Header

  /**
   * Takes the file over: it is closed with this, also if that is now.
   *
   * @throws ERR_SAFETENSORS_SIZE, ERR_SAFETENSORS_HEADER, ERR_SAFETENSORS_TENSOR
   */
  constructor(file: RandomAccess) {
    this.#file = file
    this.path = file.path
    this.size = file.size
    try {
      this.#header = readHeader(file)
    } catch (error) {
      file.close()
      throw error
    }
  }

  get metadata(): Readonly<Record<string, string>> | undefined {
    return this.#header.metadata
  }

  /** In the order of the tensors' bytes. */
  get names(): string[] {
    return [...this.#header.tensors.keys()]
  }

  has(name: string): boolean {
    return this.#header.tensors.has(name)
  }

  /** @throws ERR_TENSOR_NOT_FOUND */
  tensor(name: string): StoredTensor {
    const place = this.#header.tensors.get(name)
    if (place !== undefined) return new StoredTensor(this.#file, name, place)
    throw tensorNotFoundError(
      this.path,
      `expected a tensor ${quoted(name)}, received ${this.#header.tensors.size} others`,
    )
  }

  /** All of them, in the order of their bytes. */
  *tensors(): IterableIterator<StoredTensor> {
    for (const [name, place] of this.#header.tensors) yield new StoredTensor(this.#file, name, place)
  }

  /** @throws ERR_INPUT_CHANGED if the file is not as it was when it was opened. */
  checkUnchanged(): void {
    this.#file.checkUnchanged()
  }

  close(): void {
    this.#file.close()
  }
}

function readHeader(file: RandomAccess): Header {
  const first = allocate(Math.min(LENGTH_BYTES, file.size))
  file.read(first, 0)
  const bytes = allocate(headerLength(first, file.size, file.path))
  file.read(bytes, LENGTH_BYTES)
  return parseHeader(bytes, file.size, file.path)
}
