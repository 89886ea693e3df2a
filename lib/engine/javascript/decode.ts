/**
 * UTF-8 to strings. Code units are gathered in an array of a fixed size, and each arrayful becomes a piece of the string.
 *
 * A string can be made of numbers by String.fromCharCode alone. To call it with sixteen of them is three times as fast as
 * to apply it to an array, whatever the array's length.
 */
import { stringTooLongError } from '../../errors.js'
import { type DecodeErrors, MAX_STRING_LENGTH } from '../text-engine.js'
import { countText } from './count.js'
import { characterAt, lengthOf, reasonOf } from './utf8.js'

/** See TextEngine.decode; nobody else may change `bytes`. */
export function decode(bytes: Uint8Array, start: number, end: number, errors: DecodeErrors): string {
  // No character has more units than bytes.
  if (end - start > MAX_STRING_LENGTH && unitsOf(bytes, start, end, errors) > MAX_STRING_LENGTH) {
    throw stringTooLongError(MAX_STRING_LENGTH)
  }
  const pieces: string[] = []
  for (let at = start; at < end; ) {
    at = decodeUnits(bytes, at, end, errors === 'ignore')
    pieces.push(textOf(units, unitCount))
  }
  return pieces.length === 1 ? pieces[0] : pieces.join('')
}

function unitsOf(bytes: Uint8Array, start: number, end: number, errors: DecodeErrors): number {
  const { units, replaced } = countText(bytes, start, end)
  return errors === 'ignore' ? units - replaced : units
}

/** The code units of one piece, and how many there are. */
const units = new Uint16Array(4096)
let unitCount = 0

/** Fills `units` from bytes[from, end), and returns the offset of the first character that had no room. */
function decodeUnits(bytes: Uint8Array, from: number, end: number, ignore: boolean): number {
  // A character may have two.
  const most = units.length - 1
  let count = 0
  let at = from
  while (at < end && count < most) {
    const lead = bytes[at]
    if (lead < 0x80) {
      units[count++] = lead
      at++
      continue
    }
    const character = characterAt(bytes, at, end)
    const length = lengthOf(character)
    if (reasonOf(character) !== 0) {
      if (!ignore) units[count++] = 0xfffd
    } else if (length === 2) {
      units[count++] = ((lead & 0x1f) << 6) | (bytes[at + 1] & 0x3f)
    } else if (length === 3) {
      units[count++] = ((lead & 0x0f) << 12) | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f)
    } else {
      const high = ((lead & 0x07) << 8) | ((bytes[at + 1] & 0x3f) << 2) | ((bytes[at + 2] & 0x30) >> 4)
      // The code point less 10000h has ten bits in each half.
      units[count++] = 0xd800 | (high - 0x40)
      units[count++] = 0xdc00 | ((bytes[at + 2] & 0x0f) << 6) | (bytes[at + 3] & 0x3f)
    }
    at += length
  }
  unitCount = count
  return at
}

/** The string of the first `count` units. */
function textOf(units: Uint16Array, count: number): string {
  let text = ''
  let i = 0
  for (; i + 16 <= count; i += 16) {
    text += String.fromCharCode(
      units[i],
      units[i + 1],
      units[i + 2],
      units[i + 3],
      units[i + 4],
      units[i + 5],
      units[i + 6],
      units[i + 7],
      units[i + 8],
      units[i + 9],
      units[i + 10],
      units[i + 11],
      units[i + 12],
      units[i + 13],
      units[i + 14],
      units[i + 15],
    )
  }
  for (; i < count; i++) text += String.fromCharCode(units[i])
  return text
}
