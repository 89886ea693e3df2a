/**
 * The checks of a TokenEngine's arguments, the same for both engines: a TokenEngine that does nothing but refuse what the
 * interface does not allow. The JavaScript engine calls it first. The addon makes the same checks without words, and the
 * native engine comes here for the words.
 */
import { argumentError } from '../errors.js'
import { checkOffsets } from './arguments.js'
import { type Ids, NO_ID, type TokenEngine } from './token-engine.js'

export const tokenArguments: TokenEngine = {
  padRows(values, ranges, first, last, width, pad, left, ids, mask) {
    checkRanges(values, ranges)
    checkMarks(values, first, last)
    const extra = markCount(first, last)
    checkWhole('width', width, MOST)
    checkWhole('pad', pad, largestId(values))
    checkBoolean('left', left)
    for (let i = 0; i < ranges.length; i += 2) {
      const length = ranges[i + 1] - ranges[i] + extra
      if (length > width) throw argumentError('width', `at least ${length}, for row ${i / 2}`, width)
    }
    const places = (ranges.length / 2) * width
    checkIds(values, ids, places)
    checkLength('mask', mask, Uint8Array, places)
    checkApart('ids', ids, values, ranges)
    checkApart('mask', mask, values, ranges)
  },
  joinRows(values, ranges, first, last, ids, offsets) {
    checkRanges(values, ranges)
    checkMarks(values, first, last)
    let total = (ranges.length / 2) * markCount(first, last)
    for (let i = 0; i < ranges.length; i += 2) total += ranges[i + 1] - ranges[i]
    if (total > MOST) throw argumentError('ranges', `rows of at most ${MOST} ids in all`, total)
    checkIds(values, ids, total)
    checkLength('offsets', offsets, Uint32Array, ranges.length / 2 + 1)
    checkApart('ids', ids, values, ranges)
    checkApart('offsets', offsets, values, ranges)
  },
  includesReplacement(bytes) {
    checkLength('bytes', bytes, Uint8Array, 0)
    return false
  },
  widen(ids, output) {
    const length = checkValues('ids', ids)
    checkLength('output', output, BigInt64Array, length)
    checkApart('output', output, ids)
  },
  translate(bytes, table, output) {
    const length = checkLength('bytes', bytes, Uint8Array, 0)
    checkLength('table', table, Uint16Array, 256)
    checkLength('output', output, Uint16Array, length)
    checkApart('output', output, bytes, table)
  },
  lossMask(bytes, offsets, mask) {
    checkRows(bytes, offsets)
    checkLength('mask', mask, Uint8Array, offsets[offsets.length - 1])
    checkApart('mask', mask, bytes, offsets)
  },
  attentionSpans(bytes, offsets, spans) {
    checkRows(bytes, offsets)
    checkLength('spans', spans, Uint32Array, offsets[offsets.length - 1])
    checkApart('spans', spans, bytes, offsets)
  },
  attentionMask(documents, spans, rows, width, mask, packed) {
    checkWhole('rows', rows, MOST)
    checkWhole('width', width, MOST)
    checkBoolean('packed', packed)
    checkLength('documents', documents, Uint32Array, rows * width)
    checkLength('spans', spans, Uint32Array, rows * width)
    checkLength('mask', mask, Uint8Array, rows * width * (packed ? Math.ceil(width / 8) : width))
    checkApart('mask', mask, documents, spans)
  },
  placePieces(values, pieces, documentOf, ids, positions, documents) {
    const available = checkValues('values', values)
    const numbers = checkLength('pieces', pieces, Uint32Array, 0)
    if (numbers % 3 !== 0) throw argumentError('pieces', 'three numbers for each piece', numbers)
    checkLength('documentOf', documentOf, Uint32Array, numbers / 3)
    const places = checkIds(values, ids, 0)
    checkSameLength('positions', positions, places)
    checkSameLength('documents', documents, places)
    for (let i = 0; i < numbers; i += 3) {
      const [start, end, at] = [pieces[i], pieces[i + 1], pieces[i + 2]]
      if (!(start <= end && end <= available)) {
        throw argumentError(`pieces[${i}]`, `a range within ${available} values`, `${start} to ${end}`)
      }
      if (at + (end - start) > places) {
        throw argumentError(`pieces[${i + 2}]`, `a place with room for ${end - start} of ${places} ids`, at)
      }
    }
    for (const [name, array] of Object.entries({ ids, positions, documents })) {
      checkApart(name, array, values, pieces, documentOf)
    }
  },
  maskLogits(logits, vocabulary, masks, which) {
    checkWhole('vocabulary', vocabulary, MOST)
    if (vocabulary < 256) throw argumentError('vocabulary', 'at least 256', vocabulary)
    const count = Math.floor(checkLength('masks', masks, Uint8Array, 0) / 256)
    const rows = checkLength('which', which, Uint32Array, 0)
    checkLength('logits', logits, Float32Array, rows * vocabulary)
    for (let row = 0; row < rows; row++) {
      if (which[row] >= count) throw argumentError(`which[${row}]`, `one of ${count} masks`, which[row])
    }
    checkApart('logits', logits, masks, which)
  },
}

