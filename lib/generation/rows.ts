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
  if (typeof id === 'number' || typeof id === 'bigint') {
    // For a bigint Number is faster than to compare it.
    const number = Number(id)
    if ((number & 0xff) === number) return number
    if (Number.isInteger(number) && number > 0xff) return NO_BYTE
  }
  throw argumentError(`the id at ${index}`, 'a whole number from 0 on', id)
}

/** Throws ERR_ARGUMENT unless `rows` is an array of arrays. */
export function checkRows(rows: readonly IdRow[]): void {
  if (!Array.isArray(rows)) throw argumentError('ids', 'an array of rows of ids', rows)
  for (let index = 0; index < rows.length; index++) {
    if (!isRow(rows[index])) throw argumentError(`ids[${index}]`, 'an array of ids', rows[index])
  }
}

/** Throws ERR_ARGUMENT unless `row` is an array of any kind, and no string. */
export function checkRow(row: IdRow): void {
  if (!isRow(row)) throw argumentError('ids', 'an array of ids', row)
}

function isRow(row: IdRow): boolean {
  return typeof row === 'object' && row !== null && Number.isSafeInteger(row.length) && row.length >= 0
}
