/**
 * What UTF-8 allows next: an automaton over the bytes of a text. Its states are the boundary, where a character may begin,
 * and the ways in which a begun one can go on. Source: RFC 3629, section 4; Unicode 15, table 3-7.
 *
 * A byte that does not go on with the begun character ends it, as a maximal subpart of ill-formed text (Unicode 15, D93b),
 * and is then read as if at a boundary; a byte that can begin nothing leads to the boundary. So every history has a state.
 */
import { byteAt, type IdRow, NO_BYTE } from './rows.js'

/** What continuation is due in a state, as its first and last byte, and in which state that leaves. */
interface Due {
  readonly first: number
  readonly last: number
  readonly next: number
}

/** The state at which no character is begun. */
export const BOUNDARY = 0

/** Number of states: the boundary, and one for each of {@link DUE}. */
export const UTF8_STATES = 8

const ONE_MORE = 1
const TWO_MORE = 2
const THREE_MORE = 3
const BEHIND_E0 = 4
const BEHIND_ED = 5
const BEHIND_F0 = 6
const BEHIND_F4 = 7

/** What is due in each state but the boundary. */
const DUE: Readonly<Record<number, Due>> = {
  [ONE_MORE]: { first: 0x80, last: 0xbf, next: BOUNDARY },
  [TWO_MORE]: { first: 0x80, last: 0xbf, next: ONE_MORE },
  [THREE_MORE]: { first: 0x80, last: 0xbf, next: TWO_MORE },
  // Shorter forms of the same characters, surrogates, and what is above U+10FFFF are left out.
  [BEHIND_E0]: { first: 0xa0, last: 0xbf, next: ONE_MORE },
  [BEHIND_ED]: { first: 0x80, last: 0x9f, next: ONE_MORE },
  [BEHIND_F0]: { first: 0x90, last: 0xbf, next: TWO_MORE },
  [BEHIND_F4]: { first: 0x80, last: 0x8f, next: TWO_MORE },
}

/** The state behind a byte at a boundary. */
function begin(byte: number): number {
  if (byte < 0xc2 || byte > 0xf4) return BOUNDARY
  if (byte < 0xe0) return ONE_MORE
  if (byte === 0xe0) return BEHIND_E0
  if (byte === 0xed) return BEHIND_ED
  if (byte < 0xf0) return TWO_MORE
  if (byte === 0xf0) return BEHIND_F0
  return byte === 0xf4 ? BEHIND_F4 : THREE_MORE
}

const TABLE = makeTable()

/** The state behind `byte` (or NO_BYTE, which ends whatever was begun) in `state`. */
export function nextUtf8State(state: number, byte: number): number {
  return byte === NO_BYTE ? BOUNDARY : TABLE[(state << 8) | byte]
}

/** The state behind all ids of `row`. Looks at the last three alone, or only at the last if it is ASCII. */
export function utf8StateOf(row: IdRow): number {
  const { length } = row
  if (length === 0 || byteAt(row, length - 1) < 0x80) return BOUNDARY
  // The last byte that is no continuation tells the state from there on, whatever is in front of it. Behind three
  // continuations every character is complete.
  let state = BOUNDARY
  for (let index = Math.max(0, length - 3); index < length; index++) {
    state = nextUtf8State(state, byteAt(row, index))
  }
  return state
}

/** True if `byte` can stand in `state` in well-formed text. */
export function isWellFormedNext(state: number, byte: number): boolean {
  const due = DUE[state]
  return due === undefined ? byte < 0x80 || begin(byte) !== BOUNDARY : byte >= due.first && byte <= due.last
}

function makeTable(): Uint8Array {
  const table = new Uint8Array(UTF8_STATES << 8)
  for (let state = 0; state < UTF8_STATES; state++) {
    const due = DUE[state]
    for (let byte = 0; byte < 256; byte++) {
      const goesOn = due !== undefined && byte >= due.first && byte <= due.last
      table[(state << 8) | byte] = goesOn ? due.next : begin(byte)
    }
  }
  return table
}
