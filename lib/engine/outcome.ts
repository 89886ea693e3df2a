/**
 * All that one engine makes of an input, gathered so that it can be compared: framed bytes, lengths, refusals, totals,
 * and its answers to the questions that are not framing. The engine is driven as a shard's builder drives it, in
 * steps, with a sink that fills and is emptied.
 */
import { CENSUS_SLOTS, type Reason } from './abi.js'
import { type Engine, type JsonPath, MIN_LENGTHS, MIN_OUTPUT } from './engine.js'
import { Framer, type FramerOptions, type FrameSink } from './framer.js'

/** How the input is framed. */
export interface CrossCheckFraming {
  readonly options: FramerOptions
  /** Given, the input is lines of JSON, and `options` are for their texts. */
  readonly jsonl?: {
    readonly path: JsonPath
    /** Decides a line, without its end, that an engine leaves undecided. */
    readonly decide: (engine: Engine, line: Uint8Array) => LineDecision
  }
}

/** The text of a line in UTF-8, or why it has none. */
export type LineDecision =
  | { readonly text: Uint8Array }
  | { readonly reason: string; readonly errorOffset: number }

/** A document, or line of JSON, that was refused. Offset and length in bytes of the input. */
export interface Refusal {
  readonly offset: number
  readonly length: number
  readonly reason: Reason | string
  /** Offset of the error from the start of the document. */
  readonly errorOffset: number
}

/** All that one engine makes of an input. */
export interface Outcome {
  readonly output: Uint8Array
  readonly lengths: Int32Array
  readonly refusals: readonly Refusal[]
  /** Names and values of totals, census, checksum and first ill-formed sequence. */
  readonly facts: ReadonlyMap<string, number | string>
  /** Time spent in framing calls. */
  readonly seconds: number
  /** What the engine threw, if it did; then the rest is what it gave up to there. */
  readonly failure: string | null
}

