/** Many texts in one call: see TextEngine.encodeJoined and decodeBatch. */
import { JOINT } from '../text-engine.js'
import { decode } from './decode.js'
import { encodeUnits } from './encode.js'

export function encodeJoined(
  joined: string,
  count: number,
  values: Uint8Array,
  start: number,
  ends: Uint32Array,
  first: number,
): number {
  let at = start
  let from = 0
  for (let i = 0; i < count; i++) {
    const joint = joined.indexOf(JOINT, from)
    // The last text, and no other, ends where there is no joint.
    if ((joint === -1) !== (i === count - 1)) return -1
    const to = joint === -1 ? joined.length : joint
    at = encodeUnits(joined, from, to, values, at)
    ends[first + i] = at
    from = to + JOINT.length
  }
  return at
}

/** `values` and `offsets` must be such as nobody else may change. */
export function decodeBatch(values: Uint8Array, offsets: Uint32Array): string[] {
  const texts: string[] = []
  for (let i = 0; i + 1 < offsets.length; i++) {
    texts.push(decode(values, offsets[i], offsets[i + 1], 'replace'))
  }
  return texts
}
