/** Questions about UTF-8, and its repair, for any bytes. */
import type { InvalidSequence, TextEngine } from '../engine/text-engine.js'
import { allocate, copyOf } from '../memory.js'
import { type ByteSource, bytesOf, cutCharacter, isShared } from './bytes.js'
import { encodeText } from './encoder.js'

/** All take a view of any kind or a buffer, and throw ERR_ARGUMENT for anything else, or if its memory is gone. */
export interface Validation {
  /** True if `bytes` are well-formed UTF-8 (RFC 3629). */
  isValidUtf8(bytes: ByteSource): boolean
  /** The first ill-formed sequence of `bytes`, or null: its offset, the length of its maximal subpart, and the reason. */
  findInvalidUtf8(bytes: ByteSource): InvalidSequence | null
  /** `bytes` with U+FFFD for each maximal subpart of what is ill-formed, always in memory of their own. */
  toWellFormedUtf8(bytes: ByteSource): Uint8Array<ArrayBuffer>
  /** How many code points `bytes` decode to, with U+FFFD for each maximal subpart of what is ill-formed. */
  countCodePoints(bytes: ByteSource): number
  /** How many UTF-16 code units `bytes` decode to: the length of the string. */
  utf16Length(bytes: ByteSource): number
}

/** The functions for an engine. */
export function validationFunctions(engine: TextEngine): Validation {
  return {
    isValidUtf8(bytes) {
      const own = bytesOf(bytes)
      return engine.isValid(own, 0, own.length)
    },
    findInvalidUtf8(bytes) {
      const own = bytesOf(bytes)
      return engine.findInvalid(own, 0, own.length)
    },
    toWellFormedUtf8(bytes) {
      const own = bytesOf(bytes)
      // What another thread may change is copied first, so that what is checked is what is given back.
      return isShared(own) ? repaired(engine, copyOf(own, 0, own.length)) : repaired(engine, own)
    },
    countCodePoints(bytes) {
      const own = bytesOf(bytes)
      return engine.countCodePoints(own, 0, own.length)
    },
    utf16Length(bytes) {
      const own = bytesOf(bytes)
      return engine.utf16Length(own, 0, own.length)
    },
  }
}

/** Where one error is others are often near: so many bytes are repaired at once. */
const REPAIRED_BYTES = 4096

function repaired(engine: TextEngine, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const end = bytes.length
  const pieces: Uint8Array[] = []
  for (let at = 0; at < end; ) {
    const wrong = engine.findInvalid(bytes, at, end)?.offset ?? end
    pieces.push(new Uint8Array(bytes.buffer, bytes.byteOffset + at, wrong - at))
    at = Math.min(wrong + REPAIRED_BYTES, end)
    if (at < end) at -= cutCharacter(bytes, wrong, at).length
    if (at > wrong) pieces.push(encodeText(engine, engine.decode(bytes, wrong, at, 'replace')))
  }
  return concatenated(pieces)
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = allocate(pieces.reduce((size, piece) => size + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
