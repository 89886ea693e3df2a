/**
 * Utf8StoppingCriteria: which rows have come to an end with their last id. As those of Hugging Face it takes all rows whole and
 * gives a flag for each.
 *
 * It remembers nothing. A row is read only where its last byte is one that may end it.
 */

import { checkedOptions } from '../checked-options.js'
import { argumentError } from '../errors.js'
import { BETWEEN_BLOCKS } from '../protocol/blocks.js'
import { ETX } from '../protocol/controls.js'
import { blockStateOf } from './history.js'
import { byteAt, checkRows, type IdRow } from './rows.js'

/**
 * ETX ends a text, wherever it stands. ETB ends a message: only one that is open, and where it may end (LF follows in the
 * format, which a loop that stops here has to add). ESC ends a tool call: only behind SUB, a name and arguments in parentheses.
 */
export type StoppingByte = 'ETX' | 'ETB' | 'ESC'

export interface Utf8StoppingCriteriaOptions {
  /** ETX alone by default. An empty array is refused unless there is a `max_length`. */
  readonly on?: readonly StoppingByte[] | undefined
  /** A row also ends when it has so many ids, those of its prompt included, as in Hugging Face's MaxLengthCriteria. */
  readonly max_length?: number | undefined
}

/** Which rows end with their last id. */
export class Utf8StoppingCriteria {
  readonly #on: ReadonlySet<number>
  readonly #maxLength: number

  /** @throws ERR_ARGUMENT for options that are none, and for those with which no row would ever end. */
  constructor(options?: Utf8StoppingCriteriaOptions) {
    const { on = ['ETX'], max_length = Number.POSITIVE_INFINITY } = checkedOptions(options, [
      'on',
      'max_length',
    ])
    if (max_length !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(max_length) && max_length > 0)) {
      throw argumentError('max_length', 'a whole number from 1 on', max_length)
    }
    if (!Array.isArray(on) || (on.length === 0 && max_length === Number.POSITIVE_INFINITY)) {
      throw argumentError('on', "an array of 'ETX', 'ETB' or 'ESC', at least one without max_length,", on)
    }
    this.#on = new Set(on.map(byteNamed))
    this.#maxLength = max_length
  }

  /**
   * For each row, given whole (with its prompt), whether it ends with its last id. No row of no ids ends.
   *
   * @throws ERR_ARGUMENT for ids that are no whole numbers from 0 on, as far as they are looked at.
   */
  process(ids: readonly IdRow[]): boolean[] {
    checkRows(ids)
    return ids.map((row) => row.length > 0 && (row.length >= this.#maxLength || this.#ends(row)))
  }

  #ends(row: IdRow): boolean {
    const last = byteAt(row, row.length - 1)
    // Where ETB and ESC are refused they lead between blocks, and else into what is behind a message or a call.
    return this.#on.has(last) && (last === ETX || blockStateOf(row) !== BETWEEN_BLOCKS)
  }
}

const ETB = 0x17
const ESC = 0x1b

function byteNamed(name: StoppingByte): number {
  if (name === 'ETX') return ETX
  if (name === 'ETB') return ETB
  if (name === 'ESC') return ESC
  throw argumentError('on', "'ETX', 'ETB' or 'ESC'", name)
}
