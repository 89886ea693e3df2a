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
    // A pair takes four bytes, of which its second unit is one and the first one has three.
    if (isPairAt(unit, text, i)) i++
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
    if (safe < length && safe > i && isPairAt(text.charCodeAt(safe - 1), text, safe - 1)) safe--
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
  let place = at
  for (let i = from; i < to; i++) {
    let unit = text.charCodeAt(i)
    // Most text has some ASCII, and then mostly more of it.
    while (unit < 0x80) {
      output[place++] = unit
      if (++i === to) return place
      unit = text.charCodeAt(i)
    }
    if (unit < 0x800) {
      output[place] = 0xc0 | (unit >> 6)
      output[place + 1] = 0x80 | (unit & 0x3f)
      place += 2
    } else if (isPairAt(unit, text, i)) {
      const character = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff)
      output[place] = 0xf0 | (character >> 18)
      output[place + 1] = 0x80 | ((character >> 12) & 0x3f)
      output[place + 2] = 0x80 | ((character >> 6) & 0x3f)
      output[place + 3] = 0x80 | (character & 0x3f)
      place += 4
    } else {
      if ((unit & 0xf800) === 0xd800) unit = 0xfffd
      output[place] = 0xe0 | (unit >> 12)
      output[place + 1] = 0x80 | ((unit >> 6) & 0x3f)
      output[place + 2] = 0x80 | (unit & 0x3f)
      place += 3
    }
  }
  return place
}

/** True if `unit`, that at `i`, is the first one of a surrogate pair. */
function isPairAt(unit: number, text: string, i: number): boolean {
  // To ask for a unit behind the end is right, but slow.
  return (unit & 0xfc00) === 0xd800 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
}

/** How many bytes the character takes that begins at `i`. */
function sizeAt(text: string, i: number): number {
  const unit = text.charCodeAt(i)
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  return isPairAt(unit, text, i) ? 4 : 3
}
