/**
 * Utf8Decoder: TextDecoder's interface over an engine. An engine decodes bytes that are whole; here is what a stream needs
 * beside: the bytes of a character that a chunk has cut, the byte order mark, and the place of errors from the start of
 * the stream.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { characterAt, isCut, lengthOf } from '../engine/javascript/utf8.js'
import type { TextEngine } from '../engine/text-engine.js'
import { argumentError, illFormedError, labelError } from '../errors.js'
import { copyOf } from '../memory.js'
import { type ByteSource, bytesOf, cutCharacter, isShared, NO_BYTES } from './bytes.js'
import { concatenated, toText } from './strings.js'

/** What becomes of each maximal subpart of ill-formed UTF-8: U+FFFD, an error, or nothing. */
export type Utf8DecoderErrors = 'replace' | 'throw' | 'ignore'

export interface Utf8DecoderOptions {
  /** True is `errors: 'throw'`. */
  readonly fatal?: boolean | undefined
  /** True: a byte order mark at the start is text. By default it is left out. */
  readonly ignoreBOM?: boolean | undefined
  /** `replace` by default, as in TextDecoder. `throw`: ERR_UTF8_INVALID with its offset. `ignore`: as Python does. */
  readonly errors?: Utf8DecoderErrors | undefined
}

export interface Utf8DecodeOptions {
  /** True: more of the same text follows, in the next call. */
  readonly stream?: boolean | undefined
}

/** Decodes UTF-8, as TextDecoder does (Encoding Standard, section 7.2). */
export interface Utf8Decoder {
  /** `utf-8`. */
  readonly encoding: 'utf-8'
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  readonly errors: Utf8DecoderErrors

  /**
   * The text of `input`, or with `stream` all of it up to a character that it cuts, which the next call goes on with.
   *
   * @throws ERR_UTF8_INVALID, a TypeError, with `errors: 'throw'`: `offset` counts bytes from the start of the stream;
   *   the decoder is then as new. ERR_ARGUMENT if `input` is no bytes or its memory is gone. ERR_STRING_TOO_LONG.
   */
  decode(input?: ByteSource, options?: Utf8DecodeOptions): string
}

export interface Utf8DecoderConstructor {
  /** @throws ERR_ENCODING_UNKNOWN, a RangeError, if `label` is none that the Encoding Standard has for UTF-8. */
  new (label?: string, options?: Utf8DecoderOptions): Utf8Decoder
  readonly prototype: Utf8Decoder
}

