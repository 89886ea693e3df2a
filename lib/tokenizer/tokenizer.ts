/**
 * The tokenizer's class for an encoding and an engine. An instance is a function, as Hugging Face's tokenizers are in Python
 * and in transformers.js, with the class's prototype, so that `instanceof`, methods and properties work as of any object.
 */

import { Callable } from '../callable.js'
import { checkedOptions } from '../checked-options.js'
import type { Ids, TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { ETX, STX } from '../protocol/controls.js'
import { checkCharacters, checkedTexts, encodeTexts } from './call.js'
import { type CallDefaults, type CallOptions, type Side, settingsOf, side } from './call-options.js'
import {
  type ChatConversation,
  type ChatConversations,
  type ChatOptions,
  type ChatTemplate,
  checkedTemplate,
  renderChats,
} from './chat.js'
import { type DecodeOptions, decodeIds, decodeSettings, isSpecialId } from './decode.js'
import type { EncodedTexts, Encoding } from './encodings/encoding.js'
import { rowOfIds, rowsOfIds } from './ids.js'
import { presentFolders, readPretrained, type TokenizerClassName, writePretrained } from './pretrained.js'
import { RaggedBatch } from './ragged.js'
import { PAD } from './rows.js'
import type { IdRow, IdRows } from './shapes.js'
import type {
  EncodeOptions,
  TokenizerConstructor,
  TokenizerOptions,
  TokenizerPlatform,
} from './tokenizer-types.js'

Object.setPrototypeOf(Callable.prototype, Function.prototype)

/** The class, called `name`. */
export function tokenizerClass<I extends Ids>(
  name: TokenizerClassName,
  encoding: Encoding<I>,
  engine: TokenEngine,
  { compile, folders }: TokenizerPlatform,
): TokenizerConstructor<I> {
  class Tokenizer extends Callable {
    #paddingSide: Side
    #truncationSide: Side
    #modelMaxLength: number
    #chatTemplate: ChatTemplate | null

    constructor(options?: TokenizerOptions | null) {
      super((text: string | readonly string[], given?: CallOptions | null) => this.#call(text, given))
      const chosen = checkedOptions(options, OPTIONS)
      this.#paddingSide = side('padding_side', chosen.padding_side, 'right')
      this.#truncationSide = side('truncation_side', chosen.truncation_side, 'right')
      this.#modelMaxLength = checkedLength(chosen.model_max_length ?? Infinity)
      this.#chatTemplate = checkedTemplate(chosen.chat_template)
    }

    #call(text: string | readonly string[], options: CallOptions | null | undefined): unknown {
      if (options === undefined && typeof text === 'string') {
        const ids = this.#encodePlain(text, true)
        const offsets = new Uint32Array(2)
        offsets[1] = ids.length
        const mask = new Uint8Array(ids.length).fill(1)
        return { input_ids: new RaggedBatch(ids, offsets), attention_mask: new RaggedBatch(mask, offsets) }
      }
      const settings = settingsOf(options, this.#defaults)
      return encodeTexts(engine, encoding, checkedTexts(text), typeof text === 'string', settings)
    }

    encode(text: string, options?: EncodeOptions | null): I {
      if (typeof text !== 'string') throw argumentError('text', 'a string', text)
      if (options === undefined) return this.#encodePlain(text, true)
      const settings = settingsOf(checkedOptions(options, ENCODE_OPTIONS), this.#defaults)
      if (settings.truncation === null && settings.reserved === 'keep') {
        return this.#encodePlain(text, settings.special)
      }
      const { input_ids } = encodeTexts(engine, encoding, checkedTexts(text), true, settings)
      return (input_ids as RaggedBatch<I>).values
    }

    #encodePlain(text: string, special: boolean): I {
      checkCharacters(text, 'text')
      const ids = encoding.encode(text, special ? 1 : 0)
      if (special) {
        ids[0] = STX
        ids[ids.length - 1] = ETX
      }
      return ids
    }

    get #defaults(): CallDefaults {
      return {
        padding_side: this.#paddingSide,
        truncation_side: this.#truncationSide,
        model_max_length: this.#modelMaxLength,
      }
    }

    decode(ids: IdRow, options?: DecodeOptions | null): string {
      return decodeIds(encoding, rowOfIds(encoding, ids), decodeSettings(options))
    }

    batch_decode(ids: IdRows, options?: DecodeOptions | null): string[] {
      const settings = decodeSettings(options)
      return rowsOfIds(encoding, ids).map((row) => decodeIds(encoding, row, settings))
    }

    tokenize(text: string): string[] {
      if (typeof text !== 'string') throw argumentError('text', 'a string', text)
      return Array.from(this.#encodePlain(text, false), tokenOf)
    }

    convert_tokens_to_ids(tokens: string | readonly string[]): number | number[] {
      if (typeof tokens === 'string') return idOf(encoding, tokens, 'tokens')
      if (!Array.isArray(tokens)) throw argumentError('tokens', 'a token or an array of tokens', tokens)
      return tokens.map((token, i) => idOf(encoding, token, `tokens[${i}]`))
    }

    convert_ids_to_tokens(
      ids: number | IdRow,
      options?: Pick<DecodeOptions, 'skip_special_tokens'> | null,
    ): string | string[] {
      if (typeof ids === 'number') {
        checkedOptions(options, [])
        return tokenOf(rowOfIds(encoding, [ids])[0])
      }
      const { skip } = decodeSettings(checkedOptions(options, ['skip_special_tokens']))
      const row = Array.from(rowOfIds(encoding, ids))
      return (skip ? row.filter((id) => !isSpecialId(id)) : row).map(tokenOf)
    }

    get_vocab(): Map<string, number> {
      return new Map(Array.from({ length: VOCABULARY }, (_, id) => [tokenOf(id), id]))
    }

    apply_chat_template(given: ChatConversation | ChatConversations, options?: ChatOptions | null): unknown {
      const chat = renderChats(given, options, this.#chatTemplate, compile)
      const { texts, single, tokenize, dict, callOptions } = chat
      if (!tokenize) return single ? texts[0] : texts
      const settings = settingsOf(callOptions, this.#defaults)
      const { escaped, assistantMasks } = chat
      const extras = { escaped, maskOf: assistantMasks ? lossMaskOf : null }
      const checked = single ? checkedTexts(texts[0]) : checkedTexts(texts)
      const result = encodeTexts(engine, encoding, checked, single, settings, extras)
      if (dict) return result
      const { input_ids } = result
      return single && input_ids instanceof RaggedBatch ? input_ids.values : input_ids
    }

    async save_pretrained(folder: string): Promise<void> {
      await presentFolders(folders).write(folder, this.pretrainedFiles())
    }

    pretrainedFiles(): Record<string, string> {
      const { padding_side, truncation_side, model_max_length, chat_template } = this
      if (chat_template !== null && typeof chat_template !== 'string') {
        throw argumentError(
          'chat_template',
          'its source, as a compiled template cannot be saved,',
          chat_template,
        )
      }
      return writePretrained({
        tokenizer_class: name,
        padding_side,
        truncation_side,
        model_max_length,
        chat_template,
      })
    }

    static async from_pretrained(folder: string): Promise<Tokenizer> {
      return Tokenizer.fromPretrainedFiles(await presentFolders(folders).read(folder))
    }

    static fromPretrainedFiles(files: Readonly<Record<string, string>>): Tokenizer {
      return new Tokenizer(readPretrained(name, files))
    }

    get vocab_size(): 256 {
      return VOCABULARY
    }
    get bos_token(): string {
      return tokenOf(STX)
    }
    get bos_token_id(): number {
      return STX
    }
    get eos_token(): string {
      return tokenOf(ETX)
    }
    get eos_token_id(): number {
      return ETX
    }
    get pad_token(): string {
      return tokenOf(PAD)
    }
    get pad_token_id(): number {
      return PAD
    }
    get all_special_ids(): number[] {
      return [STX, ETX, PAD]
    }
    get all_special_tokens(): string[] {
      return this.all_special_ids.map(tokenOf)
    }

    get padding_side(): Side {
      return this.#paddingSide
    }
    set padding_side(value: Side) {
      this.#paddingSide = side('padding_side', value, 'right')
    }
    get truncation_side(): Side {
      return this.#truncationSide
    }
    set truncation_side(value: Side) {
      this.#truncationSide = side('truncation_side', value, 'right')
    }
    get model_max_length(): number {
      return this.#modelMaxLength
    }
    set model_max_length(value: number) {
      this.#modelMaxLength = checkedLength(value)
    }
    get chat_template(): ChatTemplate | null {
      return this.#chatTemplate
    }
    set chat_template(value: ChatTemplate | null) {
      this.#chatTemplate = checkedTemplate(value)
    }
  }

  /** The loss mask of chats. To the grammar of blocks all that is not ASCII is the same. */
  function lossMaskOf({ values, offsets }: EncodedTexts<I>): Uint8Array {
    const bytes = values instanceof Uint8Array ? values : Uint8Array.from(values, (id) => Math.min(id, 0xff))
    const mask = new Uint8Array(bytes.length)
    engine.lossMask(bytes, offsets, mask)
    return mask
  }

  Object.defineProperty(Tokenizer, 'name', { value: name })
  return Tokenizer as unknown as TokenizerConstructor<I>
}

const VOCABULARY = 256
const OPTIONS = ['padding_side', 'truncation_side', 'model_max_length', 'chat_template'] as const
const ENCODE_OPTIONS = [
  'add_special_tokens',
  'truncation',
  'max_length',
  'truncation_side',
  'reserved',
  'text_pair',
] as const satisfies readonly (keyof EncodeOptions)[]

/** The token of an id, as the reference has it: the character of that number. */
function tokenOf(id: number): string {
  if (id <= LAST_CODE_POINT) return String.fromCodePoint(id)
  throw argumentError('ids', `at most ${LAST_CODE_POINT}, the last code point,`, id)
}

const LAST_CODE_POINT = 0x10ffff

function idOf({ largest }: { readonly largest: number }, token: string, name: string): number {
  const id = typeof token === 'string' ? (token.codePointAt(0) ?? -1) : -1
  const isOne = id !== -1 && token.length === (id < 0x10000 ? 1 : 2)
  if (isOne && id <= largest) return id
  throw argumentError(
    name,
    `one character up to U+${Math.min(largest, LAST_CODE_POINT).toString(16).toUpperCase()}`,
    token,
  )
}

function checkedLength(value: number): number {
  if (value === Infinity || (Number.isInteger(value) && value >= 0)) return value
  throw argumentError('model_max_length', 'a whole number from 0 on, or Infinity', value)
}
