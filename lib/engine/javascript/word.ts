/**
 * The character with which four bytes of UTF-8 begin, seen at once: as one number, the first byte lowest. Each is
 * recognised by a mask over leads and tails, and the bits that Unicode's table 3-7 restricts.
 */

/** True if all four are ASCII. */
export function isAllAscii(word: number): boolean {
  return (word & 0x80808080) === 0
}

/** 110xxxxx 10xxxxxx, but not C0 or C1. */
export function beginsWithTwo(word: number): boolean {
  return (word & 0xc0e0) === 0x80c0 && (word & 0x1e) !== 0
}

/** 1110xxxx and two tails, but not E0 80–9F or ED A0–BF. */
export function beginsWithThree(word: number): boolean {
  const bits = word & 0x200f
  return (word & 0xc0c0f0) === 0x8080e0 && bits !== 0 && bits !== 0x200d
}

/** 11110xxx and three tails; the first nine bits of the code point say whether it is in U+10000–U+10FFFF. */
export function beginsWithFour(word: number): boolean {
  const high = ((word & 7) << 6) | ((word >> 8) & 0x3f)
  return (word & 0xc0c0c0f8) === FOUR_BYTES && high >= 0x10 && high <= 0x10f
}

/** The code points of the same. */
export function codePointOfTwo(word: number): number {
  return ((word & 0x1f) << 6) | ((word >> 8) & 0x3f)
}

export function codePointOfThree(word: number): number {
  return ((word & 0x0f) << 12) | ((word >> 2) & 0xfc0) | ((word >> 16) & 0x3f)
}

export function codePointOfFour(word: number): number {
  return ((word & 0x07) << 18) | ((word & 0x3f00) << 4) | ((word >> 10) & 0xfc0) | ((word >> 24) & 0x3f)
}

// As a signed 32-bit number, which is what JavaScript's bit operations give.
const FOUR_BYTES = 0x808080f0 | 0
