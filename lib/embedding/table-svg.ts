/**
 * A table as a picture: the bytes where the first two principal components place them, coloured by what they are in UTF-8.
 * Bytes that a model treats alike lie together. Both axes have one scale, so that distances can be compared. Each byte has a dot,
 * and a title that browsers show when the pointer is over it; a label too where there is room for one.
 */

import { checkedOptions } from '../checked-options.js'
import { TABLE_ROWS } from '../engine/embedding-engine.js'
import { argumentError } from '../errors.js'
import { BYTE_CLASSES, byteClassOf, byteName, hexOf } from './byte-class.js'
import { type Box, placeLabels } from './labels.js'
import { principalComponents } from './principal-components.js'
import type { ByteTable } from './table.js'

export interface TableSvgOptions {
  /** The heading: `Byte table, 256 × d` by default. */
  readonly title?: string | undefined
}

/**
 * An SVG document of 960 × 720 units.
 *
 * @throws ERR_ARGUMENT for what is no table, numbers that are not finite, unknown options.
 */
export function tableSvg(table: ByteTable, options?: TableSvgOptions): string {
  const { title } = checkedOptions(options, ['title'])
  if (title !== undefined && typeof title !== 'string') throw argumentError('title', 'a string', title)
  const { coordinates, variance } = principalComponents(table, 2)
  const dots = placed(coordinates)
  const heading = title ?? `Byte table, 256 × ${table.dimension}`
  const [first, second] = variance.map((part) => `${(100 * part).toFixed(1)} %`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 32, heading, 'font-size="17" font-weight="600" fill="#222222"'),
    `<rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}" fill="none" stroke="#cccccc"/>`,
    text(
      (PLOT.left + PLOT.right) / 2,
      PLOT.bottom + 24,
      `first component (${first} of the variance)`,
      `text-anchor="middle" ${QUIET}`,
    ),
    text(
      0,
      0,
      `second component (${second})`,
      `text-anchor="middle" ${QUIET} transform="translate(${PLOT.left - 12} ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)"`,
    ),
    ...dots.map(dot),
    ...labels(dots),
    ...legend(),
    '</svg>\n',
  ].join('\n')
}

const WIDTH = 960
const HEIGHT = 720
const PLOT = { left: 40, right: 790, top: 48, bottom: 680 }
const MARGIN = 24
const RADIUS = 3.5
const LABEL_SIZE = 10
const LEGEND = { left: 812, top: 60, step: 24 }
const QUIET = 'fill="#555555"'

interface Dot {
  readonly byte: number
  readonly x: number
  readonly y: number
}

/** All bytes on the plot, the second component upwards; a table whose rows are all equal lies in the middle. */
function placed(coordinates: Float64Array): Dot[] {
  const [xs, ys] = [0, 1].map((k) =>
    Array.from({ length: TABLE_ROWS }, (_, byte) => coordinates[2 * byte + k]),
  )
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const scale = Math.min(
    (PLOT.right - PLOT.left - 2 * MARGIN) / (right - left),
    (PLOT.bottom - PLOT.top - 2 * MARGIN) / (top - bottom),
  )
  const factor = Number.isFinite(scale) ? scale : 0
  return xs.map((x, byte) => ({
    byte,
    x: (PLOT.left + PLOT.right) / 2 + factor * (x - (left + right) / 2),
    y: (PLOT.top + PLOT.bottom) / 2 - factor * (ys[byte] - (bottom + top) / 2),
  }))
}

function dot({ byte, x, y }: Dot): string {
  const { name, color } = byteClassOf(byte)
  const shown = byteName(byte)
  const title = shown === hexOf(byte) ? `${shown}, ${name}` : `${hexOf(byte)} ${shown}, ${name}`
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${RADIUS}" fill="${color}" fill-opacity="0.8"><title>${escaped(title)}</title></circle>`
}

function labels(dots: readonly Dot[]): string[] {
  const sizes = dots.map(({ byte }) => ({
    width: byteName(byte).length * 0.68 * LABEL_SIZE,
    height: LABEL_SIZE,
  }))
  const boxes = placeLabels(dots, RADIUS, sizes, PLOT)
  return boxes.flatMap((box: Box | null, byte) => {
    if (box === null) return []
    const style = `font-size="${LABEL_SIZE}" text-anchor="middle" fill="${byteClassOf(byte).color}"`
    // Where letters stand on their line, a little above the lower edge.
    return [text((box.left + box.right) / 2, box.bottom - 0.15 * LABEL_SIZE, byteName(byte), style)]
  })
}

function legend(): string[] {
  return BYTE_CLASSES.flatMap(({ name, color, ranges }, i) => {
    const y = LEGEND.top + i * LEGEND.step
    const count = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
    return [
      `<circle cx="${LEGEND.left}" cy="${y}" r="5" fill="${color}"/>`,
      text(LEGEND.left + 14, y + 4, `${name} (${count})`, 'fill="#222222"'),
    ]
  })
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** As XML wants it; what XML cannot hold, control characters and lone surrogates, becomes U+FFFD. */
function escaped(content: string): string {
  return content
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
