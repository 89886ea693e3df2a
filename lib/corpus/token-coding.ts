/**
 * How framed documents stand in a `.bin` file: a byte is a token of one byte, or of two, or with a byte model the id that
 * the model has for it (lib/protocol/byte-models.ts), its begin and end in place of STX and ETX. Writers go one way through it,
 * readers the other. Where a document has a frame, its content has neither STX nor ETX (options.ts sees to that), so that
 * a table of 256 numbers says all, and can be turned round.
 */
import type { TokenEngine } from '../engine/token-engine.js'
import { byteModel, modelIds } from '../protocol/byte-models.js'
import { tokenSize } from './output/megatron-index.js'
import { bytesOf } from './output/output-file.js'
import type { PlanOptions } from './types.js'

export type TokenOptions = Pick<PlanOptions, 'dtype' | 'bos' | 'eos' | 'byteModel'>

/** Tokens as they stand in a file. */
export type Tokens = Uint8Array | Uint16Array

/** What {@link TokenCoding.decode} gives if all tokens are right. */
export const ALL_RIGHT = -1

export class TokenCoding {
  /** Bytes of a token in the file. */
  readonly width: number
  /** A byte is its own token, and stands as it is in the file. */
  readonly plain: boolean
  /** The token of each byte. */
  readonly #ids: Uint16Array
  /** The byte of each token that there may be, or NO_BYTE. */
  readonly #bytes: Int16Array
  /** A byte is its own token: those of 16 bits are then made by set, which is many times as fast as a table. */
  readonly #isByte: boolean
  /** Memory for what is written, used again. */
  #wide = new Uint16Array(0)
  #narrow = new Uint8Array(0)

  constructor({ dtype, bos, eos, byteModel: name }: TokenOptions) {
    this.width = tokenSize(dtype)
    this.#ids =
      name === undefined
        ? Uint16Array.from({ length: 256 }, (_, byte) => byte)
        : modelIds(byteModel(name), bos, eos)
    this.#isByte = this.#ids.every((id, byte) => id === byte)
    this.plain = this.#isByte && this.width === 1
    this.#bytes = new Int16Array(2 ** (8 * this.width)).fill(NO_BYTE)
    // From above, so that of an id for two bytes the control has it: H-Net's begin is FEh, which no text has.
    for (let byte = 0xff; byte >= 0; byte--) this.#bytes[this.#ids[byte]] = byte
  }

  /**
   * The framed bytes[0, length) as bytes of the file: those bytes themselves, or memory that the next call uses again.
   */
  encode(engine: TokenEngine, bytes: Uint8Array, length: number): Uint8Array {
    if (this.plain) return bytes
    if (this.#wide.length < length) this.#wide = new Uint16Array(bytes.length)
    const source = bytes.subarray(0, length)
    if (this.#isByte) this.#wide.set(source)
    else engine.translate(source, this.#ids, this.#wide)
    if (this.width === 2) return bytesOf(this.#wide)
    if (this.#narrow.length < length) this.#narrow = new Uint8Array(bytes.length)
    this.#narrow.set(this.#wide.subarray(0, length))
    return this.#narrow
  }

  /** Memory for tokens as they stand in the file. */
  array(count: number): Tokens {
    return this.width === 1 ? new Uint8Array(count) : new Uint16Array(count)
  }

  /**
   * Puts the framed bytes of tokens[0, count) to target[start, …).
   *
   * @returns The number of the first token that stands for no byte, or ALL_RIGHT.
   */
  decode(tokens: Tokens, count: number, target: Uint8Array, start: number): number {
    if (this.plain) {
      target.set(tokens.subarray(0, count), start)
      return ALL_RIGHT
    }
    const bytes = this.#bytes
    const output = target.subarray(start, start + count)
    let all = 0
    for (let i = 0; i < count; i++) {
      const byte = bytes[tokens[i]]
      all |= byte
      output[i] = byte
    }
    return all >= 0 ? ALL_RIGHT : this.#firstWrong(tokens)
  }

  #firstWrong(tokens: Tokens): number {
    return tokens.findIndex((token) => this.#bytes[token] === NO_BYTE)
  }
}

/** Negative, so that it shows in the union of all. */
const NO_BYTE = -1
