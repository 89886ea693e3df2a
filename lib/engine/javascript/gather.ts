/**
 * Rows of a table, copied. Long rows are copied by the platform (TypedArray.prototype.set), short ones by a loop, for
 * such a call costs as much as some twenty numbers. The numbers are seen as whole ones of 32 bits: a loop over floats may
 * change the bits of a NaN.
 */
import { TABLE_ROWS } from '../embedding-engine.js'

/** See EmbeddingEngine.gather; arguments are right. */
export function gather(table: Float32Array, width: number, ids: Uint8Array, output: Float32Array): void {
  const count = ids.length
  if (count === 0) return
  const from = new Uint32Array(table.buffer, table.byteOffset, TABLE_ROWS * width)
  const to = new Uint32Array(output.buffer, output.byteOffset, count * width)
  if (width < LONG_ROW) {
    for (let i = 0, at = 0; i < count; i++) {
      const row = ids[i] * width
      for (let j = row; j < row + width; j++) to[at++] = from[j]
    }
    return
  }
  const rows: (Uint32Array | undefined)[] = new Array(TABLE_ROWS).fill(undefined)
  for (let i = 0; i < count; i++) {
    const id = ids[i]
    let row = rows[id]
    if (row === undefined) {
      row = from.subarray(id * width, (id + 1) * width)
      rows[id] = row
    }
    to.set(row, i * width)
  }
}

const LONG_ROW = 24
