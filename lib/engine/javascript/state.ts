/**
 * What the engine needs to know of the caller's arrays before it trusts them: that the numbers in the state are such
 * as a framer leaves there, and that the bytes lie in memory that nobody else changes.
 */

import { argumentError } from '../../errors.js'
import { RESERVED_POLICIES } from '../../protocol/controls.js'
import { checkRange } from '../../range.js'
import { MODES, REASONS, STATE_SLOTS, UNITS } from '../abi.js'
import { SLOT } from '../framer.js'

export const [BETWEEN, INSIDE, REJECTING] = MODES.keys()

/** Throws ERR_ARGUMENT unless every slot of `state` is a whole number in its range, and a framer can have left them so. */
export function checkState(state: Float64Array, output: Uint8Array, lengths: Int32Array): void {
  for (let slot = 0; slot < STATE_SLOTS.length; slot++) {
    const most =
      slot === SLOT.written ? output.length : slot === SLOT.lengthCount ? lengths.length : LARGEST[slot]
    if (!(state[slot] >= 0 && state[slot] <= most && Number.isInteger(state[slot]))) {
      throw argumentError(`state.${STATE_SLOTS[slot]}`, `a whole number from 0 to ${most}`, state[slot])
    }
  }
  if (state[SLOT.mode] === INSIDE && state[SLOT.documentInput] === 0) {
    throw argumentError('state.documentInput', 'at least 1 inside a document', 0)
  }
}

/**
 * Throws ERR_ARGUMENT if the memory of `view` is detached, whatever its length says: code that V8 (of Node 20) has
 * optimised for fixed and resizable memory at once reads the length from before.
 */
export function checkAttached(
  name: string,
  view: Uint8Array | Uint32Array | Int32Array | Float64Array,
): void {
  if (view.byteOffset + view.length * view.BYTES_PER_ELEMENT > view.buffer.byteLength) {
    throw argumentError(name, 'memory that is not detached', view)
  }
}

/** `bytes` is a Uint8Array over memory that is there, and [start, end) a range of it. */
export function checkBytes(bytes: Uint8Array, start: number, end: number, name = 'bytes'): void {
  checkRange(bytes, start, end, name)
  checkAttached(name, bytes)
}

/** bytes[start, end) as a plain Uint8Array over the same memory, whatever class of its own `bytes` has. */
export function windowOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  // A view of no bytes may be over detached memory, of which no other view can be made.
  return start === end
    ? new Uint8Array(0)
    : new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
}

/** True for memory of fixed length that no other thread can write. */
export function isPrivate(buffer: ArrayBufferLike): boolean {
  // Browsers have SharedArrayBuffer only where the page is isolated.
  const shared = typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer
  return !(shared || (buffer as ArrayBuffer).resizable)
}

/**
 * The same over memory of fixed length that no other thread can write: a copy, if that of `bytes` is not such. What was
 * checked is then what is used.
 */
export function privateBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const window = windowOf(bytes, start, end)
  return isPrivate(bytes.buffer) ? window : new Uint8Array(window)
}

/** The same for all numbers of an array of offsets. */
export function privateOffsets(offsets: Uint32Array): Uint32Array {
  return isPrivate(offsets.buffer) ? offsets : new Uint32Array(offsets)
}

const LARGEST = STATE_SLOTS.map((name) => {
  if (name === 'unit') return UNITS.length - 1
  if (name === 'reservedPolicy') return RESERVED_POLICIES.length - 1
  if (name === 'mode') return MODES.length - 1
  if (name === 'reason') return REASONS.length - 1
  // A document's length goes into an Int32Array.
  return name === 'maxLength' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER
})