/** The class for an engine. */
export function decoderClass(engine: TextEngine): Utf8DecoderConstructor {
  return class Utf8Decoder {
    readonly #errors: Utf8DecoderErrors
    readonly #ignoreBOM: boolean
    /** True between two chunks of a stream. */
    #streaming = false
    /** Bytes of the stream that are decoded, and behind them those of a character that its last chunk has cut. */
    #position = 0
    #cut: Uint8Array = NO_BYTES

    constructor(label = 'utf-8', options?: Utf8DecoderOptions) {
      checkLabel(toText(label))
      const { fatal, ignoreBOM = false, errors } = checkedOptions(options, ['fatal', 'ignoreBOM', 'errors'])
      this.#errors = errorsOf(fatal, errors)
      this.#ignoreBOM = Boolean(ignoreBOM)
    }

    get encoding(): 'utf-8' {
      return 'utf-8'
    }
    get fatal(): boolean {
      return this.#errors === 'throw'
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBOM
    }
    get errors(): Utf8DecoderErrors {
      return this.#errors
    }
    get [Symbol.toStringTag](): string {
      return 'Utf8Decoder'
    }

    decode(input?: ByteSource, options?: Utf8DecodeOptions): string {
      // The short way for the usual call: an array that has a first byte (see bytesOf), and no stream.
      if (options === undefined && input instanceof Uint8Array && !this.#streaming) {
        const first = input[0]
        if (first !== undefined) {
          const { length } = input
          const start = first === 0xef && !this.#ignoreBOM && hasMark(input, 0, length) ? 3 : 0
          return decodeWhole(engine, input, start, length, this.#errors, start)
        }
      }
      const stream = isStream(options)
      return this.#decodeChunk(input === undefined ? NO_BYTES : bytesOf(input, 'input'), stream)
    }

    #decodeChunk(bytes: Uint8Array, stream: boolean): string {
      const before = this.#cut
      const { length } = bytes
      let position = this.#position
      // As new, should anything throw.
      this.#streaming = false
      this.#position = 0
      this.#cut = NO_BYTES

      let text = ''
      let start = 0
      let cut: Uint8Array = NO_BYTES
      if (before.length > 0) {
        const head = joined(before, bytes, Math.min(3, length))
        const character = characterAt(head, 0)
        if (stream && isCut(character)) {
          // Then the chunk has less than three bytes, and they are all in there.
          cut = head
          start = length
        } else {
          const size = lengthOf(character)
          text = this.#decodeAt(position, head, 0, size)
          position += size
          start = size - before.length
        }
      }
      if (start < length) {
        if (stream) cut = cutCharacter(bytes, start, length)
        const end = length - cut.length
        text = concatenated(text, this.#decodeAt(position, bytes, start, end))
        position += end - start
      }
      if (stream) {
        this.#streaming = true
        this.#position = position
        this.#cut = cut
      }
      return text
    }

    /** bytes[start, end), which stand at `position` in the stream, without a byte order mark at its very start. */
    #decodeAt(position: number, bytes: Uint8Array, start: number, end: number): string {
      const skip = position === 0 && !this.#ignoreBOM && hasMark(bytes, start, end) ? 3 : 0
      return decodeWhole(engine, bytes, start + skip, end, this.#errors, position + skip)
    }
  }
}

/** Labels of UTF-8, from the Encoding Standard's table; ASCII white space around them is passed over. */
const LABEL =
  /^[\t\n\f\r ]*(?:unicode-1-1-utf-8|unicode11utf8|unicode20utf8|utf-8|utf8|x-unicode20utf8)[\t\n\f\r ]*$/i

export function checkLabel(label: string): void {
  if (!LABEL.test(label)) throw labelError(label)
}

/** The one option from two, which may not contradict each other. */
function errorsOf(fatal: boolean | undefined, errors: Utf8DecoderErrors | undefined): Utf8DecoderErrors {
  if (errors === undefined) return fatal ? 'throw' : 'replace'
  oneOf('errors', errors, ['replace', 'throw', 'ignore'])
  if (fatal !== undefined && Boolean(fatal) !== (errors === 'throw')) {
    throw argumentError(
      'errors',
      fatal ? "'throw', or fatal: false," : "'replace' or 'ignore', or fatal: true,",
      errors,
    )
  }
  return errors
}

function isStream(options: Utf8DecodeOptions | null | undefined): boolean {
  if (options === undefined || options === null) return false
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw argumentError('options', 'an object', options)
  }
  return Boolean(options.stream)
}

/** bytes[start, end), in which no character is cut. `base` is the offset of `start` in the stream. */
function decodeWhole(
  engine: TextEngine,
  bytes: Uint8Array,
  start: number,
  end: number,
  errors: Utf8DecoderErrors,
  base: number,
): string {
  if (errors !== 'throw') return engine.decode(bytes, start, end, errors)
  const text = engine.decode(bytes, start, end, 'replace')
  // What is ill-formed leaves a U+FFFD; so does U+FFFD itself, which is rare.
  if (!text.includes('\ufffd')) return text
  // What another thread may change is copied first, so that what is checked is what is decoded.
  if (isShared(bytes)) {
    const copy = copyOf(bytes, start, end)
    checkWellFormed(engine, copy, 0, copy.length, base)
    return engine.decode(copy, 0, copy.length, 'replace')
  }
  checkWellFormed(engine, bytes, start, end, base)
  return text
}

/** Throws ERR_UTF8_INVALID if bytes[start, end) are ill-formed; `base` is what the offset of `start` is told as. */
export function checkWellFormed(
  engine: TextEngine,
  bytes: Uint8Array,
  start: number,
  end: number,
  base: number,
): void {
  const invalid = engine.findInvalid(bytes, start, end)
  if (invalid !== null) throw illFormedError(base + invalid.offset - start, invalid.length, invalid.reason)
}

/** True if bytes[start, end) begin with U+FEFF. */
function hasMark(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
}

/** `first` and the first `count` bytes of `second`. */
function joined(first: Uint8Array, second: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(first.length + count)
  bytes.set(first)
  for (let i = 0; i < count; i++) bytes[first.length + i] = second[i]
  return bytes
}
