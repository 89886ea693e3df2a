/**
 * How much text bytes hold: code points and UTF-16 code units. In well-formed UTF-8 they are counted by four bytes at
 * once: each byte but 80–BF begins a code point, and from F0 on one of two units.
 */
import { characterAt, endOfText, lengthOf, reasonOf, SHORT, viewOf } from './utf8.js'

/** See TextEngine.countCodePoints; nobody else may change `bytes`. */
export function countCodePoints(bytes: Uint8Array, start: number, end: number): number {
  return countText(bytes, start, end).codePoints
}

/** See TextEngine.utf16Length; nobody else may change `bytes`. */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  return countText(bytes, start, end).units
}

/** See TextEngine.sampleOffsets. */
export function sampleOffsets(bytes: Uint8Array, every: number, samples: Uint32Array): void {
  const view = viewOf(bytes, bytes.byteLength)
  const counts = { codePoints: 0, units: 0, replaced: 0 }
  let place = 0
  for (let at = 0; at < bytes.length; at += every) {
    samples[place++] = counts.codePoints
    samples[place++] = counts.units
    countWellFormed(view, at, Math.min(bytes.length, at + every), counts)
  }
  samples[place++] = counts.codePoints
  samples[place] = counts.units
}

/** With U+FFFD for each ill-formed sequence; `replaced` are these alone. */
export interface TextCounts {
  codePoints: number
  units: number
  replaced: number
}

export function countText(bytes: Uint8Array, start: number, end: number): TextCounts {
  const counts = { codePoints: 0, units: 0, replaced: 0 }
  if (end - start < SHORT) {
    countPlainly(bytes, start, end, end, counts)
    return counts
  }
  const view = viewOf(bytes, end)
  for (let at = start; at < end; ) {
    const from = at
    at = endOfText(bytes, view, from, end)
    countWellFormed(view, from, at, counts)
    // Where one is ill-formed, others mostly are as well.
    at = countPlainly(bytes, at, Math.min(end, at + SHORT), end, counts)
  }
  return counts
}

/** Adds the characters that begin in bytes[from, to), one after the other, and returns where the last one ends. */
function countPlainly(bytes: Uint8Array, from: number, to: number, end: number, counts: TextCounts): number {
  let at = from
  while (at < to) {
    const character = characterAt(bytes, at, end)
    const length = lengthOf(character)
    counts.codePoints++
    counts.units += length === 4 ? 2 : 1
    if (reasonOf(character) !== 0) counts.replaced++
    at += length
  }
  return at
}

/** Adds what begins in [from, end). */
function countWellFormed(view: DataView, from: number, end: number, counts: TextCounts): void {
  let codePoints = 0
  let pairs = 0
  let at = from
  for (; at <= end - 4; at += 4) {
    const word = view.getInt32(at, true)
    // The high bit of each byte that is no 10xxxxxx, and of each 1111xxxx.
    const leads = (~word | (word << 1)) & 0x80808080
    const ofFour = word & (word << 1) & (word << 2) & (word << 3) & 0x80808080
    codePoints += sumOfHighBits(leads)
    pairs += sumOfHighBits(ofFour)
  }
  // No character of four bytes begins among the last three.
  for (; at < end; at++) if ((view.getUint8(at) & 0xc0) !== 0x80) codePoints++
  counts.codePoints += codePoints
  counts.units += codePoints + pairs
}

/** How many of the four bytes have their high bit, where no other bit is set. */
function sumOfHighBits(word: number): number {
  // The product's top byte is the sum of the four.
  return Math.imul(word >>> 7, 0x01010101) >>> 24
}
