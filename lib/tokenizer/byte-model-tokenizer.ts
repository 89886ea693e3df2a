/**
 * Tokenizers of other models of bytes (ByT5, BLT, EvaByte, H-Net), out of the table in lib/protocol/byte-models.ts: the
 * same UTF-8, with other numbers. A text holds no structure for them: whatever it has becomes ids of bytes, so that it
 * cannot say `</s>`, which it can in Hugging Face's ByT5Tokenizer.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { NO_ID, type TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import {
  type ByteModel,
  type ByteModelName,
  byteModel,
  largestId,
  modelIds,
} from '../protocol/byte-models.js'
import type { Utf8DecoderErrors } from '../text/decoder.js'
import type { TextLayer } from '../text/layer.js'
import { rowsOf } from './ranges.js'

export interface ByteModelEncodeOptions {
  /** Put the model's begin in front and its end behind, as far as it does so (addsBos, addsEos). Default true. */
  readonly add_special_tokens?: boolean | undefined
}

export interface ByteModelPadOptions extends ByteModelEncodeOptions {
  /** Default `right`. */
  readonly padding_side?: 'left' | 'right' | undefined
}

export interface ByteModelDecodeOptions {
  /** What becomes of ill-formed UTF-8: nothing (`ignore`, the default), U+FFFD (`replace`), an error (`strict`). */
  readonly errors?: 'ignore' | 'replace' | 'strict' | undefined
}

/** Ids of one text: bytes where all of the model's are (H-Net), else 16 bits each. */
export type ByteModelIds = Uint8Array | Uint16Array

/** Ids of many texts back to back: those of text i are values[offsets[i], offsets[i + 1]). */
export interface ByteModelBatch {
  readonly values: ByteModelIds
  readonly offsets: Uint32Array
}

/** Rows of equal length: texts × the ids of the longest. */
export interface ByteModelRows {
  readonly input_ids: {
    readonly type: 'uint8' | 'uint16'
    readonly dims: readonly [number, number]
    readonly data: ByteModelIds
  }
  /** 1 for an id of the text or its frame, 0 for padding. */
  readonly attention_mask: {
    readonly type: 'bool'
    readonly dims: readonly [number, number]
    readonly data: Uint8Array
  }
}

export interface ByteModelTokenizer {
  readonly model: ByteModel

  /**
   * The ids of a text.
   *
   * @throws ERR_STRING_LONE_SURROGATE for a text that is no well-formed UTF-16; ERR_ARGUMENT for what is no text.
   */
  encode(text: string, options?: ByteModelEncodeOptions): ByteModelIds

  /** The ids of many texts. Throws as {@link encode}. */
  encodeBatch(texts: readonly string[], options?: ByteModelEncodeOptions): ByteModelBatch

  /**
   * The ids of many texts as one tensor, filled up with the model's padding.
   *
   * @throws ERR_ARGUMENT for a model that has no padding (H-Net); else as {@link encode}.
   */
  pad(texts: readonly string[], options?: ByteModelPadOptions): ByteModelRows

  /**
   * The text of ids. Those that stand for no byte (padding, begin, end and the like) have none, and are left out.
   *
   * @throws ERR_ARGUMENT for an id outside of the model's vocabulary; ERR_UTF8_INVALID with `errors: 'strict'`.
   */
  decode(ids: ArrayLike<number> | BigInt64Array | readonly bigint[], options?: ByteModelDecodeOptions): string

  /** The ids of bytes, which may be ids of UTF8Tokenizer: each byte is one, controls too. */
  fromBytes(bytes: Uint8Array): ByteModelIds

  /** The bytes that ids stand for; those that stand for none are left out. Throws as {@link decode}. */
  toBytes(ids: ArrayLike<number> | BigInt64Array | readonly bigint[]): Uint8Array
}

export interface ByteModelTokenizerConstructor {
  /** @throws ERR_ARGUMENT for a name that is not in the table. */
  new (name: ByteModelName): ByteModelTokenizer
  readonly prototype: ByteModelTokenizer
}

