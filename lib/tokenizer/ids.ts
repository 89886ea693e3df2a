/**
 * Ids as decode and its like take them: typed arrays of whatever width, lists, tensors and ragged batches. All become rows of
 * the encoding's own type; a number that it does not hold is an error and never wraps.
 */
import type { Ids } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { checkAttached } from '../text/bytes.js'
import type { Encoding } from './encodings/encoding.js'
import { RaggedBatch } from './ragged.js'
import type { IdRow, IdRows, Tensor } from './shapes.js'

type Kind<I extends Ids> = Pick<Encoding<I>, 'kind' | 'largest'>

/**
 * One row. An array of the encoding's type is used as it is.
 *
 * @throws ERR_ARGUMENT for what is no row, several rows, memory that is gone, and ids out of range, with the id's index.
 */
export function rowOfIds<I extends Ids>(encoding: Kind<I>, value: IdRow, name = 'ids'): I {
  if (value instanceof encoding.kind) return attached(value, name)
  if (Array.isArray(value)) return checkedCopy(encoding, value, name)
  if (isIntegers(value)) return checkedCopy(encoding, attached(value, name), name)
  if (value instanceof RaggedBatch) {
    if (value.length !== 1) throw argumentError(name, 'one row (batch_decode takes more)', value.length)
    return rowOfIds(encoding, value.row(0), name)
  }
  if (isTensor(value)) {
    const { dims, data } = value
    const isRow = dims.length === 1 || (dims.length === 2 && dims[0] === 1)
    if (!isRow) throw argumentError(name, 'a tensor of one row (batch_decode takes more)', `[${dims}]`)
    checkPlaces(data, dims, name)
    return rowOfIds(encoding, data, name)
  }
  throw argumentError(
    name,
    'a typed array of integers, an array of numbers, a tensor or a ragged batch',
    value,
  )
}

/** Several rows. Throws as {@link rowOfIds} does. */
export function rowsOfIds<I extends Ids>(encoding: Kind<I>, value: IdRows, name = 'ids'): I[] {
  if (Array.isArray(value)) return value.map((row, i) => rowOfIds(encoding, row, `${name}[${i}]`))
  if (value instanceof RaggedBatch) {
    return Array.from(value, (row: Ids, i: number) => rowOfIds(encoding, row, `${name}[${i}]`))
  }
  if (isTensor(value)) {
    const { dims, data } = value
    if (dims.length !== 2) throw argumentError(name, 'a tensor of two dimensions', `[${dims}]`)
    checkPlaces(data, dims, name)
    const [count, width] = dims
    return Array.from({ length: count }, (_, i) =>
      rowOfIds(encoding, data.subarray(i * width, (i + 1) * width) as Ids, `${name}[${i}]`),
    )
  }
  throw argumentError(name, 'an array of rows, a tensor of two dimensions or a ragged batch', value)
}

type Integers = Exclude<IdRow, Tensor | RaggedBatch<Ids>>

const INTEGERS = [
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  BigInt64Array,
  BigUint64Array,
]

function isIntegers(value: unknown): value is Exclude<Integers, readonly unknown[]> {
  return INTEGERS.some((kind) => value instanceof kind)
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null || !('dims' in value && 'data' in value)) return false
  const { dims, data } = value
  return Array.isArray(dims) && isIntegers(data)
}

function checkPlaces({ length }: { readonly length: number }, dims: readonly number[], name: string): void {
  const places = dims.reduce((product, size) => product * size, 1)
  if (places !== length) throw argumentError(`${name}.data`, `${places} ids, as its dims say,`, length)
}

/** An array without a first element is empty, or its memory is gone. */
function attached<A extends { readonly length: number; readonly [i: number]: unknown }>(
  array: A,
  name: string,
): A {
  if (array[0] === undefined) checkAttached(array, name)
  return array
}

function checkedCopy<I extends Ids>(
  { kind, largest }: Kind<I>,
  ids: ArrayLike<number | bigint>,
  name: string,
): I {
  const { length } = ids
  const row = new kind(length)
  for (let i = 0; i < length; i++) {
    const given = ids[i]
    const id = typeof given === 'bigint' ? Number(given) : given
    if (!(Number.isInteger(id) && id >= 0 && id <= largest)) {
      throw argumentError(`${name}[${i}]`, `an id, a whole number from 0 to ${largest},`, given)
    }
    row[i] = id
  }
  return row
}