/** Puts `input` through the engine, as one whole. What the engine throws is part of the outcome. */
export function outcomeOf(engine: Engine, framing: CrossCheckFraming, input: Uint8Array): Outcome {
  const run = new Run(engine, framing)
  let failure: string | null = null
  try {
    run.frame(input)
    run.examine(input)
  } catch (error) {
    failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
  const { seconds, facts, refusals } = run
  return { output: run.output.values(), lengths: run.lengths.values(), refusals, facts, seconds, failure }
}

/** Input is handed over, and output taken away, in steps of this size, so that every way to stop is taken. */
const STEP = 256 * 1024

/** Calls in a row that may use and give nothing, while the sink doubles: enough for a line of 40 MiB. */
const PATIENCE = 10

/** One engine's way through one input. */
class Run {
  readonly facts = new Map<string, number | string>()
  readonly refusals: Refusal[] = []
  readonly output = new Growing<Uint8Array>((size) => new Uint8Array(size))
  readonly lengths = new Growing<Int32Array>((size) => new Int32Array(size))
  seconds = 0
  readonly #engine: Engine
  readonly #framing: CrossCheckFraming
  readonly #framer: Framer
  /** For the texts of lines that the engine left undecided. */
  readonly #textFramer: Framer
  #stalled = 0
  readonly #sink: FrameSink = {
    output: new Uint8Array(STEP),
    written: 0,
    lengths: new Int32Array(STEP / 16),
    lengthCount: 0,
  }

  constructor(engine: Engine, framing: CrossCheckFraming) {
    this.#engine = engine
    this.#framing = framing
    this.#framer = new Framer(engine, framing.options)
    this.#textFramer = new Framer(engine, { ...framing.options, unit: 'stream' })
  }

  frame(input: Uint8Array): void {
    const { jsonl } = this.#framing
    const framer = this.#framer
    let start = 0
    let end = Math.min(STEP, input.length)
    for (;;) {
      const final = end === input.length
      const before = performance.now()
      const status =
        jsonl === undefined
          ? framer.push(input, start, end, final, this.#sink)
          : framer.pushJsonl(jsonl.path, input, start, end, final, this.#sink)
      this.seconds += (performance.now() - before) / 1000
      const wantsInput = status === 'input-used'
      this.#watch(wantsInput || framer.consumed > start || this.#sinkUsed)
      start = framer.consumed
      const documentEnd = start - framer.terminatorLength
      const document = documentEnd - framer.documentInput
      if (wantsInput) {
        if (final) break
        end = Math.min(end + STEP, input.length)
      } else if (status === 'output-full' || status === 'lengths-full') {
        this.#makeRoom()
      } else if (status === 'rejected') {
        this.#refuse(framer, document, framer.documentInput)
        // Of an input that is one document nothing is left: another call would begin a second one.
        if (final && start === end) break
      } else if (jsonl !== undefined) {
        this.#decide(document, jsonl.decide(this.#engine, input.subarray(document, documentEnd)))
      } else {
        throw new Error('the engine left plain text undecided')
      }
    }
    this.#drain()
    const decided = this.#textFramer.totals
    for (const [name, value] of Object.entries(framer.totals)) {
      this.facts.set(name, value + decided[name as keyof typeof decided])
    }
  }

  /** The engine's other answers, about the same bytes. */
  examine(input: Uint8Array): void {
    const output = this.output.values()
    const invalid = this.#engine.findInvalid(input, 0, input.length)
    this.facts.set(
      'first ill-formed sequence',
      invalid === null ? 'none' : `${invalid.reason}, ${invalid.length} bytes at ${invalid.offset}`,
    )
    this.facts.set('checksum of the input', this.#engine.crc32(input, 0, input.length, 0))
    const counts = new Float64Array(CENSUS_SLOTS.length)
    const illFormed = this.#engine.census(output, 0, output.length, counts)
    this.facts.set('first ill-formed byte of the output', illFormed)
    if (illFormed >= 0) return
    CENSUS_SLOTS.forEach((name, index) => {
      this.facts.set(`census: ${name}`, counts[index])
    })
  }

  /** Does what the decision about the line at `offset` says. */
  #decide(offset: number, decision: LineDecision): void {
    const { documentInput: length } = this.#framer
    if (!('text' in decision)) {
      const { reason, errorOffset } = decision
      this.refusals.push({ offset, length, reason, errorOffset })
      return
    }
    const { text } = decision
    const framer = this.#textFramer
    for (let start = 0; ; start = framer.consumed) {
      const status = framer.push(text, start, text.length, true, this.#sink)
      if (status === 'input-used') break
      if (status === 'rejected') {
        this.#refuse(framer, offset, length)
        return
      }
      this.#watch(framer.consumed > start || this.#sinkUsed)
      this.#makeRoom()
    }
  }

  #refuse(framer: Framer, offset: number, length: number): void {
    this.output.length -= framer.takeBack
    this.refusals.push({ offset, length, reason: framer.reason, errorOffset: framer.errorOffset })
  }

  get #sinkUsed(): boolean {
    return this.#sink.written > 0 || this.#sink.lengthCount > 0
  }

  /** Ends the run of an engine that goes round in circles. */
  #watch(progress: boolean): void {
    this.#stalled = progress ? 0 : this.#stalled + 1
    if (this.#stalled > PATIENCE) throw new Error('the engine makes no progress')
  }

  /** An engine that stops although the sink is empty needs a larger one (a long line of JSON). */
  #makeRoom(): void {
    const sink = this.#sink
    if (!this.#sinkUsed) {
      sink.output = new Uint8Array(2 * sink.output.length + MIN_OUTPUT)
      sink.lengths = new Int32Array(sink.lengths.length + MIN_LENGTHS)
    }
    this.#drain()
  }

  #drain(): void {
    const sink = this.#sink
    this.output.append(sink.output.subarray(0, sink.written))
    this.lengths.append(sink.lengths.subarray(0, sink.lengthCount))
    sink.written = 0
    sink.lengthCount = 0
  }
}

/** A typed array that grows. */
class Growing<T extends Uint8Array | Int32Array> {
  length = 0
  #values: T
  readonly #make: (size: number) => T

  constructor(make: (size: number) => T) {
    this.#make = make
    this.#values = make(0)
  }

  append(values: T): void {
    if (this.length + values.length > this.#values.length) {
      const grown = this.#make(2 * (this.length + values.length))
      grown.set(this.values())
      this.#values = grown
    }
    this.#values.set(values, this.length)
    this.length += values.length
  }

  values(): T {
    return this.#values.subarray(0, Math.max(0, this.length)) as T
  }
}
