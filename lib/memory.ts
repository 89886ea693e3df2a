/** Memory: fresh, copied, or used again. Where there is none, that is an error with a code. */
import { outOfMemoryError } from './errors.js'

/** `size` bytes, all 0, or ERR_OUT_OF_MEMORY. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size)
  } catch (error) {
    throw outOfMemoryError(size, error)
  }
}

/** bytes[start, end) in memory of their own, or ERR_OUT_OF_MEMORY. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  try {
    // The method of Uint8Array: that of Buffer copies nothing.
    return slice.call(bytes, start, end) as Uint8Array<ArrayBuffer>
  } catch (error) {
    throw outOfMemoryError(end - start, error)
  }
}

/** Bytes of the {@link scratch}: three for each of 64 Ki UTF-16 code units. */
export const SCRATCH_BYTES = 3 * 2 ** 16

/**
 * The same SCRATCH_BYTES bytes each time, for a result whose size is not known and that is copied to where it belongs before
 * anything else runs. Larger memory is not kept.
 */
export function scratch(): Uint8Array<ArrayBuffer> {
  kept ??= allocate(SCRATCH_BYTES)
  return kept
}

const { slice } = Uint8Array.prototype
let kept: Uint8Array<ArrayBuffer> | undefined
