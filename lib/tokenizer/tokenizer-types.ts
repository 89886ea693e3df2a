/**
 * The tokenizer as users see it: its class, its instances, which are functions, and what a call gives for which options.
 * Names of options, properties and results are Hugging Face's.
 */
import type { Ids } from '../engine/token-engine.js'
import type { CallOptions, Side } from './call-options.js'
import type {
  ChatConversation,
  ChatConversations,
  ChatOptions,
  ChatTemplate,
  CompileTemplate,
} from './chat.js'
import type { DecodeOptions } from './decode.js'
import type { PretrainedFolders } from './pretrained.js'
import type { IdRow, IdRows, Ragged, Tensor } from './shapes.js'

export interface TokenizerOptions {
  readonly padding_side?: Side | null | undefined
  readonly truncation_side?: Side | null | undefined
  /** What `max_length` is by default where it is used; numbers from 2^32 on, as Infinity, the default, are none. */
  readonly model_max_length?: number | null | undefined
  /** In place of the built-in template; see {@link ChatTemplate}. */
  readonly chat_template?: ChatTemplate | null | undefined
}

/** Options for {@link Tokenizer.encode}. */
export type EncodeOptions = Pick<
  CallOptions,
  'add_special_tokens' | 'truncation' | 'max_length' | 'truncation_side' | 'reserved' | 'text_pair'
>

/** The type of an option, undefined if it is not given. */
type Option<O, K extends string> = K extends keyof O ? O[K] : undefined
type Lists<T, L> = T extends string ? L : L[]

/** The shape of rows of `D` that options `O` lead to, for texts `T`. `L` is a row as a list. */
export type RowsFor<T, O, D extends Ids, L = number[]> = [Option<O, 'return_tensor'>] extends [false]
  ? [Option<O, 'return_overflowing_tokens'>] extends [true]
    ? L[]
    : Lists<T, L>
  : [Option<O, 'return_tensor'>] extends [true]
    ? Tensor<D>
    : [Option<O, 'return_tensor'>] extends [null | undefined]
      ? [Option<O, 'padding'>] extends [true | 'longest' | 'max_length']
        ? Tensor<D>
        : [Option<O, 'padding'>] extends [false | 'do_not_pad' | null | undefined]
          ? Ragged<D>
          : Tensor<D> | Ragged<D>
      : Tensor<D> | Ragged<D> | L | L[]

/**
 * What a call gives. Tensors have the dims [rows, width], of offsets [rows, width, 2]; in ragged batches of offsets a row is
 * start, end, start, end, …, and in lists it is pairs.
 */
export interface Encoded<T, O, I extends Ids> {
  readonly input_ids: RowsFor<T, O, I>
  /** 1 for each id, 0 for padding: by lengths, so that a NUL of the text is not masked. */
  readonly attention_mask: RowsFor<T, O, Uint8Array>
  /** With `return_overflowing_tokens`, the number of the text that a row is of. */
  readonly overflow_to_sample_mapping: [Option<O, 'return_overflowing_tokens'>] extends [true]
    ? Tensor<Uint32Array> | Uint32Array | number[]
    : undefined
  /** With `return_offsets_mapping`. */
  readonly offset_mapping: [Option<O, 'return_offsets_mapping'>] extends [true]
    ? RowsFor<T, O, Uint32Array, [start: number, end: number][]>
    : undefined
}

/** A byte-level tokenizer: ids are the code units of an encoding. */
export interface Tokenizer<I extends Ids = Ids> {
  /**
   * The ids of a text or of several, as a batch: one text is a batch of one.
   *
   * - Empty text is STX ETX, or without special tokens no id; no texts are no rows (dims [0, 0]).
   * - With `max_length` 0 or 1 and special tokens rows are STX ETX: the frame is never cut.
   *
   * @throws ERR_ARGUMENT for options that are unknown, wrong or without effect, for what is no text, if rows do not fit into
   *   a fixed width, or cannot be a tensor, or a character not into a window; ERR_STRING_LONE_SURROGATE with its offset (the
   *   reference refuses those as well); ERR_DOCUMENT_RESERVED with `reserved: 'fail'`; ERR_OUT_OF_MEMORY.
   */
  <const T extends string | readonly string[], const O extends CallOptions = Record<never, never>>(
    text: T,
    options?: O | null,
  ): Encoded<T, O, I>

  /** The ids of one text, with STX and ETX by default, in memory of their own. Throws as a call does. */
  encode(text: string, options?: EncodeOptions | null): I

