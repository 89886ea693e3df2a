/**
 * The options of a tokenizer's call, with Hugging Face's names, and what they mean once all are checked. Each is honoured or
 * refused: one that could have no effect (a length to cut at, and nothing cut) is a mistake, and an error.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { argumentError } from '../errors.js'
import { type ContentPolicy, contentPolicy } from './reserved.js'

export type Side = 'right' | 'left'
export const SIDES: readonly Side[] = ['right', 'left']

export interface CallOptions {
  /** STX and ETX around each row; true by default. */
  readonly add_special_tokens?: boolean | null | undefined
  /**
   * Rows of one width: true or `longest`, that of the longest row; `max_length`, just that. NUL fills them up. By default none.
   */
  readonly padding?: boolean | 'longest' | 'max_length' | 'do_not_pad' | null | undefined
  /** With padding, the width becomes the next multiple of this. */
  readonly pad_to_multiple_of?: number | null | undefined
  readonly padding_side?: Side | null | undefined
  /**
   * True, or Hugging Face's `longest_first` or `only_first`, which are the same for one text: content is cut so that a row has
   * at most `max_length` ids, within a character if need be, as the reference does. `character` and `grapheme` (a character
   * as people see it, by Intl.Segmenter) never split one.
   */
  readonly truncation?:
    | boolean
    | 'longest_first'
    | 'only_first'
    | 'character'
    | 'grapheme'
    | 'do_not_truncate'
    | null
    | undefined
  /** Ids of a row, special ones included; `model_max_length` of the tokenizer by default. */
  readonly max_length?: number | null | undefined
  /** Which end is cut off. */
  readonly truncation_side?: Side | null | undefined
  /** What is cut off becomes rows of its own. */
  readonly return_overflowing_tokens?: boolean | null | undefined
  /** How many ids of content such a row shares with the one before; fewer where a character would be split. */
  readonly stride?: number | null | undefined
  /** For each id the range [start, end) of code units of the text that it stands for. */
  readonly return_offsets_mapping?: boolean | null | undefined
  /** What becomes of reserved control characters in the text; `keep` by default, as in the reference. */
  readonly reserved?: ContentPolicy | null | undefined
  /**
   * True: tensors, which takes rows of one length. False: lists of numbers. By default tensors with padding, else ragged
   * batches.
   */
  readonly return_tensor?: boolean | null | undefined
  /** There are no pairs of texts here: anything but null is refused. */
  readonly text_pair?: null | undefined
}

export const CALL_OPTIONS = [
  'add_special_tokens',
  'padding',
  'pad_to_multiple_of',
  'padding_side',
  'truncation',
  'max_length',
  'truncation_side',
  'return_overflowing_tokens',
  'stride',
  'return_offsets_mapping',
  'reserved',
  'return_tensor',
  'text_pair',
] as const satisfies readonly (keyof CallOptions)[]

/** What of the options a tokenizer has of its own. */
export interface CallDefaults {
  readonly padding_side: Side
  readonly truncation_side: Side
  readonly model_max_length: number
}

export type CutAt = 'id' | 'character' | 'grapheme'

/** Options that are checked. */
export interface Settings {
  readonly special: boolean
  /** The width of rows: of the longest, or so many ids, or each its own. */
  readonly width: 'longest' | number | null
  readonly multiple: number
  readonly padLeft: boolean
  /** The most ids of a row and where it may be cut, or null. */
  readonly truncation: { readonly most: number; readonly at: CutAt; readonly left: boolean } | null
  /** Ids that rows of the same text share, or null if what is cut off is left out. */
  readonly stride: number | null
  /** Whether the result tells to which text a row belongs. */
  readonly overflow: boolean
  readonly offsets: boolean
  readonly reserved: ContentPolicy
  readonly shape: 'tensor' | 'ragged' | 'lists'
}

