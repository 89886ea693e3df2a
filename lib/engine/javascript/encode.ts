/**
 * UTF-16 to UTF-8: the code units of a string, one after the other. A lone surrogate becomes U+FFFD. Source: RFC 3629,
 * section 3; the Encoding Standard, "UTF-8 encoder".
 */
import { JOINT } from '../text-engine.js'

/** See TextEngine.byteLength. */
export function byteLength(text: string): number {
  const { length } = text
  let bytes = length
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    // Of the four bytes of a pair the second unit is one, and the first one the three others.
    if (isSurrogate(unit) && isPairAt(text, i)) i++
  }
  return bytes
}

/** The last place that encodeInto can deal with. */
export const LAST_PLACE = 2 ** 31 - 1

/** See TextEngine.encodeInto; `end` must be no more than LAST_PLACE. */
export function encodeInto(text: string, output: Uint8Array, start: number, end: number): number {
  const length = text.length
  let at = start
  let i = 0
  for (;;) {
    // A unit takes three bytes at the most: for so many units none has to ask for room.
    let safe = Math.min(length, i + Math.floor((end - at) / 3))
    if (safe < length && safe > i && isPairAt(text, safe - 1)) safe--
    if (safe === i) break
    at = encodeUnits(text, i, safe, output, at)
    i = safe
  }
  // All is done, or fewer than six bytes are left.
  while (i < length) {
    const size = sizeAt(text, i)
    if (size > end - at) return ~(at - start)
    const next = size === 4 ? i + 2 : i + 1
    at = encodeUnits(text, i, next, output, at)
    i = next
  }
  return at - start
}

/** See TextEngine.encodeJoined; `values` begin where the first text does, which is `start` for the ends. */
export function encodeJoined(
  joined: string,
  count: number,
  values: Uint8Array,
  start: number,
  ends: Uint32Array,
  first: number,
): number {
  let at = 0
  let from = 0
  for (let i = 0; i < count; i++) {
    const joint = joined.indexOf(JOINT, from)
    // The last text, and no other, ends where there is no joint.
    if ((joint === -1) !== (i === count - 1)) return -1
    const to = joint === -1 ? joined.length : joint
    at = encodeUnits(joined, from, to, values, at)
    ends[first + i] = start + at
    from = to + JOINT.length
  }
  return start + at
}

/**
 * Encodes text[from, to), which must cut no pair, into `output` from `at` on, where there is room. Returns where it
 * ends.
 *
 * Most of the time goes into charCodeAt, which finds out each time how the string is kept. To ask for two units at once
 * and to do with the second one what can be done at once is a tenth to a fourth faster than one after the other.
 */
function encodeUnits(text: string, from: number, to: number, output: Uint8Array, at: number): number {
  const last = to - 1
  // Numbers that are integers of 32 bits from the start: what is only found to be such is tested in each round.
  let place = at | 0
  let i = from | 0
  while (i < last) {
    const unit = text.charCodeAt(i)
    const next = text.charCodeAt(i + 1)
    if ((unit | next) < 0x80) {
      output[place] = unit
      output[place + 1] = next
      place += 2
      i += 2
    } else if (unit < 0x80) {
      output[place] = unit
      place++
      i++
    } else if (unit < 0x800) {
      output[place] = 0xc0 | (unit >> 6)
      output[place + 1] = 0x80 | (unit & 0x3f)
      if (next < 0x80) {
        output[place + 2] = next
        place += 3
        i += 2
      } else if (next < 0x800) {
        output[place + 2] = 0xc0 | (next >> 6)
        output[place + 3] = 0x80 | (next & 0x3f)
        place += 4
        i += 2
      } else {
        place += 2
        i++
      }
    } else if (!isSurrogate(unit)) {
      output[place] = 0xe0 | (unit >> 12)
      output[place + 1] = 0x80 | ((unit >> 6) & 0x3f)
      output[place + 2] = 0x80 | (unit & 0x3f)
      place += 3
      i++
      if (next >= 0x800 && !isSurrogate(next)) {
        output[place] = 0xe0 | (next >> 12)
        output[place + 1] = 0x80 | ((next >> 6) & 0x3f)
        output[place + 2] = 0x80 | (next & 0x3f)
        place += 3
        i++
      }
    } else if (isPair(unit, next)) {
      const codePoint = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff)
      output[place] = 0xf0 | (codePoint >> 18)
      output[place + 1] = 0x80 | ((codePoint >> 12) & 0x3f)
      output[place + 2] = 0x80 | ((codePoint >> 6) & 0x3f)
      output[place + 3] = 0x80 | (codePoint & 0x3f)
      place += 4
      i += 2
    } else {
      place = putReplacement(output, place)
      i++
    }
  }
  return i === last ? putUnit(text.charCodeAt(i), output, place) : place
}

/** Encodes one unit that is no part of a pair, and returns where it ends. */
function putUnit(unit: number, output: Uint8Array, place: number): number {
  if (unit < 0x80) {
    output[place] = unit
    return place + 1
  }
  if (unit < 0x800) {
    output[place] = 0xc0 | (unit >> 6)
    output[place + 1] = 0x80 | (unit & 0x3f)
    return place + 2
  }
  if (isSurrogate(unit)) return putReplacement(output, place)
  output[place] = 0xe0 | (unit >> 12)
  output[place + 1] = 0x80 | ((unit >> 6) & 0x3f)
  output[place + 2] = 0x80 | (unit & 0x3f)
  return place + 3
}

/** U+FFFD. */
function putReplacement(output: Uint8Array, place: number): number {
  output[place] = 0xef
  output[place + 1] = 0xbf
  output[place + 2] = 0xbd
  return place + 3
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800
}

function isPair(unit: number, next: number): boolean {
  return (unit & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00
}

/** True if a surrogate pair begins at `i`. */
function isPairAt(text: string, i: number): boolean {
  // To ask for a unit behind the end gives NaN, but makes all the code around it slow.
  return i + 1 < text.length && isPair(text.charCodeAt(i), text.charCodeAt(i + 1))
}

/** How many bytes the character takes that begins at `i`. */
function sizeAt(text: string, i: number): number {
  const unit = text.charCodeAt(i)
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  return isPairAt(text, i) ? 4 : 3
}
