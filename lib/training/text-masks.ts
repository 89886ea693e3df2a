/**
 * What the bytes of texts are for training: which an assistant has to say, and which attend to each other in both
 * directions. Both by the control bytes in the text alone (lib/protocol/blocks.ts).
 */

import { checkedOptions } from '../checked-options.js'
import type { TokenEngine } from '../engine/token-engine.js'
import { type Layout, layoutOf, type OwnerOptions, type TextRows } from './rows.js'

/**
 * The loss mask of texts of UTF-8: 1 for each byte that an assistant has to say, which is all from behind its header line
 * (SOH `assistant` LF) up to the ETB that ends its turn, that included, with thinking and tool calls; 0 for all else,
 * padding too. A model trained on it learns to say what an assistant says, and to stop.
 *
 * Each text, and with `documents` each document in a row, begins between blocks: of a document that a window cuts take the mask
 * before it is packed (packDocuments, `loss_mask`). Behind a byte that the grammar of blocks refuses, up to the next block,
 * nothing counts.
 *
 * @returns A byte, 0 or 1, for each of `values`, of `data` or of the text.
 * @throws ERR_ARGUMENT if rows or options are none.
 */
export type LossMask = (rows: TextRows, options?: OwnerOptions) => Uint8Array<ArrayBuffer>

/**
 * The attention spans of texts of UTF-8: for each byte the number of the span SO … SI that it is in, SO and SI included, or 0.
 * Spans are numbered from 1 on, in each row anew. A span without SI ends with its text.
 *
 * @returns A number for each of `values`, of `data` or of the text.
 * @throws ERR_ARGUMENT if rows or options are none.
 */
export type AttentionSpans = (rows: TextRows, options?: OwnerOptions) => Uint32Array<ArrayBuffer>

export const OWNER_OPTIONS = ['attention_mask', 'documents'] as const

/** The function for an engine. */
export function lossMaskFunction(engine: TokenEngine): LossMask {
  return function lossMask(rows, options) {
    const { bytes, runs, documents } = layoutOf(rows, checkedOptions(options, OWNER_OPTIONS))
    const mask = new Uint8Array(bytes.length)
    engine.lossMask(bytes, runs, mask)
    if (documents !== null) for (let i = 0; i < mask.length; i++) if (documents[i] === 0) mask[i] = 0
    return mask
  }
}

/** The function for an engine. */
export function attentionSpansFunction(engine: TokenEngine): AttentionSpans {
  return function attentionSpans(rows, options) {
    return spansOf(engine, layoutOf(rows, checkedOptions(options, OWNER_OPTIONS)))
  }
}

/** The number of each byte's span: from 1 on in each row anew, over all of its runs; 0 in padding. */
export function spansOf(engine: TokenEngine, layout: Layout): Uint32Array<ArrayBuffer> {
  const { bytes, runs, documents, dims } = layout
  const spans = new Uint32Array(bytes.length)
  engine.attentionSpans(bytes, runs, spans)
  if (documents === null || dims === null) return spans
  // The engine has begun anew in each run.
  let before = 0
  for (let run = 0; run + 1 < runs.length; run++) {
    if (runs[run] % dims[1] === 0) before = 0
    const end = runs[run + 1]
    let last = before
    for (let i = runs[run]; i < end; i++) {
      if (spans[i] !== 0) spans[i] = documents[i] === 0 ? 0 : before + spans[i]
      if (spans[i] !== 0) last = spans[i]
    }
    before = last
  }
  return spans
}
