/**
 * The header of a safetensors file: 8 bytes with its length N (unsigned, little endian), then N bytes of JSON that give each tensor's
 * type, shape and place; then the tensors' bytes, with no gap and no overlap, to the end of the file. Here it is read and checked, and
 * written as Hugging Face's writer does (sorted by type and name, padded with spaces to 8 bytes), with no file in sight.
 * The format: https://github.com/huggingface/safetensors#format
 *
 * Stricter than Hugging Face's reader in what may lose something or be read in two ways: a tensor's name twice, fields that the format
 * does not have, white space in front.
 */
import { argumentError, safetensorsError, type Utf8TokenizerError } from '../../errors.js'
import { DTYPE_BITS, isTensorDtype, TENSOR_DTYPES, type TensorDtype, tensorBytes } from './dtypes.js'
import { HeaderProblem, HeaderText, quoted } from './header-text.js'

/** Bytes in front of the header, which hold its length. */
export const LENGTH_BYTES = 8
/** The longest header that is read, in bytes; the limit of Hugging Face's reader. */
export const MAX_HEADER = 100_000_000
const METADATA = '__metadata__'

/** Where a tensor is: bytes start to end (exclusive) of the file. */
export interface TensorPlace {
  readonly dtype: TensorDtype
  /** Sizes of the dimensions, outermost first; row-major. */
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

export interface Header {
  /** Undefined if the file has none. */
  readonly metadata: Readonly<Record<string, string>> | undefined
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorPlace>
}

/**
 * The length of the header in bytes. `first` are the file's first bytes, 8 if it has as many, and `size` is that of the file.
 *
 * @throws ERR_SAFETENSORS_SIZE if the file is too short for it, ERR_SAFETENSORS_HEADER if it is above MAX_HEADER.
 */
export function headerLength(first: Uint8Array, size: number, file: string): number {
  if (size < LENGTH_BYTES) {
    throw safetensorsError('ERR_SAFETENSORS_SIZE', file, `expected at least 8 bytes, received ${size}`, 0)
  }
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength)
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  if (length > MAX_HEADER) {
    const what = `expected at most ${MAX_HEADER} bytes for the header, received a length of ${length}`
    throw safetensorsError('ERR_SAFETENSORS_HEADER', file, what, 0)
  }
  if (LENGTH_BYTES + length > size) {
    const what = `expected a header of ${length} bytes, received a file of ${size}`
    throw safetensorsError('ERR_SAFETENSORS_SIZE', file, what, 0)
  }
  return length
}

/**
 * Reads the header's JSON and checks all that it says, against the size of the file, too.
 *
 * @throws ERR_SAFETENSORS_HEADER, ERR_SAFETENSORS_TENSOR, ERR_SAFETENSORS_SIZE, with the offset in the file.
 */
export function parseHeader(bytes: Uint8Array, size: number, file: string): Header {
  const text = decode(bytes, file)
  const dataStart = LENGTH_BYTES + bytes.length
  const fail = (
    code: 'ERR_SAFETENSORS_HEADER' | 'ERR_SAFETENSORS_TENSOR',
    problem: HeaderProblem,
  ): Utf8TokenizerError =>
    safetensorsError(
      code,
      file,
      problem.message,
      LENGTH_BYTES + Buffer.byteLength(text.slice(0, problem.index)),
    )
  let parsed: ParsedHeader
  try {
    parsed = readEntries(text)
  } catch (error) {
    throw error instanceof HeaderProblem ? fail('ERR_SAFETENSORS_HEADER', error) : error
  }
  let tensors: Map<string, TensorPlace>
  try {
    tensors = placeTensors(parsed.entries, dataStart)
  } catch (error) {
    throw error instanceof HeaderProblem ? fail('ERR_SAFETENSORS_TENSOR', error) : error
  }
  const end = [...tensors.values()].at(-1)?.end ?? dataStart
  if (end !== size) {
    const what = `expected a file of ${end} bytes, where the last tensor ends, received ${size}`
    throw safetensorsError('ERR_SAFETENSORS_SIZE', file, what, Math.min(end, size))
  }
  return { metadata: parsed.metadata, tensors }
}

/** A tensor that is to be written. */
export interface NamedTensor {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
}

/** `tensors` in the order in which Hugging Face's writer puts them: by type, the widest first, then by the name's UTF-8. */
export function sortTensors<T extends NamedTensor>(tensors: readonly T[]): T[] {
  const rank = new Map(TENSOR_DTYPES.map((dtype, index) => [dtype, index]))
  return [...tensors].sort(
    (a, b) =>
      (rank.get(b.dtype) ?? 0) - (rank.get(a.dtype) ?? 0) ||
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  )
}

/**
 * The bytes of a file up to the first tensor's: length, header, padding. `tensors` in the order of their bytes.
 *
 * @throws ERR_ARGUMENT for names and metadata that cannot be written, or too many of them.
 */
