/**
 * A byte table: the embeddings of the 256 bytes, which is all that a byte-level model's input layer holds, and the same
 * shape in every such model but for its width. Functions that compare or move tables take and give this plain form;
 * `new ByteEmbedding(table)` looks up in it.
 */
import { TABLE_ROWS } from '../engine/embedding-engine.js'
import { argumentError } from '../errors.js'
import { allocate } from '../memory.js'

export interface ByteTable {
  /** Row-major, 256 × dimension: number j of byte b is weight[b · dimension + j]. */
  readonly weight: Float32Array
  /** Numbers a byte, d. */
  readonly dimension: number
}

/** `dimension`, which messages call `name`, is a whole number from 1 on of which there can be 256 in an array. */
export function checkDimension(
  dimension: number | undefined,
  name = 'dimension',
): asserts dimension is number {
  if (!(Number.isInteger(dimension) && Number(dimension) > 0 && Number(dimension) <= MAX_DIMENSION)) {
    throw argumentError(name, `a whole number from 1 to ${MAX_DIMENSION}`, dimension)
  }
}

/** `values`, which messages call `name`, is a Float32Array of rows × columns numbers, in memory that is there. */
export function checkMatrix(
  values: Float32Array | undefined,
  rows: number,
  columns: number,
  name: string,
): asserts values is Float32Array {
  if (!(values instanceof Float32Array)) throw argumentError(name, 'a Float32Array', values)
  if (lengthOf(values) !== rows * columns) {
    throw argumentError(name, `${rows} × ${columns} numbers`, `${lengthOf(values)} numbers`)
  }
}

/** `table`, which messages call `name`, is a {@link ByteTable}. */
export function checkTable(table: ByteTable, name: string): void {
  if (typeof table !== 'object' || table === null) {
    throw argumentError(name, 'a table { weight, dimension }', table)
  }
  checkDimension(table.dimension, `${name}.dimension`)
  checkMatrix(table.weight, TABLE_ROWS, table.dimension, `${name}.weight`)
}

/** The same, and all numbers are finite: others would make all that is computed of them NaN, or never end. */
export function checkFiniteTable(table: ByteTable, name: string): void {
  checkTable(table, name)
  const { weight, dimension } = table
  for (let i = 0; i < weight.length; i++) {
    if (!Number.isFinite(weight[i])) {
      const place = `byte ${Math.floor(i / dimension)}, place ${i % dimension}`
      throw argumentError(`${name}.weight`, 'finite numbers', `${weight[i]} at ${place}`)
    }
  }
}

/** The bytes in `bytes`, each once and in order; all 256 if there is none. */
export function bytesToFit(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) return Uint8Array.from({ length: TABLE_ROWS }, (_, byte) => byte)
  if (!(bytes instanceof Uint8Array && bytes.length > 0)) {
    throw argumentError('bytes', 'a Uint8Array of at least one byte', bytes)
  }
  return Uint8Array.from(new Set(bytes)).sort()
}

/** `count` numbers, all 0, or ERR_OUT_OF_MEMORY. */
export function floats(count: number): Float32Array<ArrayBuffer> {
  return new Float32Array(allocate(4 * count).buffer)
}

/** Elements of an array; 0 if its memory is detached, also where optimised code of V8 sees its old length. */
export function lengthOf(
  values: Float32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array,
): number {
  return values.byteLength / values.BYTES_PER_ELEMENT
}

/** The largest table has 2^31 numbers, 8 GiB. */
const MAX_DIMENSION = 2 ** 23
