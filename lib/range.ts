/**
 * The check of a range of bytes, as nearly every function here takes one.
 *
 * It looks at `byteLength`: in code that V8 has optimised (seen in Node 20) a detached array may still tell its old
 * `length`.
 */
import { argumentError } from './errors.js'

/** `bytes`, which messages call `name`, is a Uint8Array and [start, end) a range of it. */
export function checkRange(bytes: Uint8Array, start: number, end: number, name = 'bytes'): void {
  if (!(bytes instanceof Uint8Array)) throw argumentError(name, 'a Uint8Array', bytes)
  if (!(Number.isInteger(end) && end >= 0 && end <= bytes.byteLength)) {
    throw argumentError('end', `a whole number from 0 to ${bytes.byteLength}`, end)
  }
  if (!(Number.isInteger(start) && start >= 0 && start <= end)) {
    throw argumentError('start', `a whole number from 0 to ${end}`, start)
  }
}
