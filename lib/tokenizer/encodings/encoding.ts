/**
 * What the tokenizer has to know of an encoding. UTF-8, UTF-16 and UTF-32 each have a file; all else is the same for the
 * three.
 */
import type { Ids } from '../../engine/token-engine.js'

/** What becomes of ids that are no text: left out, U+FFFD, or an error. */
export type DecodeErrors = 'ignore' | 'replace' | 'strict'
export const DECODE_ERRORS: readonly DecodeErrors[] = ['ignore', 'replace', 'strict']

/** The ids of several texts: text i has values[offsets[i], offsets[i + 1]). */
export interface EncodedTexts<I extends Ids> {
  readonly values: I
  readonly offsets: Uint32Array
}

export interface Encoding<I extends Ids> {
  readonly type: 'uint8' | 'uint16' | 'uint32'
  /** The largest id that the type holds. */
  readonly largest: number
  readonly kind: { new (length: number): I; readonly name: string; readonly BYTES_PER_ELEMENT: number }

  /** The ids of one text, which has no lone surrogate, with room for `margin` more at both ends, in memory of their own. */
  encode(text: string, margin: 0 | 1): I

  /** True if one of the texts that became `encoded` may have had a lone surrogate; false if none has. */
  mayHaveLone(encoded: EncodedTexts<I>): boolean

  /**
   * The ids of all texts, in memory that the next call uses again.
   *
   * @throws ERR_ARGUMENT if they are more than 2^32 - 1.
   */
  encodeAll(texts: readonly string[]): EncodedTexts<I>

  /** How many ids a code point takes. */
  sizeOf(codePoint: number): 1 | 2 | 3 | 4

  /** True if values[at] goes on with the character of the id in front of it. */
  isInside(values: I, at: number): boolean

  /**
   * @throws ERR_UTF8_INVALID or ERR_STRING_LONE_SURROGATE with the offset in ids, with `strict`; ERR_ARGUMENT with it for
   *   ids of more than 10FFFF; ERR_STRING_TOO_LONG.
   */
  decode(ids: I, errors: DecodeErrors): string
}

/** The most ids that offsets can count. */
export const MOST_IDS = 2 ** 32 - 1
