/** A ragged batch as a class: what {@link Ragged} promises. Nothing is copied, neither for a row nor by going through all. */
import type { Ids } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import type { Ragged } from './shapes.js'

export class RaggedBatch<V extends Ids> implements Ragged<V> {
  readonly values: V
  readonly offsets: Uint32Array

  constructor(values: V, offsets: Uint32Array) {
    this.values = values
    this.offsets = offsets
  }

  get length(): number {
    return this.offsets.length - 1
  }

  row(i: number): V {
    if (!(Number.isInteger(i) && i >= 0 && i < this.length)) {
      throw argumentError('i', `a row's number, a whole one from 0 to ${this.length - 1}`, i)
    }
    return this.values.subarray(this.offsets[i], this.offsets[i + 1]) as V
  }

  *[Symbol.iterator](): Iterator<V> {
    for (let i = 0; i < this.length; i++) yield this.row(i)
  }
}
