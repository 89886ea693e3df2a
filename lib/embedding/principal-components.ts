/**
 * The principal components of a table's 256 rows: the directions in which they differ the most, and where each row lies in
 * them (Pearson 1901). Rows are taken relative to their mean.
 */
import { TABLE_ROWS } from '../engine/embedding-engine.js'
import { decompose } from './matrix.js'
import { reflectOnto } from './reflectors.js'
import { type ByteTable, checkFiniteTable } from './table.js'

export interface PrincipalComponents {
  /** Row-major, 256 × count: where each byte lies. A component's largest number is positive. */
  readonly coordinates: Float64Array
  /** For each component its part of the variance, 0 to 1. */
  readonly variance: readonly number[]
}

/** The first `count` components; those that the table does not have are 0. @throws ERR_ARGUMENT for what is no table. */
export function principalComponents(table: ByteTable, count: number): PrincipalComponents {
  checkFiniteTable(table, 'table')
  const { lower, rank } = reflectOnto(centred(table), table.dimension)
  const { left, values } = decompose(lower, TABLE_ROWS, rank)
  const total = values.reduce((sum, value) => sum + value * value, 0)
  const coordinates = new Float64Array(TABLE_ROWS * count)
  const variance: number[] = []
  for (let k = 0; k < count; k++) {
    const value = k < rank ? values[k] : 0
    variance.push(total > 0 ? (value * value) / total : 0)
    if (value === 0) continue
    let extreme = 0
    for (let byte = 0; byte < TABLE_ROWS; byte++) {
      const coordinate = left[byte * rank + k] * value
      coordinates[byte * count + k] = coordinate
      if (Math.abs(coordinate) > Math.abs(extreme)) extreme = coordinate
    }
    // A decomposition may turn each component round as it likes.
    for (let i = k; extreme < 0 && i < coordinates.length; i += count) coordinates[i] = -coordinates[i]
  }
  return { coordinates, variance }
}

function centred({ weight, dimension }: ByteTable): Float64Array {
  const rows = Float64Array.from(weight)
  for (let j = 0; j < dimension; j++) {
    let sum = 0
    for (let i = j; i < rows.length; i += dimension) sum += rows[i]
    for (let i = j; i < rows.length; i += dimension) rows[i] -= sum / TABLE_ROWS
  }
  return rows
}
