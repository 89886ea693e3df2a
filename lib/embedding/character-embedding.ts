/**
 * CharacterEmbedding: an input and output layer for UTF-16 code units (2 bytes) and UTF-32 code points (4 bytes) that knows
 * nothing but bytes. A character's vector is the vectors of its bytes side by side, the least significant first, each
 * d / bytes numbers wide; so a table of 256 rows serves a vocabulary of 65,536 or 1,114,112. An output vector is read back
 * part by part, as the byte whose row it resembles the most ("Back to Bytes", arXiv 2510.16987).
 */

import { checkedOptions } from '../checked-options.js'
import { type EmbeddingEngine, TABLE_ROWS } from '../engine/embedding-engine.js'
import { argumentError } from '../errors.js'
import { checkAttached } from '../text/bytes.js'
import { inHostOrder } from './floats.js'
import { checkDimension, checkMatrix, floats, lengthOf } from './table.js'

/** Bytes of an id: 2 for UTF-16 code units, 4 for UTF-32 code points. */
export type CharacterBytes = 2 | 4

export interface CharacterEmbeddingOptions {
  /** Row-major, 256 × (dimension / bytes): the same for each byte of a character. Used where it lies. */
  readonly weight: Float32Array
  /** Numbers a character, d: a multiple of `bytes`. */
  readonly dimension: number
  readonly bytes: CharacterBytes
}

export interface DecodedCharacters {
  /** For each vector the id whose bytes have the largest logits; of equal ones the smallest byte. */
  readonly ids: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>
  /** As from {@link CharacterEmbedding.logits}. */
  readonly logits: Float32Array<ArrayBuffer>
}

export interface CharacterEmbedding {
  readonly weight: Float32Array
  /** Numbers a character, d. */
  readonly dimension: number
  readonly bytes: CharacterBytes

  /**
   * The vectors of `ids`, one behind the other: n × d for n ids.
   *
   * @throws ERR_ARGUMENT unless `ids` is a Uint16Array for 2 bytes, a Uint32Array of code points up to 10FFFFh for 4, and its
   *   memory is there; ERR_OUT_OF_MEMORY.
   */
  encode(ids: Uint16Array | Uint32Array): Float32Array<ArrayBuffer>

  /**
   * For n vectors, n × d, the scalar product of each part with each row of the table: n × bytes × 256. For UTF-32 what no code
   * point has is -Infinity: values of the third byte above 10h, and of the fourth but 0.
   *
   * @throws ERR_ARGUMENT unless `vectors` is a Float32Array of whole vectors; ERR_OUT_OF_MEMORY.
   */
  logits(vectors: Float32Array): Float32Array<ArrayBuffer>

  /** The same, and the ids that they choose. */
  decode(vectors: Float32Array): DecodedCharacters
}

export interface CharacterEmbeddingConstructor {
  /** @throws ERR_ARGUMENT unless `bytes` is 2 or 4, divides `dimension`, and weight has 256 × dimension / bytes numbers. */
  new (options: CharacterEmbeddingOptions): CharacterEmbedding
  readonly prototype: CharacterEmbedding
}

