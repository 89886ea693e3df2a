/**
 * Cuts the inputs into shards: n shards of about the same number of bytes, each ending where a document ends. A cut
 * lies at the first place behind its target where a document surely begins, whatever stands before; so it can be found
 * by reading a few bytes near the target, and the documents are the same for every number of shards.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { argumentError, readError } from '../../errors.js'
import type { PlannedInput, PlannedShard, PlanOptions, SourceRange } from '../types.js'
import { type BytePath, displayPath, fsPath } from './byte-path.js'

const LF = 0x0a
const CR = 0x0d
const WINDOW = 64 * 1024
/** As many as five digits number. */
const MAX_SHARDS = 100_000

/** Cuts `inputs`, where `pathOf` gives the file behind each one. Yields between two cuts. */
export function* cutShards(
  inputs: readonly PlannedInput[],
  options: PlanOptions,
  pathOf: (input: PlannedInput) => BytePath,
): Generator<void, PlannedShard[]> {
  const total = inputs.reduce((sum, { size }) => sum + size, 0)
  const count = Math.max(1, Math.ceil(total / options.shardSize))
  if (count > MAX_SHARDS) {
    const least = Math.ceil(total / MAX_SHARDS)
    throw argumentError('shardSize', `at least ${least} bytes for ${total} bytes of input`, options.shardSize)
  }
  const finder = boundaryFinder(options)
  const shards: PlannedShard[] = []
  let ranges: SourceRange[] = []
  /** Bytes of the inputs in front of the one at hand, and the number of the next cut. */
  let before = 0
  let cut = 1
  /** Where the last shard ended, in bytes of all inputs. */
  let cutAt = 0
  for (const [index, input] of inputs.entries()) {
    let start = 0
    for (;;) {
      const target = targetOf(cut, count, total)
      if (cut >= count || target >= before + input.size) break
      yield
      // A target that an earlier cut has moved past already gives the same place, and so no shard of its own.
      const from = target - before
      const end = from <= start ? start : finder(pathOf(input), input, from)
      if (end > start) ranges.push({ input: index, start, end })
      start = end
      // A shard needs bytes in it, and in front of it some that are left: files of 0 bytes make none.
      if (before + end > cutAt && before + end < total) {
        cutAt = before + end
        shards.push({ index: shards.length, ranges })
        ranges = []
      }
      cut++
      if (start === input.size) {
        // All further targets within this input lie behind its last boundary: they move to its end, too.
        while (cut < count && targetOf(cut, count, total) < before + input.size) cut++
        break
      }
    }
    if (start < input.size || input.size === 0) ranges.push({ input: index, start, end: input.size })
    before += input.size
  }
  if (ranges.length > 0 || shards.length === 0) shards.push({ index: shards.length, ranges })
  return shards
}

/** floor(cut * total / count), without a product above 2^53. */
function targetOf(cut: number, count: number, total: number): number {
  return cut * Math.floor(total / count) + Math.floor((cut * (total % count)) / count)
}

type BoundaryFinder = (path: BytePath, input: PlannedInput, from: number) => number

/** The first boundary at or behind `from` (which is above 0), in bytes from the start of the file. */
function boundaryFinder({ document, separator }: PlanOptions): BoundaryFinder {
  return (path, input, from) => {
    if (input.format === 'text' && document === 'file') return input.size
    if (input.format === 'text' && document === 'paragraph') return search(path, input, from, 3, paragraph)
    if (input.format === 'text' && separator !== null) {
      const bytes = Buffer.from(separator)
      return search(path, input, from, 2 * bytes.length - 1, separated(bytes))
    }
    return search(path, input, from, 1, line)
  }
}

/**
 * Looks for a boundary in `window`, of which the bytes from `first` on are not in front of the target. Returns its
 * place in the window, or -1. `last` says that the window ends with the file; otherwise a boundary whose proof needs
 * bytes behind the window is not one.
 */
type WindowSearch = (window: Buffer, first: number, last: boolean) => number

function line(window: Buffer, first: number): number {
  const at = window.indexOf(LF, Math.max(0, first - 1))
  return at === -1 ? -1 : at + 1
}

/** A paragraph begins at p if an empty line ends there and the line that begins there is not empty. */
function paragraph(window: Buffer, first: number, last: boolean): number {
  for (let p = window.indexOf(LF, Math.max(0, first - 1)) + 1; p !== 0; p = window.indexOf(LF, p) + 1) {
    const emptyBefore =
      p >= 2 && (window[p - 2] === LF || (p >= 3 && window[p - 2] === CR && window[p - 3] === LF))
    if (!emptyBefore || p === window.length) continue
    if (window[p] === LF || (window[p] === CR && p + 1 < window.length && window[p + 1] === LF)) continue
    if (window[p] === CR && p + 1 === window.length && !last) continue
    return p
  }
  return -1
}

/**
 * Behind a separator that the scan from the left surely takes: it takes every occurrence but one that overlaps one it
 * has taken, so that an occurrence which none overlaps from the left is always taken.
 */
function separated(separator: Buffer): WindowSearch {
  const { length } = separator
  return (window, first) => {
    let previous = Number.NEGATIVE_INFINITY
    for (let q = window.indexOf(separator); q !== -1; q = window.indexOf(separator, q + 1)) {
      if (q + length >= first && q - previous >= length) return q + length
      previous = q
    }
    return -1
  }
}

/** Reads windows from `back` bytes in front of `from` on, each overlapping the one before, until one has a boundary. */
function search(path: BytePath, input: PlannedInput, from: number, back: number, find: WindowSearch): number {
  const descriptor = open(path)
  try {
    // A byte order mark is no text: nothing that begins in it counts.
    const contentStart = beginsWithMark(descriptor, path) ? 3 : 0
    const size = Math.max(WINDOW, 16 * back)
    const buffer = Buffer.allocUnsafeSlow(size)
    let first = Math.max(from, contentStart)
    for (;;) {
      const start = Math.max(contentStart, first - back)
      const length = readAt(descriptor, path, buffer, Math.min(size, input.size - start), start)
      const last = start + length >= input.size
      const at = find(buffer.subarray(0, length), first - start, last)
      if (at !== -1) return start + at
      if (last || length === 0) return input.size
      // The last bytes are looked at again: what begins there may end, or be proved, behind the window.
      first = start + length - back
    }
  } finally {
    closeSync(descriptor)
  }
}

function beginsWithMark(descriptor: number, path: BytePath): boolean {
  const start = Buffer.alloc(3)
  return (
    readAt(descriptor, path, start, 3, 0) === 3 && start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf
  )
}

function open(path: BytePath): number {
  try {
    return openSync(fsPath(path), 'r')
  } catch (error) {
    throw readError(displayPath(path), error)
  }
}

/** Reads until `length` bytes are there or the file ends; returns how many they are. */
function readAt(
  descriptor: number,
  path: BytePath,
  buffer: Buffer,
  length: number,
  position: number,
): number {
  try {
    let done = 0
    while (done < length) {
      const count = readSync(descriptor, buffer, done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  } catch (error) {
    throw readError(displayPath(path), error)
  }
}
