/** Which bytes a table holds for alike: the nearest rows to a byte's own. */

import { checkedOptions, oneOf } from '../checked-options.js'
import { TABLE_ROWS } from '../engine/embedding-engine.js'
import { argumentError } from '../errors.js'
import { type ByteTable, checkFiniteTable } from './table.js'

/** How near two rows are. `cosine` of their angle: the largest first. `euclidean` distance: the smallest first. */
export const SIMILARITY_METRICS = ['cosine', 'euclidean'] as const
export type SimilarityMetric = (typeof SIMILARITY_METRICS)[number]

export interface SimilarOptions {
  /** How many, 10 by default; 255 are all others. */
  readonly count?: number | undefined
  /** `cosine` by default. */
  readonly metric?: SimilarityMetric | undefined
}

export interface SimilarByte {
  readonly byte: number
  /** The cosine, 1 to -1 (0 if a row is all zeros), or the distance. */
  readonly value: number
}

/**
 * The bytes whose rows in `table` are nearest to that of `byte`, itself left out, the nearest first; of equal ones the
 * smaller byte first.
 *
 * @throws ERR_ARGUMENT for what is no table or no byte, numbers that are not finite, unknown options.
 */
export function similar(table: ByteTable, byte: number, options?: SimilarOptions): SimilarByte[] {
  const { count = 10, metric = 'cosine' } = checkedOptions(options, ['count', 'metric'])
  oneOf('metric', metric, SIMILARITY_METRICS)
  if (!(Number.isInteger(count) && count >= 1 && count < TABLE_ROWS)) {
    throw argumentError('count', `a whole number from 1 to ${TABLE_ROWS - 1}`, count)
  }
  if (!(Number.isInteger(byte) && byte >= 0 && byte < TABLE_ROWS)) {
    throw argumentError('byte', `a whole number from 0 to ${TABLE_ROWS - 1}`, byte)
  }
  checkFiniteTable(table, 'table')
  const measure = metric === 'cosine' ? cosine : distance
  const order = metric === 'cosine' ? -1 : 1
  return Array.from({ length: TABLE_ROWS }, (_, other) => ({
    byte: other,
    value: measure(table, byte, other),
  }))
    .filter((one) => one.byte !== byte)
    .sort((a, b) => order * (a.value - b.value) || a.byte - b.byte)
    .slice(0, count)
}

function cosine(table: ByteTable, a: number, b: number): number {
  const lengths = Math.sqrt(product(table, a, a)) * Math.sqrt(product(table, b, b))
  return lengths === 0 ? 0 : product(table, a, b) / lengths
}

function product({ weight, dimension }: ByteTable, a: number, b: number): number {
  let sum = 0
  for (let j = 0; j < dimension; j++) sum += weight[a * dimension + j] * weight[b * dimension + j]
  return sum
}

function distance({ weight, dimension }: ByteTable, a: number, b: number): number {
  let sum = 0
  for (let j = 0; j < dimension; j++) sum += (weight[a * dimension + j] - weight[b * dimension + j]) ** 2
  return Math.sqrt(sum)
}
