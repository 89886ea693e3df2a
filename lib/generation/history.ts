/**
 * What the ids of a row have led to, as one number: the state of UTF-8 (utf8-state.ts) and that of the blocks
 * (lib/protocol/blocks.ts). Every history has a state, however broken: a byte that the grammar refuses is read as if all
 * blocks had ended in front of it.
 *
 * A state is found from the row alone: some bytes (NUL, SOH, STX, ETX, DC1) lead to the same state of blocks wherever they
 * stand, so that a row is read from the last of those on, no further back than its last block.
 */
import {
  BETWEEN_BLOCKS,
  BLOCK_STATES,
  BLOCK_TABLE,
  blockStateAfterRefused,
  REFUSED,
} from '../protocol/blocks.js'
import { byteAt, type IdRow, NO_BYTE } from './rows.js'
import { nextUtf8State, UTF8_STATES, utf8StateOf } from './utf8-state.js'

/** The state of UTF-8 + UTF8_STATES × the state of the blocks. */
export type HistoryState = number

/** UTF8_STATES is a power of two. */
const UTF8_BITS = Math.log2(UTF8_STATES)

/** In front of a text. */
export const START: HistoryState = 0

export function utf8StateIn(state: HistoryState): number {
  return state & (UTF8_STATES - 1)
}

export function blockStateIn(state: HistoryState): number {
  return state >> UTF8_BITS
}

/** The state behind `byte`, or NO_BYTE, which leaves the blocks as they are. */
export function nextState(state: HistoryState, byte: number): HistoryState {
  return nextUtf8State(utf8StateIn(state), byte) | (nextBlockState(blockStateIn(state), byte) << UTF8_BITS)
}

/** The state behind all ids of `row`. Without `blocks` that of the blocks is not looked for, and says BETWEEN_BLOCKS. */
export function stateOf(row: IdRow, blocks: boolean): HistoryState {
  return utf8StateOf(row) | ((blocks ? blockStateOf(row) : BETWEEN_BLOCKS) << UTF8_BITS)
}

/** The state of the blocks behind all ids of `row`. */
export function blockStateOf(row: IdRow): number {
  let start = row.length
  while (start > 0 && !RESETS[byteAt(row, start - 1)]) start--
  let state = BETWEEN_BLOCKS
  for (let index = Math.max(0, start - 1); index < row.length; index++) {
    state = nextBlockState(state, byteAt(row, index))
  }
  return state
}

/** RESUMED[256 * state + byte]: as BLOCK_TABLE, and where that refuses, the state in which a reader goes on. */
const RESUMED = BLOCK_TABLE.map((next, index) =>
  next === REFUSED ? blockStateAfterRefused(index % 256) : next,
)

/** RESETS[byte]: whether the byte leads to one and the same state from all. There is a place for NO_BYTE. */
const RESETS = Uint8Array.from({ length: NO_BYTE + 1 }, (_, byte) => {
  if (byte === NO_BYTE) return 0
  return BLOCK_STATES.every((_state, state) => RESUMED[256 * state + byte] === RESUMED[byte]) ? 1 : 0
})

function nextBlockState(state: number, byte: number): number {
  return byte === NO_BYTE ? state : RESUMED[256 * state + byte]
}
