/**
 * The text engine of Node: for each call the fastest of a loop in JavaScript, V8's own conversions, and the addon, by
 * length and by what a few samples of the text look like (thresholds.ts). Which way is taken never changes the result.
 */
import { isUtf8 } from 'node:buffer'
import { encodeBy, mayBeAscii } from '../engine/encode.js'
import type { TextEngine } from '../engine/text-engine.js'
import { copyOf, scratch } from '../memory.js'
import type { Thresholds } from './thresholds.js'

/** A way that Buffer has and its types do not tell of: it takes any Uint8Array as `this`. */
const { utf8Slice } = Buffer.prototype as unknown as {
  utf8Slice(this: Uint8Array, start: number, end: number): string
}

/** `engine` does what V8 cannot, and what `thresholds` give to it. */
export function nodeTextEngine(engine: TextEngine, thresholds: Thresholds): TextEngine {
  const { encodeLoop, decodeLoop, encode, encodeWhole, byteLength, decode, validate } = thresholds
  const encoder = new TextEncoder()
  // A byte order mark is a character like any other to an engine.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  const chosen: TextEngine = {
    ...engine,
    isValid(bytes, start, end) {
      if (end - start >= validate || isShared(bytes)) return engine.isValid(bytes, start, end)
      return isUtf8(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    },
    byteLength(text) {
      const length = text.length
      const from = length < byteLength.other ? Infinity : looksAscii(text) ? byteLength.ascii : 0
      return length >= from ? engine.byteLength(text) : Buffer.byteLength(text)
    },
    encode(text) {
      const { length } = text
      if (length > encodeLoop) {
        const ascii = mayBeAscii(text)
        if ((ascii ? length : 3 * length) <= HEAP_BYTES) {
          const memory = scratch()
          return copyOf(memory, 0, encoder.encodeInto(text, memory).written)
        }
        if (length <= (ascii ? encodeWhole.ascii : encodeWhole.other)) return encoder.encode(text)
      }
      return encodeBy(chosen, text)
    },
    encodeInto(text, output, start, end) {
      const length = text.length
      if (length <= encodeLoop && end - start >= 3 * length) {
        const written = encodeShort(text, output, start)
        if (written >= 0) return written
      } else if (length >= encode.other) {
        const from = looksAscii(text) ? encode.ascii : 0
        if (length >= from) return engine.encodeInto(text, output, start, end)
      }
      const target = start === 0 && end === output.length ? output : output.subarray(start, end)
      const { read, written } = encoder.encodeInto(text, target)
      return read === length ? written : ~written
    },
    decode(bytes, start, end, errors) {
      const length = end - start
      if (errors === 'ignore' || isShared(bytes)) return engine.decode(bytes, start, end, errors)
      if (length <= decodeLoop) {
        const text = decodeShort(bytes, start, end)
        if (text !== undefined) return text
      }
      if (length >= decode.other) {
        const from = bytesLookAscii(bytes, start, end) ? decode.ascii : 0
        if (length >= from) return engine.decode(bytes, start, end, errors)
      }
      return start === 0 && end === bytes.length ? decoder.decode(bytes) : utf8Slice.call(bytes, start, end)
    },
  }
  return chosen
}

/** The longest array that V8 keeps on its own heap, where it costs a tenth. */
const HEAP_BYTES = 64

/** Samples of the text, all ASCII. One that is not proves that the text is not; the contrary is a guess. */
function looksAscii(text: string): boolean {
  const length = text.length
  const step = length >> 4 || 1
  let all = 0
  for (let i = 0; i < length; i += step) all |= text.charCodeAt(i)
  return all < 0x80
}

function bytesLookAscii(bytes: Uint8Array, start: number, end: number): boolean {
  const step = (end - start) >> 4 || 1
  let all = 0
  for (let i = start; i < end; i += step) all |= bytes[i]
  return all < 0x80
}

/** The bytes written, or -1, with nothing said, if there is a surrogate. `output` has three bytes of room for each unit. */
function encodeShort(text: string, output: Uint8Array, start: number): number {
  const length = text.length
  let at = start
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      output[at++] = unit
    } else if (unit < 0x800) {
      output[at] = 0xc0 | (unit >> 6)
      output[at + 1] = 0x80 | (unit & 0x3f)
      at += 2
    } else if (unit < 0xd800 || unit > 0xdfff) {
      output[at] = 0xe0 | (unit >> 12)
      output[at + 1] = 0x80 | ((unit >> 6) & 0x3f)
      output[at + 2] = 0x80 | (unit & 0x3f)
      at += 3
    } else {
      return -1
    }
  }
  return at - start
}

/** Undefined if a byte is not ASCII. */
function decodeShort(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte >= 0x80) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** Memory that another thread may write while it is read: the engine copies it first. */
function isShared(bytes: Uint8Array): boolean {
  return !(bytes.buffer instanceof ArrayBuffer)
}
