/**
 * UTF-8 to strings. Code units are gathered in an array of a fixed size, and each arrayful becomes a piece of the string.
 *
 * A string is made of numbers by String.fromCharCode alone. To call it with sixteen of them is two to three times as
 * fast as to apply it to an array, whatever the array's kind and length.
 */
import { stringTooLongError } from '../../errors.js'
import { type DecodeErrors, MAX_STRING_LENGTH } from '../text-engine.js'
import { countText } from './count.js'
import { characterAt, lengthOf, reasonOf, SHORT, viewOf } from './utf8.js'
import {
  beginsWithFour,
  beginsWithThree,
  beginsWithTwo,
  codePointOfFour,
  codePointOfThree,
  codePointOfTwo,
  isAllAscii,
} from './word.js'

/** See TextEngine.decode; nobody else may change `bytes`. */
export function decode(bytes: Uint8Array, start: number, end: number, errors: DecodeErrors): string {
  return decodeThrough(end - start < SHORT ? NO_VIEW : viewOf(bytes, end), bytes, start, end, errors)
}

/** See TextEngine.decodeBatch; nobody else may change `values` and `offsets`. */
export function decodeBatch(values: Uint8Array, offsets: Uint32Array): string[] {
  const view = values.length < SHORT ? NO_VIEW : viewOf(values, values.length)
  const texts: string[] = []
  for (let i = 0; i + 1 < offsets.length; i++) {
    texts.push(decodeThrough(view, values, offsets[i], offsets[i + 1], 'replace'))
  }
  return texts
}

/** For few bytes: each character is then looked at byte by byte. */
const NO_VIEW = new DataView(new ArrayBuffer(0))

/** `view` begins where `bytes` does, and reaches as far as words may be read. */
function decodeThrough(
  view: DataView,
  bytes: Uint8Array,
  start: number,
  end: number,
  errors: DecodeErrors,
): string {
  // No character has more units than bytes.
  if (end - start > MAX_STRING_LENGTH && unitsOf(bytes, start, end, errors) > MAX_STRING_LENGTH) {
    throw stringTooLongError(MAX_STRING_LENGTH)
  }
  let text = ''
  for (let at = start; at < end; ) {
    let piece = asciiText(bytes, at, Math.min(end, at + PIECE))
    at += piece.length
    if (piece.length < PIECE && at < end) {
      at = decodeUnits(view, bytes, at, end, errors === 'ignore')
      piece += textOf(units, unitCount)
    }
    // To read a sum of strings makes it one. Else all sums of a long text, several times its size, would be kept to its end.
    if (at < end) piece.charCodeAt(0)
    text += piece
  }
  return text
}

function unitsOf(bytes: Uint8Array, start: number, end: number, errors: DecodeErrors): number {
  const { units, replaced } = countText(bytes, start, end)
  return errors === 'ignore' ? units - replaced : units
}

/** How many units of the string are made at once; a piece may have so many of ASCII, and so many more. */
const PIECE = 4096

/** The ASCII with which bytes[from, end) begin, but for what is left over from sixteen. */
function asciiText(bytes: Uint8Array, from: number, end: number): string {
  let text = ''
  for (let at = from; at + 16 <= end; at += 16) {
    const a = bytes[at]
    const b = bytes[at + 1]
    const c = bytes[at + 2]
    const d = bytes[at + 3]
    const e = bytes[at + 4]
    const f = bytes[at + 5]
    const g = bytes[at + 6]
    const h = bytes[at + 7]
    const i = bytes[at + 8]
    const j = bytes[at + 9]
    const k = bytes[at + 10]
    const l = bytes[at + 11]
    const m = bytes[at + 12]
    const n = bytes[at + 13]
    const o = bytes[at + 14]
    const p = bytes[at + 15]
    if ((a | b | c | d | e | f | g | h | i | j | k | l | m | n | o | p) >= 0x80) break
    text += String.fromCharCode(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
  }
  return text
}

/** The code units of other text, and how many there are. */
const units = new Uint16Array(PIECE)
let unitCount = 0

/** Fills `units` from bytes[from, end), and returns the offset of the first character that had no room. */
function decodeUnits(view: DataView, bytes: Uint8Array, from: number, end: number, ignore: boolean): number {
  const lastWord = Math.min(view.byteLength, end) - 4
  // A word may have four.
  const most = units.length - 4
  let count = 0
  let at = from
  while (at < end && count <= most) {
    if (at <= lastWord) {
      const word = view.getInt32(at, true)
      if (isAllAscii(word)) {
        units[count] = word & 0xff
        units[count + 1] = (word >> 8) & 0xff
        units[count + 2] = (word >> 16) & 0xff
        units[count + 3] = word >> 24
        count += 4
        at += 4
        continue
      }
      if (beginsWithTwo(word)) {
        units[count++] = codePointOfTwo(word)
        at += 2
        continue
      }
      if (beginsWithThree(word)) {
        units[count++] = codePointOfThree(word)
        at += 3
        continue
      }
      if (beginsWithFour(word)) {
        count = putCodePoint(codePointOfFour(word), count)
        at += 4
        continue
      }
    }
    // One of ASCII, one of the last bytes, or ill-formed.
    const lead = bytes[at]
    if (lead < 0x80) {
      units[count++] = lead
      at++
      continue
    }
    const character = characterAt(bytes, at, end)
    const length = lengthOf(character)
    if (reasonOf(character) === 0) count = putCodePoint(codePointOf(bytes, at, length), count)
    else if (!ignore) units[count++] = REPLACEMENT
    at += length
  }
  unitCount = count
  return at
}

const REPLACEMENT = 0xfffd

/** Puts one or two units into units[at], and returns the place behind. */
function putCodePoint(codePoint: number, at: number): number {
  if (codePoint < 0x10000) {
    units[at] = codePoint
    return at + 1
  }
  units[at] = 0xd7c0 + (codePoint >> 10)
  units[at + 1] = 0xdc00 | (codePoint & 0x3ff)
  return at + 2
}

/** The code point of a well-formed character of 2, 3 or 4 bytes. */
function codePointOf(bytes: Uint8Array, at: number, length: number): number {
  let codePoint = bytes[at] & (0x7f >> length)
  for (let i = at + 1; i < at + length; i++) codePoint = (codePoint << 6) | (bytes[i] & 0x3f)
  return codePoint
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
  for (; i + 4 <= count; i += 4) {
    text += String.fromCharCode(units[i], units[i + 1], units[i + 2], units[i + 3])
  }
  for (; i < count; i++) text += String.fromCharCode(units[i])
  return text
}
