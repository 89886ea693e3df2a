/**
 * Every ill-formed sequence of a text that comes in chunks. The engine finds the first one; the bytes behind it are gone
 * through in JavaScript until some have been well-formed, because a call costs as much as a hundred bytes of that, and
 * where one error is there are more: Latin-1, compressed data, noise.
 */
import { REASONS } from '../../engine/abi.js'
import type { Engine } from '../../engine/engine.js'
import { characterAt, isCut, lengthOf, reasonOf } from '../../engine/javascript/utf8.js'
import { countThrough } from './automaton.js'

/** Counts by reason, and the places of as many sequences as are wanted. */
export class Tally {
  /** The index is that of the reason in REASONS. */
  readonly counts: number[] = REASONS.map(() => 0)
  /** For each place three numbers: index in the bytes at hand, length, number of the reason. */
  places: number[] = []
  /** How many more places to keep. */
  wanted = 0

  add(index: number, length: number, reason: number): void {
    this.counts[reason]++
    if (this.wanted > 0) {
      this.wanted--
      this.places.push(index, length, reason)
    }
  }
}

/** What a text is read from, as SourceReader does it: unused bytes are bytes[start, end). */
export interface TextSource {
  readonly bytes: Uint8Array
  start: number
  readonly end: number
  /** Nothing comes behind `end`. */
  readonly final: boolean
  /** Moves unused bytes to the front and reads more behind them. */
  fill(): Promise<void> | void
}

/** A part of a text, cut anywhere. A character that is cut belongs to the part in which it begins. */
export interface TextPart {
  /** Bytes in front of the part that the source gives first, so that it can be seen what is cut: 3, or all there are. */
  readonly lead: number
  /** The text ends with this part. */
  readonly last: boolean
}

/** The most bytes of a character that can stand in front of a cut. */
export const MOST_LEAD = 3

/**
 * Adds to `tally` all sequences of the part that `source` gives. Yields after each chunk, or what to wait for; the
 * places in the tally hold for the bytes at hand.
 */
export function* scanPart(
  source: TextSource,
  { lead, last }: TextPart,
  engine: Engine,
  tally: Tally,
): Generator<Promise<void> | undefined, void> {
  for (let first = true; first || !source.final; first = false) {
    const filling = source.fill()
    if (filling !== undefined) yield filling
    if (first) source.start = beginOf(source.bytes, source.start, source.start + lead)
    source.start = scanChunk(engine, source.bytes, source.start, source.end, source.final && last, tally)
    yield
  }
}

/** Where the characters begin that are none of those in front of `cut`. */
function beginOf(bytes: Uint8Array, start: number, cut: number): number {
  let at = cut - 1
  while (at >= start && (bytes[at] & 0xc0) === 0x80) at--
  return at >= start && isCut(characterAt(bytes.subarray(0, cut), at)) ? at : cut
}

/** Returns how far the bytes were used: less than `end` if it cuts a character and more may come. */
function scanChunk(
  engine: Engine,
  bytes: Uint8Array,
  start: number,
  end: number,
  final: boolean,
  tally: Tally,
): number {
  const text = bytes.subarray(0, end)
  let at = start
  while (at < end) {
    const invalid = engine.findInvalid(text, at, end)
    if (invalid === null) return end
    at = invalid.offset
    const character = characterAt(text, at)
    if (!isCut(character)) {
      at = tally.wanted > 0 ? stepThrough(text, at, tally) : countThrough(text, at, end, tally.counts)
    } else if (final) {
      tally.add(at, lengthOf(character), reasonOf(character))
      return end
    } else {
      return at
    }
  }
  return end
}

/** Bytes without an error behind which {@link stepThrough} ends: a call of the engine costs as much. */
const CALM = 64

/** The same as {@link countThrough}, with places. */
function stepThrough(text: Uint8Array, start: number, tally: Tally): number {
  let at = start
  for (let calm = at + CALM; at < text.length && at < calm && tally.wanted > 0; ) {
    const character = characterAt(text, at)
    if (isCut(character)) break
    if (reasonOf(character) !== 0) {
      tally.add(at, lengthOf(character), reasonOf(character))
      calm = at + CALM
    }
    at += lengthOf(character)
  }
  return at
}
