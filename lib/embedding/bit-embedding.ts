/**
 * BitEmbedding: an input layer with a bit bias (bit-bias.ts), for training. It keeps E and P, which an optimiser changes
 * where they lie, and adds up their gradients; `fold` makes the plain table to serve.
 *
 * Each `forward` folds anew, 256 × d sums, so that it always follows the parameters. Memory beside the parameters, each made when
 * first needed: 1 KiB · d for the folded table, as much for the gradients, and 2 KiB · d for sums in double precision.
 */

import { checkedOptions } from '../checked-options.js'
import { type EmbeddingEngine, TABLE_ROWS } from '../engine/embedding-engine.js'
import { argumentError } from '../errors.js'
import { addProjectionGradient, BITS, type BitBiasedTable, checkBitBiased, foldInto } from './bit-bias.js'
import { type ByteEmbedding, type ByteEmbeddingConstructor, checkIds, gatherInto } from './byte-embedding.js'
import { checkDimension, checkMatrix, floats, lengthOf } from './table.js'

export interface BitEmbeddingOptions {
  /** E, row-major, 256 × dimension. Used where it lies. */
  readonly weight: Float32Array
  /** P, row-major, dimension × 8. Used where it lies; zeros by default, so that training starts from E itself. */
  readonly projection?: Float32Array | undefined
  /** Numbers a byte, d. */
  readonly dimension: number
}

export interface BitEmbedding extends BitBiasedTable {
  /** dE, 256 × dimension: the sum over all backward calls since it was last cleared. */
  readonly weightGradient: Float32Array
  /** dP, dimension × 8, as well. */
  readonly projectionGradient: Float32Array

  /**
   * The rows of `ids` in W = E + U · Pᵀ, one behind the other: n × d for n ids.
   *
   * @throws ERR_ARGUMENT if `ids` is no Uint8Array or its memory is gone; ERR_OUT_OF_MEMORY.
   */
  forward(ids: Uint8Array): Float32Array<ArrayBuffer>

  /**
   * Adds to the gradients what `outputGradient`, n × d, the gradient of what `forward` gave for `ids`, means for E and P.
   *
   * @throws ERR_ARGUMENT for other sizes, and then nothing was added.
   */
  backward(ids: Uint8Array, outputGradient: Float32Array): void

  /**
   * The same for a gradient of W itself, 256 × d: what comes from an output layer that is tied to the table.
   *
   * @throws ERR_ARGUMENT for another size.
   */
  backwardTable(tableGradient: Float32Array): void

  /** Sets both gradients to 0. */
  clearGradients(): void

  /** W as a plain embedding, in memory of its own. */
  fold(): ByteEmbedding
}

export interface BitEmbeddingConstructor {
  /** @throws ERR_ARGUMENT unless weight has 256 × dimension and projection dimension × 8 numbers. */
  new (options: BitEmbeddingOptions): BitEmbedding
  readonly prototype: BitEmbedding
}

/** The class for an engine, and what it folds to. */
export function bitEmbeddingClass(
  engine: EmbeddingEngine,
  ByteEmbedding: ByteEmbeddingConstructor,
): BitEmbeddingConstructor {
  return class BitEmbedding {
    readonly weight: Float32Array
    readonly projection: Float32Array
    readonly dimension: number
    #folded: Float32Array | undefined
    #sums: Float64Array | undefined
    #weightGradient: Float32Array | undefined
    #projectionGradient: Float32Array | undefined

    constructor(options: BitEmbeddingOptions) {
      const { weight, projection, dimension } = checkedOptions(options, OPTIONS)
      checkDimension(dimension)
      checkMatrix(weight, TABLE_ROWS, dimension, 'weight')
      this.weight = weight
      this.projection = projection ?? floats(BITS * dimension)
      this.dimension = dimension
      checkMatrix(this.projection, dimension, BITS, 'projection')
    }

    get weightGradient(): Float32Array {
      this.#weightGradient ??= floats(TABLE_ROWS * this.dimension)
      return this.#weightGradient
    }
    get projectionGradient(): Float32Array {
      this.#projectionGradient ??= floats(BITS * this.dimension)
      return this.#projectionGradient
    }
    get [Symbol.toStringTag](): string {
      return 'BitEmbedding'
    }

    forward(ids: Uint8Array): Float32Array<ArrayBuffer> {
      const output = floats(checkIds(ids).length * this.dimension)
      this.#folded ??= floats(TABLE_ROWS * this.dimension)
      this.#foldInto(this.#folded)
      gatherInto(engine, this.#folded, this.dimension, ids, output)
      return output
    }

    backward(ids: Uint8Array, outputGradient: Float32Array): void {
      const { dimension } = this
      const count = checkIds(ids).length
      checkMatrix(outputGradient, count, dimension, 'outputGradient')
      this.#sums ??= new Float64Array(TABLE_ROWS * dimension)
      const sums = this.#sums
      sums.fill(0)
      for (let i = 0; i < count; i++) {
        const row = ids[i] * dimension
        const at = i * dimension
        for (let j = 0; j < dimension; j++) sums[row + j] += outputGradient[at + j]
      }
      this.#add(sums)
    }

    backwardTable(tableGradient: Float32Array): void {
      checkMatrix(tableGradient, TABLE_ROWS, this.dimension, 'tableGradient')
      this.#add(tableGradient)
    }

    clearGradients(): void {
      this.#weightGradient?.fill(0)
      this.#projectionGradient?.fill(0)
    }

    fold(): ByteEmbedding {
      const folded = floats(TABLE_ROWS * this.dimension)
      this.#foldInto(folded)
      return new ByteEmbedding({ weight: folded, dimension: this.dimension })
    }

    /** The parameters are the caller's: their memory may have gone since. */
    #foldInto(folded: Float32Array): void {
      checkBitBiased(this.weight, this.projection, this.dimension)
      foldInto(this.weight, this.projection, this.dimension, folded)
    }

    #add(tableGradient: Float32Array | Float64Array): void {
      const { weightGradient, projectionGradient, dimension } = this
      for (const [name, gradient] of Object.entries({ weightGradient, projectionGradient })) {
        if (lengthOf(gradient) === 0) throw argumentError(name, 'memory that is not detached', gradient)
      }
      for (let i = 0; i < weightGradient.length; i++) weightGradient[i] += tableGradient[i]
      addProjectionGradient(tableGradient, dimension, projectionGradient)
    }
  }
}

const OPTIONS = ['weight', 'projection', 'dimension'] as const
