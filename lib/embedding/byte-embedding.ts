/**
 * ByteEmbedding: the input layer of a byte-level model, a row of the table for each byte. A look-up is a copy of rows, and
 * runs at the speed of memory.
 *
 * Memory: the table takes 4 · 256 · d bytes on the host (1 MiB at d = 1,024), and a look-up 4 · d bytes for each id. A device
 * that has the table itself needs the ids alone, 1 byte each; one that is sent looked-up vectors 4 · d.
 */

import { checkedOptions } from '../checked-options.js'
import { type EmbeddingEngine, TABLE_ROWS } from '../engine/embedding-engine.js'
import { argumentError, outputTooSmallError } from '../errors.js'
import { bytesOf } from '../text/bytes.js'
import { type FloatDtype, type Floats, toFloat32 } from './floats.js'
import { type ByteTable, checkDimension, checkMatrix, floats, lengthOf } from './table.js'

export interface ByteEmbeddingOptions {
  /**
   * Row-major, 256 × dimension. A Float32Array is used where it lies: what changes there is looked up from then on. Other
   * kinds are converted once; a Uint16Array (bits) and a Uint8Array (little-endian bytes) need `dtype`.
   */
  readonly weight: Floats
  /** Numbers a byte, d. */
  readonly dimension: number
  /** What `weight` holds: as its kind says by default. */
  readonly dtype?: FloatDtype | undefined
}

/** Bytes that go to a device for a number of ids, in either way. */
export interface BytesToDevice {
  /** The ids, for a device that has the table: 1 each. */
  readonly ids: number
  /** The vectors, looked up on the host as 32-bit floats: 4 · d each. */
  readonly vectors: number
  /** The table as 32-bit floats, once: 1,024 · d. */
  readonly table: number
}

/** The embeddings of all bytes, looked up. It is a {@link ByteTable} itself. */
export interface ByteEmbedding extends ByteTable {
  /** Bytes of host memory of the table: 1,024 · d. */
  readonly byteLength: number

  /**
   * The rows of `ids`, one behind the other, in fresh memory: n × d for n ids. Ids of a batch (batch × length, flat and
   * row-major) give batch × length × d.
   *
   * @throws ERR_ARGUMENT if `ids` is no Uint8Array or its memory is gone; ERR_OUT_OF_MEMORY.
   */
  lookup(ids: Uint8Array): Float32Array<ArrayBuffer>

  /**
   * The same into `output`, from its start on; returns how many numbers were written, n · d. Faster than fresh memory, which the
   * system has to clear page by page.
   *
   * @throws ERR_OUTPUT_TOO_SMALL; ERR_ARGUMENT also if `output` is no Float32Array or lies over the table or the ids.
   */
  lookupInto(ids: Uint8Array, output: Float32Array): number

  /** What a look-up of `count` ids sends to a device. */
  bytesToDevice(count: number): BytesToDevice
}

export interface ByteEmbeddingConstructor {
  /** @throws ERR_ARGUMENT unless `weight` holds 256 × dimension numbers. */
  new (options: ByteEmbeddingOptions): ByteEmbedding
  readonly prototype: ByteEmbedding
}

/** The class for an engine. */
export function byteEmbeddingClass(engine: EmbeddingEngine): ByteEmbeddingConstructor {
  return class ByteEmbedding {
    readonly weight: Float32Array
    readonly dimension: number

    constructor(options: ByteEmbeddingOptions) {
      const { weight, dimension, dtype } = checkedOptions(options, OPTIONS)
      checkDimension(dimension)
      this.dimension = dimension
      this.weight = toFloat32(weight, dtype, 'weight')
      checkMatrix(this.weight, TABLE_ROWS, dimension, 'weight')
    }

    get byteLength(): number {
      return 4 * TABLE_ROWS * this.dimension
    }
    get [Symbol.toStringTag](): string {
      return 'ByteEmbedding'
    }

    lookup(ids: Uint8Array): Float32Array<ArrayBuffer> {
      const checked = checkIds(ids)
      const output = floats(checked.length * this.dimension)
      engine.gather(this.weight, this.dimension, checked, output)
      return output
    }

    lookupInto(ids: Uint8Array, output: Float32Array): number {
      return gatherInto(engine, this.weight, this.dimension, ids, output)
    }

    bytesToDevice(count: number): BytesToDevice {
      if (!(Number.isSafeInteger(count) && count >= 0)) {
        throw argumentError('count', 'a whole number from 0 on', count)
      }
      return { ids: count, vectors: 4 * this.dimension * count, table: this.byteLength }
    }
  }
}

/** Looks `ids` up in `weight`, with the checks of {@link ByteEmbedding.lookupInto}. */
export function gatherInto(
  engine: EmbeddingEngine,
  weight: Float32Array,
  dimension: number,
  ids: Uint8Array,
  output: Float32Array,
): number {
  const checked = checkIds(ids)
  if (!(output instanceof Float32Array)) throw argumentError('output', 'a Float32Array', output)
  const needed = checked.length * dimension
  if (lengthOf(output) < needed) throw outputTooSmallError('output', needed, lengthOf(output), 'numbers')
  engine.gather(weight, dimension, checked, output)
  return needed
}

/** `ids` if they are a Uint8Array over memory that is there. */
export function checkIds(ids: Uint8Array): Uint8Array {
  if (!(ids instanceof Uint8Array)) throw argumentError('ids', 'a Uint8Array', ids)
  return bytesOf(ids, 'ids')
}

const OPTIONS = ['weight', 'dimension', 'dtype'] as const
