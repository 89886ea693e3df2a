/**
 * Rows of text as the functions for training take them: one text, a ragged batch, or a padded one; and whose each place is.
 *
 * What begins and ends within a text (blocks, spans) must not go on in the next one. So a padded batch, of which a row may be
 * a window of several documents, is cut into runs of one document each, and the engine sees every run as a row of its own.
 */
import { ownNumbers } from '../engine/token-arguments.js'
import type { Ids } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'

/** Texts of UTF-8 back to back: text i is values[offsets[i], offsets[i + 1]). What encodeBatch and ragged calls give. */
export interface RaggedRows<V extends Ids = Uint8Array> {
  readonly values: V
  readonly offsets: Uint32Array
}

/** Rows of one width: `dims` is [rows, width], row after row in `data`. What a tokenizer's call with padding gives. */
export interface PaddedRows<D extends Ids = Uint8Array> {
  readonly dims: readonly number[]
  readonly data: D
}

export type TextRows = Uint8Array | RaggedRows | PaddedRows

/** Whose the places of a padded batch are; one of both, with the batch's dims. */
export interface OwnerOptions {
  /** 0 for padding. */
  readonly attention_mask?: PaddedRows | undefined
  /** A document's number, 0 for padding, as packDocuments gives it: a row may hold several. */
  readonly documents?: PaddedRows<Uint32Array> | undefined
}

export interface Layout {
  readonly bytes: Uint8Array
  /** Run r is bytes[runs[r], runs[r + 1]). */
  readonly runs: Uint32Array
  /** The number of each place's document; null if no place is known to be padding. */
  readonly documents: Uint32Array | null
  /** What the rows are like if they are padded. */
  readonly dims: readonly [rows: number, width: number] | null
}

/**
 * The layout of `rows`, which messages call `name`.
 *
 * @throws ERR_ARGUMENT if they are none of the three kinds, or the options do not fit to them.
 */
export function layoutOf(rows: TextRows, { attention_mask, documents }: OwnerOptions): Layout {
  if (isPadded(rows)) {
    const dims = checkedDims('rows', rows, rows.dims)
    if (attention_mask !== undefined && documents !== undefined) {
      throw argumentError('options', 'attention_mask or documents, not both', 'both')
    }
    const owners = documents === undefined ? null : sameShape('documents', documents, dims, Uint32Array)
    const flags =
      attention_mask === undefined ? null : sameShape('attention_mask', attention_mask, dims, Uint8Array)
    const numbers = flags === null ? owners && new Uint32Array(owners) : onesOf(flags)
    return { bytes: rows.data, runs: runsOf(dims, numbers), documents: numbers, dims }
  }
  if (attention_mask !== undefined || documents !== undefined) {
    throw argumentError('options', 'attention_mask and documents for padded rows only', rows)
  }
  if (rows instanceof Uint8Array) {
    return { bytes: rows, runs: Uint32Array.of(0, rows.length), documents: null, dims: null }
  }
  if (typeof rows !== 'object' || rows === null || !('values' in rows && 'offsets' in rows)) {
    throw argumentError('rows', 'a Uint8Array, a batch { values, offsets } or { dims, data }', rows)
  }
  if (!(rows.values instanceof Uint8Array)) throw argumentError('rows.values', 'a Uint8Array', rows.values)
  return { bytes: rows.values, runs: checkedOffsets(rows), documents: null, dims: null }
}

/** The offsets of a batch, in memory that nobody else writes: they never fall, and stay within the values. */
export function checkedOffsets({ values, offsets }: RaggedRows<Ids>): Uint32Array {
  if (!(offsets instanceof Uint32Array && offsets.length > 0)) {
    throw argumentError('offsets', 'a Uint32Array of at least one number', offsets)
  }
  const own = ownNumbers(offsets)
  for (let i = 0; i < own.length; i++) {
    const most = i + 1 < own.length ? own[i + 1] : values.length
    if (own[i] > most) throw argumentError(`offsets[${i}]`, `at most ${most}, where the text ends`, own[i])
  }
  return own
}

function isPadded(rows: TextRows): rows is PaddedRows {
  return typeof rows === 'object' && rows !== null && 'dims' in rows && 'data' in rows
}

function checkedDims(name: string, { data }: PaddedRows, dims: readonly number[]): readonly [number, number] {
  if (!(data instanceof Uint8Array)) throw argumentError(`${name}.data`, 'a Uint8Array', data)
  const isShape =
    Array.isArray(dims) && dims.length === 2 && dims.every((size) => Number.isSafeInteger(size) && size >= 0)
  if (!isShape) throw argumentError(`${name}.dims`, '[rows, width]', String(dims))
  const [count, width] = dims
  if (count * width !== data.length) {
    throw argumentError(`${name}.data`, `${count * width} elements, as its dims say,`, data.length)
  }
  return [count, width]
}

function sameShape<D extends Ids>(
  name: string,
  tensor: PaddedRows<D>,
  [count, width]: readonly [number, number],
  Kind: new (length: number) => D,
): D {
  if (typeof tensor !== 'object' || tensor === null) throw argumentError(name, '{ dims, data }', tensor)
  const { dims, data } = tensor
  if (!(Array.isArray(dims) && dims.length === 2 && dims[0] === count && dims[1] === width)) {
    throw argumentError(`${name}.dims`, `those of the rows, ${count},${width}`, String(dims))
  }
  if (!(data instanceof Kind && data.length === count * width)) {
    throw argumentError(`${name}.data`, `a ${Kind.name} of ${count * width}`, data)
  }
  return data
}

/** 1 for each flag that is not 0. */
function onesOf(flags: Uint8Array): Uint32Array {
  const ones = new Uint32Array(flags.length)
  for (let i = 0; i < flags.length; i++) ones[i] = flags[i] === 0 ? 0 : 1
  return ones
}

/** Where runs of one document begin, and where the last one ends. No run reaches over the end of a row. */
function runsOf([count, width]: readonly [number, number], documents: Uint32Array | null): Uint32Array {
  if (width === 0) return Uint32Array.of(0)
  if (documents === null) return Uint32Array.from({ length: count + 1 }, (_, row) => row * width)
  const starts: number[] = []
  for (let i = 0; i < documents.length; i++) {
    if (i % width === 0 || documents[i] !== documents[i - 1]) starts.push(i)
  }
  return Uint32Array.from([...starts, documents.length])
}
