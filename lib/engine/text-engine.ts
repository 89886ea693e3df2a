/**
 * The TextEngine interface: JavaScript strings to UTF-8 and back, as every engine does them, byte for byte alike.
 *
 * Rules that hold for all of it: a lone surrogate in a string becomes U+FFFD (EF BF BD), as the Encoding Standard says;
 * each maximal subpart of ill-formed UTF-8 (Unicode 15, D93b) becomes one U+FFFD, or nothing with `ignore`. A byte order
 * mark is a character like any other here. Engines never call back, and keep nothing of their arguments.
 */

/** What {@link TextEngine.encodeInto} leaves in its result. */
export const ENCODE_SLOTS = ['read', 'written', 'loneSurrogate'] as const
/** What {@link TextEngine.measure} adds up. */
export const MEASURE_SLOTS = ['codePoints', 'utf16Units', 'replaced'] as const

/** What becomes of ill-formed UTF-8 in {@link TextEngine.decode}. */
export type DecodeErrors = 'replace' | 'ignore'

export interface TextEngine {
  /** True if bytes[start, end) is well-formed UTF-8. */
  isValid(bytes: Uint8Array, start: number, end: number): boolean

  /**
   * Adds to `counts` (MEASURE_SLOTS) how many code points and UTF-16 code units bytes[start, end) decodes to with
   * `replace`, and how many U+FFFD stand for ill-formed sequences among them.
   */
  measure(bytes: Uint8Array, start: number, end: number, counts: Float64Array): void

  /** How many bytes `text` takes as UTF-8. */
  byteLength(text: string): number

  /**
   * Encodes as many whole characters of `text` as fit into output[start, end); nothing outside of it is touched.
   * `result` (ENCODE_SLOTS) receives the UTF-16 code units that were read, the bytes that were written, and the index
   * of the first lone surrogate among what was read, or -1.
   */
  encodeInto(text: string, output: Uint8Array, start: number, end: number, result: Float64Array): void

  /**
   * The string that bytes[start, end) encodes.
   *
   * @throws ERR_STRING_TOO_LONG if it has more code units than a string can have (2^29 - 24 in V8).
   */
  decode(bytes: Uint8Array, start: number, end: number, errors: DecodeErrors): string

  /**
   * Encodes `joined`, which is `count` texts with `separator` (an ASCII character) between, without the separators:
   * the texts back to back in `values` from 0 on, and offsets[i] … offsets[i + 1] the i-th one's place (Arrow layout;
   * `offsets` has at least count + 1 numbers). Returns the bytes written; -1 if the separator does not stand exactly
   * count - 1 times in `joined`, or `values` (at least 3 bytes for each code unit always suffice) is too small: then
   * what `values` and `offsets` hold says nothing.
   */
  encodeJoined(
    joined: string,
    separator: string,
    count: number,
    values: Uint8Array,
    offsets: Uint32Array,
  ): number

  /**
   * The `count` strings values[offsets[i], offsets[i + 1]), i from 0 on, each decoded by itself with `replace`.
   * Offsets must not fall and not lead outside `values`.
   */
  decodeBatch(values: Uint8Array, offsets: Uint32Array, count: number): string[]

  /**
   * For each block of `every` bytes (a multiple of 64) of `bytes`, block b beginning at b * every, puts into
   * samples[2 * b] and samples[2 * b + 1] how many code points and UTF-16 code units begin in front of it. `bytes` must
   * be well-formed, so that a character begins at each byte that is no continuation; a character of four bytes has two
   * units, both counted where it begins. `samples` has at least 2 * ceil(length / every) + 2 numbers; the last two are
   * the totals.
   */
  sampleOffsets(bytes: Uint8Array, every: number, samples: Float64Array): void
}
