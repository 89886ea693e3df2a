/**
 * The EmbeddingEngine interface: rows of a table, as every engine copies them, alike to the bit. A table has a row for each
 * byte, so that no id can lie outside of it, whatever another thread writes.
 */

/** Rows of a table: a byte has so many values. */
export const TABLE_ROWS = 256

export interface EmbeddingEngine {
  /**
   * Row i of `output` becomes row ids[i] of `table`: output[i · width + j] = table[ids[i] · width + j]. A row has `width` numbers
   * (1 at least), the table TABLE_ROWS rows at least, and `output` a row for each id at least; what lies behind is left
   * as it is. Numbers are copied as bits: a NaN keeps its own.
   *
   * @throws ERR_ARGUMENT for an array of another kind, too short or detached, a width that is none, and an output over the
   *   same memory as the table or the ids; then nothing was written.
   */
  gather(table: Float32Array, width: number, ids: Uint8Array, output: Float32Array): void
}
