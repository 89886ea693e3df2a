/**
 * Attention masks of prefix language models: causal, but in both directions within a span SO … SI (arXiv 2510.16987; the
 * prefix LM of Raffel et al., arXiv 1910.10683, with as many prefixes as there are spans).
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import type { TokenEngine } from '../engine/token-engine.js'
import { NO_ID } from '../engine/token-engine.js'
import { argumentError } from '../errors.js'
import { allocate } from '../memory.js'
import { type Layout, layoutOf, type OwnerOptions, type RaggedRows, type TextRows } from './rows.js'
import { OWNER_OPTIONS, spansOf } from './text-masks.js'

export interface PrefixLmMaskOptions extends OwnerOptions {
  /** Eight places to a byte, the first the most significant bit, as numpy.packbits has them. Default false. */
  readonly packed?: boolean | undefined
  /** Where a ragged batch's rows are padded, up to the longest. Default 'right'. */
  readonly padding_side?: 'left' | 'right' | undefined
}

/** `bool`: a byte, 0 or 1, for each pair of places; `uint8`: packed bits. */
export interface AttentionMaskTensor {
  readonly type: 'bool' | 'uint8'
  readonly dims: readonly number[]
  readonly data: Uint8Array<ArrayBuffer>
}

/**
 * Which place i attends to which place j: those up to itself, and all in its span; never padding, and never another document.
 * A place of padding attends to nothing, so that its whole line is 0.
 *
 * `rows` is one text of n bytes, which gives dims [n, n]; or a ragged batch, whose n is its longest text; or a padded one, with
 * `attention_mask` or `documents` to tell what is padding. Those give [rows, n, n]. Packed, the last of the dims is
 * ceil(n / 8), and bits behind the last place are 0. A span that a window of packDocuments cuts ends there; what of it is in
 * the next window is in no span.
 *
 * @throws ERR_ARGUMENT if rows or options are none, or padded rows come without either; ERR_OUT_OF_MEMORY.
 */
export type PrefixLmMask = (rows: TextRows, options?: PrefixLmMaskOptions) => AttentionMaskTensor

/** The function for an engine. */
export function prefixLmMaskFunction(engine: TokenEngine): PrefixLmMask {
  return function prefixLmMask(rows, options) {
    const {
      packed = false,
      padding_side,
      ...owners
    } = checkedOptions(options, [...OWNER_OPTIONS, 'packed', 'padding_side'])
    if (typeof packed !== 'boolean') throw argumentError('packed', 'true or false', packed)
    if (padding_side !== undefined) oneOf('padding_side', padding_side, ['left', 'right'])
    const layout = layoutOf(rows, owners)
    const isRagged = layout.dims === null && !(rows instanceof Uint8Array)
    if (padding_side !== undefined && !isRagged) {
      throw argumentError('padding_side', 'nothing for rows that are not ragged', padding_side)
    }
    if (layout.dims !== null && layout.documents === null) {
      throw argumentError('options', 'attention_mask or documents for padded rows', 'neither')
    }
    const padded = isRagged
      ? paddedLayout(engine, { values: layout.bytes, offsets: layout.runs }, padding_side === 'left')
      : layout
    const { bytes, dims } = padded
    const [count, width] = dims ?? [1, bytes.length]
    const stride = packed ? Math.ceil(width / 8) : width
    const data = allocate(count * width * stride)
    const documents = padded.documents ?? new Uint32Array(width).fill(1)
    engine.attentionMask(documents, spansOf(engine, padded), count, width, data, packed)
    const shape = [width, stride]
    return { type: packed ? 'uint8' : 'bool', dims: dims === null ? shape : [count, ...shape], data }
  }
}

/** A ragged batch as a padded one. */
function paddedLayout(engine: TokenEngine, { values, offsets }: RaggedRows, left: boolean): Layout {
  const count = offsets.length - 1
  const ranges = new Uint32Array(2 * count)
  let width = 0
  for (let row = 0; row < count; row++) {
    ranges[2 * row] = offsets[row]
    ranges[2 * row + 1] = offsets[row + 1]
    width = Math.max(width, offsets[row + 1] - offsets[row])
  }
  const data = allocate(count * width)
  const mask = allocate(count * width)
  engine.padRows(values, ranges, NO_ID, NO_ID, width, 0, left, data, mask)
  const dims = [count, width]
  return layoutOf({ dims, data }, { attention_mask: { dims, data: mask } })
}
