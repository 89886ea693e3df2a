/**
 * Two engines against each other: the same bytes through both, everything that they give back compared, and the
 * smallest input that still shows a difference found. Whoever doubts a result can so ask two programs that share no
 * code below the {@link Framer}. It knows bytes alone; lib/corpus/cross-check.ts takes it through files.
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

export interface Comparison {
  readonly first: Outcome
  readonly second: Outcome
  /** The first thing that differs, in words; null if nothing does. */
  readonly difference: string | null
}

/** Frames `input` as one whole with both engines, and compares bytes, lengths, refusals, totals and checksums. */
export function compareEngines(
  first: Engine,
  second: Engine,
  framing: CrossCheckFraming,
  input: Uint8Array,
): Comparison {
  const outcomes = [first, second].map((engine) => outcomeOf(engine, framing, input))
  const [one, two] = outcomes
  return { first: one, second: two, difference: firstDifference(one, two) }
}

export interface SmallestDifference {
  /** The bytes that still show a difference. */
  readonly input: Uint8Array
  /** The range of the input handed in that they were taken out of. */
  readonly start: number
  readonly end: number
  readonly comparison: Comparison
  /** False if time ran out before each byte had been tried. */
  readonly complete: boolean
}

/**
 * Takes away from `input` whatever the difference does not need: first what is behind it and in front of it, by
 * bisection, then halves, quarters, … and single bytes out of the middle (delta debugging: Zeller and Hildebrandt,
 * 2002). Without a difference in `input` it returns null.
 */
export function smallestDifference(
  first: Engine,
  second: Engine,
  framing: CrossCheckFraming,
  input: Uint8Array,
  milliseconds = 10_000,
): SmallestDifference | null {
  const deadline = performance.now() + milliseconds
  let comparison = compareEngines(first, second, framing, input)
  if (comparison.difference === null) return null

  const differs = (candidate: Uint8Array): boolean => {
    const result = compareEngines(first, second, framing, candidate)
    if (result.difference !== null) comparison = result
    return result.difference !== null
  }

  // Both bisections keep one end that differs and one that does not (or is not allowed), up to neighbours.
  let end = input.length
  for (let low = -1; end - low > 1; ) {
    const middle = Math.floor((low + end) / 2)
    if (differs(input.slice(0, middle))) end = middle
    else low = middle
  }
  let start = 0
  for (let high = end + 1; high - start > 1; ) {
    const middle = Math.floor((start + high) / 2)
    if (differs(input.slice(middle, end))) start = middle
    else high = middle
  }

  const { bytes, complete } = reduce(input.slice(start, end), differs, deadline)
  return { input: bytes, start, end, comparison, complete }
}

/** Longest UTF-8 sequence: a character goes as a whole, or its rest would be a fault of its own. */
const CHARACTER = 4

/** Removes pieces of ever smaller size, and characters and bytes until none can go. */
function reduce(
  input: Uint8Array,
  differs: (candidate: Uint8Array) => boolean,
  deadline: number,
): { bytes: Uint8Array; complete: boolean } {
  let bytes = input
  let size = Math.max(CHARACTER, Math.ceil(bytes.length / 2))
  for (let before = bytes.length; ; ) {
    for (let at = 0; at < bytes.length; ) {
      if (performance.now() >= deadline) return { bytes, complete: false }
      const candidate = without(bytes, at, at + size)
      if (differs(candidate)) bytes = candidate
      else at += size > CHARACTER ? size : 1
    }
    if (size > 1) {
      size = size > CHARACTER ? Math.max(CHARACTER, Math.ceil(size / 2)) : size - 1
    } else if (bytes.length === before) {
      return { bytes, complete: true }
    } else {
      // What could not go before something else went may be free now.
      size = CHARACTER
      before = bytes.length
    }
  }
}

function without(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const rest = new Uint8Array(bytes.length - (Math.min(to, bytes.length) - from))
  rest.set(bytes.subarray(0, from))
  rest.set(bytes.subarray(to), from)
  return rest
}

/** Input is handed over, and output taken away, in steps of this size, so that every way to stop is taken. */
const STEP = 256 * 1024

function outcomeOf(engine: Engine, framing: CrossCheckFraming, input: Uint8Array): Outcome {
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
      const progress = framer.consumed > start
      start = framer.consumed
      const documentEnd = start - framer.terminatorLength
      const document = documentEnd - framer.documentInput
      if (status === 'input-used') {
        if (final) break
        end = Math.min(end + STEP, input.length)
      } else if (status === 'output-full' || status === 'lengths-full') {
        this.#makeRoom(progress)
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
      this.#makeRoom(framer.consumed > start)
    }
  }

  #refuse(framer: Framer, offset: number, length: number): void {
    this.output.length -= framer.takeBack
    this.refusals.push({ offset, length, reason: framer.reason, errorOffset: framer.errorOffset })
  }

  /** An engine that stops although the sink is empty needs a larger one (a long line of JSON). */
  #makeRoom(progress: boolean): void {
    const sink = this.#sink
    const full = sink.written > 0 || sink.lengthCount > 0
    this.#drain()
    if (full || progress) return
    if (sink.output.length > 2 ** 30) throw new Error('the engine makes no progress')
    sink.output = new Uint8Array(2 * sink.output.length + MIN_OUTPUT)
    sink.lengths = new Int32Array(sink.lengths.length + MIN_LENGTHS)
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

function firstDifference(first: Outcome, second: Outcome): string | null {
  if (first.failure !== second.failure) {
    return `one engine failed: ${first.failure ?? 'no error'} against ${second.failure ?? 'no error'}`
  }
  const document = firstUnequal(first.lengths, second.lengths)
  const byte = firstUnequal(first.output, second.output)
  if (byte >= 0) {
    return `output byte ${byte}: ${hexAt(first.output, byte)} against ${hexAt(second.output, byte)}`
  }
  if (document >= 0) {
    const of = (outcome: Outcome) => outcome.lengths[document] ?? 'no document'
    return `framed length of document ${document}: ${of(first)} against ${of(second)}`
  }
  for (let i = 0; i < Math.max(first.refusals.length, second.refusals.length); i++) {
    const [one, two] = [refusalText(first.refusals[i]), refusalText(second.refusals[i])]
    if (one !== two) return `refused document ${i}: ${one} against ${two}`
  }
  for (const [name, value] of first.facts) {
    const other = second.facts.get(name)
    if (other !== value) return `${name}: ${value} against ${other ?? 'nothing'}`
  }
  return null
}

function firstUnequal(first: Uint8Array | Int32Array, second: Uint8Array | Int32Array): number {
  const common = Math.min(first.length, second.length)
  for (let i = 0; i < common; i++) if (first[i] !== second[i]) return i
  return first.length === second.length ? -1 : common
}

function hexAt(bytes: Uint8Array, index: number): string {
  return index < bytes.length ? bytes[index].toString(16).padStart(2, '0') : 'the end'
}

function refusalText(refusal: Refusal | undefined): string {
  if (refusal === undefined) return 'none'
  return `${refusal.reason} at ${refusal.errorOffset} of the ${refusal.length} bytes at ${refusal.offset}`
}
