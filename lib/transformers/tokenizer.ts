/**
 * A tokenizer of this package as transformers.js takes one: in pipelines, for `model.generate`, and in its own TextStreamer. It
 * has the names, arguments and defaults of PreTrainedTokenizer there (version 4), where ids are int64 tensors and the
 * tensor is the default; what a call does is the tokenizer's.
 *
 * Differences that stay: truncation keeps the end marker, as this package and the Python reference do; a pair of texts is
 * refused, and so is what would have no effect; no ids decode to an empty text; content of chats is escaped.
 */

import { Callable } from '../callable.js'
import { checkedOptions, oneOf } from '../checked-options.js'
import type { Ids, TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { CALL_OPTIONS, type CallOptions, SIDES, type Side } from '../tokenizer/call-options.js'
import type { ChatConversation } from '../tokenizer/chat.js'
import type { DecodeOptions } from '../tokenizer/decode.js'
import type { Tokenizer } from '../tokenizer/tokenizer-types.js'
import type { TransformersModule } from './peer.js'
import { int64Tensor, isTensor, rowsOf, type TensorLike } from './tensors.js'
import type {
  ForTransformers,
  IdsToDecode,
  TransformersCallOptions,
  TransformersChatOptions,
  TransformersDecodeOptions,
  TransformersEncoding,
  TransformersTokenizer,
} from './tokenizer-types.js'

export function forTransformersFunction(
  transformers: TransformersModule,
  engine: TokenEngine,
): ForTransformers {
  return (tokenizer) => new Adapter(transformers, engine, tokenizer) as unknown as TransformersTokenizer
}

class Adapter extends Callable {
  readonly #transformers: TransformersModule
  readonly #engine: TokenEngine
  readonly #tokenizer: Tokenizer
  #paddingSide: Side

  constructor(transformers: TransformersModule, engine: TokenEngine, tokenizer: Tokenizer) {
    super((text: string | readonly string[], options?: TransformersCallOptions | null) =>
      this._call(text, options),
    )
    this.#transformers = transformers
    this.#engine = engine
    this.#tokenizer = tokenizer
    this.#paddingSide = tokenizer.padding_side
  }

  _call(
    text: string | readonly string[],
    options?: TransformersCallOptions | null,
  ): TransformersEncoding<unknown> {
    const { return_token_type_ids, ...given } = checkedOptions(options, ADAPTED_CALL_OPTIONS)
    refuse('return_token_type_ids', return_token_type_ids)
    const { input_ids, attention_mask } = this.#tokenizer(text, {
      padding_side: this.#paddingSide,
      ...given,
      truncation: truncationOf(given, this.#tokenizer.model_max_length),
      return_tensor: given.return_tensor ?? true,
    } as CallOptions)
    return { input_ids: this.#widened(input_ids), attention_mask: this.#widened(attention_mask) }
  }

  /** A text's ids as an array of numbers. */
  encode(
    text: string,
    options?: Pick<TransformersCallOptions, 'text_pair' | 'add_special_tokens'>,
  ): number[] {
    return Array.from(this.#tokenizer.encode(text, options))
  }

  decode(ids: IdsToDecode, options?: TransformersDecodeOptions): string {
    const settings = decodeOptions(options)
    if (!isTensor(ids)) return this.#tokenizer.decode(ids, settings)
    const rows = rowsOf(ids)
    if (rows.length !== 1)
      throw argumentError('ids', 'one row (batch_decode takes several)', `${rows.length}`)
    return this.#tokenizer.decode(rows[0], settings)
  }

  batch_decode(ids: readonly IdsToDecode[] | TensorLike, options?: TransformersDecodeOptions): string[] {
    if (!isTensor(ids)) return ids.map((row) => this.decode(row, options))
    return this.#tokenizer.batch_decode(rowsOf(ids), decodeOptions(options))
  }

  apply_chat_template(conversation: ChatConversation, options?: TransformersChatOptions): unknown {
    const {
      tokenize = true,
      return_dict = true,
      documents,
      tokenizer_kwargs,
      ...given
    } = checkedOptions(options, CHAT_OPTIONS)
    refuse('documents', documents)
    const { padding, truncation, max_length, return_tensor, ...rendering } = given
    const text: string = this.#tokenizer.apply_chat_template(conversation, { ...rendering, tokenize: false })
    if (!tokenize) return text
    const encoding = this._call(text, {
      add_special_tokens: false,
      padding,
      truncation: truncation ?? false,
      max_length,
      return_tensor,
      ...tokenizer_kwargs,
    })
    return return_dict ? encoding : encoding.input_ids
  }

  tokenize(text: string, options?: { pair?: null; add_special_tokens?: boolean }): string[] {
    const { pair, add_special_tokens = false } = checkedOptions(options, ['pair', 'add_special_tokens'])
    refuse('pair', pair)
    const tokens = this.#tokenizer.tokenize(text)
    return add_special_tokens ? [this.bos_token, ...tokens, this.eos_token] : tokens
  }

  convert_tokens_to_ids(tokens: string | readonly string[]): number | number[] {
    return this.#tokenizer.convert_tokens_to_ids(tokens)
  }

  get_vocab(): Map<string, number> {
    return this.#tokenizer.get_vocab()
  }

  /** Pipelines set it. The tokenizer keeps its own. */
  get padding_side(): Side {
    return this.#paddingSide
  }

  set padding_side(side: Side) {
    this.#paddingSide = oneOf('padding_side', side, SIDES)
  }

  get model_max_length(): number {
    return this.#tokenizer.model_max_length
  }

  get chat_template(): unknown {
    return this.#tokenizer.chat_template
  }

  get vocab_size(): number {
    return this.#tokenizer.vocab_size
  }

  get bos_token(): string {
    return this.#tokenizer.bos_token
  }

  get bos_token_id(): number {
    return this.#tokenizer.bos_token_id
  }

  get eos_token(): string {
    return this.#tokenizer.eos_token
  }

  get eos_token_id(): number {
    return this.#tokenizer.eos_token_id
  }

  get pad_token(): string {
    return this.#tokenizer.pad_token
  }

  get pad_token_id(): number {
    return this.#tokenizer.pad_token_id
  }

  get all_special_ids(): number[] {
    return [...this.#tokenizer.all_special_ids]
  }

  get all_special_tokens(): string[] {
    return [...this.#tokenizer.all_special_tokens]
  }

  /** Tensors become int64, lists stay. */
  #widened(rows: unknown): unknown {
    if (!isTensor(rows)) return rows
    return int64Tensor(this.#transformers, this.#engine, rows as { dims: readonly number[]; data: Ids })
  }
}

const ADAPTED_CALL_OPTIONS = [
  ...CALL_OPTIONS.filter(
    (name) => !['return_overflowing_tokens', 'stride', 'return_offsets_mapping'].includes(name),
  ),
  'return_token_type_ids',
] as (keyof TransformersCallOptions)[]

const CHAT_OPTIONS = [
  'tools',
  'documents',
  'chat_template',
  'add_generation_prompt',
  'continue_final_message',
  'tokenize',
  'reserved',
  'padding',
  'truncation',
  'max_length',
  'return_tensor',
  'return_dict',
  'tokenizer_kwargs',
] as const satisfies readonly (keyof TransformersChatOptions)[]

/** As in transformers.js, true without a length to cut at cuts nothing, and a length alone, without padding, cuts. */
function truncationOf(
  { truncation, max_length, padding }: TransformersCallOptions,
  model_max_length: number,
): CallOptions['truncation'] {
  const length = max_length ?? model_max_length
  if (truncation === undefined || truncation === null) return (max_length ?? null) !== null && !padding
  return length === Number.POSITIVE_INFINITY && (max_length ?? null) === null ? false : truncation
}

function decodeOptions(options: TransformersDecodeOptions | undefined): DecodeOptions {
  const { clean_up_tokenization_spaces, ...given } = checkedOptions(options, [
    'skip_special_tokens',
    'errors',
    'unescape',
    'clean_up_tokenization_spaces',
  ])
  refuse('clean_up_tokenization_spaces', clean_up_tokenization_spaces)
  return given
}

/** Throws ERR_ARGUMENT for an option of transformers.js that has no meaning here, if it is given. */
function refuse(name: string, value: unknown): void {
  if (value !== undefined && value !== null && value !== false) throw argumentError(name, 'nothing', value)
}
