/**
 * OffsetMap: for one text, which byte of its UTF-8, which UTF-16 code unit and which code point begin at the same place.
 *
 * Every 256 bytes there is a sample of how many units and code points begin in front, and the way back from every 256th
 * unit and code point to its block of bytes. A question looks up the block and walks along it, so that none takes longer
 * than 256 bytes; the next one goes on where the last one ended, if that is nearer.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { MAX_SAMPLED, type TextEngine } from '../engine/text-engine.js'
import { argumentError, outputTooSmallError } from '../errors.js'
import { copyOf } from '../memory.js'
import { type ByteSource, bytesOf, isShared } from './bytes.js'
import { checkWellFormed } from './decoder.js'
import { encodeText } from './encoder.js'

/** What an offset counts: bytes of UTF-8, UTF-16 code units (as strings of JavaScript do), or code points (as Python). */
export const OFFSET_UNITS = ['byte', 'utf16', 'codePoint'] as const
export type OffsetUnit = (typeof OFFSET_UNITS)[number]

/** Where an offset inside a character goes: to its start, or to its end. */
export const OFFSET_ROUNDINGS = ['down', 'up'] as const
export type OffsetRounding = (typeof OFFSET_ROUNDINGS)[number]

export interface ConvertAllOptions<T extends Uint32Array | Float64Array> {
  /** `down` by default. */
  readonly rounding?: OffsetRounding | undefined
  /** Where the results go, in place of a new Uint32Array. */
  readonly into?: T | undefined
}

export interface OffsetMap {
  /** Lengths of the text: the largest offset of each kind. */
  readonly byteLength: number
  readonly utf16Length: number
  readonly codePointLength: number
  /** Bytes of memory that the map takes beside the text: at most a sixteenth of it, and some numbers. */
  readonly indexByteLength: number

  /**
   * The offset in units of `to` of the place that is `offset` in units of `from`. One inside a character, a byte or the second
   * half of a surrogate pair, is rounded to the character's start, or with `up` to its end.
   *
   * @throws ERR_ARGUMENT if `offset` is no whole number from 0 up to the text's length, or a name is unknown.
   */
  convert(offset: number, from: OffsetUnit, to: OffsetUnit, rounding?: OffsetRounding): number

  /**
   * The same for many offsets; fastest if they ascend. Returns the part of `into` that was used.
   *
   * @throws ERR_OUTPUT_TOO_SMALL if `into` has not the room.
   */
  convertAll<T extends Uint32Array | Float64Array = Uint32Array<ArrayBuffer>>(
    offsets: ArrayLike<number>,
    from: OffsetUnit,
    to: OffsetUnit,
    options?: ConvertAllOptions<T>,
  ): T
}

export interface OffsetMapConstructor {
  /**
   * A map of a text: a string, or UTF-8. Bytes are used where they are, and are not to be changed while the map is in use: its
   * answers would be wrong. In a string a lone surrogate is one code unit, and the three bytes of U+FFFD.
   *
   * @throws ERR_UTF8_INVALID with the offset if bytes are ill-formed; ERR_ARGUMENT if there are more than 2^32 - 1.
   */
  new (text: string | ByteSource): OffsetMap
  readonly prototype: OffsetMap
}

/** Bytes of a block, and code units and code points of a step back: 1/32 and twice 1/64 of the text. */
const BLOCK = 256

