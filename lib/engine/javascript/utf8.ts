/**
 * One character of UTF-8, or what stands in its place: the plain decoder behind the fast loop of scan.ts, and
 * TextEngine.findInvalid. Source: Unicode 15, table 3-7 (well-formed sequences) and D93b (maximal subparts); RFC 3629.
 */
import { REASONS, type Reason } from '../abi.js'
import type { InvalidSequence } from '../text-engine.js'
import { NO_CONTROLS, scanText, skipAscii } from './scan.js'

/**
 * What characterAt finds, as one number, so that text of nothing but errors allocates nothing: bits 0–2 the length in
 * bytes, bit 3 whether the end of the data cuts it, from bit 4 on the number of the reason why it is ill-formed.
 */
export type Character = number

export function lengthOf(character: Character): number {
  return character & 7
}

/** True if more data could complete the character. */
export function isCut(character: Character): boolean {
  return (character & CUT) !== 0
}

/** The index in REASONS: 0 for a well-formed character. */
export function reasonOf(character: Character): number {
  return character >> 4
}

/** The character of bytes[0, end), or the maximal subpart of an ill-formed one, that begins at bytes[at], where at < end. */
export function characterAt(bytes: Uint8Array, at: number, end = bytes.length): Character {
  const lead = bytes[at]
  if (lead < 0x80) return 1
  if (lead < 0xc0) return UNEXPECTED_CONTINUATION
  if (lead < 0xc2) return OVERLONG
  if (lead > 0xf7) return INVALID_BYTE
  if (lead > 0xf4) return TOO_LARGE

  if (at + 1 === end) return TRUNCATED | CUT
  const second = bytes[at + 1]
  if (!isTail(second)) return TRUNCATED
  if (lead === 0xe0 && second < 0xa0) return OVERLONG
  if (lead === 0xed && second > 0x9f) return SURROGATE
  if (lead === 0xf0 && second < 0x90) return OVERLONG
  if (lead === 0xf4 && second > 0x8f) return TOO_LARGE
  if (lead < 0xe0) return 2

  if (at + 2 === end) return (TRUNCATED + 1) | CUT
  if (!isTail(bytes[at + 2])) return TRUNCATED + 1
  if (lead < 0xf0) return 3

  if (at + 3 === end) return (TRUNCATED + 2) | CUT
  return isTail(bytes[at + 3]) ? 4 : TRUNCATED + 2
}

/** See TextEngine.isValid. */
export function isValid(bytes: Uint8Array, start: number, end: number): boolean {
  return endOfTextIn(bytes, start, end) === end
}

/** See TextEngine.findInvalid. */
export function findInvalid(bytes: Uint8Array, start: number, end: number): InvalidSequence | null {
  const offset = endOfTextIn(bytes, start, end)
  if (offset === end) return null
  const character = characterAt(bytes, offset, end)
  return { offset, length: lengthOf(character), reason: REASONS[reasonOf(character)] }
}

/** The offset of the first character of bytes[from, end) that is ill-formed or cut, or `end`. `view` is over `bytes`. */
export function endOfText(bytes: Uint8Array, view: DataView, from: number, end: number): number {
  const tally = { continuations: 0 }
  let at = skipAscii(view, from, end)
  for (;;) {
    at = scanText(view, at, end, NO_CONTROLS, tally)
    if (at === end) return end
    const character = characterAt(bytes, at, end)
    if (reasonOf(character) !== 0) return at
    at += lengthOf(character)
  }
}

/** For fewer bytes a view is not worth what it costs. */
export const SHORT = 64

function endOfTextIn(bytes: Uint8Array, start: number, end: number): number {
  return end - start < SHORT
    ? endOfShort(bytes, start, end)
    : endOfText(bytes, viewOf(bytes, end), start, end)
}

/** The same as endOfText, one character after the other. */
function endOfShort(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end) {
    if (bytes[at] < 0x80) {
      at++
      continue
    }
    const character = characterAt(bytes, at, end)
    if (reasonOf(character) !== 0) return at
    at += lengthOf(character)
  }
  return end
}

/** For words of bytes[0, end), at the offsets that they have in `bytes`. */
export function viewOf(bytes: Uint8Array, end: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, end)
}

const CUT = 8

function illFormed(reason: Reason): Character {
  return (REASONS.indexOf(reason) << 4) | 1
}

// Of length 1; the reason's bits do not change when the length grows to 2 or 3.
const UNEXPECTED_CONTINUATION = illFormed('unexpected-continuation')
const INVALID_BYTE = illFormed('invalid-byte')
const OVERLONG = illFormed('overlong')
const SURROGATE = illFormed('surrogate')
const TOO_LARGE = illFormed('too-large')
const TRUNCATED = illFormed('truncated')

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
