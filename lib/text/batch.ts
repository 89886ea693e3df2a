/**
 * Many texts at once, in the Arrow layout: `values` holds the UTF-8 of all texts back to back, and text i is
 * values[offsets[i], offsets[i + 1]).
 *
 * A call of an engine costs more than a short text. So texts are joined in groups, with a joint between them that the
 * engine finds again; a group in which a text has the joint itself is encoded text by text.
 */

import { checkedOptions } from '../checked-options.js'
import { JOINT, type TextEngine } from '../engine/text-engine.js'
import { argumentError, outputTooSmallError } from '../errors.js'
import { allocate, copyOf, SCRATCH_BYTES, scratch } from '../memory.js'
import { checkRange } from '../range.js'
import { type ByteSource, bytesOf, writableBytes } from './bytes.js'
import { throwsOnLoneSurrogates, type Utf8EncoderOptions } from './encoder.js'
import { checkString, checkWellFormed } from './strings.js'

export interface EncodeBatchOptions extends Utf8EncoderOptions {
  /** Where the bytes go, in place of new memory. */
  readonly into?: Uint8Array | undefined
}

/** Texts in the Arrow layout. */
export interface Utf8Batch {
  readonly values: Uint8Array
  /** One more than there are texts: from 0 up to the length of `values`. */
  readonly offsets: Uint32Array<ArrayBuffer>
}

/** Where texts begin and end: Uint32Array as encodeBatch makes it, Int32Array (Arrow's Utf8), or 64 bits (LargeUtf8). */
export type BatchOffsets = Uint32Array | Int32Array | BigUint64Array | BigInt64Array

/**
 * Encodes `strings` as UTF-8, back to back; with `into` at its start, and `values` is then the part of it that was used.
 *
 * @throws ERR_ARGUMENT if one is no string, or all together have more than 2^32 - 1 bytes; ERR_OUTPUT_TOO_SMALL if
 *   `into` has not the room, and says how much it takes; ERR_STRING_LONE_SURROGATE with `errors: 'throw'`, before
 *   anything is written.
 */
export type EncodeBatch = (strings: readonly string[], options?: EncodeBatchOptions) => Utf8Batch

/**
 * The strings values[offsets[i], offsets[i + 1]), one less than there are offsets, each decoded by itself: what is
 * ill-formed becomes U+FFFD, a byte order mark is text. The first offset need not be 0.
 *
 * @throws ERR_ARGUMENT if offsets fall, or lead outside of `values`.
 */
export type DecodeBatch = (values: ByteSource, offsets: BatchOffsets) => string[]

/** The function for an engine. */
export function encodeBatchFunction(engine: TextEngine): EncodeBatch {
  return function encodeBatch(strings, options) {
    const { into, errors } = checkedOptions(options, ['into', 'errors'])
    const throws = throwsOnLoneSurrogates({ errors })
    const output = into === undefined ? undefined : writableBytes(into, 'into')
    const texts = checkedTexts(strings)
    if (throws) for (const [i, text] of texts.entries()) checkWellFormed(text, `strings[${i}]`)
    return new Batch(engine, texts, output).encode()
  }
}

/** The function for an engine. */
export function decodeBatchFunction(engine: TextEngine): DecodeBatch {
  return function decodeBatch(values, offsets) {
    const bytes = bytesOf(values, 'values')
    if (offsets instanceof Uint32Array) return engine.decodeBatch(bytes, offsets)
    const numbers = numbersOf(offsets)
    if (!(numbers[numbers.length - 1] > MAX_TOTAL))
      return engine.decodeBatch(bytes, Uint32Array.from(numbers))
    const texts: string[] = []
    for (let i = 1; i < numbers.length; i++) {
      checkRange(bytes, numbers[i - 1], numbers[i], 'values')
      texts.push(engine.decode(bytes, numbers[i - 1], numbers[i], 'replace'))
    }
    return texts
  }
}

/** The most bytes that offsets of 32 bits can count. */
const MAX_TOTAL = 2 ** 32 - 1
/** Longer texts go alone: to join them would cost more than a call. */
const LONG_UNITS = 128
/** A group has so many code units: a longer string of two bytes each would not fit into V8's pages for young objects. */
const GROUP_UNITS = 2 ** 14
/** Up to so many bytes it is cheaper to copy the result than to ask for its size first. Pages that nobody touches are free. */
const COPIED_BYTES = 2 ** 26

/** One call of encodeBatch: where the next byte goes. */
class Batch {
  readonly #engine: TextEngine
  readonly #texts: readonly string[]
  readonly #memory: Uint8Array
  /** True if `#memory` is just what the caller shall have. */
  readonly #isResult: boolean
  readonly #offsets: Uint32Array<ArrayBuffer>
  #at = 0

