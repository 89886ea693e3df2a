/**
 * The types of a tokenizer for transformers.js: a PreTrainedTokenizer as that package declares it, and what ours takes besides.
 */
import type { PreTrainedTokenizer, Tensor } from '@huggingface/transformers'
import type { CallOptions } from '../tokenizer/call-options.js'
import type { ChatConversation, ChatOptions } from '../tokenizer/chat.js'
import type { DecodeOptions } from '../tokenizer/decode.js'
import type { Tokenizer } from '../tokenizer/tokenizer-types.js'
import type { TensorLike } from './tensors.js'

/** Options of a call: the tokenizer's, as far as they fit, and with the defaults of transformers.js. */
export interface TransformersCallOptions
  extends Omit<CallOptions, 'return_overflowing_tokens' | 'stride' | 'return_offsets_mapping'> {
  /** False gives an array of numbers, or for an array of texts one of arrays. True by default. */
  readonly return_tensor?: boolean | null | undefined
  /** There are none: true is refused. */
  readonly return_token_type_ids?: false | null | undefined
}

export interface TransformersDecodeOptions extends DecodeOptions {
  /** Nothing is cleaned up: true is refused. */
  readonly clean_up_tokenization_spaces?: false | null | undefined
}

/** Options of apply_chat_template: ids and their mask as tensors by default. */
export interface TransformersChatOptions
  extends Pick<
      ChatOptions,
      'tools' | 'chat_template' | 'add_generation_prompt' | 'continue_final_message' | 'tokenize' | 'reserved'
    >,
    Pick<TransformersCallOptions, 'padding' | 'truncation' | 'max_length' | 'return_tensor'> {
  /** True by default; false gives the ids alone. */
  readonly return_dict?: boolean | undefined
  /** The template has no place for documents: anything but null is refused. */
  readonly documents?: null | undefined
  /** More options of the call. */
  readonly tokenizer_kwargs?: TransformersCallOptions | null | undefined
}

/** What a call gives: tensors of int64 [texts, ids], or arrays. */
export interface TransformersEncoding<T> {
  readonly input_ids: T
  readonly attention_mask: T
}

/** Ids of one row: numbers, bigints, or a tensor [ids] or [1, ids]. */
export type IdsToDecode = readonly number[] | readonly bigint[] | TensorLike

/** The methods that take options of this package as well. */
export interface OwnMethods {
  /** @throws What the tokenizer's call throws; ERR_ARGUMENT for rows of several lengths without padding. */
  (
    text: string | readonly string[],
    options: TransformersCallOptions & { readonly return_tensor: false },
  ): TransformersEncoding<number[] | number[][]>
  (text: string | readonly string[], options?: TransformersCallOptions | null): TransformersEncoding<Tensor>

  /** @throws What the tokenizer's decode throws; ERR_ARGUMENT for a tensor of several rows. */
  decode(ids: IdsToDecode, options?: TransformersDecodeOptions): string
  batch_decode(ids: readonly IdsToDecode[] | TensorLike, options?: TransformersDecodeOptions): string[]

  /** @throws What the tokenizer's apply_chat_template throws. */
  apply_chat_template(
    conversation: ChatConversation,
    options: TransformersChatOptions & { readonly tokenize: false },
  ): string
  apply_chat_template(
    conversation: ChatConversation,
    options?: TransformersChatOptions & {
      readonly tokenize?: true
      readonly return_dict?: true
      readonly return_tensor?: true
    },
  ): TransformersEncoding<Tensor>
  apply_chat_template(conversation: ChatConversation, options?: TransformersChatOptions): unknown

  /** Pipelines set it to `left`. */
  padding_side: string
  readonly vocab_size: number
}

/** To pipelines a PreTrainedTokenizer of transformers.js. What that class keeps for itself (names with _) is not there. */
export type TransformersTokenizer = OwnMethods & PreTrainedTokenizer

/** UTF8Tokenizer, UTF16Tokenizer or UTF32Tokenizer for transformers.js. Later changes of `tokenizer` are seen. */
export type ForTransformers = (tokenizer: Tokenizer) => TransformersTokenizer
