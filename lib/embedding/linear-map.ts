/**
 * A linear map from rows of one width to rows of another, as `align` and `transplant` find it. It is kept as the few
 * steps that make it up, because the matrix itself is large (64 MiB at 4,096 × 4,096) and rarely needed.
 */
import { argumentError } from '../errors.js'
import { floats, lengthOf } from './table.js'

export class LinearMap {
  /** Numbers of a row that goes in. */
  readonly from: number
  /** Numbers of a row that comes out. */
  readonly to: number
  readonly #step: (row: Float64Array) => Float64Array

  /** `step` makes of a row of `from` numbers, which it may use up, one of `to`. */
  constructor(from: number, to: number, step: (row: Float64Array) => Float64Array) {
    this.from = from
    this.to = to
    this.#step = step
  }

  /**
   * What becomes of `rows`, n × from: n × to. A model's own weights that read or write the embedding space follow it so.
   *
   * @throws ERR_ARGUMENT unless `rows` is a Float32Array of whole rows; ERR_OUT_OF_MEMORY.
   */
  apply(rows: Float32Array): Float32Array<ArrayBuffer> {
    if (!(rows instanceof Float32Array && lengthOf(rows) % this.from === 0)) {
      throw argumentError('rows', `a Float32Array of rows of ${this.from} numbers`, rows)
    }
    const count = lengthOf(rows) / this.from
    const mapped = floats(count * this.to)
    for (let i = 0; i < count; i++) {
      mapped.set(
        this.#step(Float64Array.from(rows.subarray(i * this.from, (i + 1) * this.from))),
        i * this.to,
      )
    }
    return mapped
  }

  /** The matrix M, from × to, with which x · M is what becomes of a row x. */
  matrix(): Float32Array<ArrayBuffer> {
    const matrix = floats(this.from * this.to)
    for (let i = 0; i < this.from; i++) {
      const unit = new Float64Array(this.from)
      unit[i] = 1
      matrix.set(this.#step(unit), i * this.to)
    }
    return matrix
  }
}
