/**
 * UTF-8 to strings. Code units are gathered in an array of a fixed size, and each arrayful becomes a piece of the string.
 */
import { stringTooLongError } from '../../errors.js'
import { type DecodeErrors, MAX_STRING_LENGTH } from '../text-engine.js'
import { characterAt, lengthOf, reasonOf } from './utf8.js'

/** See TextEngine.decode; over all of `bytes`, which nobody else may change. */
export function decode(bytes: Uint8Array, errors: DecodeErrors): string {
  const place = { at: 0 }
  let text = ''
  while (place.at < bytes.length) {
    const count = decodeUnits(bytes, place, errors)
    if (text.length + count > MAX_STRING_LENGTH) throw stringTooLongError(MAX_STRING_LENGTH)
    text += textOf(units, count)
  }
  return text
}

/** Code units of one piece: few enough to be the arguments of one call. */
const PIECE = 4096
const units = new Uint16Array(PIECE)

/** Fills `units` from bytes[place.at] on, moves the place, and returns how many there are. */
function decodeUnits(bytes: Uint8Array, place: { at: number }, errors: DecodeErrors): number {
  let count = 0
  let at = place.at
  while (at < bytes.length && count < PIECE - 1) {
    const character = characterAt(bytes, at)
    const length = lengthOf(character)
    if (reasonOf(character) !== 0) {
      if (errors === 'replace') units[count++] = 0xfffd
    } else if (length === 1) {
      units[count++] = bytes[at]
    } else if (length === 2) {
      units[count++] = ((bytes[at] & 0x1f) << 6) | (bytes[at + 1] & 0x3f)
    } else if (length === 3) {
      units[count++] = ((bytes[at] & 0x0f) << 12) | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f)
    } else {
      // The code point less 10000h, in two halves of ten bits.
      const high = ((bytes[at] & 0x07) << 8) | ((bytes[at + 1] & 0x3f) << 2) | ((bytes[at + 2] & 0x30) >> 4)
      units[count++] = 0xd800 + high - 0x40
      units[count++] = 0xdc00 | ((bytes[at + 2] & 0x0f) << 6) | (bytes[at + 3] & 0x3f)
    }
    at += length
  }
  place.at = at
  return count
}

function textOf(array: Uint16Array, count: number): string {
  // An array of numbers is as good as an array, here.
  return String.fromCharCode.apply(null, array.subarray(0, count) as unknown as number[])
}
