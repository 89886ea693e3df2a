/**
 * The TokenEngine interface: rows of token ids, as every engine makes them, alike to the byte. A batch is `values` and
 * where its rows begin and end; what a row holds is ids of 1, 2 or 4 bytes, of which text of UTF-8 has bytes.
 *
 * Engines know nothing of texts, options or tensors here. All arrays are the caller's; those that are written may not
 * overlap those that are read. Numbers out of range, arrays that are too short, of another kind or detached are
 * ERR_ARGUMENT, and then nothing was written. Memory that other threads write while it is read gives any ids, and no harm.
 */

/** Token ids: of UTF-8, UTF-16, UTF-32. */
export type Ids = Uint8Array | Uint16Array | Uint32Array

/** No id stands in this place. */
export const NO_ID = -1

export interface TokenEngine {
  /**
   * Row r of `ids`, which is `width` ids wide, becomes: `first` (an id, or NO_ID), values[ranges[2r], ranges[2r + 1]), `last`
   * (an id or NO_ID), and `pad` up to the width; with `left` the padding stands in front. `mask` gets 1 for each id
   * and 0 for each padding. There are ranges.length / 2 rows, and each must fit into the width. `ids` has the type of
   * `values`; ids and mask have rows × width places at least.
   */
  padRows(
    values: Ids,
    ranges: Uint32Array,
    first: number,
    last: number,
    width: number,
    pad: number,
    left: boolean,
    ids: Ids,
    mask: Uint8Array,
  ): void

  /**
   * The same rows back to back: ids of row r are then ids[offsets[r], offsets[r + 1]). `offsets` has one place more than
   * there are rows; `ids` must have room for all.
   */
  joinRows(
    values: Ids,
    ranges: Uint32Array,
    first: number,
    last: number,
    ids: Ids,
    offsets: Uint32Array,
  ): void

  /** True if U+FFFD, EF BF BD, stands in `bytes`: what a lone surrogate becomes as UTF-8. */
  includesReplacement(bytes: Uint8Array): boolean

  /** output[i] = ids[i], as 64 bits. */
  widen(ids: Ids, output: BigInt64Array): void

  /** output[i] = table[bytes[i]]; `table` has 256 numbers. */
  translate(bytes: Uint8Array, table: Uint16Array, output: Uint16Array): void

  /**
   * For each row bytes[offsets[r], offsets[r + 1]) the loss mask, at the same places of `mask`: 1 for what an assistant has
   * to say, from behind its header line up to its ETB, that included; else 0. Each row begins between blocks
   * (lib/protocol/blocks.ts); at a byte that is refused reading goes on as blockStateAfterRefused says.
   */
  lossMask(bytes: Uint8Array, offsets: Uint32Array, mask: Uint8Array): void

  /**
   * For each row the number, from 1 on and in each row anew, of the attention span that a byte is part of, at the same
   * places of `spans`; else 0. A span begins with SO and ends with the next SI, both included, or with its row; an SO
   * within is part of it.
   */
  attentionSpans(bytes: Uint8Array, offsets: Uint32Array, spans: Uint32Array): void

  /**
   * Attention of `rows` rows of `width` places each: mask[(r · width + i) · width + j] is 1 if place i of row r attends to
   * place j: both are in the same document, which is not 0, and j <= i, or both are in the same span, which is not 0.
   * `documents` and `spans` have rows × width numbers. With `packed` there is a bit for each j, from the most
   * significant down (as numpy.packbits), and ceil(width / 8) bytes for each i; bits behind the last are 0.
   */
  attentionMask(
    documents: Uint32Array,
    spans: Uint32Array,
    rows: number,
    width: number,
    mask: Uint8Array,
    packed: boolean,
  ): void

  /**
   * Copies pieces of `values` to where they belong in windows. Piece p: values[start, end) to ids[at, …), with start, end, at =
   * pieces[3p], pieces[3p + 1], pieces[3p + 2]; `positions` gets 0, 1, 2, … there, and `documents` the number documentOf[p].
   * Other places stay as they are. The three outputs are of one length.
   */
  placePieces(
    values: Ids,
    pieces: Uint32Array,
    documentOf: Uint32Array,
    ids: Ids,
    positions: Uint32Array,
    documents: Uint32Array,
  ): void

  /**
   * Row r of `logits`, `vocabulary` numbers wide (256 at least), keeps those of bytes b with masks[256 · which[r] + b] != 0 and
   * gets -Infinity for all others, those from 256 on included. There are which.length rows.
   */
  maskLogits(logits: Float32Array, vocabulary: number, masks: Uint8Array, which: Uint32Array): void
}
