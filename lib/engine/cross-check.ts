/**
 * Two engines against each other: the same bytes through both, everything that they give back compared, and the
 * smallest input that still shows a difference found. Whoever doubts a result can so ask two programs that share no
 * code below the Framer. It knows bytes alone; lib/corpus/cross-check.ts takes it through files.
 */
import type { Engine } from './engine.js'
import { type CrossCheckFraming, type Outcome, outcomeOf, type Refusal } from './outcome.js'

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

function firstDifference(first: Outcome, second: Outcome): string | null {
  // Two that fail alike are no proof of anything either.
  if (first.failure !== null || second.failure !== null) {
    return `an engine failed: ${first.failure ?? 'no error'} against ${second.failure ?? 'no error'}`
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
  for (let i = equalWords(first, second, common); i < common; i++) if (first[i] !== second[i]) return i
  return first.length === second.length ? -1 : common
}

/** Values at the start that four bytes at a time show to be equal; both arrays begin with their buffer. */
function equalWords(first: Uint8Array | Int32Array, second: Uint8Array | Int32Array, common: number): number {
  const perWord = 4 / first.BYTES_PER_ELEMENT
  const words = Math.floor(common / perWord)
  const [one, two] = [first, second].map(({ buffer }) => new Int32Array(buffer, 0, words))
  let equal = 0
  while (equal < words && one[equal] === two[equal]) equal++
  return equal * perWord
}

function hexAt(bytes: Uint8Array, index: number): string {
  return index < bytes.length ? bytes[index].toString(16).padStart(2, '0') : 'the end'
}

function refusalText(refusal: Refusal | undefined): string {
  if (refusal === undefined) return 'none'
  return `${refusal.reason} at ${refusal.errorOffset} of the ${refusal.length} bytes at ${refusal.offset}`
}
