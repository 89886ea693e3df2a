/**
 * Checks of an engine's arguments, the same for both engines: what is wrong is said before anything runs.
 */
import { argumentError } from '../errors.js'
import { checkRange } from '../range.js'
import { STATE_SLOTS } from './abi.js'
import { TABLE_ROWS } from './embedding-engine.js'
import { MIN_LENGTHS, MIN_OUTPUT } from './engine.js'
import { type DecodeErrors, MAX_JOINED, MAX_SAMPLED } from './text-engine.js'

/** The arguments that frame and frameJsonl share. */
export function checkFrameArguments(
  state: Float64Array,
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  lengths: Int32Array,
): void {
  checkRange(input, start, end)
  if (!(state instanceof Float64Array && state.byteLength >= 8 * STATE_SLOTS.length)) {
    throw argumentError('state', `a Float64Array of ${STATE_SLOTS.length}`, state)
  }
  if (!(output instanceof Uint8Array && output.byteLength >= MIN_OUTPUT)) {
    throw argumentError('output', `a Uint8Array of at least ${MIN_OUTPUT}`, output)
  }
  if (!(lengths instanceof Int32Array && lengths.byteLength >= 4 * MIN_LENGTHS)) {
    throw argumentError('lengths', `an Int32Array of at least ${MIN_LENGTHS}`, lengths)
  }
}

/** `text`, which messages call `name`, is a string. */
export function checkText(text: string, name = 'text'): void {
  if (typeof text !== 'string') throw argumentError(name, 'a string', text)
}

export function checkErrors(errors: DecodeErrors): void {
  if (errors !== 'replace' && errors !== 'ignore') {
    throw argumentError('errors', "'replace' or 'ignore'", errors)
  }
}

/** The arguments of encodeJoined: room for all that `joined` can become, and for the ends of `count` texts. */
export function checkJoined(
  joined: string,
  count: number,
  values: Uint8Array,
  start: number,
  ends: Uint32Array,
  first: number,
): void {
  checkText(joined, 'joined')
  if (joined.length > MAX_JOINED) {
    throw argumentError('joined', `at most ${MAX_JOINED} code units`, joined.length)
  }
  if (!(values instanceof Uint8Array)) throw argumentError('values', 'a Uint8Array', values)
  if (!(ends instanceof Uint32Array)) throw argumentError('ends', 'a Uint32Array', ends)
  // An end is a number of 32 bits.
  const mostStart = Math.min(values.byteLength, MAX_END) - 3 * joined.length
  if (!(Number.isInteger(start) && start >= 0 && start <= mostStart)) {
    throw argumentError('start', `a whole number with room for ${3 * joined.length} bytes behind it`, start)
  }
  const places = ends.byteLength / ends.BYTES_PER_ELEMENT
  if (!(Number.isInteger(first) && first >= 0 && first < places)) {
    throw argumentError('first', `a whole number from 0 to ${places - 1}`, first)
  }
  // No texts have no joint between them, and so nothing that stands for them.
  if (!(Number.isInteger(count) && count >= 1 && count <= places - first)) {
    throw argumentError('count', `a whole number from 1 to ${places - first}`, count)
  }
}

/** `offsets` never fall and stay within `values`. What another thread may change has to be copied first. */
export function checkOffsets(values: Uint8Array, offsets: Uint32Array): void {
  if (!(values instanceof Uint8Array)) throw argumentError('values', 'a Uint8Array', values)
  if (!(offsets instanceof Uint32Array && offsets.byteLength > 0)) {
    throw argumentError('offsets', 'a Uint32Array of at least one number', offsets)
  }
  let previous = 0
  for (let i = 0; i < offsets.length; i++) {
    if (offsets[i] < previous) {
      throw argumentError(`offsets[${i}]`, `at least the number in front of it, ${previous}`, offsets[i])
    }
    previous = offsets[i]
  }
  if (previous > values.byteLength) {
    throw argumentError('the last of offsets', `at most ${values.byteLength}`, previous)
  }
}

export function checkSamples(bytes: Uint8Array, every: number, samples: Uint32Array): void {
  if (!(bytes instanceof Uint8Array)) throw argumentError('bytes', 'a Uint8Array', bytes)
  if (bytes.byteLength > MAX_SAMPLED) {
    throw argumentError('bytes', `at most ${MAX_SAMPLED} bytes`, bytes.byteLength)
  }
  if (!(Number.isSafeInteger(every) && every > 0 && every % 64 === 0)) {
    throw argumentError('every', 'a multiple of 64', every)
  }
  const least = 2 * Math.ceil(bytes.byteLength / every) + 2
  if (!(samples instanceof Uint32Array && samples.byteLength / samples.BYTES_PER_ELEMENT >= least)) {
    throw argumentError('samples', `a Uint32Array of at least ${least}`, samples)
  }
}

/** The arguments of gather: arrays that are there and long enough, and an output apart from what is read. */
export function checkGather(table: Float32Array, width: number, ids: Uint8Array, output: Float32Array): void {
  if (!(Number.isSafeInteger(width) && width > 0)) {
    throw argumentError('width', 'a whole number from 1 on', width)
  }
  if (!(table instanceof Float32Array && isThere(table) && table.byteLength / 4 >= TABLE_ROWS * width)) {
    throw argumentError('table', `a Float32Array of at least ${TABLE_ROWS} × ${width}`, table)
  }
  if (!(ids instanceof Uint8Array && isThere(ids))) {
    throw argumentError('ids', 'a Uint8Array that is not detached', ids)
  }
  const count = ids.byteLength
  if (!(output instanceof Float32Array && isThere(output) && output.byteLength / 4 >= count * width)) {
    throw argumentError('output', `a Float32Array of at least ${count} × ${width}`, output)
  }
  const written = 4 * count * width
  if (overlap(output, written, table, 4 * TABLE_ROWS * width) || overlap(output, written, ids, count)) {
    throw argumentError('output', 'memory apart from that of table and ids', output)
  }
}

/** False for memory that is detached or was resized so that `view` is out of its bounds, whatever its length says. */
function isThere(view: Float32Array | Uint8Array): boolean {
  try {
    at.call(view, 0)
    return true
  } catch {
    return false
  }
}

/** True if the first `lengthA` bytes of `a` and the first `lengthB` of `b` have one in common. */
function overlap(a: ArrayBufferView, lengthA: number, b: ArrayBufferView, lengthB: number): boolean {
  return (
    a.buffer === b.buffer && a.byteOffset < b.byteOffset + lengthB && b.byteOffset < a.byteOffset + lengthA
  )
}

/** The same function for typed arrays of every kind. */
const { at } = Uint8Array.prototype

/** The largest number that `ends` of encodeJoined can hold. */
const MAX_END = 2 ** 32 - 1
