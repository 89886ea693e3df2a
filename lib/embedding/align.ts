/**
 * Tables brought together: `align` turns one so that it lies upon another of the same width, `transplant` gives it the width of
 * another model. Two models that were trained apart use other directions for the same things; a rotation changes nothing that
 * a model can see in its own table (lengths, angles), and shows how alike two of them are.
 */

import { checkedOptions } from '../checked-options.js'
import { argumentError } from '../errors.js'
import { LinearMap } from './linear-map.js'
import { decompose, multiply, norm, transposed } from './matrix.js'
import { reflectOnto } from './reflectors.js'
import { type ByteTable, bytesToFit, checkFiniteTable } from './table.js'

export interface AlignOptions {
  /** The bytes whose rows are to agree; all by default. Those that one of the models has never seen only disturb. */
  readonly bytes?: Uint8Array | undefined
}

export interface TransplantOptions extends AlignOptions {
  /** λ of ridge regression, 0 by default: the map that minimises ‖S · M - T‖² + λ · ‖M‖². */
  readonly ridge?: number | undefined
}

/** A table moved, and how far it is from where it should be. */
export interface MovedTable {
  /** All rows of the first table, mapped. */
  readonly table: ByteTable
  readonly map: LinearMap
  /** The Frobenius norm of the difference to the second table, over the bytes that were fitted. */
  readonly residual: number
  /** The same as a part of the norm of the second table's rows: 0 is equal. NaN if those are all 0. */
  readonly relativeResidual: number
}

/**
 * The orthogonal Procrustes problem: of all orthogonal maps Q the one for which `table` · Q is closest to `target`
 * (Schönemann 1966: Q = U · Vᵀ with the singular vectors of tableᵀ · target). Where the rows that are
 * fitted span fewer than d dimensions many are closest, and one of them is given.
 *
 * @throws ERR_ARGUMENT for what is no table, other dimensions, numbers that are not finite, unknown options.
 */
export function align(table: ByteTable, target: ByteTable, options?: AlignOptions): MovedTable {
  const { bytes } = checkedOptions(options, ['bytes'])
  checkFiniteTable(table, 'table')
  checkFiniteTable(target, 'target')
  const { dimension } = table
  if (target.dimension !== dimension) {
    throw argumentError(
      'target.dimension',
      `${dimension}, as the table's (transplant maps widths)`,
      target.dimension,
    )
  }
  const fitted = bytesToFit(bytes)
  const a = reflectOnto(rowsOf(table, fitted), dimension)
  const b = reflectOnto(rowsOf(target, fitted), dimension)
  const { rank } = a
  const core = multiply(transposed(a.lower, fitted.length, rank), b.lower, rank, fitted.length, rank)
  const { left, right } = decompose(core, rank, rank)
  const rotation = multiply(left, transposed(right, rank, rank), rank, rank, rank)
  const map = new LinearMap(dimension, dimension, (row) => {
    a.reflectors.turn(row)
    row.set(multiply(row.subarray(0, rank), rotation, 1, rank, rank))
    b.reflectors.turnBack(row)
    return row
  })
  return moved(table, target, map, fitted)
}

/**
 * `table` in the shape of `target`. Of the same dimension: as it is. Of another one: through the linear map M, d × d', that
 * brings its rows closest to those of `target` (least squares; of equally good ones the smallest). Singular values below
 * d · 2^-23 of the largest count as 0, as in numpy.linalg.lstsq for 32-bit floats.
 *
 * 256 rows of 256 numbers or more can be mapped onto any others: all bytes fitted without `ridge` would give back `target`, and
 * nothing of `table`. So that is refused.
 *
 * @throws ERR_ARGUMENT for that, and as `align`.
 */
export function transplant(table: ByteTable, target: ByteTable, options?: TransplantOptions): MovedTable {
  const { bytes, ridge = 0 } = checkedOptions(options, ['bytes', 'ridge'])
  if (!(Number.isFinite(ridge) && ridge >= 0)) throw argumentError('ridge', 'a number from 0 on', ridge)
  checkFiniteTable(table, 'table')
  checkFiniteTable(target, 'target')
  const fitted = bytesToFit(bytes)
  const [from, to] = [table.dimension, target.dimension]
  if (from === to) return moved(table, target, new LinearMap(from, to, (row) => row), fitted)
  const rows = fitted.length
  if (ridge === 0 && rows === ALL && from >= ALL) {
    throw argumentError(
      'ridge',
      `more than 0 for a table of ${from} numbers a byte, or fewer bytes to fit`,
      0,
    )
  }
  const { reflectors, lower, rank } = reflectOnto(rowsOf(table, fitted), from)
  const { left, values, right } = decompose(lower, rows, rank)
  const least = values[0] * Math.max(rows, from) * 2 ** -23
  const core = multiply(transposed(left, rows, rank), rowsOf(target, fitted), rank, rows, to)
  for (const [k, value] of values.entries()) {
    const factor = value > least ? value / (value * value + ridge) : 0
    for (let j = 0; j < to; j++) core[k * to + j] *= factor
  }
  const matrix = multiply(right, core, rank, rank, to)
  const map = new LinearMap(from, to, (row) => {
    reflectors.turn(row)
    return multiply(row.subarray(0, rank), matrix, 1, rank, to)
  })
  return moved(table, target, map, fitted)
}

const ALL = 256

function moved(table: ByteTable, target: ByteTable, map: LinearMap, fitted: Uint8Array): MovedTable {
  const mapped = { weight: map.apply(table.weight), dimension: map.to }
  const goal = rowsOf(target, fitted)
  const residual = norm(rowsOf(mapped, fitted).map((value, i) => value - goal[i]))
  return { table: mapped, map, residual, relativeResidual: residual / norm(goal) }
}

/** The rows of `bytes`, one behind the other. */
function rowsOf({ weight, dimension }: ByteTable, bytes: Uint8Array): Float64Array {
  const rows = new Float64Array(bytes.length * dimension)
  for (const [i, byte] of bytes.entries()) {
    rows.set(weight.subarray(byte * dimension, (byte + 1) * dimension), i * dimension)
  }
  return rows
}
