/**
 * Rows of a batch, placed: of one width, or back to back. What stands in them is ids, and beside them at the same places masks
 * and offsets, each of which is then given the shape that the caller asked for.
 */
import { type Ids, NO_ID, type TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { allocate } from '../memory.js'
import { ETX, STX } from '../protocol/controls.js'
import type { Settings } from './call-options.js'
import { type Encoding, MOST_IDS } from './encodings/encoding.js'
import { allocateIds } from './encodings/memory.js'
import { RaggedBatch } from './ragged.js'
import type { Rows } from './ranges.js'
import type { Ragged, Tensor, TensorType } from './shapes.js'

/** What fills rows up. */
export const PAD = 0

/** Where the rows stand. */
export interface Layout {
  readonly rows: Rows
  readonly count: number
  /** Ids of a row; null if each has its own length. */
  readonly width: number | null
  /** Ids in all. */
  readonly total: number
  readonly special: boolean
  readonly padLeft: boolean
}

/** Rows in one of the shapes: pairs in lists are lists of two. */
export type Shaped<D extends Ids> = Tensor<D> | Ragged<D> | number[] | number[][] | number[][][]

/** @throws ERR_ARGUMENT if the rows do not fit into the width, or are of several lengths and shall be a tensor. */
export function layoutOf(rows: Rows, settings: Settings): Layout {
  const { special, padLeft } = settings
  const { ranges } = rows
  const count = ranges.length / 2
  const extra = special ? 2 : 0
  let longest = 0
  let shortest = Infinity
  let total = count * extra
  for (let i = 0; i < ranges.length; i += 2) {
    const length = ranges[i + 1] - ranges[i]
    if (length > longest) longest = length
    if (length < shortest) shortest = length
    total += length
  }
  longest = count === 0 ? 0 : longest + extra
  const width = widthOf(settings, longest, count === 0 || longest === shortest + extra)
  if (width !== null) total = count * width
  else if (total > MOST_IDS) throw argumentError('text', `at most ${MOST_IDS} ids in all`, total)
  return { rows, count, width, total, special, padLeft }
}

function widthOf(settings: Settings, longest: number, areEqual: boolean): number | null {
  if (settings.width === null) {
    if (settings.shape !== 'tensor') return null
    if (areEqual) return longest
    throw argumentError('return_tensor', 'padding: true, as the rows are not of one length,', true)
  }
  const least = settings.width === 'longest' ? longest : settings.width
  const width = Math.ceil(least / settings.multiple) * settings.multiple
  if (longest <= width) return width
  throw argumentError(
    'max_length',
    `at least ${longest}, as a row has so many ids, or truncation, or padding: 'longest',`,
    width,
  )
}

export interface Placed<D extends Ids> {
  readonly data: D
  /** 1 where there is no padding. */
  readonly mask: Uint8Array
  /** Where rows begin and end, without a width. */
  readonly offsets: Uint32Array | null
}

/** The rows out of `values`, framed as the layout says. */
export function place<I extends Ids>(
  engine: TokenEngine,
  encoding: Pick<Encoding<I>, 'kind'>,
  values: I,
  { rows, count, width, total, special, padLeft }: Layout,
): Placed<I> {
  const data = allocateIds(encoding, total)
  const mask = allocate(total)
  const [first, last] = special ? [STX, ETX] : [NO_ID, NO_ID]
  if (width !== null) {
    engine.padRows(values, rows.ranges, first, last, width, PAD, padLeft, data, mask)
    return { data, mask, offsets: null }
  }
  const offsets = new Uint32Array(count + 1)
  engine.joinRows(values, rows.ranges, first, last, data, offsets)
  return { data, mask: mask.fill(1), offsets }
}

/** The place of the first id of each row's content. */
export function contentStart({ rows, width, special, padLeft }: Layout, offsets: Uint32Array | null) {
  const before = special ? 1 : 0
  const behind = before
  return (row: number): number => {
    if (offsets !== null) return offsets[row] + before
    const start = row * (width ?? 0)
    if (!padLeft) return start + before
    return start + (width ?? 0) - behind - (rows.ranges[2 * row + 1] - rows.ranges[2 * row])
  }
}

/** `data`, which has `pair` numbers for each id, in the shape asked for. `flat`: one row is no list of lists. */
export function shaped<D extends Ids>(
  data: D,
  type: TensorType,
  { count, width }: Layout,
  offsets: Uint32Array | null,
  shape: Settings['shape'],
  flat: boolean,
  pair: 1 | 2 = 1,
): Shaped<D> {
  if (shape === 'tensor') {
    const dims = [count, width ?? 0]
    return { type, dims: pair === 2 ? [...dims, 2] : dims, data }
  }
  const ends = offsets ?? Uint32Array.from({ length: count + 1 }, (_, i) => i * (width ?? 0))
  const ragged = new RaggedBatch(data, pair === 2 ? ends.map((end) => 2 * end) : ends)
  if (shape === 'ragged') return ragged
  const lists = Array.from(ragged, (row) => (pair === 2 ? pairsOf(row) : Array.from(row)))
  return flat && lists.length === 1 ? lists[0] : (lists as number[][] | number[][][])
}

function pairsOf(row: Ids): number[][] {
  return Array.from({ length: row.length / 2 }, (_, i) => [row[2 * i], row[2 * i + 1]])
}
