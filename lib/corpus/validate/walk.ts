/**
 * The way through files, in their order. Threads survey what lies ahead; where they found nothing, or nothing more is to
 * be told of a file, their counts are all that is needed, and else the walk reads the range itself.
 */
import type { Engine } from '../../engine/engine.js'
import { type Utf8TokenizerError, unpackError } from '../../errors.js'
import type { SourceReader } from '../input/source-reader.js'
import type { Step } from '../slices.js'
import type { Ledger } from './ledger.js'
import {
  asInputError,
  type FileRange,
  isSmallAndWellFormed,
  type RangeSurvey,
  type SurveyOrder,
  type SurveyResult,
  scanRange,
  survey,
} from './survey.js'

export class Walk {
  /** Bytes gone through, surveyed ones included. */
  progress = 0
  readonly #orders: Iterator<SurveyOrder, void>
  readonly #engine: Engine
  readonly #reader: SourceReader
  readonly #ledger: Ledger
  /** Orders that somebody has begun and that the walk has not come to, and the results of those that are done. */
  readonly #begun = new Map<number, SurveyOrder>()
  readonly #done = new Map<number, SurveyResult>()
  #failure: Utf8TokenizerError | undefined
  #stopped = false
  #wake: () => void = () => {}

  constructor(orders: Iterator<SurveyOrder, void>, engine: Engine, reader: SourceReader, ledger: Ledger) {
    this.#orders = orders
    this.#engine = engine
    this.#reader = reader
    this.#ledger = ledger
  }

  /** An order for a thread, or null if there is none. */
  next(): SurveyOrder | null {
    const next = this.#stopped ? null : this.#orders.next().value
    if (!next) return null
    this.#begun.set(next.index, next)
    return next
  }

  /** What a thread has found; in any order. */
  add(result: SurveyResult): void {
    this.#done.set(result.index, result)
    for (const { start, end } of this.#begun.get(result.index)?.ranges ?? []) this.progress += end - start
    this.#wake()
  }

  /** A thread has failed, and so will the walk. */
  fail(error: Utf8TokenizerError): void {
    this.#failure ??= error
    this.stop()
    this.#wake()
  }

  /** There are no more orders. */
  stop(): void {
    this.#stopped = true
  }

  /** To the end of the orders. */
  *steps(): Generator<Step, void> {
    for (let head = 0; ; ) {
      if (this.#failure !== undefined) throw this.#failure
      const begun = this.#begun.get(head)
      const result = this.#done.get(head)
      if (begun === undefined || result !== undefined) {
        const order = begun ?? this.next()
        if (order === null) return
        yield* this.#settle(order, result)
        this.#begun.delete(head)
        this.#done.delete(head)
        head++
      } else {
        // A thread is at it: meanwhile what comes next is surveyed here.
        const order = this.next()
        if (order !== null) this.add(yield* survey(order, this.#reader, this.#engine))
        else yield this.#woken()
      }
    }
  }

  *#settle({ ranges }: SurveyOrder, result: SurveyResult | undefined): Generator<Step, void> {
    const ledger = this.#ledger
    for (const [index, range] of ranges.entries()) {
      const { input, start, end } = range
      const surveyed = result?.surveys[index]
      if (surveyed === undefined) {
        this.progress += end - start
        if (isSmallAndWellFormed(range, this.#reader, this.#engine)) {
          ledger.bytes += end
          yield
          continue
        }
      }
      if (start === 0) ledger.begin(input)
      if (surveyed === undefined || (surveyed.counts !== null && ledger.wanted > 0)) yield* this.#read(range)
      else this.#take(range, surveyed)
      if (end === input.size) ledger.end()
    }
  }

  #take({ start, end }: FileRange, { counts, error }: RangeSurvey): void {
    if (counts !== null) this.#ledger.count(counts)
    if (error !== null) this.#ledger.problem(unpackError(error))
    else this.#ledger.bytes += end - start
  }

  *#read(range: FileRange): Generator<undefined, void> {
    const { start, end, input } = range
    const ledger = this.#ledger
    const reader = this.#reader
    const text = { from: 0, to: input.size, read: reader.read }
    const tally = ledger.newTally()
    try {
      for (const _ of scanRange(range, reader, this.#engine, tally)) {
        yield* ledger.tell(tally, reader, text)
        yield
      }
      ledger.bytes += end - start
    } catch (error) {
      ledger.problem(asInputError(error))
    }
    ledger.count(tally.counts)
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
