/**
 * Memory that calls use and leave: an encoding is made here where its length is not known, and then copied to where it
 * belongs. One for all, because no call leads into another one, and larger memory is not kept.
 */
import { MAX_JOINED } from '../engine/text-engine.js'

/** Room for what an engine makes of joined texts. */
export const SCRATCH_BYTES = 3 * MAX_JOINED

/** The same SCRATCH_BYTES bytes each time. */
export function scratch(): Uint8Array<ArrayBuffer> {
  memory ??= new Uint8Array(SCRATCH_BYTES)
  return memory
}

let memory: Uint8Array<ArrayBuffer> | undefined
