/**
 * The bytes that may come next, as 256 flags: in a character the continuations that it can have, between two characters the
 * begin of one, or a control byte that is allowed. With `blocks`, of those only what the grammar of blocks has room for.
 *
 * There is a mask for each state of a history. No mask is empty: text can always go on or end, and options with which a
 * block could not end are refused.
 */

import { checkedOptions } from '../checked-options.js'
import { argumentError } from '../errors.js'
import { BETWEEN_BLOCKS, BLOCK_STATES, BLOCK_TABLE, REFUSED } from '../protocol/blocks.js'
import { CONTROLS, ETX, isReserved, STX } from '../protocol/controls.js'
import { blockStateIn, type HistoryState, stateOf, utf8StateIn } from './history.js'
import { checkRow, type IdRow } from './rows.js'
import { BOUNDARY, isWellFormedNext, UTF8_STATES } from './utf8-state.js'

/**
 * Which of the C0 control bytes 00–1F may come. `protocol`: white space (09–0D) and what a model may write of the protocol:
 * all that has a use but NUL (padding) and STX, with which a prompt begins. `text`: white space and ETX. `all`: all 32.
 * Or an array of those allowed.
 */
export type AllowedControls = 'protocol' | 'text' | 'all' | ArrayLike<number>

export interface NextByteOptions {
  /** `protocol` by default. */
  readonly controls?: AllowedControls | undefined
  /**
   * True: only well-formed blocks. A begun block must be ended before anything else begins, and ETX stands between blocks. The
   * arguments of a tool call are any text, be it JSON or not.
   */
  readonly blocks?: boolean | undefined
}

export const NEXT_BYTE_OPTIONS = ['controls', 'blocks'] as const

/** The masks of all states. */
export interface NextByteMasks {
  /** Whether they differ between states of blocks. */
  readonly blocks: boolean
  /** 256 flags, 0 or 1, for each mask. */
  readonly flags: Uint8Array
}

/**
 * Which bytes may follow `ids`, a text from its begin on, with padding (NUL) in front of it or not: 256 flags, 1 or 0. Behind
 * ill-formed text it is what may follow its last maximal subpart. Ids from 256 on stand for no byte: they end a character.
 *
 * Without `blocks` only the last three ids are looked at; with it, those from the begin of the last block on.
 *
 * @throws ERR_ARGUMENT for options that are none, for controls with which a block could not end, and for ids that are no
 *   whole numbers from 0 on.
 */
export function nextByteMask(ids: IdRow, options?: NextByteOptions): Uint8Array<ArrayBuffer> {
  checkRow(ids)
  const masks = nextByteMasks(options)
  const first = 256 * maskOf(masks, stateOf(ids, masks.blocks))
  return new Uint8Array(masks.flags.subarray(first, first + 256))
}

/** The masks for `options`. */
export function nextByteMasks(options?: NextByteOptions): NextByteMasks {
  const { controls = 'protocol', blocks = false } = checkedOptions(options, NEXT_BYTE_OPTIONS)
  if (typeof blocks !== 'boolean') throw argumentError('blocks', 'true or false', blocks)
  const allowed = allowedControls(controls)
  const key = `${blocks} ${allowed}`
  if (last?.key === key) return last.masks
  const masks = { blocks, flags: blocks ? blockMasks(allowed) : textMasks(allowed) }
  if (blocks) checkEnds(masks.flags, controls)
  last = { key, masks }
  return masks
}

/** The number of the mask for a state. */
export function maskOf(masks: NextByteMasks, state: HistoryState): number {
  const utf8 = utf8StateIn(state)
  if (utf8 !== BOUNDARY) return utf8 - 1
  return FIRST_OF_BLOCKS + (masks.blocks ? blockStateIn(state) : BETWEEN_BLOCKS)
}

/** Masks within a character come first; blocks do not matter there, for wherever a character may begin it may go on. */
const FIRST_OF_BLOCKS = UTF8_STATES - 1

/** The last masks that were made: those of a loop which asks for each byte anew. */
let last: { readonly key: string; readonly masks: NextByteMasks } | undefined

/** One flag for each control byte. */
function allowedControls(controls: AllowedControls): readonly boolean[] {
  if (controls === 'all') return CONTROLS.map(() => true)
  if (controls === 'text') return CONTROLS.map(({ byte }) => !isReserved(byte) || byte === ETX)
  if (controls === 'protocol') {
    return CONTROLS.map(({ byte, use }) => byte !== NUL && byte !== STX && use !== 'reserved')
  }
  if (typeof controls !== 'object' || controls === null || !Number.isSafeInteger(controls.length)) {
    throw argumentError('controls', "'protocol', 'text', 'all' or an array of control bytes", controls)
  }
  const bytes = Array.from(controls)
  for (const [index, byte] of bytes.entries()) {
    if (!Number.isInteger(byte) || CONTROLS[byte] === undefined)
      throw argumentError(`controls[${index}]`, 'a byte from 0 to 31', byte)
  }
  return CONTROLS.map(({ byte }) => bytes.includes(byte))
}

/** Masks within characters, and one for all boundaries. */
function textMasks(controls: readonly boolean[]): Uint8Array {
  const flags = new Uint8Array(256 * (FIRST_OF_BLOCKS + 1))
  for (let byte = 0; byte < 256; byte++) {
    for (let utf8 = 1; utf8 < UTF8_STATES; utf8++) {
      flags[256 * (utf8 - 1) + byte] = Number(isWellFormedNext(utf8, byte))
    }
    const allowed = byte < CONTROLS.length ? controls[byte] : isWellFormedNext(BOUNDARY, byte)
    flags[256 * FIRST_OF_BLOCKS + byte] = Number(allowed)
  }
  return flags
}

/** The same with a boundary for each state of blocks. */
function blockMasks(controls: readonly boolean[]): Uint8Array {
  const text = textMasks(controls)
  const flags = new Uint8Array(256 * (FIRST_OF_BLOCKS + BLOCK_STATES.length))
  flags.set(text.subarray(0, 256 * FIRST_OF_BLOCKS))
  for (const [index, next] of BLOCK_TABLE.entries()) {
    if (next !== REFUSED) flags[256 * FIRST_OF_BLOCKS + index] = text[256 * FIRST_OF_BLOCKS + (index % 256)]
  }
  return flags
}

/** Throws ERR_ARGUMENT unless from each state of blocks bytes that are allowed lead to where all blocks have ended. */
function checkEnds(flags: Uint8Array, controls: AllowedControls): void {
  const ends = new Set([BETWEEN_BLOCKS])
  const leadsThere = (state: number) =>
    BLOCK_TABLE.subarray(256 * state, 256 * (state + 1)).some(
      (next, byte) => ends.has(next) && flags[256 * (FIRST_OF_BLOCKS + state) + byte] !== 0,
    )
  for (let before = 0; before < ends.size; ) {
    before = ends.size
    for (const state of BLOCK_STATES.keys()) if (leadsThere(state)) ends.add(state)
  }
  if (ends.size < BLOCK_STATES.length) {
    throw argumentError(
      'controls',
      'all with which blocks end (LF, ACK, SO, SI, ETB, ESC), as blocks is true,',
      controls,
    )
  }
}

const NUL = 0x00
