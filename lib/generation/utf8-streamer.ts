/**
 * Utf8Streamer: the text of a generation as it grows, for each row of a batch. As the streamers of Hugging Face it is given the
 * prompts, then the ids that each step adds. No piece ends within a character: bytes of one that is not complete wait for the
 * next step. The pieces of a row, one behind the other, are what all its ids decode to.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { argumentError } from '../errors.js'
import type { Utf8Decoder, Utf8DecoderConstructor, Utf8DecoderErrors } from '../text/decoder.js'
import { byteAt, checkRows, type IdRow, NO_BYTE } from './rows.js'

export interface Utf8StreamerOptions {
  /** Is given each piece, which is never empty, and the number of its row. */
  readonly callback: (text: string, row: number) => void
  /** True: what the first `put` brings is left out. False by default, as in Hugging Face. */
  readonly skip_prompt?: boolean | undefined
  /** True, by default as in transformers.js: NUL, STX and ETX are left out, wherever they stand. */
  readonly skip_special_tokens?: boolean | undefined
  /**
   * What becomes of each maximal subpart of ill-formed UTF-8: nothing with `ignore`, which is the default as in the tokenizer's
   * `decode`; U+FFFD; or an error.
   */
  readonly errors?: 'ignore' | 'replace' | 'strict' | undefined
}

export interface Utf8Streamer {
  /**
   * The next ids of each row: the whole prompts at first, then what each step adds. Rows may be empty; their number stays.
   *
   * @throws ERR_ARGUMENT for ids that are no bytes, and for another number of rows; then nothing is read. ERR_UTF8_INVALID
   *   with `errors: 'strict'`, with its offset among the row's bytes that are not left out.
   */
  put(ids: readonly IdRow[]): void

  /**
   * The generation has ended: characters that are not complete are ill-formed now. The streamer is then as new.
   *
   * @throws ERR_UTF8_INVALID with `errors: 'strict'`.
   */
  end(): void
}

export interface Utf8StreamerConstructor {
  /** @throws ERR_ARGUMENT for options that are none, and without a callback. */
  new (options: Utf8StreamerOptions): Utf8Streamer
  readonly prototype: Utf8Streamer
}

/** The class over a decoder. */
export function utf8StreamerClass(Decoder: Utf8DecoderConstructor): Utf8StreamerConstructor {
  return class Utf8Streamer {
    readonly #callback: (text: string, row: number) => void
    readonly #skipPrompt: boolean
    readonly #skipSpecial: boolean
    readonly #errors: Utf8DecoderErrors
    /** One for each row; null in front of the first `put`. */
    #decoders: readonly Utf8Decoder[] | null = null

    constructor(options: Utf8StreamerOptions) {
      const given = checkedOptions(options, ['callback', 'skip_prompt', 'skip_special_tokens', 'errors'])
      if (typeof given.callback !== 'function') throw argumentError('callback', 'a function', given.callback)
      this.#callback = given.callback
      this.#skipPrompt = checkedFlag('skip_prompt', given.skip_prompt, false)
      this.#skipSpecial = checkedFlag('skip_special_tokens', given.skip_special_tokens, true)
      const errors = oneOf('errors', given.errors ?? 'ignore', ['ignore', 'replace', 'strict'])
      this.#errors = errors === 'strict' ? 'throw' : errors
    }

    put(ids: readonly IdRow[]): void {
      checkRowCount(ids, this.#decoders?.length)
      const rows = ids.map((row) => bytesOfRow(row, this.#skipSpecial))
      const isPrompt = this.#decoders === null
      const decoders = this.#decoders ?? ids.map(() => this.#newDecoder())
      this.#decoders = decoders
      if (isPrompt && this.#skipPrompt) return
      this.#tell(rows.map((bytes, row) => decoders[row].decode(bytes, { stream: true })))
    }

    end(): void {
      const decoders = this.#decoders ?? []
      this.#decoders = null
      this.#tell(decoders.map((decoder) => decoder.decode()))
    }

    /** A byte order mark is text, as it is to the tokenizer. */
    #newDecoder(): Utf8Decoder {
      return new Decoder('utf-8', { ignoreBOM: true, errors: this.#errors })
    }

    #tell(pieces: readonly string[]): void {
      for (const [row, text] of pieces.entries()) if (text !== '') this.#callback(text, row)
    }
  }
}

/** `value`, true or false, or what it is by default. */
export function checkedFlag(name: string, value: boolean | undefined, byDefault: boolean): boolean {
  if (value === undefined) return byDefault
  if (typeof value !== 'boolean') throw argumentError(name, 'true or false', value)
  return value
}

/** Throws ERR_ARGUMENT unless `ids` are rows, and `count` of them if that is known. */
export function checkRowCount(ids: readonly IdRow[], count: number | undefined): void {
  checkRows(ids)
  if (count !== undefined && ids.length !== count)
    throw argumentError('ids', `${count} rows, as before,`, ids.length)
}

/** The bytes of a row, without NUL, STX and ETX if `skipSpecial`. */
export function bytesOfRow(row: IdRow, skipSpecial: boolean): Uint8Array {
  const bytes = new Uint8Array(row.length)
  let length = 0
  for (let index = 0; index < row.length; index++) {
    const byte = byteAt(row, index)
    if (byte === NO_BYTE) throw argumentError(`the id at ${index}`, 'a byte', row[index])
    if (!(skipSpecial && isSpecial(byte))) bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

/** NUL, STX and ETX are the special ids of the tokenizer: padding, begin and end. */
function isSpecial(byte: number): boolean {
  return byte === 0x00 || byte === 0x02 || byte === 0x03
}