/** The class for a text layer and an engine. */
export function byteModelTokenizerClass(
  text: Pick<TextLayer, 'encodeBatch' | 'Utf8Decoder'>,
  engine: TokenEngine,
): ByteModelTokenizerConstructor {
  return class ByteModelTokenizer {
    readonly model: ByteModel
    readonly #table: Uint16Array
    readonly #wide: boolean

    constructor(name: ByteModelName) {
      this.model = byteModel(name)
      this.#table = modelIds(this.model)
      this.#wide = largestId(this.model) > 0xff
    }

    encode(text: string, options?: ByteModelEncodeOptions): ByteModelIds {
      return this.encodeBatch([text], options).values
    }

    encodeBatch(texts: readonly string[], options?: ByteModelEncodeOptions): ByteModelBatch {
      const { first, last } = this.#marks(checkedOptions(options, ['add_special_tokens']))
      const { values, offsets } = this.#encode(texts)
      if (first === NO_ID && last === NO_ID) return { values, offsets }
      const marks = (first === NO_ID ? 0 : 1) + (last === NO_ID ? 0 : 1)
      const ids = this.#array(values.length + marks * texts.length)
      const joined = new Uint32Array(texts.length + 1)
      engine.joinRows(values, rowsOf(offsets, null).ranges, first, last, ids, joined)
      return { values: ids, offsets: joined }
    }

    pad(texts: readonly string[], options?: ByteModelPadOptions): ByteModelRows {
      const checked = checkedOptions(options, ['add_special_tokens', 'padding_side'])
      const side = oneOf('padding_side', checked.padding_side ?? 'right', ['right', 'left'])
      const { first, last } = this.#marks(checked)
      const { name, pad } = this.model
      if (pad === null) throw argumentError('model', 'one that has a padding id, or use encodeBatch', name)
      const { values, offsets } = this.#encode(texts)
      let width = 0
      for (let i = 0; i < texts.length; i++) width = Math.max(width, offsets[i + 1] - offsets[i])
      if (texts.length > 0) width += (first === NO_ID ? 0 : 1) + (last === NO_ID ? 0 : 1)
      const ids = this.#array(texts.length * width)
      const mask = new Uint8Array(ids.length)
      engine.padRows(
        values,
        rowsOf(offsets, null).ranges,
        first,
        last,
        width,
        pad,
        side === 'left',
        ids,
        mask,
      )
      const dims = [texts.length, width] as const
      return {
        input_ids: { type: this.#wide ? 'uint16' : 'uint8', dims, data: ids },
        attention_mask: { type: 'bool', dims, data: mask },
      }
    }

    decode(
      ids: ArrayLike<number> | BigInt64Array | readonly bigint[],
      options?: ByteModelDecodeOptions,
    ): string {
      const { errors = 'ignore' } = checkedOptions(options, ['errors'])
      oneOf('errors', errors, ['ignore', 'replace', 'strict'])
      const treated: Utf8DecoderErrors = errors === 'strict' ? 'throw' : errors
      return new text.Utf8Decoder('utf-8', { errors: treated, ignoreBOM: true }).decode(this.toBytes(ids))
    }

    fromBytes(bytes: Uint8Array): ByteModelIds {
      if (!(bytes instanceof Uint8Array)) throw argumentError('bytes', 'a Uint8Array', bytes)
      // Where ids are bytes the offset is 0.
      if (!this.#wide) return new Uint8Array(bytes)
      const ids = new Uint16Array(bytes.length)
      engine.translate(bytes, this.#table, ids)
      return ids
    }

    toBytes(ids: ArrayLike<number> | BigInt64Array | readonly bigint[]): Uint8Array {
      const { offset, bos, eos, vocabularySize } = this.model
      const bytes = new Uint8Array(ids.length)
      let size = 0
      for (let i = 0; i < ids.length; i++) {
        const id = Number(ids[i])
        if (!Number.isInteger(id) || id < 0 || id >= vocabularySize) {
          throw argumentError(`ids[${i}]`, `an id from 0 to ${vocabularySize - 1}`, ids[i])
        }
        const byte = id - offset
        if (byte >= 0 && byte <= 0xff && id !== bos && id !== eos) bytes[size++] = byte
      }
      return bytes.subarray(0, size)
    }

    #marks({ add_special_tokens: adds = true }: ByteModelEncodeOptions): { first: number; last: number } {
      if (typeof adds !== 'boolean') throw argumentError('add_special_tokens', 'true or false', adds)
      const { bos, eos, addsBos, addsEos } = this.model
      return {
        first: adds && addsBos && bos !== null ? bos : NO_ID,
        last: adds && addsEos && eos !== null ? eos : NO_ID,
      }
    }

    #encode(texts: readonly string[]): { values: ByteModelIds; offsets: Uint32Array } {
      const { values, offsets } = text.encodeBatch(texts, { errors: 'throw' })
      return { values: this.#wide ? this.fromBytes(values) : values, offsets }
    }

    #array(length: number): ByteModelIds {
      return this.#wide ? new Uint16Array(length) : new Uint8Array(length)
    }
  }
}
