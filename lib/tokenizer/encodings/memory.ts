/**
 * Memory for ids: fresh, or for the ids of a batch before they stand in rows. That is used again by each call, as fresh pages
 * cost as much as to fill them.
 */
import type { Ids } from '../../engine/token-engine.js'
import { allocate } from '../../memory.js'
import type { Encoding } from './encoding.js'

/** `length` ids, all 0. Throws ERR_OUT_OF_MEMORY. */
export function allocateIds<I extends Ids>({ kind }: Pick<Encoding<I>, 'kind'>, length: number): I {
  if (length * kind.BYTES_PER_ELEMENT <= ON_HEAP) return new kind(length)
  const Kind = kind as unknown as new (buffer: ArrayBuffer) => I
  return new Kind(allocate(length * kind.BYTES_PER_ELEMENT).buffer)
}

/** At least `size` bytes, of which nothing is kept: the next call gets the same ones. */
export function batchMemory(size: number): Uint8Array<ArrayBuffer> {
  if (size > MOST_KEPT) return allocate(size)
  if (kept.length < size) kept = allocate(Math.max(size, 2 * kept.length))
  return kept
}

/** So many bytes V8 keeps on its own heap, where there is always room. */
const ON_HEAP = 64
/** The most bytes that stay in use between calls. */
const MOST_KEPT = 2 ** 24
let kept = new Uint8Array(0)
