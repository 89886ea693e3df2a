/**
 * Where documents end: the terminators of each unit, decided at one place of the input. The rules stand at
 * Engine.frame. Nothing here is fast; the fast loop stops only where a terminator may begin.
 */
import { UNITS } from '../abi.js'

export const [STREAM, LINE, PARAGRAPH, SEPARATOR] = UNITS.keys()

/** No terminator begins here. */
export const NO_TERMINATOR = 0
/** Only more input can tell whether one begins here. */
export const HOLD = -1

/**
 * The length of the terminator that begins at input[at], where at < input.length; or NO_TERMINATOR, or, unless
 * `final`, HOLD.
 */
export function terminatorAt(
  unit: number,
  separator: Uint8Array,
  input: Uint8Array,
  at: number,
  final: boolean,
): number {
  switch (unit) {
    case LINE:
      return lineEndAt(input, at, final)
    case PARAGRAPH:
      return paragraphEndAt(input, at, final)
    case SEPARATOR:
      return separatorAt(separator, input, at, final)
    default:
      return NO_TERMINATOR
  }
}

/** The same for a line end alone: LF or CR LF. */
export function lineEndAt(input: Uint8Array, at: number, final: boolean): number {
  if (input[at] === LF) return 1
  if (input[at] !== CR) return NO_TERMINATOR
  if (at + 1 === input.length) return final ? NO_TERMINATOR : HOLD
  return input[at + 1] === LF ? 2 : NO_TERMINATOR
}

/** The first offset from `from` on where a terminator may begin, or the end. */
export function nextCandidate(unit: number, separator: Uint8Array, input: Uint8Array, from: number): number {
  if (unit === STREAM) return input.length
  const first = unit === SEPARATOR ? separator[0] : LF
  let found = input.indexOf(first, from)
  if (found === -1) found = input.length
  // A CR in front of the line feed, or of the end, may belong to the terminator.
  return unit !== SEPARATOR && found > from && input[found - 1] === CR ? found - 1 : found
}

const LF = 0x0a
const CR = 0x0d

/** A line end ends a paragraph if an empty line follows, or nothing. */
function paragraphEndAt(input: Uint8Array, at: number, final: boolean): number {
  const own = lineEndAt(input, at, final)
  if (own <= 0) return own
  if (at + own === input.length) return final ? own : HOLD
  const next = lineEndAt(input, at + own, final)
  return next > 0 ? own : next
}

function separatorAt(separator: Uint8Array, input: Uint8Array, at: number, final: boolean): number {
  const length = Math.min(separator.length, input.length - at)
  for (let i = 0; i < length; i++) if (input[at + i] !== separator[i]) return NO_TERMINATOR
  if (length === separator.length) return length
  return final ? NO_TERMINATOR : HOLD
}
