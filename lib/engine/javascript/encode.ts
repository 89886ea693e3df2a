/**
 * UTF-16 to UTF-8: the code units of a string, one after the other. A lone surrogate becomes U+FFFD. Source: RFC 3629,
 * section 3; the Encoding Standard, "UTF-8 encoder".
 */

/** See TextEngine.byteLength. */
export function byteLength(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    length += unit < 0x800 ? 1 : 2
    if (!isPairAt(text, i)) continue
    // Four bytes for its two units: those of the first one are counted, the second one adds nothing to its own.
    i++
  }
  return length
}

/** See TextEngine.encodeInto. */
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

/**
 * Encodes text[from, to), which must cut no pair, into `output` from `at` on, where there is room. Returns where it
 * ends.
 */
export function encodeUnits(text: string, from: number, to: number, output: Uint8Array, at: number): number {
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      output[at++] = unit
    } else if (unit < 0x800) {
      output[at] = 0xc0 | (unit >> 6)
      output[at + 1] = 0x80 | (unit & 0x3f)
      at += 2
    } else if ((unit & 0xf800) !== 0xd800) {
      output[at] = 0xe0 | (unit >> 12)
      output[at + 1] = 0x80 | ((unit >> 6) & 0x3f)
      output[at + 2] = 0x80 | (unit & 0x3f)
      at += 3
    } else if (isPairAt(text, i)) {
      const character = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff)
      output[at] = 0xf0 | (character >> 18)
      output[at + 1] = 0x80 | ((character >> 12) & 0x3f)
      output[at + 2] = 0x80 | ((character >> 6) & 0x3f)
      output[at + 3] = 0x80 | (character & 0x3f)
      at += 4
    } else {
      output[at] = 0xef
      output[at + 1] = 0xbf
      output[at + 2] = 0xbd
      at += 3
    }
  }
  return at
}

/** True if the unit at `i` is the first one of a surrogate pair. */
function isPairAt(text: string, i: number): boolean {
  // Behind the end charCodeAt gives NaN, of which nothing is left here.
  return (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
}

/** How many bytes the character takes that begins at `i`. */
function sizeAt(text: string, i: number): number {
  const unit = text.charCodeAt(i)
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  return isPairAt(text, i) ? 4 : 3
}
