/**
 * TextEngine over the addon's functions. Long strings are handed over in pieces, so that the addon's copy of them stays
 * in the processor's cache and no call takes long; a piece never ends within a surrogate pair.
 */
import { argumentError, stringTooLongError } from '../errors.js'
import { checkRange } from '../range.js'
import { checkErrors, checkJoined, checkOffsets, checkSamples, checkText } from './arguments.js'
import { encodeBy } from './encode.js'
import { accepted } from './native-answer.js'
import { MAX_JOINED, MAX_STRING_LENGTH, type TextEngine } from './text-engine.js'

/** What the addon exports for text; see native/addon/text.cc. */
export interface NativeTextFunctions {
  isValid(bytes: Uint8Array, start: number, end: number): boolean | number
  isValidAll(bytes: Uint8Array): boolean | number
  countCodePoints(bytes: Uint8Array, start: number, end: number): number
  utf16Length(bytes: Uint8Array, start: number, end: number): number
  byteLength(text: string): number
  encodeInto(text: string, output: Uint8Array, start: number, end: number): number
  encodeFrom(text: string, output: Uint8Array, start: number): number
  decode(bytes: Uint8Array, start: number, end: number, ignore: boolean): string | number
  decodeAll(bytes: Uint8Array): string | number
  encodeJoined(
    joined: string,
    count: number,
    values: Uint8Array,
    start: number,
    ends: Uint32Array,
    first: number,
  ): number
  decodeBatch(values: Uint8Array, offsets: Uint32Array): string[] | number
  sampleOffsets(bytes: Uint8Array, every: number, samples: Uint32Array): number
}

/** Code units of a string in one call. */
const PIECE = 16_384

export function createNativeText(native: NativeTextFunctions): Omit<TextEngine, 'findInvalid'> {
  const engine: Omit<TextEngine, 'findInvalid'> = {
    isValid(bytes, start, end) {
      const whole = start === 0 && bytes instanceof Uint8Array && end === bytes.length
      if (!whole) checkRange(bytes, start, end)
      const answer = whole ? native.isValidAll(bytes) : native.isValid(bytes, start, end)
      if (typeof answer === 'number') accepted(answer)
      return answer === true
    },
    countCodePoints(bytes, start, end) {
      checkRange(bytes, start, end)
      return accepted(native.countCodePoints(bytes, start, end))
    },
    utf16Length(bytes, start, end) {
      checkRange(bytes, start, end)
      return accepted(native.utf16Length(bytes, start, end))
    },
    byteLength(text) {
      checkText(text)
      if (text.length <= PIECE) return accepted(native.byteLength(text))
      let bytes = 0
      for (let at = 0; at < text.length; ) {
        const next = pieceEnd(text, at)
        bytes += accepted(native.byteLength(text.slice(at, next)))
        at = next
      }
      return bytes
    },
    encode(text) {
      checkText(text)
      return encodeBy(engine, text)
    },
    encodeInto(text, output, start, end) {
      // The usual call. A detached array has no element, and a length that may be stale.
      if (output instanceof Uint8Array && end === output.length && output[0] !== undefined) {
        if (typeof text === 'string' && text.length <= PIECE) {
          return written(native.encodeFrom(text, output, start))
        }
      }
      checkText(text)
      checkRange(output, start, end)
      if (text.length <= PIECE) return encodePiece(native, text, output, start, end)
      let place = start
      for (let at = 0; at < text.length; ) {
        const next = pieceEnd(text, at)
        const bytes = encodePiece(native, text.slice(at, next), output, place, end)
        if (bytes < 0) return ~(place + ~bytes - start)
        place += bytes
        at = next
      }
      return place - start
    },
    decode(bytes, start, end, errors) {
      // The usual call; the addon looks at the true length itself.
      if (errors === 'replace' && start === 0 && bytes instanceof Uint8Array && end === bytes.length) {
        const text = native.decodeAll(bytes)
        return typeof text === 'string' ? text : madeString<string>(text)
      }
      checkRange(bytes, start, end)
      checkErrors(errors)
      return madeString(native.decode(bytes, start, end, errors === 'ignore'))
    },
    encodeJoined(joined, count, values, start, ends, first) {
      checkJoined(joined, count, values, start, ends, first)
      const end = accepted(native.encodeJoined(joined, count, values, start, ends, first))
      return end > values.length ? -1 : end
    },
    decodeBatch(values, offsets) {
      if (!(values instanceof Uint8Array)) throw argumentError('values', 'a Uint8Array', values)
      if (!(offsets instanceof Uint32Array)) throw argumentError('offsets', 'a Uint32Array', offsets)
      const own = isShared(offsets) ? offsets.slice() : offsets
      const answer = native.decodeBatch(isShared(values) ? values.slice() : values, own)
      // A loop over all offsets, for a better message.
      if (typeof answer === 'number' && answer !== TOO_LONG) checkOffsets(values, own)
      return madeString(answer)
    },
    sampleOffsets(bytes, every, samples) {
      checkSamples(bytes, every, samples)
      accepted(native.sampleOffsets(bytes, every, samples))
    },
  }
  return engine
}

/** The addon's answer where a string would be longer than V8 allows. */
const TOO_LONG = -100

/** The addon answers with twice the bytes, and 1 more if they are not all of the text. */
function encodePiece(
  native: NativeTextFunctions,
  text: string,
  output: Uint8Array,
  start: number,
  end: number,
): number {
  return written(native.encodeInto(text, output, start, end))
}

function written(answer: number): number {
  accepted(answer)
  return (answer & 1) === 0 ? answer >> 1 : ~(answer >> 1)
}

function madeString<T extends string | string[]>(answer: T | number): T {
  if (typeof answer !== 'number') return answer
  if (answer === TOO_LONG) throw stringTooLongError(MAX_STRING_LENGTH)
  accepted(answer)
  throw new Error(`the native engine answered ${answer} where a string was expected`)
}

/** Where the piece of `text` that begins at `at` ends: in front of a pair rather than within. */
function pieceEnd(text: string, at: number): number {
  const end = at + PIECE
  if (end >= text.length) return text.length
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end
}

function isShared(array: Uint8Array | Uint32Array): boolean {
  return !(array.buffer instanceof ArrayBuffer)
}

if (PIECE > MAX_JOINED) throw new Error('the addon takes no longer strings than MAX_JOINED')
