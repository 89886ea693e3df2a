/**
 * Utf8Encoder: TextEncoder's interface over an engine. Of short ASCII it knows the length beforehand, and fills an array of
 * just that by a loop: arrays of up to 64 bytes live on V8's own heap and cost a tenth of larger ones.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import type { TextEngine } from '../engine/text-engine.js'
import { isShared, writableBytes } from './bytes.js'
import { checkString, checkWellFormed, toText } from './strings.js'

/** What becomes of a lone surrogate: U+FFFD, or an error. */
export type Utf8EncoderErrors = 'replace' | 'throw'

export interface Utf8EncoderOptions {
  /** `replace` by default, as in TextEncoder. `throw`: ERR_STRING_LONE_SURROGATE with its index. */
  readonly errors?: Utf8EncoderErrors | undefined
}

/** How much of a string Utf8Encoder.encodeInto has encoded: UTF-16 code units, and the bytes they became. */
export interface EncodeIntoResult {
  readonly read: number
  readonly written: number
}

/** Encodes strings as UTF-8, as TextEncoder does (Encoding Standard, section 7.4). */
export interface Utf8Encoder {
  /** `utf-8`. */
  readonly encoding: 'utf-8'
  readonly errors: Utf8EncoderErrors

  /**
   * `input` as UTF-8, in memory of its own, exactly as long as it needs. What is no string becomes one, undefined the
   * empty one.
   *
   * @throws ERR_STRING_LONE_SURROGATE with `errors: 'throw'`; ERR_OUT_OF_MEMORY.
   */
  encode(input?: string): Uint8Array<ArrayBuffer>

  /**
   * Encodes as many whole characters of `source` as fit into `destination`, which may be a Buffer and may be shared.
   *
   * @throws ERR_STRING_LONE_SURROGATE with `errors: 'throw'`, and then nothing is written; ERR_ARGUMENT if `destination`
   *   is no Uint8Array or its memory is gone.
   */
  encodeInto(source: string, destination: Uint8Array): EncodeIntoResult
}

export interface Utf8EncoderConstructor {
  new (options?: Utf8EncoderOptions): Utf8Encoder
  readonly prototype: Utf8Encoder
}

/** The class for an engine. */
export function encoderClass(engine: TextEngine): Utf8EncoderConstructor {
  return class Utf8Encoder {
    readonly #throws: boolean

    constructor(options?: Utf8EncoderOptions) {
      this.#throws = throwsOnLoneSurrogates(options)
    }

    get encoding(): 'utf-8' {
      return 'utf-8'
    }
    get errors(): Utf8EncoderErrors {
      return this.#throws ? 'throw' : 'replace'
    }
    get [Symbol.toStringTag](): string {
      return 'Utf8Encoder'
    }

    encode(input = ''): Uint8Array<ArrayBuffer> {
      const text = toText(input)
      if (this.#throws) checkWellFormed(text, 'input')
      return encodeText(engine, text)
    }

    // Small, and what is rare in functions of its own: V8 shall compile it into its callers, with what it calls.
    encodeInto(source: string, destination: Uint8Array): EncodeIntoResult {
      const text = toText(source)
      // The usual case, said once more: an array that has a first byte (see bytesOf).
      const output =
        destination instanceof Uint8Array && destination[0] !== undefined
          ? destination
          : writableBytes(destination, 'destination')
      if (this.#throws) checkWellFormed(text, 'source')
      const written = engine.encodeInto(text, output, 0, output.length)
      return written >= 0 ? { read: text.length, written } : partly(engine, text, output, ~written)
    }
  }
}

/** The result where output[0, written) is not all of `text`. */
function partly(engine: TextEngine, text: string, output: Uint8Array, written: number): EncodeIntoResult {
  return { read: unitsOf(engine, text, output, written), written }
}

/** How many bytes `text` takes as UTF-8, U+FFFD for lone surrogates. Throws ERR_ARGUMENT if it is no string. */
export type Utf8ByteLength = (text: string) => number

/** The function for an engine. */
export function byteLengthFunction(engine: TextEngine): Utf8ByteLength {
  return function utf8ByteLength(text) {
    checkString(text, 'text')
    return engine.byteLength(text)
  }
}

/** What an encoder's or an encoder stream's options say. */
export function throwsOnLoneSurrogates(options: Utf8EncoderOptions | undefined): boolean {
  const { errors = 'replace' } = checkedOptions(options, ['errors'])
  return oneOf('errors', errors, ['replace', 'throw']) === 'throw'
}

/** `text` as UTF-8 in memory of its own. */
export function encodeText(engine: TextEngine, text: string): Uint8Array<ArrayBuffer> {
  if (text.length <= SHORT_UNITS && text.charCodeAt(0) < 0x80) {
    const encoded = encodeAscii(text)
    if (encoded !== undefined) return encoded
  }
  return engine.encode(text)
}

/** Up to so many code units a loop is faster than any call out of JavaScript. */
const SHORT_UNITS = 24

/** Undefined if a unit is not ASCII. */
function encodeAscii(text: string): Uint8Array<ArrayBuffer> | undefined {
  const { length } = text
  const encoded = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return undefined
    encoded[i] = unit
  }
  return encoded
}

/** How many units of `text` became output[0, written). */
function unitsOf(engine: TextEngine, text: string, output: Uint8Array, written: number): number {
  // Another thread may have changed what was written; then the text itself is counted.
  if (!isShared(output)) return engine.utf16Length(output, 0, written)
  let units = 0
  for (let bytes = 0; bytes < written; ) {
    const character = text.codePointAt(units) ?? 0
    bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4
    units += character < 0x10000 ? 1 : 2
  }
  return units
}
