/**
 * Which ids of a batch stand in which row: ranges of its values, two numbers a row, after truncation, and with several rows
 * for a text if what is cut off is kept (Hugging Face's overflowing tokens).
 */
import { argumentError } from '../errors.js'
import { ANYWHERE, type Boundaries } from './boundaries.js'

export interface Rows {
  /** Row r has values[ranges[2r], ranges[2r + 1]). */
  readonly ranges: Uint32Array
  /** The number of the text of each row, or null where it is the row's own. */
  readonly textOf: Uint32Array | null
}

export interface Cut {
  /** The most ids of content that a row has. */
  readonly room: number
  readonly left: boolean
  /** Ids that neighbouring rows of a text share; null if a text has one row. */
  readonly stride: number | null
  /** Where text i may be cut, or null for anywhere. It is asked for texts that are too long only. */
  readonly boundariesOf: ((i: number) => Boundaries) | null
}

/** Whole texts, or with `cut` as much of them as it says. Throws ERR_ARGUMENT if a character has no room in a window. */
export function rowsOf(offsets: Uint32Array, cut: Cut | null): Rows {
  if (cut !== null && cut.stride !== null) return windows(offsets, cut, cut.stride)
  const count = offsets.length - 1
  const ranges = new Uint32Array(2 * count)
  const room = cut === null ? Infinity : cut.room
  let start = offsets[0]
  for (let i = 0; i < count; i++) {
    const end = offsets[i + 1]
    ranges[2 * i] = start
    ranges[2 * i + 1] = end
    if (cut !== null && end - start > room) {
      const boundaries = cut.boundariesOf?.(i) ?? ANYWHERE
      if (cut.left) ranges[2 * i] = boundaries.after(end - room)
      else ranges[2 * i + 1] = boundaries.before(start + room)
    }
    start = end
  }
  return { ranges, textOf: null }
}

/** All windows of all texts; those of a text in the order in which they would be kept. */
function windows(offsets: Uint32Array, cut: Cut, stride: number): Rows {
  const ranges: number[] = []
  const textOf: number[] = []
  for (let i = 0; i + 1 < offsets.length; i++) {
    const [start, end] = [offsets[i], offsets[i + 1]]
    const isShort = end - start <= cut.room
    const boundaries = isShort ? ANYWHERE : (cut.boundariesOf?.(i) ?? ANYWHERE)
    const add = (from: number, to: number) => {
      ranges.push(from, to)
      textOf.push(i)
    }
    if (cut.left) fromTheRight(start, end, cut.room, stride, boundaries, add)
    else fromTheLeft(start, end, cut.room, stride, boundaries, add)
  }
  return { ranges: Uint32Array.from(ranges), textOf: Uint32Array.from(textOf) }
}

type Add = (from: number, to: number) => void

function fromTheLeft(
  start: number,
  end: number,
  room: number,
  stride: number,
  boundaries: Boundaries,
  add: Add,
): void {
  for (let from = start; ; ) {
    const to = boundaries.before(Math.min(from + room, end))
    checkRoom(to === from && to < end, room)
    add(from, to)
    if (to === end) return
    // What follows must have room beside what is shared.
    const next = boundaries.after(to + 1)
    checkRoom(next - to > room, room)
    from = boundaries.after(Math.max(to - stride, next - room))
  }
}

/** The same from the other end. */
function fromTheRight(
  start: number,
  end: number,
  room: number,
  stride: number,
  boundaries: Boundaries,
  add: Add,
): void {
  for (let to = end; ; ) {
    const from = boundaries.after(Math.max(to - room, start))
    checkRoom(from === to && from > start, room)
    add(from, to)
    if (from === start) return
    const previous = boundaries.before(from - 1)
    checkRoom(from - previous > room, room)
    to = boundaries.before(Math.min(from + stride, previous + room))
  }
}

function checkRoom(isTooSmall: boolean, room: number): void {
  if (isTooSmall) throw argumentError('max_length', 'room for each character of the text in a row', room)
}