  constructor(engine: TextEngine, texts: readonly string[], into: Uint8Array | undefined) {
    this.#engine = engine
    this.#texts = texts
    const units = unitsOf(texts)
    // A unit takes one byte to three.
    const isExact = 3 * units > COPIED_BYTES
    const size = !isExact ? 3 * units : units > MAX_TOTAL ? units : totalOf(engine, texts)
    if (size > MAX_TOTAL) throw argumentError('strings', `at most ${MAX_TOTAL} bytes in all`, size)
    this.#isResult = into !== undefined || isExact
    // With room for all joints the scratch memory is never asked for a second time.
    const fitsScratch = 3 * (units + texts.length) <= SCRATCH_BYTES
    this.#memory = into ?? (fitsScratch ? scratch() : allocate(size))
    this.#offsets = new Uint32Array(texts.length + 1)
  }

  encode(): Utf8Batch {
    const texts = this.#texts
    let first = 0
    let units = 0
    for (let i = 0; i < texts.length; i++) {
      const { length } = texts[i]
      if (units + length > GROUP_UNITS || length > LONG_UNITS) {
        this.#encodeGroup(first, i)
        first = i
        units = 0
      }
      if (length > LONG_UNITS) {
        this.#encodeOne(i)
        first = i + 1
      } else {
        // One for the joint.
        units += length + 1
      }
    }
    this.#encodeGroup(first, texts.length)
    const memory = this.#memory
    const values = this.#isResult ? memory.subarray(0, this.#at) : copyOf(memory, 0, this.#at)
    return { values, offsets: this.#offsets }
  }

  #encodeGroup(first: number, end: number): void {
    if (end > first + 1) {
      const joined = this.#texts.slice(first, end).join(JOINT)
      if (this.#encodeJoined(joined, first, end)) return
    }
    for (let i = first; i < end; i++) this.#encodeOne(i)
  }

  /** False if a text holds the joint; then nothing is done. */
  #encodeJoined(joined: string, first: number, end: number): boolean {
    const engine = this.#engine
    const memory = this.#memory
    const offsets = this.#offsets
    const start = this.#at
    const room = memory.byteLength - start
    if (3 * joined.length <= room) {
      const at = engine.encodeJoined(joined, end - first, memory, start, offsets, first + 1)
      if (at >= 0) this.#at = at
      return at >= 0
    }
    // That is what it could take at the most; what it does take may have room.
    const own = scratch()
    const size = engine.encodeJoined(joined, end - first, own, 0, offsets, first + 1)
    if (size < 0) return false
    if (size > room) this.#fail()
    memory.set(own.subarray(0, size), start)
    for (let i = first + 1; i <= end; i++) offsets[i] += start
    this.#at += size
    return true
  }

  #encodeOne(i: number): void {
    const memory = this.#memory
    const written = this.#engine.encodeInto(this.#texts[i], memory, this.#at, memory.byteLength)
    if (written < 0) this.#fail()
    this.#at += written
    this.#offsets[i + 1] = this.#at
  }

  #fail(): never {
    const needed = totalOf(this.#engine, this.#texts)
    throw outputTooSmallError('into', needed, this.#memory.byteLength, 'bytes')
  }
}

/** A copy of `strings`, of which nothing changes any more, and each is a string. */
function checkedTexts(strings: readonly string[]): string[] {
  if (!Array.isArray(strings)) throw argumentError('strings', 'an array of strings', strings)
  const texts: string[] = [...strings]
  for (let i = 0; i < texts.length; i++)
    if (typeof texts[i] !== 'string') checkString(texts[i], `strings[${i}]`)
  return texts
}

function unitsOf(texts: readonly string[]): number {
  let units = 0
  for (let i = 0; i < texts.length; i++) units += texts[i].length
  return units
}

function totalOf(engine: TextEngine, texts: readonly string[]): number {
  let total = 0
  for (const text of texts) total += engine.byteLength(text)
  return total
}

/** Offsets of any kind as numbers, none of which is negative. */
function numbersOf(offsets: Exclude<BatchOffsets, Uint32Array>): Float64Array {
  if (
    !(offsets instanceof Int32Array || offsets instanceof BigUint64Array || offsets instanceof BigInt64Array)
  ) {
    throw argumentError('offsets', 'a Uint32Array, Int32Array, BigUint64Array or BigInt64Array', offsets)
  }
  const numbers = new Float64Array(offsets.length)
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = Number(offsets[i])
    if (numbers[i] < 0) throw argumentError(`offsets[${i}]`, 'a number from 0 on', numbers[i])
  }
  return numbers
}
