/**
 * Utf8LogitsProcessor: scores of the next token such that only what nextByteMask allows can be chosen. The rows' masks are
 * found here; an engine applies them to all rows at once.
 *
 * `process` takes whole rows, as the loops of Hugging Face give them, and finds each row's state from its ids: no matter
 * which row was whose beam, and whether a row was written over, it is right. That takes three ids a row, but with `blocks`
 * those of its last block. A loop that knows what it appends has two ways to say so: `appendOnly`, and `step`.
 */

import { checkedOptions } from '../checked-options.js'
import type { TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { type HistoryState, nextState, stateOf } from './history.js'
import {
  maskOf,
  NEXT_BYTE_OPTIONS,
  type NextByteMasks,
  type NextByteOptions,
  nextByteMasks,
} from './next-byte.js'
import { byteAt, checkRow, checkRows, type IdRow } from './rows.js'

/** A tensor of scores, such as transformers.js has: its last dimension is the vocabulary, all others together the rows. */
export interface LogitsTensor {
  readonly dims: readonly number[]
  readonly data: unknown
}

/** Scores for each row and id: rows × vocabulary 32-bit numbers. The vocabulary has 256 ids at least. */
export type Logits = Float32Array | LogitsTensor

export interface Utf8LogitsProcessorOptions extends NextByteOptions {
  /** How many scores a row has. By default what the logits say. */
  readonly vocabulary?: number | undefined
  /**
   * True: an array that was a row once only ever grows at its end, as in the loop of transformers.js. Then `process` reads of it
   * what has been added. False by default: arrays may be written over.
   */
  readonly appendOnly?: boolean | undefined
}

export interface Utf8LogitsProcessor {
  /**
   * Gives -Infinity to each score of a byte that may not follow its row, and to all ids from 256 on; other scores stay as they
   * are. `ids` are the whole rows, prompts included; the rows of `logits` stand in their order.
   *
   * @returns `logits`, which is changed in place.
   * @throws ERR_ARGUMENT for ids that are no whole numbers from 0 on, and logits of another size or type; then nothing is
   *   changed.
   */
  process<T extends Logits>(ids: readonly IdRow[], logits: T): T

  /**
   * The same one id later: row i is now what row beams[i] was at the last call, and ids[i] behind it. Without `beams` each
   * row goes on from itself. Begin with `process`.
   *
   * @throws ERR_ARGUMENT as above, and for beams that are no rows of the last call.
   */
  step<T extends Logits>(ids: IdRow, logits: T, beams?: ArrayLike<number>): T
}

export interface Utf8LogitsProcessorConstructor {
  /** @throws ERR_ARGUMENT for options that are none, and for controls with which blocks could not end. */
  new (options?: Utf8LogitsProcessorOptions): Utf8LogitsProcessor
  readonly prototype: Utf8LogitsProcessor
}

/** The class for an engine. */
export function logitsProcessorClass(engine: TokenEngine): Utf8LogitsProcessorConstructor {
  return class Utf8LogitsProcessor {
    readonly #masks: NextByteMasks
    readonly #vocabulary: number | undefined
    readonly #stateOf: (row: IdRow) => HistoryState
    /** The state of each row at the last call. */
    #states: Uint16Array = new Uint16Array(0)

    constructor(options?: Utf8LogitsProcessorOptions) {
      const {
        controls,
        blocks = false,
        vocabulary,
        appendOnly = false,
      } = checkedOptions(options, [...NEXT_BYTE_OPTIONS, 'vocabulary', 'appendOnly'])
      if (vocabulary !== undefined) checkVocabulary(vocabulary, 'vocabulary')
      this.#masks = nextByteMasks({ controls, blocks })
      this.#vocabulary = vocabulary
      if (typeof appendOnly !== 'boolean') throw argumentError('appendOnly', 'true or false', appendOnly)
      // Without blocks there is nothing to save.
      this.#stateOf = appendOnly && blocks ? appendedStates() : (row) => stateOf(row, blocks)
    }

    process<T extends Logits>(ids: readonly IdRow[], logits: T): T {
      checkRows(ids)
      const states = new Uint16Array(ids.length)
      for (let row = 0; row < states.length; row++) states[row] = this.#stateOf(ids[row])
      return this.#mask(states, logits)
    }

    step<T extends Logits>(ids: IdRow, logits: T, beams?: ArrayLike<number>): T {
      checkRow(ids)
      checkBeams(ids.length, this.#states.length, beams)
      const states = new Uint16Array(ids.length)
      for (let row = 0; row < states.length; row++) {
        states[row] = nextState(this.#states[beams === undefined ? row : beams[row]], byteAt(ids, row))
      }
      return this.#mask(states, logits)
    }

    #mask<T extends Logits>(states: Uint16Array, logits: T): T {
      const which = new Uint32Array(states.length)
      for (let row = 0; row < states.length; row++) which[row] = maskOf(this.#masks, states[row])
      const { scores, vocabulary } = scoresOf(logits, states.length, this.#vocabulary)
      engine.maskLogits(scores, vocabulary, this.#masks.flags, which)
      this.#states = states
      return logits
    }
  }
}

/** The state of a row, for rows that only grow at their ends: each id is read once. */
function appendedStates(): (row: IdRow) => HistoryState {
  const known = new WeakMap<IdRow, { length: number; state: HistoryState }>()
  return (row) => {
    const before = known.get(row)
    if (before === undefined || before.length > row.length) {
      const state = stateOf(row, true)
      known.set(row, { length: row.length, state })
      return state
    }
    while (before.length < row.length) {
      before.state = nextState(before.state, byteAt(row, before.length))
      before.length++
    }
    return before.state
  }
}

function checkVocabulary(vocabulary: number, name: string): void {
  if (!(Number.isSafeInteger(vocabulary) && vocabulary >= 256)) {
    throw argumentError(name, 'a whole number from 256 on', vocabulary)
  }
}

/** One beam for each id, each of them one of `rows`. */
function checkBeams(ids: number, rows: number, beams: ArrayLike<number> | undefined): void {
  if (beams === undefined) {
    if (ids !== rows) throw argumentError('ids', `${rows} ids, one for each row of the last call,`, ids)
    return
  }
  if (typeof beams !== 'object' || beams === null || beams.length !== ids) {
    throw argumentError('beams', `an array of ${ids} rows`, beams)
  }
  for (let index = 0; index < ids; index++) {
    const beam = beams[index]
    if (!(Number.isInteger(beam) && beam >= 0 && beam < rows)) {
      throw argumentError(`beams[${index}]`, `one of the ${rows} rows of the last call, from 0 on,`, beam)
    }
  }
}

/** The numbers of `logits` and how many each of `rows` has, which must be `vocabulary` if that is given. */
function scoresOf(
  logits: Logits,
  rows: number,
  vocabulary: number | undefined,
): { scores: Float32Array; vocabulary: number } {
  const scores = logits instanceof Float32Array ? logits : logits?.data
  if (!(scores instanceof Float32Array)) {
    throw argumentError('logits', 'a Float32Array, or a tensor { dims, data } of one,', scores ?? logits)
  }
  // A tensor says how wide it is; an array is divided among the rows.
  const width = logits instanceof Float32Array ? (vocabulary ?? scores.length / rows) : logits.dims?.at(-1)
  if (rows === 0 && scores.length === 0) return { scores, vocabulary: 256 }
  if (width === undefined || (vocabulary !== undefined && width !== vocabulary)) {
    throw argumentError('the last dimension of logits', `${vocabulary ?? 'a vocabulary'}`, width)
  }
  checkVocabulary(width, 'the number of logits of a row')
  if (scores.length !== rows * width) {
    throw argumentError('logits', `${rows} rows of ${width} numbers each`, scores.length)
  }
  return { scores, vocabulary: width }
}