/** The class for an engine. */
export function offsetMapClass(engine: TextEngine): OffsetMapConstructor {
  return class OffsetMap {
    readonly #bytes: Uint8Array
    readonly #index: OffsetIndex
    /** Where the last question ended: offsets of one place, at which a character begins. */
    readonly #place = { byte: 0, utf16: 0, codePoint: 0 }

    constructor(text: string | ByteSource) {
      this.#bytes = typeof text === 'string' ? encodeText(engine, text) : wellFormedBytes(engine, text)
      this.#index = indexOf(engine, this.#bytes)
    }

    get byteLength(): number {
      return this.#index.lengths.byte
    }
    get utf16Length(): number {
      return this.#index.lengths.utf16
    }
    get codePointLength(): number {
      return this.#index.lengths.codePoint
    }
    get indexByteLength(): number {
      const { samples, blockOfUnit, blockOfCodePoint } = this.#index
      return samples.byteLength + blockOfUnit.byteLength + blockOfCodePoint.byteLength
    }
    get [Symbol.toStringTag](): string {
      return 'OffsetMap'
    }

    convert(offset: number, from: OffsetUnit, to: OffsetUnit, rounding: OffsetRounding = 'down'): number {
      checkUnits(from, to, rounding)
      this.#checkOffset(offset, from, 'offset')
      this.#seek(offset, from, rounding === 'up')
      return this.#place[to]
    }

    convertAll<T extends Uint32Array | Float64Array>(
      offsets: ArrayLike<number>,
      from: OffsetUnit,
      to: OffsetUnit,
      options?: ConvertAllOptions<T>,
    ): T {
      const { rounding = 'down', into } = checkedOptions(options, ['rounding', 'into'])
      checkUnits(from, to, rounding)
      const results = resultsFor(offsets, into)
      for (let i = 0; i < results.length; i++) {
        const offset = offsets[i]
        this.#checkOffset(offset, from, 'offsets')
        this.#seek(offset, from, rounding === 'up')
        results[i] = this.#place[to]
      }
      return results as T
    }

    #checkOffset(offset: number, from: OffsetUnit, name: string): void {
      const most = this.#index.lengths[from]
      if (!(Number.isInteger(offset) && offset >= 0 && offset <= most)) {
        throw argumentError(name, `whole numbers from 0 to ${most}`, offset)
      }
      const last = this.#index.lengths.byte - 1
      if (last >= 0 && this.#bytes[last] === undefined) {
        throw argumentError(
          'the text of the map',
          'memory that is neither detached nor out of bounds',
          this.#bytes,
        )
      }
    }

    /** Moves the place to the offset, or to the start or end of the character that it is inside of. */
    #seek(offset: number, from: OffsetUnit, up: boolean): void {
      const bytes = this.#bytes
      const end = bytes.length
      const target = from === 'byte' ? characterBoundary(bytes, offset, up) : offset
      const place = this.#place
      this.#enterBlock(blockOf(this.#index, target, from), place[from] <= target)
      let { byte, utf16, codePoint } = place
      while (byte < end && (from === 'byte' ? byte : from === 'utf16' ? utf16 : codePoint) < target) {
        const size = sizeOf(bytes[byte])
        byte += size
        utf16 += size === 4 ? 2 : 1
        codePoint++
      }
      // The second half of a pair was passed.
      if (from === 'utf16' && utf16 > target && !up) {
        byte -= 4
        utf16 -= 2
        codePoint--
      }
      place.byte = byte
      place.utf16 = utf16
      place.codePoint = codePoint
    }

    /** Moves the place to the first character that begins in the block, unless it `mayStay` and is farther on in it. */
    #enterBlock(block: number, mayStay: boolean): void {
      const place = this.#place
      const start = block * BLOCK
      if (mayStay && place.byte >= start) return
      const bytes = this.#bytes
      let byte = start
      while (byte < start + 3 && byte < bytes.length && isContinuation(bytes[byte])) byte++
      place.byte = byte
      place.utf16 = this.#index.samples[2 * block + 1]
      place.codePoint = this.#index.samples[2 * block]
    }
  }
}

interface OffsetIndex {
  readonly lengths: Readonly<Record<OffsetUnit, number>>
  /** See TextEngine.sampleOffsets, of every BLOCK bytes. */
  readonly samples: Uint32Array
  /** For each BLOCK-th unit or code point the block in which it begins. */
  readonly blockOfUnit: Uint32Array
  readonly blockOfCodePoint: Uint32Array
}

