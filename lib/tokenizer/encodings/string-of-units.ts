/** Strings out of numbers, in pieces that fit into the arguments of one call. */
import { MAX_STRING_LENGTH } from '../../engine/text-engine.js'
import { stringTooLongError } from '../../errors.js'

/** The string of the code units units[0, length). Throws ERR_STRING_TOO_LONG. */
export function stringOfUnits(units: Uint16Array, length = units.length): string {
  if (length > MAX_STRING_LENGTH) throw stringTooLongError(MAX_STRING_LENGTH)
  let text = ''
  for (let at = 0; at < length; at += PIECE) {
    text += String.fromCharCode.apply(null, units.subarray(at, Math.min(at + PIECE, length)) as never)
  }
  return text
}

const PIECE = 4096
