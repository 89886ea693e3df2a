/**
 * The TextEngine interface: JavaScript strings to UTF-8 and back, and questions about UTF-8, as every engine answers
 * them, alike to the byte.
 *
 * Rules that hold for all of it: a lone surrogate in a string becomes U+FFFD (EF BF BD), as the Encoding Standard says;
 * each maximal subpart of ill-formed UTF-8 (Unicode 15, D93b) becomes one U+FFFD, or nothing with `ignore`. A byte order
 * mark is a character like any other here. Engines never call back, and keep nothing of their arguments. Ranges of bytes
 * are checked (ERR_ARGUMENT); memory that is shared is read once.
 */
import type { Reason } from './abi.js'

/** A place where UTF-8 is ill-formed: byte offset, length of the maximal subpart (Unicode 15, 3.9, D93b), reason. */
export interface InvalidSequence {
  readonly offset: number
  readonly length: number
  readonly reason: Reason
}

/** What becomes of ill-formed UTF-8 in {@link TextEngine.decode}. */
export type DecodeErrors = 'replace' | 'ignore'

/** What stands between texts that are joined for {@link TextEngine.encodeJoined}. */
export const JOINT = '\0'

/** The most UTF-16 code units that a string can have (in V8, which runs Node and Chromium). */
export const MAX_STRING_LENGTH = 2 ** 29 - 24

/** The most code units that {@link TextEngine.encodeJoined} takes. */
export const MAX_JOINED = 2 ** 16

/** The most bytes that {@link TextEngine.sampleOffsets} can count. */
export const MAX_SAMPLED = 2 ** 32 - 1

export interface TextEngine {
  /** True if bytes[start, end) is well-formed UTF-8. */
  isValid(bytes: Uint8Array, start: number, end: number): boolean

  /**
   * The first ill-formed sequence of bytes[start, end), or null. `offset` counts from the start of `bytes`. A
   * character that `end` cuts is `truncated`.
   */
  findInvalid(bytes: Uint8Array, start: number, end: number): InvalidSequence | null

  /** How many code points bytes[start, end) decodes to with `replace`. */
  countCodePoints(bytes: Uint8Array, start: number, end: number): number

  /** How many UTF-16 code units bytes[start, end) decodes to with `replace`. */
  utf16Length(bytes: Uint8Array, start: number, end: number): number

  /** How many bytes `text` takes as UTF-8. */
  byteLength(text: string): number

  /** `text` as UTF-8, in memory that nobody else has, exactly as long as it needs (ERR_OUT_OF_MEMORY). */
  encode(text: string): Uint8Array<ArrayBuffer>

  /**
   * Encodes as many whole characters of `text` as fit into output[start, end); nothing else is touched, not even behind
   * them, as the Encoding Standard has it. Returns how many bytes were written; if that is not all of `text`, the
   * bitwise complement (~written, a negative number; as arithmetic: -1 - written). The code units that were read are
   * then `utf16Length` of what was written.
   */
  encodeInto(text: string, output: Uint8Array, start: number, end: number): number

  /**
   * The string that bytes[start, end) encodes.
   *
   * @throws ERR_STRING_TOO_LONG if it has more code units than MAX_STRING_LENGTH.
   */
  decode(bytes: Uint8Array, start: number, end: number, errors: DecodeErrors): string

  /**
   * Encodes the texts of which `joined` is made with a JOINT between each two: back to back from values[start] on, and
   * the end of each one's place into `ends` from ends[first] on. Returns where the last one ends; -1, and then what was
   * written says nothing, unless there are exactly `count` texts (one of them contains a JOINT). `values` must have room
   * for 3 bytes for each code unit of `joined`, which always suffices, and `joined` has at most MAX_JOINED of those.
   */
  encodeJoined(
    joined: string,
    count: number,
    values: Uint8Array,
    start: number,
    ends: Uint32Array,
    first: number,
  ): number

  /**
   * The strings values[offsets[i], offsets[i + 1]), for i from 0 up to the last offset but one, each decoded by itself
   * with `replace`. Offsets must not fall and not lead outside `values` (ERR_ARGUMENT).
   */
  decodeBatch(values: Uint8Array, offsets: Uint32Array): string[]

  /**
   * For each block of `every` bytes (a multiple of 64) of `bytes`, block b beginning at b * every, puts into
   * samples[2 * b] and samples[2 * b + 1] how many code points and UTF-16 code units begin in front of it, and behind the
   * last block the totals: 2 * ceil(length / every) + 2 numbers. A character begins at each byte that is no
   * continuation; one of four bytes has two units, both counted where it begins. `bytes` must be well-formed, or the
   * counts say nothing, and not longer than MAX_SAMPLED.
   */
  sampleOffsets(bytes: Uint8Array, every: number, samples: Uint32Array): void
}
