/**
 * Rows of token ids as generation has them: whatever array a loop keeps them in, with numbers or bigints. An id below 256 is
 * a byte. A model may have more ids than that (a vocabulary that is padded to a round number, ids of its own): those stand
 * for no byte.
 */
import { argumentError } from '../errors.js'

/** The ids of one sequence: a plain or typed array of numbers or bigints. */
export type IdRow = ArrayLike<number | bigint>

/** What {@link byteAt} gives for an id of 256 and more. */
export const NO_BYTE = 256

/** The byte that row[index] is, or {@link NO_BYTE}. ERR_ARGUMENT if it is no whole number from 0 on. */
export function byteAt(row: IdRow, index: number): number {
  const id = row[index]
  if (typeof id === 'number') {
    if ((id & 0xff) === id) return id
    if (Number.isSafeInteger(id) && id > 0xff) return NO_BYTE
  } else if (typeof id === 'bigint' && id >= 0n) {
    return id > 0xffn ? NO_BYTE : Number(id)
  }
  throw argumentError(`the id at ${index}`, 'a whole number from 0 on', id)
}

/** Throws ERR_ARGUMENT unless `rows` is an array of arrays. */
export function checkRows(rows: readonly IdRow[], name = 'ids'): void {
  if (!Array.isArray(rows)) throw argumentError(name, 'an array of rows of ids', rows)
  for (const [index, row] of rows.entries()) checkRow(row, `${name}[${index}]`)
}

/** Throws ERR_ARGUMENT unless `row` is an array of any kind, and no string. */
export function checkRow(row: IdRow, name = 'ids'): void {
  const length = typeof row === 'object' && row !== null ? row.length : undefined
  if (!Number.isSafeInteger(length)) throw argumentError(name, 'an array of ids', row)
}
