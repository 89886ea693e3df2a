/** TextEngine.encode, for engines that have nothing better: what it adds to encodeInto is memory of the right size. */
import { allocate, copyOf, SCRATCH_BYTES, scratch } from '../memory.js'
import type { TextEngine } from './text-engine.js'

export function encodeBy(
  { encodeInto, byteLength }: Pick<TextEngine, 'encodeInto' | 'byteLength'>,
  text: string,
): Uint8Array<ArrayBuffer> {
  const { length } = text
  // A copy costs less than to ask for the size first.
  if (3 * length <= SCRATCH_BYTES) {
    const memory = scratch()
    return copyOf(memory, 0, encodeInto(text, memory, 0, SCRATCH_BYTES))
  }
  // ASCII has as many bytes as units: if all of it fits, it was that.
  if (mayBeAscii(text)) {
    const encoded = allocate(length)
    if (encodeInto(text, encoded, 0, length) === length) return encoded
  }
  const size = byteLength(text)
  const encoded = allocate(size)
  encodeInto(text, encoded, 0, size)
  return encoded
}

/** A guess from a few units of a text that has some: three, or of long ones more, which is cheap beside the rest. */
export function mayBeAscii(text: string): boolean {
  const { length } = text
  let all = text.charCodeAt(0) | text.charCodeAt(length >> 1) | text.charCodeAt(length - 1)
  for (let at = EVERY; at < length; at += EVERY) all |= text.charCodeAt(at)
  return all < 0x80
}

const EVERY = 4096
