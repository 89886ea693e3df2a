/**
 * TokenEngine said once more, as naively as can be: arrays of numbers, one statement for each rule of the interface. The
 * grammar of blocks has block-oracle.ts.
 */
import { NO_ID } from '../../dist/engine/token-engine.js'

export type Range = readonly [start: number, end: number]

/** Rows with their marks. */
export function rowsOracle(
  values: ArrayLike<number>,
  ranges: readonly Range[],
  first: number,
  last: number,
): number[][] {
  const all = Array.from(values)
  return ranges.map(([start, end]) => [first, ...all.slice(start, end), last].filter((id) => id !== NO_ID))
}

/** Those rows, padded; `mask` is 1 where no padding is. */
export function paddedOracle(
  rows: readonly number[][],
  width: number,
  pad: number,
  left: boolean,
): { ids: number[]; mask: number[] } {
  const around = (row: number[], filling: number[]) => (left ? [...filling, ...row] : [...row, ...filling])
  const filling = (row: number[], value: number) => Array<number>(width - row.length).fill(value)
  return {
    ids: rows.flatMap((row) => around(row, filling(row, pad))),
    mask: rows.flatMap((row) =>
      around(
        row.map(() => 1),
        filling(row, 0),
      ),
    ),
  }
}

/** For each byte of one row the number of its span, or 0. */
export function spansOracle(bytes: Uint8Array): number[] {
  const text = Array.from(bytes, (byte) => (byte === 0x0e ? '(' : byte === 0x0f ? ')' : '.')).join('')
  let number = 0
  return text
    .split(/(\([^)]*\)?)/)
    .flatMap((part) => Array<number>(part.length).fill(part.startsWith('(') ? ++number : 0))
}

/** One row of attention: for each place i a string of `0` and `1` for all places j. */
export function attentionOracle(documents: readonly number[], spans: readonly number[]): string[] {
  return documents.map((document, i) =>
    documents
      .map((other, j) => {
        const inSpan = spans[i] !== 0 && spans[i] === spans[j]
        return inSpan || (document !== 0 && document === other && j <= i) ? '1' : '0'
      })
      .join(''),
  )
}

/** A string of `0` and `1` as bits from the most significant down. */
export function packedOracle(bits: string): number[] {
  return (bits.match(/.{1,8}/g) ?? []).map((eight) => Number.parseInt(eight.padEnd(8, '0'), 2))
}
