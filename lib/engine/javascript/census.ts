/**
 * Counts what framed bytes hold: the fast loop passes over text, and stops at each reserved byte, which is a begin, an
 * end, an escape, or stray.
 */
import { DLE, ESCAPE_OFFSET, ETX, isReserved, STX } from '../../protocol/controls.js'
import { CENSUS_SLOTS } from '../abi.js'
import { RESERVED_CONTROLS, scanText } from './scan.js'
import { characterAt, lengthOf, reasonOf } from './utf8.js'

/** See Engine.census; over all of `bytes`. Returns the offset of the first ill-formed sequence, or -1. */
export function census(bytes: Uint8Array, counts: Float64Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const tally = { continuations: 0 }
  let stx = 0
  let etx = 0
  let escapes = 0
  let stray = 0
  let at = 0
  for (;;) {
    at = scanText(view, at, bytes.length, RESERVED_CONTROLS, tally)
    if (at === bytes.length) break
    const byte = bytes[at]
    if (isReserved(byte)) {
      if (byte === STX) stx++
      else if (byte === ETX) etx++
      else if (byte === DLE && isEscaped(bytes, at + 1)) escapes++
      else stray++
      at++
    } else {
      const character = characterAt(bytes, at)
      if (reasonOf(character) !== 0) return at
      at += lengthOf(character)
      tally.continuations += lengthOf(character) - 1
    }
  }
  counts[CODE_POINTS] += bytes.length - tally.continuations
  counts[STX_COUNT] += stx
  counts[ETX_COUNT] += etx
  counts[ESCAPES] += escapes
  counts[STRAY] += stray
  return -1
}

const [CODE_POINTS, STX_COUNT, ETX_COUNT, ESCAPES, STRAY] = CENSUS_SLOTS.keys()

function isEscaped(bytes: Uint8Array, at: number): boolean {
  return at < bytes.length && bytes[at] >= ESCAPE_OFFSET && isReserved(bytes[at] - ESCAPE_OFFSET)
}