export function formatHeader(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array {
  const parts: string[] = []
  if (metadata !== undefined) parts.push(`"${METADATA}":${JSON.stringify(metadata)}`)
  const seen = new Set<string>([METADATA])
  let offset = 0
  for (const { name, dtype, shape } of tensors) {
    if (seen.has(name)) throw argumentError('tensors', `names that are there once, and not ${METADATA}`, name)
    if (!name.isWellFormed()) throw argumentError('tensors', 'well-formed names', name)
    seen.add(name)
    const bytes = tensorBytes(dtype, shape)
    if (bytes === undefined)
      throw argumentError(`the shape of ${quoted(name)}`, 'a tensor of whole bytes', shape)
    parts.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${offset},${offset + bytes}]}`,
    )
    offset += bytes
  }
  const json = Buffer.from(`{${parts.join(',')}}`)
  const length = Math.ceil(json.length / 8) * 8
  if (length > MAX_HEADER) throw argumentError('tensors', `a header of at most ${MAX_HEADER} bytes`, length)
  const bytes = Buffer.alloc(LENGTH_BYTES + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length))
  bytes.set(json, LENGTH_BYTES)
  return bytes
}

interface ParsedHeader {
  readonly metadata: Record<string, string> | undefined
  readonly entries: readonly Entry[]
}

/** A tensor's entry as it stands there; offsets count from the end of the header. */
interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly offsets: readonly number[]
  /** Where in the header's text it begins. */
  readonly index: number
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw safetensorsError('ERR_SAFETENSORS_HEADER', file, 'expected UTF-8 for the header', LENGTH_BYTES)
  }
}

function readEntries(text: string): ParsedHeader {
  if (!text.startsWith('{')) throw new HeaderProblem('expected "{" for the first byte of the header', 0)
  const json = new HeaderText(text)
  const entries: Entry[] = []
  let metadata: Record<string, string> | undefined
  json.object('the header', (name) => {
    if (name !== METADATA) entries.push(readEntry(json, name))
    else if (!json.null()) metadata = readMetadata(json)
  })
  json.end()
  return { metadata, entries }
}

function readMetadata(json: HeaderText): Record<string, string> {
  const pairs: [string, string][] = []
  json.object(METADATA, (key) => {
    pairs.push([key, json.string(`${quoted(key)} in ${METADATA}`)])
  })
  return Object.fromEntries(pairs)
}

function readEntry(json: HeaderText, name: string): Entry {
  const index = json.at
  const tensor = `tensor ${quoted(name)}`
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  const wholes = (what: string): number[] => {
    const values: number[] = []
    json.array(what, () => values.push(json.whole(what)))
    return values
  }
  json.object(tensor, (field) => {
    if (field === 'dtype') dtype = json.string(`the dtype of ${tensor}`)
    else if (field === 'shape') shape = wholes(`the shape of ${tensor}`)
    else if (field === 'data_offsets') offsets = wholes(`the data_offsets of ${tensor}`)
    else
      throw new HeaderProblem(
        `expected dtype, shape and data_offsets for ${tensor}, received ${quoted(field)}`,
        index,
      )
  })
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw new HeaderProblem(`expected dtype, shape and data_offsets for ${tensor}, received less`, index)
  }
  return { name, dtype, shape, offsets, index }
}

/** Checks each entry, and that together they cover the data. */
function placeTensors(entries: readonly Entry[], dataStart: number): Map<string, TensorPlace> {
  const checked = entries.map(checkEntry)
  checked.sort((a, b) => a.start - b.start || a.end - b.end)
  const tensors = new Map<string, TensorPlace>()
  let next = 0
  for (const { name, dtype, shape, start, end, index } of checked) {
    if (start !== next) {
      const what = `expected ${next} for the start of tensor ${quoted(name)}, where the one in front of it ends, received ${start}`
      throw new HeaderProblem(what, index)
    }
    tensors.set(name, { dtype, shape, start: dataStart + start, end: dataStart + end })
    next = end
  }
  return tensors
}

function checkEntry({
  name,
  dtype,
  shape,
  offsets,
  index,
}: Entry): NamedTensor & TensorPlace & { readonly index: number } {
  const tensor = `tensor ${quoted(name)}`
  if (!isTensorDtype(dtype)) {
    const known = Object.keys(DTYPE_BITS).join(', ')
    throw new HeaderProblem(`expected a dtype of ${known} for ${tensor}, received ${quoted(dtype)}`, index)
  }
  const [start, end] = offsets
  if (offsets.length !== 2 || end < start) {
    throw new HeaderProblem(
      `expected a start and an end for ${tensor}, received [${offsets.slice(0, 3)}]`,
      index,
    )
  }
  const bytes = tensorBytes(dtype, shape)
  if (bytes !== end - start) {
    const what = `expected ${bytes ?? 'a whole number of'} bytes for ${tensor} (${dtype} [${shape.slice(0, 8)}]), received ${end - start}`
    throw new HeaderProblem(what, index)
  }
  return { name, dtype, shape, start, end, index }
}
