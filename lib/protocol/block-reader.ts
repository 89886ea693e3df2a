/**
 * The grammar of blocks.ts, read: bytes go in as they come, in pieces of any length, and out come the blocks and the parts
 * that they are made of, escapes undone. `parseBlocks` reads a whole text with it, a streamer what a model says, byte by byte.
 *
 * A part's value is bytes, not yet text: well-formed UTF-8 if what was read is, but a piece of it may end inside a
 * character. No part ends there, as all that ends one is ASCII.
 */
import {
  BETWEEN_BLOCKS,
  BLOCK_STATES,
  BLOCK_TABLE,
  type BlockPart,
  type BlockState,
  blockState,
  REFUSED,
} from './blocks.js'
import { CONTROLS, ESCAPE_OFFSET, isReserved } from './controls.js'

/** A part that has a value. */
export type ValuePart = Exclude<BlockPart, 'frame'>

export type BlockKind = 'tool' | 'message'

/** What a reader tells, in the order of the bytes. Offsets count bytes from the first one read. */
export interface BlockSink {
  /** A block begins with the byte at `offset`: DC1, SOH. */
  beginBlock(kind: BlockKind, offset: number): void
  /** A block has ended in front of `offset`, behind its SI or ETB. A message's line feed, if it comes, lies behind it. */
  endBlock(kind: BlockKind, offset: number): void
  /** A part begins, whose first byte, if there is one, is at `offset`. */
  begin(part: ValuePart, offset: number): void
  /** The next bytes of the value of the part that is open: one at least, in memory that the reader does not use again. */
  value(part: ValuePart, bytes: Uint8Array): void
  /** A part has ended in front of `offset`. What separates it from the next one is in neither. */
  end(part: ValuePart, offset: number): void
  /**
   * The grammar refuses the byte at `offset`: the block and the part that are open have no end. Unless this throws, reading
   * goes on as blockStateAfterRefused says, with a part 'text'.
   */
  refused(byte: number, offset: number): void
}

export class BlockReader {
  readonly #sink: BlockSink
  #state: number
  #offset = 0
  /** A colon or bracket that may be the first of the two bytes that end a part, or -1. */
  #held = -1

  /** Begins in `state`, whose part is open without a call of `begin`; by default in front of a text. */
  constructor(sink: BlockSink, state: number = BETWEEN_BLOCKS) {
    this.#sink = sink
    this.#state = state
  }

  /** The state behind all bytes that were read; see BLOCK_STATES. */
  get state(): BlockState {
    return BLOCK_STATES[this.#state]
  }

  /** How many bytes were read. */
  get offset(): number {
    return this.#offset
  }

  /** Reads all of `bytes`. What was told of them by the time that the sink throws stays told, and the reader is of no use then. */
  read(bytes: Uint8Array): void {
    const plain = new Uint8Array(bytes.length + 1)
    let from = 0
    let size = 0
    const flush = () => {
      const { part } = BLOCK_STATES[this.#state]
      if (from < size && part !== 'frame') this.#sink.value(part, plain.subarray(from, size))
      from = size
    }
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]
      const place = 256 * this.#state + byte
      const action = ACTIONS[place]
      if (this.#held !== -1 && action <= HOLD) {
        plain[size++] = this.#held
        this.#held = -1
      }
      if (action === VALUE) {
        plain[size++] = byte
      } else if (action === ESCAPED) {
        plain[size++] = byte - ESCAPE_OFFSET
      } else if (action === HOLD) {
        this.#held = byte
      } else if (action === STEP) {
        flush()
        this.#step(BLOCK_TABLE[place], this.#offset + at)
        continue
      } else if (action === REFUSE) {
        flush()
        this.#refuse(byte, this.#offset + at)
        if (BLOCK_TABLE[byte] !== REFUSED) at--
        continue
      }
      this.#state = BLOCK_TABLE[place]
    }
    flush()
    this.#offset += bytes.length
  }

  /** From one part to the next, or out of a frame or into it, by the byte at `offset`. */
  #step(next: number, offset: number): void {
    const before = this.#state
    const { part } = BLOCK_STATES[before]
    const { part: nextPart } = BLOCK_STATES[next]
    if (part !== 'frame') this.#sink.end(part, this.#held === -1 ? offset : offset - 1)
    this.#held = -1
    this.#state = next
    if (next === TOOL_BEGIN) this.#sink.beginBlock('tool', offset)
    if (next === MESSAGE_BEGIN) this.#sink.beginBlock('message', offset)
    if (next === MESSAGE_END) this.#sink.endBlock('message', offset + 1)
    if (before === TOOL_LINES && nextPart === 'text') this.#sink.endBlock('tool', offset + 1)
    if (nextPart !== 'frame') this.#sink.begin(nextPart, offset + 1)
  }

  #refuse(byte: number, offset: number): void {
    this.#sink.refused(byte, offset)
    this.#held = -1
    this.#state = BETWEEN_BLOCKS
    this.#sink.begin('text', BLOCK_TABLE[byte] === REFUSED ? offset + 1 : offset)
  }
}

const TOOL_BEGIN = blockState('toolOpen')
const TOOL_LINES = blockState('toolLines')
const MESSAGE_BEGIN = blockState('role0')
const MESSAGE_END = blockState('messageEnd')
const HOLDING = ['argumentColon', 'assistant.callClose', 'other.callClose'].map(blockState)

/** What is done with a byte that is read in a state. Up to HOLD, a held byte turns out to be of the value. */
const VALUE = 0
const ESCAPE = 1
const ESCAPED = 2
const HOLD = 3
const STEP = 4
const REFUSE = 5

/** ACTIONS[256 * state + byte]. */
const ACTIONS = Uint8Array.from(BLOCK_TABLE, (next, place) => actionOf(place >> 8, place & 0xff, next))

function actionOf(state: number, byte: number, next: number): number {
  if (next === REFUSED) return REFUSE
  if (BLOCK_STATES[next].escaped) return ESCAPE
  if (BLOCK_STATES[state].escaped) return ESCAPED
  if (HOLDING.includes(next)) return HOLD
  const { part } = BLOCK_STATES[state]
  const frames = part === 'frame' || (isReserved(byte) && CONTROLS[byte].use !== 'reserved')
  return part === BLOCK_STATES[next].part && !frames ? VALUE : STEP
}
