/**
 * Packing: documents of any length into windows of one length, so that a batch has little padding or none, and no document
 * attends to another one (Krell et al., "Efficient Sequence Packing without Cross-contamination", arXiv 2107.02027).
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import type { Ids, TokenEngine } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { allocate } from '../memory.js'
import { planWindows, SPLITS, type Split, type WindowPlan } from './plan-windows.js'
import { checkedOffsets, type RaggedRows } from './rows.js'

export interface PackOptions {
  /** How many ids a window has. */
  readonly window: number
  /**
   * `cut` (the default) fills each window to its end, and the rest of a document is in the next one: only the last window has
   * padding. `whole` never cuts a document that fits into a window.
   */
  readonly split?: Split | undefined
  /** The id of padding. Default 0, NUL. */
  readonly pad?: number | undefined
  /** A byte for each of the batch's values, as lossMask gives it, to be packed alike. */
  readonly loss_mask?: Uint8Array | undefined
}

/** `dims` is [windows, window]. */
export interface WindowTensor<D extends Ids> {
  readonly type: 'bool' | 'uint8' | 'uint16' | 'uint32'
  readonly dims: readonly [windows: number, window: number]
  readonly data: D
}

export interface PackedDocuments<V extends Ids> {
  readonly ids: WindowTensor<V>
  /** 0, 1, 2, … in each piece of a document anew; 0 in padding. */
  readonly positions: WindowTensor<Uint32Array>
  /** 1 more than the index of the id's document in the batch; 0 in padding. prefixLmMask takes it. */
  readonly documents: WindowTensor<Uint32Array>
  /**
   * Where sequences begin in all windows as one row, and the end of the last: what flash-attention's varlen functions call so
   * (cu_seqlens_q, cu_seqlens_k). A sequence is a piece of a document, or the padding at the end of a window, so that
   * each place is in one and no query is without a key.
   */
  readonly cu_seqlens: Int32Array
  /** The length of the longest of them. */
  readonly max_seqlen: number
  /** Of `loss_mask`; 0 in padding. */
  readonly loss_mask?: WindowTensor<Uint8Array>
}

/**
 * Packs the documents values[offsets[i], offsets[i + 1]) into windows. Each id is in one window, a document's ids in order; a
 * document without ids is in none. The same batch gives the same windows always, whatever the engine.
 *
 * With `whole` a document goes into the first of the windows with room, of which up to 64 wait, the fullest being given up
 * first; one that is longer than a window fills windows of its own, and its rest begins a new one.
 *
 * @throws ERR_ARGUMENT if batch or options are none, or all windows have more than 2^31 - 1 places, as `cu_seqlens` is of 32
 *   bits: then pack fewer documents at once; ERR_OUT_OF_MEMORY.
 */
export type PackDocuments = <V extends Ids>(batch: RaggedRows<V>, options: PackOptions) => PackedDocuments<V>

/** The function for an engine. */
export function packDocumentsFunction(engine: TokenEngine): PackDocuments {
  return function packDocuments(batch, options) {
    const { window, split, pad, loss_mask } = checkedPacking(batch, options)
    const { values } = batch
    const plan = planWindows(checkedOffsets(batch), window, split)
    const places = plan.windows * window
    if (places > MOST_PLACES) {
      throw argumentError('batch', `documents for at most ${MOST_PLACES} places of windows`, places)
    }
    const tensor = <D extends Ids>(
      data: D,
      type: WindowTensor<D>['type'] = typeOf(data),
    ): WindowTensor<D> => ({ type, dims: [plan.windows, window], data })
    const positions = numbersFor(places)
    const documents = numbersFor(places)
    const numbers = plan.documentOf.map((document) => document + 1)
    const place = <D extends Ids>(source: D, data: D): D => {
      engine.placePieces(source, plan.pieces, numbers, data, positions, documents)
      return data
    }
    const ids = tensor(place(values, idsFor(values, places, pad)))
    const packed = {
      ids,
      positions: tensor(positions),
      documents: tensor(documents),
      cu_seqlens: plan.boundaries,
      max_seqlen: longestOf(plan),
    }
    if (loss_mask === undefined) return packed
    return { ...packed, loss_mask: tensor(place(loss_mask, allocate(places)), 'bool') }
  }
}

/** Numbers of `cu_seqlens` are of 32 bits with a sign. */
const MOST_PLACES = 2 ** 31 - 1

type CheckedPacking = Required<Omit<PackOptions, 'loss_mask'>> & {
  readonly window: number
  readonly split: Split
  readonly pad: number
  readonly loss_mask: Uint8Array | undefined
}

function checkedPacking(batch: RaggedRows<Ids>, options: PackOptions): CheckedPacking {
  if (typeof batch !== 'object' || batch === null) {
    throw argumentError('batch', 'a batch { values, offsets }', batch)
  }
  const { values } = batch
  if (!isIds(values)) throw argumentError('batch.values', 'a Uint8Array, Uint16Array or Uint32Array', values)
  const checked = checkedOptions(options, ['window', 'split', 'pad', 'loss_mask'])
  const { window, split = 'cut', pad = 0, loss_mask } = checked
  if (!(typeof window === 'number' && Number.isInteger(window) && window >= 1 && window <= MOST_PLACES)) {
    throw argumentError('window', `a whole number from 1 to ${MOST_PLACES}`, window)
  }
  const most = 2 ** (8 * values.BYTES_PER_ELEMENT) - 1
  if (!(Number.isInteger(pad) && pad >= 0 && pad <= most)) {
    throw argumentError('pad', `a whole number from 0 to ${most}`, pad)
  }
  if (loss_mask !== undefined && !(loss_mask instanceof Uint8Array && loss_mask.length === values.length)) {
    throw argumentError('loss_mask', `a Uint8Array of ${values.length}, one for each value`, loss_mask)
  }
  return { window, split: oneOf('split', split, SPLITS), pad, loss_mask }
}

function isIds(values: unknown): values is Ids {
  return values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array
}

function typeOf(data: Ids): 'uint8' | 'uint16' | 'uint32' {
  return data instanceof Uint8Array ? 'uint8' : data instanceof Uint16Array ? 'uint16' : 'uint32'
}

function numbersFor(length: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(allocate(4 * length).buffer)
}

/** `length` paddings, in an array of the kind of `values`. */
function idsFor<V extends Ids>(values: V, length: number, pad: number): V
function idsFor(values: Ids, length: number, pad: number): Ids {
  const { buffer } = allocate(values.BYTES_PER_ELEMENT * length)
  if (values instanceof Uint8Array) return new Uint8Array(buffer).fill(pad)
  if (values instanceof Uint16Array) return new Uint16Array(buffer).fill(pad)
  return new Uint32Array(buffer).fill(pad)
}

function longestOf({ boundaries }: WindowPlan): number {
  let longest = 0
  for (let i = 1; i < boundaries.length; i++) longest = Math.max(longest, boundaries[i] - boundaries[i - 1])
  return longest
}
