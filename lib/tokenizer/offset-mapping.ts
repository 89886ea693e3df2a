/**
 * From ids back to the text: for each id the range [start, end) of UTF-16 code units, so that text.slice(start, end) is the
 * character that it is of. Hugging Face in Python gives code points. All ids of a character have the character's range, those
 * of an escape or a picture the range of what it stands for, and special ids and padding 0 and 0.
 */
import type { Ids } from '../engine/token-engine.js'
import { allocate } from '../memory.js'
import { isReserved } from '../protocol/controls.js'
import type { Encoding } from './encodings/encoding.js'
import type { Rows } from './ranges.js'
import type { ContentPolicy } from './reserved.js'

/** Start and end for each of `count` ids of the original texts, in order. */
export function offsetPairs<I extends Ids>(
  encoding: Encoding<I>,
  texts: readonly string[],
  policy: ContentPolicy,
  count: number,
): Uint32Array {
  const pairs = new Uint32Array(allocate(8 * count).buffer)
  let at = 0
  for (const text of texts) {
    for (let start = 0; start < text.length; ) {
      const codePoint = text.codePointAt(start) ?? 0
      const end = start + (codePoint < 0x10000 ? 1 : 2)
      for (let size = sizeOf(encoding, codePoint, policy); size > 0; size--) {
        pairs[at++] = start
        pairs[at++] = end
      }
      start = end
    }
  }
  return pairs
}

/** The pairs of rows as they stand in the result: row r begins at id starts(r), its content `before` ids behind that. */
export function pairsOfRows(
  pairs: Uint32Array,
  { ranges }: Rows,
  total: number,
  contentStart: (row: number) => number,
): Uint32Array {
  const placed = new Uint32Array(allocate(8 * total).buffer)
  for (let row = 0; 2 * row < ranges.length; row++) {
    const [from, to] = [ranges[2 * row], ranges[2 * row + 1]]
    placed.set(pairs.subarray(2 * from, 2 * to), 2 * contentStart(row))
  }
  return placed
}

function sizeOf<I extends Ids>(encoding: Encoding<I>, codePoint: number, policy: ContentPolicy): number {
  if (policy === 'keep' || !isReserved(codePoint)) return encoding.sizeOf(codePoint)
  // A picture is U+2400 and more.
  return policy === 'escape' ? 2 : policy === 'picture' ? encoding.sizeOf(0x2400) : 0
}
