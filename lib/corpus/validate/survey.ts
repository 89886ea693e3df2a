/**
 * How many ill-formed sequences a range of a file has: the part of the work that needs nothing but that range, which
 * therefore any thread can do, in any order. A survey names no places, as lines are counted from the file's start;
 * where they are wanted, the range is read again.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Engine } from '../../engine/engine.js'
import { type PackedError, packError, Utf8TokenizerError } from '../../errors.js'
import { recordedFsPath, recordedPath } from '../input/byte-path.js'
import { type ChangeWords, SourceReader } from '../input/source-reader.js'
import type { EngineRequest, PlannedInput } from '../types.js'
import { MOST_LEAD, scanPart, Tally } from './scan.js'

/** Bytes start to end (exclusive) of a file, cut anywhere. */
export interface FileRange {
  readonly input: PlannedInput
  readonly start: number
  readonly end: number
}

/** Work for one thread: a part of a large file, or many small ones. */
export interface SurveyOrder {
  readonly index: number
  readonly ranges: readonly FileRange[]
}

/** Of a range that is not simply well-formed. */
export interface RangeSurvey {
  /** Its number in the order. */
  readonly range: number
  /** By reason, as in Tally. */
  readonly counts: readonly number[]
  readonly error: PackedError | null
}

export interface SurveyResult {
  readonly index: number
  /** In the order of the ranges. */
  readonly surveys: readonly RangeSurvey[]
}

export interface SurveySetup {
  readonly engine: EngineRequest
  readonly chunk: number
}

const WHILE_IT_WAS_READ: ChangeWords = { since: 'while it was read', advice: 'validate it again' }

export function makeReader(chunk: number): SourceReader {
  return new SourceReader(WHILE_IT_WAS_READ, chunk)
}

/** How many small files are read without a pause. */
export const TURN = 16

/** Yields now and then. */
export function* survey(
  { index, ranges }: SurveyOrder,
  reader: SourceReader,
  engine: Engine,
): Generator<undefined, SurveyResult> {
  const surveys: RangeSurvey[] = []
  for (const [number, range] of ranges.entries()) {
    if (isSmallAndWellFormed(range, reader, engine)) {
      if (number % TURN === 0) yield
      continue
    }
    const tally = new Tally()
    let error: PackedError | null = null
    try {
      yield* scanRange(range, reader, engine, tally)
    } catch (failure) {
      error = packError(asInputError(failure))
    }
    const { counts } = tally
    if (error !== null || counts.some((count) => count > 0)) surveys.push({ range: number, counts, error })
  }
  return { index, surveys }
}

/**
 * True if the range is a file that comes with one read, and well-formed: nothing has to be known of most files but that.
 * False says nothing, not even that it can be read.
 */
export function isSmallAndWellFormed(
  { input, start, end }: FileRange,
  { bytes }: SourceReader,
  engine: Engine,
): boolean {
  if (start > 0 || end < input.size || input.size >= bytes.length) return false
  let descriptor = -1
  try {
    descriptor = openSync(recordedFsPath(input), 'r')
    const count = readSync(descriptor, bytes, 0, bytes.length, null)
    return count === input.size && engine.findInvalid(bytes, 0, count) === null
  } catch {
    return false
  } finally {
    if (descriptor !== -1) closeSync(descriptor)
  }
}

/** Yields after each chunk, while the reader is at it. */
export function* scanRange(
  { input, start, end }: FileRange,
  reader: SourceReader,
  engine: Engine,
  tally: Tally,
): Generator<undefined, void> {
  const lead = Math.min(MOST_LEAD, start)
  try {
    reader.open({ input, path: recordedPath(input) }, start - lead, end)
    // A file is read at once: there is nothing to wait for.
    for (const _ of scanPart(reader, { lead, last: end === input.size }, engine, tally)) yield
    reader.finish()
  } finally {
    reader.close()
  }
}

/** An error that is about one file, and no reason to stop; any other is thrown. */
export function asInputError(error: unknown): Utf8TokenizerError {
  if (error instanceof Utf8TokenizerError && error.code.startsWith('ERR_INPUT_')) return error
  throw error
}
