/**
 * Batches of bytes: windows of documents, each byte with the one that follows it as its target. A window that goes beyond the end of
 * its document is filled with NUL, and the mask leaves that out of the loss. One document in 16 is held out for evaluation.
 */
import type { Dataset } from 'utf8-tokenizer/corpus'
import type { Random } from './random.js'

/** Rows × length numbers each, row-major. */
export interface Batch {
  readonly rows: number
  readonly length: number
  /** Bytes. */
  readonly ids: Int32Array<ArrayBuffer>
  /** The byte behind each. */
  readonly targets: Int32Array<ArrayBuffer>
  /** 1 where the target is of the document, 0 where it is padding. */
  readonly mask: Float32Array<ArrayBuffer>
}

export interface Documents {
  readonly training: readonly Uint8Array[]
  readonly heldOut: readonly Uint8Array[]
}

/** All documents, STX and ETX around each. */
export function splitDocuments(dataset: Dataset): Documents {
  const training: Uint8Array[] = []
  const heldOut: Uint8Array[] = []
  let index = 0
  for (const document of dataset.documents()) {
    if (index++ % 16 === 15) heldOut.push(document.slice())
    else training.push(document.slice())
  }
  return { training, heldOut }
}

/** Draws windows such that each byte of `documents` is as likely as any other to begin one. */
export class BatchSampler {
  readonly #documents: readonly Uint8Array[]
  readonly #random: Random
  /** How many windows begin in front of each document, and of all of them at the end. */
  readonly #begins: Float64Array

  constructor(documents: readonly Uint8Array[], random: Random) {
    this.#documents = documents
    this.#random = random
    this.#begins = new Float64Array(documents.length + 1)
    // The last byte has no target.
    for (const [i, { length }] of documents.entries()) this.#begins[i + 1] = this.#begins[i] + length - 1
  }

  next(rows: number, length: number): Batch {
    const size = rows * length
    const batch = {
      rows,
      length,
      ids: new Int32Array(size),
      targets: new Int32Array(size),
      mask: new Float32Array(size),
    }
    for (let row = 0; row < rows; row++) this.#fill(batch, row * length)
    return batch
  }

  #fill({ length, ids, targets, mask }: Batch, start: number): void {
    const place = this.#random.below(this.#begins[this.#documents.length])
    const index = this.#documentOf(place)
    const document = this.#documents[index]
    const begin = place - this.#begins[index]
    ids.set(document.subarray(begin, Math.min(begin + length, document.length - 1)), start)
    const following = document.subarray(begin + 1, begin + 1 + length)
    targets.set(following, start)
    mask.fill(1, start, start + following.length)
  }

  /** The document in which a place lies: the last one that begins at or before it. */
  #documentOf(place: number): number {
    let low = 0
    let high = this.#documents.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#begins[middle] <= place) low = middle
      else high = middle - 1
    }
    return low
  }
}