  /**
   * The text of one row.
   *
   * @throws ERR_ARGUMENT for ids that are out of range, with the index; with `errors: 'strict'` see {@link DecodeOptions}.
   */
  decode(ids: IdRow, options?: DecodeOptions | null): string
  batch_decode(ids: IdRows, options?: DecodeOptions | null): string[]

  /** The text's ids as tokens, without special ones: the character of each id's number. */
  tokenize(text: string): string[]
  /** The id of a token, or of each. Throws ERR_ARGUMENT for what is no token. */
  convert_tokens_to_ids<T extends string | readonly string[]>(tokens: T): T extends string ? number : number[]
  convert_ids_to_tokens(id: number): string
  convert_ids_to_tokens(ids: IdRow, options?: Pick<DecodeOptions, 'skip_special_tokens'> | null): string[]
  /** All tokens of one byte with their ids, 256 for every encoding. */
  get_vocab(): Map<string, number>

  /**
   * A conversation, or several, as text (`tokenize: false`) or ids without special tokens; see {@link ChatOptions}.
   *
   * @throws As renderChat and as a call do; ERR_ARGUMENT for a Jinja template that cannot be compiled or rendered.
   */
  apply_chat_template<
    C extends ChatConversation | ChatConversations,
    const O extends ChatOptions = Record<never, never>,
  >(conversation: C, options?: O | null): ChatResult<C, O, I>

  /**
   * Saves the tokenizer to a folder, in the files that Hugging Face's tools load: for UTF-8 AutoTokenizer, `tokenizers`
   * and transformers.js give its ids with no code of ours. UTF-16 and UTF-32 are loaded by this package and by the Python
   * package `utf8-tokenizer` only, as no tokenizer.json can say them. Each file is written whole or not at all.
   *
   * @throws ERR_OUTPUT_WRITE with the file; ERR_ARGUMENT without Node, or for a `chat_template` that is compiled.
   */
  save_pretrained(folder: string): Promise<void>
  /** The same files as names and texts, for where there are no folders. */
  pretrainedFiles(): Record<string, string>

  /** 256 always: models have an embedding for each byte. */
  readonly vocab_size: 256
  readonly bos_token: '\x02'
  readonly bos_token_id: 2
  readonly eos_token: '\x03'
  readonly eos_token_id: 3
  readonly pad_token: '\0'
  readonly pad_token_id: 0
  readonly all_special_tokens: readonly string[]
  readonly all_special_ids: readonly number[]
  padding_side: Side
  truncation_side: Side
  model_max_length: number
  /** Null: the built-in one. */
  chat_template: ChatTemplate | null
}

type Conversations<C> = C extends ChatConversations ? readonly string[] : string

/** What {@link Tokenizer.apply_chat_template} gives. */
export type ChatResult<C, O, I extends Ids> = [Option<O, 'tokenize'>] extends [false]
  ? C extends ChatConversations
    ? string[]
    : string
  : [Option<O, 'return_dict'>] extends [true]
    ? Encoded<Conversations<C>, O, I> & {
        readonly assistant_masks: [Option<O, 'return_assistant_tokens_mask'>] extends [true]
          ? RowsFor<Conversations<C>, O, Uint8Array>
          : undefined
      }
    : C extends ChatConversations
      ? RowsFor<readonly string[], O, I>
      : RowsFor<string, O, I> extends Ragged<I>
        ? I
        : RowsFor<string, O, I>

export interface TokenizerConstructor<I extends Ids = Ids> {
  /** @throws ERR_ARGUMENT for an unknown option or a wrong value. */
  new (options?: TokenizerOptions | null): Tokenizer<I>
  readonly prototype: Tokenizer<I>
  /**
   * A tokenizer that was saved: by `save_pretrained` here, by a tool of Hugging Face's that had loaded that, or by the Python
   * package `utf8-tokenizer`. Of its options the sides, the greatest length and the chat template are taken.
   *
   * @throws ERR_PRETRAINED, with the file, for another tokenizer or damaged files; ERR_INPUT_NOT_FOUND if there is no such
   *   folder; ERR_INPUT_UNREADABLE with the file; ERR_ARGUMENT without Node.
   */
  from_pretrained(folder: string): Promise<Tokenizer<I>>
  /** The same out of names and texts of files. */
  fromPretrainedFiles(files: Readonly<Record<string, string>>): Tokenizer<I>
}

/** What the platform gives, and browsers do not. */
export interface TokenizerPlatform {
  /** Compiles templates in Jinja; without it they must come compiled. */
  readonly compile?: CompileTemplate
  /** Where tokenizers are saved; without it there are only their files as texts. */
  readonly folders?: PretrainedFolders
}