/** The class for an engine. */
export function characterEmbeddingClass(engine: EmbeddingEngine): CharacterEmbeddingConstructor {
  return class CharacterEmbedding {
    readonly weight: Float32Array
    readonly dimension: number
    readonly bytes: CharacterBytes

    constructor(options: CharacterEmbeddingOptions) {
      const { weight, dimension, bytes } = checkedOptions(options, OPTIONS)
      if (bytes !== 2 && bytes !== 4) {
        throw argumentError('bytes', '2 or 4 (for bytes alone there is ByteEmbedding)', bytes)
      }
      checkDimension(dimension)
      if (dimension % bytes !== 0) throw argumentError('dimension', `a multiple of ${bytes}`, dimension)
      checkMatrix(weight, TABLE_ROWS, dimension / bytes, 'weight')
      this.weight = weight
      this.dimension = dimension
      this.bytes = bytes
    }

    get [Symbol.toStringTag](): string {
      return 'CharacterEmbedding'
    }

    encode(ids: Uint16Array | Uint32Array): Float32Array<ArrayBuffer> {
      const bytes = littleEndianBytes(ids, this.bytes)
      const width = this.dimension / this.bytes
      const output = floats(bytes.length * width)
      engine.gather(this.weight, width, bytes, output)
      return output
    }

    logits(vectors: Float32Array): Float32Array<ArrayBuffer> {
      const { weight, dimension, bytes } = this
      if (!(vectors instanceof Float32Array && lengthOf(vectors) % dimension === 0)) {
        throw argumentError('vectors', `a Float32Array of vectors of ${dimension} numbers`, vectors)
      }
      const width = dimension / bytes
      checkMatrix(weight, TABLE_ROWS, width, 'weight')
      const parts = lengthOf(vectors) / width
      const logits = floats(parts * TABLE_ROWS)
      for (let part = 0; part < parts; part++) {
        const at = part * width
        const to = part * TABLE_ROWS
        const rows = bytes === 4 ? ROWS_OF_PLACE[part % 4] : TABLE_ROWS
        for (let byte = 0; byte < rows; byte++)
          logits[to + byte] = product(vectors, at, weight, byte * width, width)
        logits.fill(Number.NEGATIVE_INFINITY, to + rows, to + TABLE_ROWS)
      }
      return logits
    }

    decode(vectors: Float32Array): DecodedCharacters {
      const logits = this.logits(vectors)
      const chosen = new Uint8Array(logits.length / TABLE_ROWS)
      for (let part = 0; part < chosen.length; part++) chosen[part] = largest(logits, part * TABLE_ROWS)
      const { buffer } = inHostOrder(chosen, this.bytes)
      return { ids: this.bytes === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer), logits }
    }
  }
}

const OPTIONS = ['weight', 'dimension', 'bytes'] as const

/** How many values each byte of a code point, the least significant first, can have: 10FFFFh is the last. */
const ROWS_OF_PLACE = [256, 256, 0x11, 1]
const LAST_CODE_POINT = 0x10ffff

/** The bytes of each id, the least significant first, in memory that no other thread can write. */
function littleEndianBytes(ids: Uint16Array | Uint32Array, bytes: CharacterBytes): Uint8Array {
  if (bytes === 2) {
    if (!(ids instanceof Uint16Array)) throw argumentError('ids', 'a Uint16Array', ids)
  } else if (!(ids instanceof Uint32Array)) throw argumentError('ids', 'a Uint32Array', ids)
  const count = lengthOf(ids)
  checkAttached(ids, 'ids')
  const little = inHostOrder(new Uint8Array(ids.buffer, ids.byteOffset, count * bytes), bytes)
  for (let i = 0; bytes === 4 && i < count; i++) {
    const codePoint = (little[4 * i + 3] << 24) | (little[4 * i + 2] << 16)
    if (codePoint >>> 16 > LAST_CODE_POINT >>> 16) {
      throw argumentError(`ids[${i}]`, `a code point up to ${LAST_CODE_POINT}`, ids[i])
    }
  }
  return little
}

/** The scalar product of a[i, i + length) and b[j, j + length), in double precision. */
function product(a: Float32Array, i: number, b: Float32Array, j: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += a[i + k] * b[j + k]
  return sum
}

/** The byte with the largest of 256 numbers, the first of equal ones. A NaN is larger than all, as in PyTorch. */
function largest(logits: Float32Array, from: number): number {
  let best = 0
  for (let byte = 0; byte < TABLE_ROWS; byte++) {
    const value = logits[from + byte]
    if (Number.isNaN(value)) return byte
    if (value > logits[from + best]) best = byte
  }
  return best
}
