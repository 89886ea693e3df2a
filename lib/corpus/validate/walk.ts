/**
 * The way through files, in their order. Threads survey what lies ahead; where they found nothing, or nothing more is to
 * be told of a file, their counts are all that is needed, and else the walk reads the range itself.
 */
import type { Engine } from '../../engine/engine.js'
import { type Utf8TokenizerError, unpackError } from '../../errors.js'
import type { SourceReader } from '../input/source-reader.js'
import type { Step } from '../slices.js'
import type { Ledger } from './ledger.js'
import type { OrderQueue } from './orders.js'
import {
  asInputError,
  type FileRange,
  isSmallAndWellFormed,
  type RangeSurvey,
  type SurveyOrder,
  type SurveyResult,
  scanRange,
  survey,
  TURN,
} from './survey.js'

export class Walk {
  readonly #queue: OrderQueue
  readonly #engine: Engine
  readonly #reader: SourceReader
  readonly #ledger: Ledger
  readonly #stream: () => Generator<Step, void>
  /** Orders that were taken and that the walk has not come to, and the results of those that are done. */
  readonly #begun = new Map<number, SurveyOrder>()
  readonly #done = new Map<number, SurveyResult>()
  #failure: Utf8TokenizerError | undefined
  #stopped = false
  #wake: () => void = () => {}

  /** `stream` goes through standard input. */
  constructor(
    queue: OrderQueue,
    engine: Engine,
    reader: SourceReader,
    ledger: Ledger,
    stream: () => Generator<Step, void>,
  ) {
    this.#queue = queue
    this.#engine = engine
    this.#reader = reader
    this.#ledger = ledger
    this.#stream = stream
  }

  /** The next order that can be surveyed; null: there are no more; undefined: not yet. */
  next(): SurveyOrder | null | undefined {
    let order = this.#take()
    // Standard input waits for the walk.
    while (order && isStream(order)) order = this.#take()
    return order
  }

  /** What a thread has found; in any order. */
  add(result: SurveyResult): void {
    this.#done.set(result.index, result)
    for (const { start, end } of this.#begun.get(result.index)?.ranges ?? [])
      this.#ledger.progress += end - start
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

  /** To the end of the orders, when all inputs are in the queue. */
  *steps(): Generator<Step, void> {
    for (let head = 0; ; ) {
      if (this.#failure !== undefined) throw this.#failure
      const begun = this.#begun.get(head)
      const result = this.#done.get(head)
      if (begun === undefined || isStream(begun) || result !== undefined) {
        const order = begun ?? this.#take()
        if (!order) return
        if (isStream(order)) yield* this.#stream()
        else yield* this.#settle(order, result)
        this.#begun.delete(head)
        this.#done.delete(head)
        head++
      } else {
        // A thread is at it: meanwhile what comes next is surveyed here.
        const order = this.next()
        if (order) this.add(yield* survey(order, this.#reader, this.#engine))
        else if (!this.#done.has(head)) yield this.#woken()
      }
    }
  }

  #take(): SurveyOrder | null | undefined {
    const order = this.#stopped ? null : this.#queue.next()
    if (order) this.#begun.set(order.index, order)
    return order
  }

  /** Takes an order's files into the ledger, reading what was not surveyed, or is to be told of. */
  *#settle({ ranges }: SurveyOrder, result: SurveyResult | undefined): Generator<Step, void> {
    const ledger = this.#ledger
    let surveyed = 0
    for (const [index, range] of ranges.entries()) {
      const { input, start, end } = range
      const found = result?.surveys[surveyed]?.range === index ? result.surveys[surveyed++] : undefined
      const small = result === undefined && isSmallAndWellFormed(range, this.#reader, this.#engine)
      if (result === undefined) ledger.progress += end - start
      if (index % TURN === 0) yield
      if (start === 0) ledger.begin(input)
      if (small || (result !== undefined && found === undefined)) ledger.bytes += end - start
      else if (found === undefined || ledger.wanted > 0) yield* this.#read(range)
      else this.#takeOver(range, found)
      if (end === input.size) ledger.end()
    }
  }

  #takeOver({ start, end }: FileRange, { counts, error }: RangeSurvey): void {
    this.#ledger.count(counts)
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

function isStream({ ranges }: SurveyOrder): boolean {
  return ranges.length === 0
}