/**
 * Numbers that say where an engine reads and writes, in memory that no other thread writes: what was checked is then what is
 * used. A value of another kind comes back as it is, to be refused.
 */
export function ownNumbers(numbers: Uint32Array): Uint32Array {
  const isShared = numbers instanceof Uint32Array && !(numbers.buffer instanceof ArrayBuffer)
  return isShared ? new Uint32Array(numbers) : numbers
}

/** How many ids a row has beside those of its range. */
export function markCount(first: number, last: number): number {
  return (first === NO_ID ? 0 : 1) + (last === NO_ID ? 0 : 1)
}

type NumberArray = Ids | BigInt64Array | Float32Array
/** A class of typed arrays, as `instanceof` takes it. */
type Kind = { readonly name: string; new (length: number): NumberArray }

/** Counts and offsets are numbers of 32 bits. */
const MOST = 2 ** 32 - 1
const ID_KINDS = [Uint8Array, Uint16Array, Uint32Array] as const

/** Returns how many elements `array` has, at least `least`. */
function checkLength(name: string, array: NumberArray, kind: Kind, least: number): number {
  if (!(array instanceof kind)) throw argumentError(name, `a ${kind.name}`, array)
  if (isDetached(array)) throw argumentError(name, 'memory that is not detached', array)
  // V8's optimised code may still know an old `length`; see lib/range.ts.
  const length = array.byteLength / array.BYTES_PER_ELEMENT
  if (length < least) throw argumentError(name, `at least ${least} elements`, length)
  return length
}

function checkSameLength(name: string, array: Uint32Array, expected: number): void {
  const length = checkLength(name, array, Uint32Array, 0)
  if (length !== expected) throw argumentError(name, `as many elements as ids, ${expected}`, length)
}

/** Ids of any kind. */
function checkValues(name: string, values: Ids): number {
  const kind = ID_KINDS.find((one) => values instanceof one)
  if (kind === undefined) throw argumentError(name, 'a Uint8Array, Uint16Array or Uint32Array', values)
  return checkLength(name, values, kind, 0)
}

/** Ids of the kind that `values` has. */
function checkIds(values: Ids, ids: Ids, least: number): number {
  return checkLength('ids', ids, ID_KINDS.find((one) => values instanceof one) ?? Uint8Array, least)
}

function checkRanges(values: Ids, ranges: Uint32Array): void {
  const available = checkValues('values', values)
  const numbers = checkLength('ranges', ranges, Uint32Array, 0)
  if (numbers % 2 !== 0) throw argumentError('ranges', 'two numbers for each row', numbers)
  for (let i = 0; i < numbers; i += 2) {
    if (!(ranges[i] <= ranges[i + 1] && ranges[i + 1] <= available)) {
      const received = `${ranges[i]} to ${ranges[i + 1]}`
      throw argumentError(`ranges[${i}]`, `a range within ${available} values`, received)
    }
  }
}

function checkRows(bytes: Uint8Array, offsets: Uint32Array): void {
  checkLength('bytes', bytes, Uint8Array, 0)
  checkLength('offsets', offsets, Uint32Array, 1)
  checkOffsets(bytes, offsets)
}

function checkMarks(values: Ids, first: number, last: number): void {
  if (first !== NO_ID) checkWhole('first', first, largestId(values))
  if (last !== NO_ID) checkWhole('last', last, largestId(values))
}

function largestId(values: Ids): number {
  return 2 ** (8 * values.BYTES_PER_ELEMENT) - 1
}

function checkWhole(name: string, number: number, most: number): void {
  if (!(Number.isInteger(number) && number >= 0 && number <= most)) {
    throw argumentError(name, `a whole number from 0 to ${most}`, number)
  }
}

function checkBoolean(name: string, value: boolean): void {
  if (typeof value !== 'boolean') throw argumentError(name, 'true or false', value)
}

/** `written`, which messages call `name`, has no byte in common with what is read. */
function checkApart(name: string, written: NumberArray, ...read: readonly NumberArray[]): void {
  const { buffer, byteOffset, byteLength } = written
  for (const array of read) {
    const isApart =
      array.buffer !== buffer ||
      byteOffset + byteLength <= array.byteOffset ||
      array.byteOffset + array.byteLength <= byteOffset
    if (!isApart && byteLength > 0 && array.byteLength > 0) {
      throw argumentError(name, 'memory of its own, apart from what is read', written)
    }
  }
}

/** An array over detached memory, of which no other view can be made, whatever its length says. */
function isDetached(array: NumberArray): boolean {
  const { buffer, byteOffset, byteLength } = array
  if (byteLength > 0) return byteOffset + byteLength > buffer.byteLength
  try {
    return new Uint8Array(buffer).length < 0
  } catch {
    return true
  }
}
