/**
 * The text engine of Node: for each call the fastest of a loop in JavaScript, V8's own conversions, and the addon, by
 * length (thresholds.ts) and by what the text seems to be: ASCII or not. Which way is taken never changes the result.
 *
 * Short calls take some 70 ns in V8, so that the choice must cost next to nothing. So the operations that are called for
 * them are small enough to be compiled into their callers, decide by the length, which they ask for once (of strings of many
 * kinds V8 is slow to tell it), and leave all else to functions of their own. And what a text is, is guessed from the last
 * ones: a look at enough of it would cost more than to encode it. What comes of a call tells whether the guess was
 * right, for ASCII has as many bytes as code units; a wrong one costs time and nothing else.
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
  const { encodeLoop, encode, encodeWhole, byteLength, decodeLoop, decode, textDecoder, validate } =
    thresholds
  const encoder = new TextEncoder()
  // A byte order mark is a character like any other to an engine.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const hasAddon = encode.other < Infinity
  /** How many of the last texts in a row were ASCII, up to SURE. Of short ones nobody asks. */
  let asciiRun = SURE

  /** Whether a text that is not short is likely to be ASCII. */
  function seemsAscii(text: string, length: number): boolean {
    if (asciiRun === 0) return false
    return asciiRun === SURE && length < LONG ? true : mayBeAscii(text)
  }

  function learn(ascii: boolean): void {
    asciiRun = ascii ? Math.min(asciiRun + 1, SURE) : 0
  }

  function encodeBuiltIn(
    text: string,
    length: number,
    output: Uint8Array,
    start: number,
    end: number,
  ): number {
    const whole = start === 0 && end === output.length
    const { read, written } = encoder.encodeInto(text, whole ? output : output.subarray(start, end))
    return read === length ? written : ~written
  }

  function encodeOther(text: string, length: number, output: Uint8Array, start: number, end: number): number {
    if (length <= encodeLoop) {
      const written = end - start >= 3 * length ? encodeShort(text, length, output, start) : -1
      return written >= 0 ? written : encodeBuiltIn(text, length, output, start, end)
    }
    // V8 writes to whole arrays alone, and another view costs more than the addon.
    const part = start !== 0 || end !== output.length
    if (part && hasAddon) return engine.encodeInto(text, output, start, end)
    const written =
      length < encode.ascii && seemsAscii(text, length)
        ? encodeBuiltIn(text, length, output, start, end)
        : engine.encodeInto(text, output, start, end)
    learn(written === length)
    return written
  }

  function byteLengthOther(text: string, length: number): number {
    const bytes =
      length < byteLength.ascii && seemsAscii(text, length)
        ? Buffer.byteLength(text)
        : engine.byteLength(text)
    learn(bytes === length)
    return bytes
  }

  function decodeBuiltIn(bytes: Uint8Array, start: number, end: number): string {
    return textDecoder && start === 0 && end === bytes.length
      ? decoder.decode(bytes)
      : utf8Slice.call(bytes, start, end)
  }

  const chosen: TextEngine = {
    ...engine,
    isValid(bytes, start, end) {
      if (end - start >= validate) return engine.isValid(bytes, start, end)
      return isUtf8(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    },
    byteLength(text) {
      const { length } = text
      if (length >= byteLength.other && !(asciiRun === SURE && length < LONG))
        return byteLengthOther(text, length)
      const bytes = Buffer.byteLength(text)
      if (bytes !== length && length >= byteLength.other) asciiRun = 0
      return bytes
    },
    encode(text) {
      const { length } = text
      if (length > encodeLoop) {
        const ascii = seemsAscii(text, length)
        if ((ascii ? length : 3 * length) <= HEAP_BYTES) {
          const memory = scratch()
          const { written } = encoder.encodeInto(text, memory)
          learn(written === length)
          return copyOf(memory, 0, written)
        }
        if (length <= (ascii ? encodeWhole.ascii : encodeWhole.other)) {
          const encoded = encoder.encode(text)
          learn(encoded.length === length)
          return encoded
        }
      }
      return encodeBy(chosen, text)
    },
    encodeInto(text, output, start, end) {
      const { length } = text
      if (
        length <= encodeLoop ||
        start !== 0 ||
        (length >= encode.other && !(asciiRun === SURE && length < LONG))
      ) {
        return encodeOther(text, length, output, start, end)
      }
      const written = encodeBuiltIn(text, length, output, start, end)
      if (written !== length && length >= encode.other) asciiRun = 0
      return written
    },
    decode(bytes, start, end, errors) {
      if (errors === 'ignore') return engine.decode(bytes, start, end, errors)
      const length = end - start
      if (length <= decodeLoop) {
        const text = decodeShort(bytes, start, end)
        if (text !== undefined) return text
      }
      return length < decode || isShared(bytes)
        ? engine.decode(bytes, start, end, errors)
        : decodeBuiltIn(bytes, start, end)
    },
  }
  return chosen
}

/** The longest array that V8 keeps on its own heap, where it costs a tenth. */
const HEAP_BYTES = 64
/** From this length on a look at the text costs nothing beside the rest. */
const LONG = 4096
const SURE = 3

/** The bytes written, or -1 if there is a lone surrogate. `output` has three bytes of room for each unit. */
function encodeShort(text: string, length: number, output: Uint8Array, start: number): number {
  let at = start
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      output[at++] = unit
    } else if (unit < 0x800) {
      output[at] = 0xc0 | (unit >> 6)
      output[at + 1] = 0x80 | (unit & 0x3f)
      at += 2
    } else if ((unit & 0xf800) !== 0xd800) {
      output[at] = 0xe0 | (unit >> 12)
      output[at + 1] = 0x80 | ((unit >> 6) & 0x3f)
      output[at + 2] = 0x80 | (unit & 0x3f)
      at += 3
    } else {
      const low = ++i < length ? text.charCodeAt(i) : 0
      if (unit >= 0xdc00 || (low & 0xfc00) !== 0xdc00) return -1
      const code = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff)
      output[at] = 0xf0 | (code >> 18)
      output[at + 1] = 0x80 | ((code >> 12) & 0x3f)
      output[at + 2] = 0x80 | ((code >> 6) & 0x3f)
      output[at + 3] = 0x80 | (code & 0x3f)
      at += 4
    }
  }
  return at - start
}

/** Undefined if a byte is not ASCII. Four at a time: a call with four codes costs little more than one with one. */
function decodeShort(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  let at = start
  for (; at + 4 <= end; at += 4) {
    const a = bytes[at]
    const b = bytes[at + 1]
    const c = bytes[at + 2]
    const d = bytes[at + 3]
    if ((a | b | c | d) >= 0x80) return undefined
    text += String.fromCharCode(a, b, c, d)
  }
  for (; at < end; at++) {
    const byte = bytes[at]
    if (byte >= 0x80) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** Memory that another thread may write while it is read: the engine copies it first. */
function isShared(bytes: Uint8Array): boolean {
  return !(bytes.buffer instanceof ArrayBuffer)
}