/** @throws ERR_ARGUMENT for an unknown option, a value that is none of the allowed ones, or options that contradict. */
export function settingsOf(options: CallOptions | null | undefined, defaults: CallDefaults): Settings {
  const given = checkedOptions(options, CALL_OPTIONS)
  if (given.text_pair !== undefined && given.text_pair !== null) {
    throw argumentError('text_pair', 'no pair of texts', given.text_pair)
  }
  const special = flag('add_special_tokens', given.add_special_tokens, true)
  const padding = meaningOf('padding', given.padding, PADDINGS)
  const at = meaningOf('truncation', given.truncation, TRUNCATIONS)
  const most = mostOf(given, defaults, padding === 'max_length' || at !== 'none')
  const left = side('truncation_side', given.truncation_side, defaults.truncation_side) === 'left'
  const overflow = flag('return_overflowing_tokens', given.return_overflowing_tokens, false)
  const truncation = at === 'none' ? null : { most, at, left }
  return {
    special,
    width: padding === 'none' ? null : padding === 'longest' ? 'longest' : most,
    multiple: multipleOf(given.pad_to_multiple_of, padding !== 'none'),
    padLeft: side('padding_side', given.padding_side, defaults.padding_side) === 'left',
    truncation,
    stride: strideOf(given.stride, overflow, truncation === null ? null : most - (special ? 2 : 0)),
    overflow,
    offsets: flag('return_offsets_mapping', given.return_offsets_mapping, false),
    reserved: contentPolicy(given.reserved ?? 'keep'),
    shape: shapeOf(given.return_tensor, padding !== 'none'),
  }
}

/** `value`, which messages call `name`, or its default where there is none. */
export function flag(name: string, value: unknown, byDefault: boolean): boolean {
  if (value === undefined || value === null) return byDefault
  if (typeof value === 'boolean') return value
  throw argumentError(name, 'true or false', value)
}

/** `value` if it is a side. */
export function side(name: string, value: Side | null | undefined, byDefault: Side): Side {
  return oneOf(name, value ?? byDefault, SIDES)
}

type Padding = 'none' | 'longest' | 'max_length'
const PADDINGS: ReadonlyMap<unknown, Padding> = new Map<unknown, Padding>([
  [false, 'none'],
  ['do_not_pad', 'none'],
  [true, 'longest'],
  ['longest', 'longest'],
  ['max_length', 'max_length'],
])
const TRUNCATIONS: ReadonlyMap<unknown, 'none' | CutAt> = new Map<unknown, 'none' | CutAt>([
  [false, 'none'],
  ['do_not_truncate', 'none'],
  [true, 'id'],
  ['longest_first', 'id'],
  ['only_first', 'id'],
  ['character', 'character'],
  ['grapheme', 'grapheme'],
])
const MOST_LENGTH = 2 ** 32 - 1

/** What `value`, which messages call `name`, means; without one, what false does. */
function meaningOf<T>(name: string, value: unknown, meanings: ReadonlyMap<unknown, T>): T {
  const meaning = meanings.get(value ?? false)
  if (meaning !== undefined) return meaning
  throw argumentError(name, [...meanings.keys()].map((one) => JSON.stringify(one)).join(' or '), value)
}

function mostOf(given: Partial<CallOptions>, defaults: CallDefaults, isUsed: boolean): number {
  const length = given.max_length ?? undefined
  if (length === undefined) {
    // Hugging Face writes 10^30 for no limit.
    if (!isUsed || defaults.model_max_length <= MOST_LENGTH) return defaults.model_max_length
    throw argumentError('max_length', 'a number of ids, as the tokenizer has no model_max_length,', length)
  }
  if (!isUsed) {
    throw argumentError(
      'max_length',
      "truncation, or padding: 'max_length', without which it has no effect,",
      length,
    )
  }
  return whole('max_length', length, 0)
}

function multipleOf(value: number | null | undefined, pads: boolean): number {
  if (value === undefined || value === null) return 1
  if (!pads) throw argumentError('pad_to_multiple_of', 'padding, without which it has no effect,', value)
  return whole('pad_to_multiple_of', value, 1)
}

/** `room` is how many ids of content a row can have; null without truncation. */
function strideOf(value: number | null | undefined, overflow: boolean, room: number | null): number | null {
  const stride = whole('stride', value ?? 0, 0)
  if (!overflow && stride > 0) {
    throw argumentError('stride', 'return_overflowing_tokens, without which it has no effect,', value)
  }
  if (!overflow || room === null) return null
  if (room < 1) throw argumentError('max_length', 'room for content in each row', room)
  if (stride >= room) throw argumentError('stride', `less than the ${room} ids of content of a row`, stride)
  return stride
}

function shapeOf(value: unknown, pads: boolean): Settings['shape'] {
  if (value === undefined || value === null) return pads ? 'tensor' : 'ragged'
  return flag('return_tensor', value, true) ? 'tensor' : 'lists'
}

function whole(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= MOST_LENGTH) return value
  throw argumentError(name, `a whole number from ${least} to ${MOST_LENGTH}`, value)
}
