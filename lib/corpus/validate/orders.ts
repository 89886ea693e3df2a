/**
 * The inputs as a row of orders of about the same size, as they are found: large files cut, small ones together. An order
 * is done by one thread, or by the walk itself.
 */
import type { PlannedInput } from '../types.js'
import type { FileRange, SurveyOrder } from './survey.js'

/** What opening a file costs beside its bytes, in bytes of reading. */
const FILE_COST = 64 * 1024

export class OrderQueue {
  /** Roughly the work of all that was added, in bytes of reading. */
  work = 0
  readonly #size: number
  #added = 0
  #taken = 0
  readonly #waiting = new Map<number, SurveyOrder>()
  /** What is to become the next order. */
  #ranges: FileRange[] = []
  #rangesWork = 0
  #ended = false

  /** `size` is that of an order, in bytes. */
  constructor(size: number) {
    this.#size = size
  }

  addFile(input: PlannedInput): void {
    let start = 0
    do {
      const end = Math.min(input.size, start + this.#size)
      const work = end - start + FILE_COST
      this.#ranges.push({ input, start, end })
      this.#rangesWork += work
      this.work += work
      start = end
      if (this.#rangesWork >= this.#size) this.#addOrder()
    } while (start < input.size)
  }

  /** Standard input: an order without ranges. */
  addStream(): void {
    if (this.#ranges.length > 0) this.#addOrder()
    this.#addOrder()
  }

  /** There are no more inputs. */
  end(): void {
    if (this.#ranges.length > 0) this.#addOrder()
    this.#ended = true
  }

  /** Null: there are no more; undefined: not yet. */
  next(): SurveyOrder | null | undefined {
    const order = this.#waiting.get(this.#taken)
    if (order === undefined) return this.#ended ? null : undefined
    this.#waiting.delete(this.#taken++)
    return order
  }

  #addOrder(): void {
    const index = this.#added++
    this.#waiting.set(index, { index, ranges: this.#ranges })
    this.#ranges = []
    this.#rangesWork = 0
  }
}