function indexOf(engine: TextEngine, bytes: Uint8Array): OffsetIndex {
  const blocks = Math.ceil(bytes.byteLength / BLOCK)
  const samples = new Uint32Array(2 * blocks + 2)
  engine.sampleOffsets(bytes, BLOCK, samples)
  return {
    lengths: { byte: bytes.byteLength, utf16: samples[2 * blocks + 1], codePoint: samples[2 * blocks] },
    samples,
    blockOfUnit: inverseOf(samples, 1),
    blockOfCodePoint: inverseOf(samples, 0),
  }
}

/** The way back from every BLOCK-th number of what samples[2 * block + which] counts. */
function inverseOf(samples: Uint32Array, which: 0 | 1): Uint32Array {
  const total = samples[samples.length - 2 + which]
  const blocks = new Uint32Array(Math.floor(total / BLOCK) + 1)
  let block = 0
  for (let i = 0; i < blocks.length; i++) {
    block = lastBlock(samples, which, block, i * BLOCK)
    blocks[i] = block
  }
  return blocks
}

/** The block in which the character begins that `offset` is at or inside of. */
function blockOf(index: OffsetIndex, offset: number, unit: OffsetUnit): number {
  const step = Math.floor(offset / BLOCK)
  if (unit === 'byte') return step
  return unit === 'utf16'
    ? lastBlock(index.samples, 1, index.blockOfUnit[step], offset)
    : lastBlock(index.samples, 0, index.blockOfCodePoint[step], offset)
}

/** The last block from `block` on that has at most `offset` in front of it: of BLOCK units few blocks hold less. */
function lastBlock(samples: Uint32Array, which: 0 | 1, block: number, offset: number): number {
  let last = block
  for (let i = 2 * last + 2 + which; i < samples.length - 2 && samples[i] <= offset; i += 2) last++
  return last
}

/** `offset`, or the start or end of the character that it is inside of. */
function characterBoundary(bytes: Uint8Array, offset: number, up: boolean): number {
  let start = offset
  while (start > offset - 3 && start > 0 && isContinuation(bytes[start])) start--
  return up && start < offset ? start + sizeOf(bytes[start]) : start
}

/** The bytes of a character by its first one, in well-formed UTF-8. */
function sizeOf(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

function wellFormedBytes(engine: TextEngine, source: ByteSource): Uint8Array {
  const given = bytesOf(source, 'text')
  if (given.byteLength > MAX_SAMPLED) {
    throw argumentError('text', `at most ${MAX_SAMPLED} bytes`, given.byteLength)
  }
  // What another thread may change is copied, so that it stays what was checked.
  const bytes = isShared(given)
    ? copyOf(given, 0, given.byteLength)
    : new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
  checkWellFormed(engine, bytes, 0, bytes.byteLength, 0)
  return bytes
}

function checkUnits(from: OffsetUnit, to: OffsetUnit, rounding: OffsetRounding): void {
  oneOf('from', from, OFFSET_UNITS)
  oneOf('to', to, OFFSET_UNITS)
  oneOf('rounding', rounding, OFFSET_ROUNDINGS)
}

function resultsFor(
  offsets: ArrayLike<number>,
  into: Uint32Array | Float64Array | undefined,
): Uint32Array | Float64Array {
  const count = Array.isArray(offsets) || ArrayBuffer.isView(offsets) ? offsets.length : undefined
  if (count === undefined) throw argumentError('offsets', 'an array of numbers', offsets)
  if (into === undefined) return new Uint32Array(count)
  if (!(into instanceof Uint32Array || into instanceof Float64Array)) {
    throw argumentError('into', 'a Uint32Array or Float64Array', into)
  }
  const room = into.byteLength / into.BYTES_PER_ELEMENT
  if (room < count) throw outputTooSmallError('into', count, room, 'numbers')
  return into.subarray(0, count)
}
