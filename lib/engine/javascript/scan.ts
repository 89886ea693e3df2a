/**
 * The hot loop of the JavaScript engine: passes over well-formed text as fast as JavaScript can, up to the first place
 * where something is to be decided. Framing, census and validation all consist of this loop and of plain code for what
 * it stops at; the plain code alone would give the same results.
 *
 * It loads four bytes at once, unaligned, through a DataView: four ASCII characters, or two of two bytes, or one that
 * is longer (word.ts). On mixed scripts this is half as fast again as to look each byte up in a table, on ASCII four times
 * as fast.
 */
import { isReserved } from '../../protocol/controls.js'
import { beginsWithFour, beginsWithThree, beginsWithTwo, isAllAscii } from './word.js'

/** A set of C0 control bytes: bit n is byte n. */
export type ControlSet = number

export const NO_CONTROLS: ControlSet = 0
export const RESERVED_CONTROLS: ControlSet = controlSet(isReserved)
export const RESERVED_CONTROLS_AND_LINE_ENDS: ControlSet = RESERVED_CONTROLS | (1 << 0x0a) | (1 << 0x0d)

/** Counts from one scan to the next; code points are the bytes passed over less these. */
export interface ScanTally {
  /** Bytes 80–BF. */
  continuations: number
}

/**
 * Passes over well-formed characters of the bytes [from, end) that are not among `stops`, and returns where it stopped:
 * at a stop, at an ill-formed or cut character, at `end`, or at any of the last three bytes, which it may leave. So at
 * the place returned there may be any character, a good one too.
 */
export function scanText(
  view: DataView,
  from: number,
  end: number,
  stops: ControlSet,
  tally: ScanTally,
): number {
  const lastWord = end - 4
  let at = from
  let continuations = 0
  while (at <= lastWord) {
    const word = view.getInt32(at, true)
    if ((word & 0x80) === 0) {
      // Where no byte has its high bit, to take 20h from each borrows only at a control: none here?
      if (isAllAscii(word) && ((word - 0x20202020) & 0x80808080) === 0) {
        at += 4
        continue
      }
      if ((word & 0xe0) === 0 && ((stops >>> (word & 0x1f)) & 1) !== 0) break
      at++
    } else if (beginsWithTwo(word)) {
      // Often the next one is of the same kind.
      if (beginsWithTwo(word >>> 16)) {
        at += 4
        continuations += 2
      } else {
        at += 2
        continuations++
      }
    } else if (beginsWithThree(word)) {
      at += 3
      continuations += 2
      // Scripts that take three bytes do so for long: the next three at once, of which none waits for the one before.
      while (
        at <= end - 10 &&
        beginsWithThree(view.getInt32(at, true)) &&
        beginsWithThree(view.getInt32(at + 3, true)) &&
        beginsWithThree(view.getInt32(at + 6, true))
      ) {
        at += 9
        continuations += 6
      }
    } else if (beginsWithFour(word)) {
      at += 4
      continuations += 3
    } else {
      break
    }
  }
  tally.continuations += continuations
  return at
}

/** Passes over ASCII by 16 bytes, and returns where it stopped, with ASCII or not. */
export function skipAscii(view: DataView, from: number, end: number): number {
  const last = end - 16
  let at = from
  while (at <= last) {
    const low = view.getInt32(at, true) | view.getInt32(at + 4, true)
    const high = view.getInt32(at + 8, true) | view.getInt32(at + 12, true)
    if (!isAllAscii(low | high)) break
    at += 16
  }
  return at
}

/**
 * The continuation bytes in [from, end) of well-formed text; or -1 if a character of it is among `stops`. Faster than
 * scanText, which has to look at one character after the other.
 */
export function countContinuations(view: DataView, from: number, end: number, stops: ControlSet): number {
  let count = 0
  let at = from
  for (; at <= end - 4; at += 4) {
    const word = view.getInt32(at, true)
    if (((word - 0x20202020) & ~word & 0x80808080) !== 0 && hasStop(word, stops)) return -1
    // The high bit of each byte that is 10xxxxxx, as a 1 in that byte; the product's top byte is the sum of the four.
    const continuations = (word & ~(word << 1) & 0x80808080) >>> 7
    count += Math.imul(continuations, 0x01010101) >>> 24
  }
  for (; at < end; at++) {
    const byte = view.getUint8(at)
    if (isStop(byte, stops)) return -1
    if ((byte & 0xc0) === 0x80) count++
  }
  return count
}

function controlSet(contains: (byte: number) => boolean): ControlSet {
  let set = 0
  for (let byte = 0; byte < 0x20; byte++) if (contains(byte)) set |= 1 << byte
  return set
}

function isStop(byte: number, stops: ControlSet): boolean {
  return byte < 0x20 && ((stops >>> byte) & 1) !== 0
}

function hasStop(word: number, stops: ControlSet): boolean {
  return (
    isStop(word & 0xff, stops) ||
    isStop((word >> 8) & 0xff, stops) ||
    isStop((word >> 16) & 0xff, stops) ||
    isStop(word >>> 24, stops)
  )
}
