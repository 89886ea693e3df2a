/**
 * One call after the other of a TextEngine on the same text, each compared with what the oracle says. A failure tells
 * the engine, the input and the place.
 */
import type { Engine } from '../../dist/engine/engine.js'
import { fail } from './compare.js'
import { encodeOracle, fittingOracle, type OracleText, textOracle } from './text-oracle.js'

/** Everything that can be asked about bytes[start, end). */
export function checkBytes(
  engine: Engine,
  bytes: Uint8Array,
  start: number,
  end: number,
  expected: OracleText = textOracle(bytes, start, end),
  seed?: number,
): void {
  const compare = (what: string, got: unknown, right: unknown) => {
    if (got !== right) fail(engine, what, { ...placeOf(bytes, start, end), seed, ...shown(got, right) })
  }
  compare('isValid', engine.isValid(bytes, start, end), expected.valid)
  compare('countCodePoints', engine.countCodePoints(bytes, start, end), expected.codePoints)
  compare('utf16Length', engine.utf16Length(bytes, start, end), expected.units)
  compare('decode, replace', engine.decode(bytes, start, end, 'replace'), expected.replace)
  compare('decode, ignore', engine.decode(bytes, start, end, 'ignore'), expected.ignore)
}

/** How much there must be around a range for writes outside of it to be seen: more than a vector. */
const MARGIN = 80
const UNTOUCHED = 0xa5
const memory = new Uint8Array(4096).fill(UNTOUCHED)

export interface CheckText {
  /** How many bytes encodeInto gets; if left out, all that it needs. */
  readonly room?: number
  /** How many bytes behind a multiple of 64 they begin. */
  readonly alignment?: number
  /** What the whole text should become, where the caller has it. */
  readonly whole?: Uint8Array
}

/** byteLength and encodeInto. */
export function checkText(engine: Engine, text: string, options: CheckText = {}): void {
  const { whole = encodeOracle(text), room = whole.length, alignment = 0 } = options
  const place = { room, alignment, units: text.length, text: text.slice(0, 400) }
  const length = engine.byteLength(text)
  if (length !== whole.length) fail(engine, 'byteLength', { ...place, length, expected: whole.length })

  const start = 128 + alignment
  const end = start + room
  const into = end + MARGIN <= memory.length ? memory : new Uint8Array(end + MARGIN).fill(UNTOUCHED)
  const result = engine.encodeInto(text, into, start, end)
  const fitting = fittingOracle(whole, room)
  const expected = fitting === whole.length ? fitting : ~fitting
  if (result !== expected) fail(engine, 'encodeInto', { ...place, result, expected })
  const at = firstDifference(into.subarray(start, end), whole.subarray(0, fitting))
  if (at !== -1) fail(engine, 'encodeInto', { ...place, at, byte: into[start + at], expected: whole[at] })
  for (let i = 1; i <= MARGIN; i++) {
    if (into[start - i] !== UNTOUCHED) fail(engine, 'wrote in front of the range', { ...place, i })
    if (into[end - 1 + i] !== UNTOUCHED) fail(engine, 'wrote behind the range', { ...place, i })
  }
  if (into === memory) memory.fill(UNTOUCHED, start, end)
}

/** The first place at which `got` is not as `expected`, which may be shorter; or -1. */
export function firstDifference(got: Uint8Array, expected: Uint8Array): number {
  const length = expected.length
  if (got.length >= length && Buffer.compare(got.subarray(0, length), expected) === 0) return -1
  let at = 0
  while (at < length && got[at] === expected[at]) at++
  return at
}

function placeOf(bytes: Uint8Array, start: number, end: number): Record<string, unknown> {
  const hex = Buffer.from(bytes.subarray(start, Math.min(end, start + 400))).toString('hex')
  return { start, end, alignment: bytes.byteOffset % 64, hex }
}

/** Two results, or, of long strings, what stands around the first unit that differs. */
function shown(got: unknown, expected: unknown): Record<string, unknown> {
  if (typeof got !== 'string' || typeof expected !== 'string') return { got, expected }
  let at = 0
  while (at < got.length && got[at] === expected[at]) at++
  const around = (text: string) => text.slice(Math.max(0, at - 4), at + 12)
  const lengths = [got.length, expected.length]
  return { at, lengths, got: around(got), expected: around(expected) }
}
