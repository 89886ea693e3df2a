/** The picture of a table: components against a table whose components are known, bytes once and in their class, labels apart. */
import { DomUtils, parseDocument } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { BYTE_CLASSES, byteClassOf, byteName } from '../../dist/embedding/byte-class.js'
import { type Box, placeLabels } from '../../dist/embedding/labels.js'
import { principalComponents } from '../../dist/embedding/principal-components.js'
import type { ByteTable } from '../../dist/embedding/table.js'
import { type TableSvgOptions, tableSvg } from '../../dist/embedding/table-svg.js'
import { refused } from '../engine/wrong-arguments.js'
import { gaussian, randomTable } from './tables.js'

describe('byte classes', () => {
  it('have every byte once', () => {
    const all = BYTE_CLASSES.flatMap(({ ranges }) => ranges).flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    )
    expect(all.sort((a, b) => a - b)).toEqual([...Array(256).keys()])
  })

  it('are those of UTF-8', () => {
    const sizes = Object.fromEntries(
      BYTE_CLASSES.map(({ name }) => [
        name,
        [...Array(256).keys()].filter((byte) => byteClassOf(byte).name === name).length,
      ]),
    )
    expect(sizes).toEqual({
      control: 28,
      'white space': 6,
      'capital letter': 26,
      'small letter': 26,
      digit: 10,
      punctuation: 32,
      continuation: 64,
      'lead of two': 30,
      'lead of three': 16,
      'lead of four': 5,
      'never in UTF-8': 13,
    })
    // What a character of each length, encoded, begins with and goes on with.
    for (const [text, names] of [
      ['é', ['lead of two', 'continuation']],
      ['文', ['lead of three', 'continuation', 'continuation']],
      ['😀', ['lead of four', 'continuation', 'continuation', 'continuation']],
    ] as const) {
      expect([...Buffer.from(text)].map((byte) => byteClassOf(byte).name)).toEqual(names)
    }
  })
})

describe('principal components', () => {
  it.each([2, 40, 256, 300])(
    'are the axes along which a table was stretched, %i numbers wide',
    (dimension) => {
      // Along two places that are known, far from the origin, and a little of all else.
      const [x, y] = [gaussian(256, 31), gaussian(256, 32)]
      const weight = gaussian(256 * dimension, 33).map((value) => 5 + value / 1000)
      for (let byte = 0; byte < 256; byte++) {
        weight[byte * dimension] += 10 * x[byte]
        weight[byte * dimension + dimension - 1] += 3 * y[byte]
      }
      const { coordinates, variance } = principalComponents({ weight, dimension }, 2)
      expect(Math.abs(correlation(x, coordinates, 0))).toBeGreaterThan(0.99)
      expect(Math.abs(correlation(y, coordinates, 1))).toBeGreaterThan(0.97)
      expect(variance[0]).toBeGreaterThan(0.85)
      expect(variance[0] + variance[1]).toBeGreaterThan(0.99)
      for (const k of [0, 1]) {
        const column = Array.from({ length: 256 }, (_, byte) => coordinates[2 * byte + k])
        expect(Math.max(...column)).toBeGreaterThanOrEqual(-Math.min(...column))
        expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6)
      }
    },
  )

  it('are 0 where there are none', () => {
    const line = principalComponents({ weight: gaussian(256, 34), dimension: 1 }, 2)
    expect(line.variance[0]).toBeCloseTo(1, 12)
    expect(line.variance[1]).toBe(0)
    const flat = principalComponents({ weight: new Float32Array(768).fill(3), dimension: 3 }, 2)
    expect([...flat.coordinates].every((value) => value === 0)).toBe(true)
    expect(flat.variance).toEqual([0, 0])
  })
})

describe('labels', () => {
  it('lie over no other label and no point, and within the frame', () => {
    const frame = { left: 0, right: 400, top: 0, bottom: 300 }
    const places = gaussian(400, 35)
    const points = Array.from({ length: 200 }, (_, i) => ({
      x: 200 + 60 * places[2 * i],
      y: 150 + 40 * places[2 * i + 1],
    }))
    const sizes = points.map((_, i) => ({ width: 6 + (i % 8), height: 10 }))
    const boxes = placeLabels(points, 3, sizes, frame)
    const placed = boxes.filter((box): box is Box => box !== null)
    expect(placed.length).toBeGreaterThan(80)
    expect(placed.length).toBeLessThan(200)
    const meet = (a: Box, b: Box) =>
      a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    for (const box of placed) {
      expect(placed.filter((other) => meet(box, other))).toEqual([box])
      const over = points.filter(({ x, y }) =>
        meet(box, { left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 }),
      )
      expect(over).toEqual([])
      expect(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 300).toBe(true)
    }
  })

  it('take the first place that is free', () => {
    const frame = { left: 0, right: 100, top: 0, bottom: 100 }
    const size = { width: 10, height: 10 }
    const [alone] = placeLabels([{ x: 50, y: 50 }], 3, [size], frame)
    expect(alone).toEqual({ left: 54, right: 64, top: 45, bottom: 55 })
    const [atEdge] = placeLabels([{ x: 97, y: 50 }], 3, [size], frame)
    expect(atEdge).toEqual({ left: 83, right: 93, top: 45, bottom: 55 })
  })
})

describe('tableSvg', () => {
  it('shows every byte once, in the colour of its class, within the plot', () => {
    const circles = elements(tableSvg(randomTable(16, 36)), 'circle')
    const dots = circles.filter((circle) => DomUtils.getElementsByTagName('title', circle).length === 1)
    expect(circles.length).toBe(256 + BYTE_CLASSES.length)
    expect(dots.length).toBe(256)
    for (const [byte, { attribs, children }] of dots.entries()) {
      const title = DomUtils.textContent(children)
      const hex = byte.toString(16).toUpperCase().padStart(2, '0')
      const { name, color } = byteClassOf(byte)
      const shown = byteName(byte)
      expect(title).toBe(shown === hex ? `${hex}, ${name}` : `${hex} ${shown}, ${name}`)
      expect(attribs.fill).toBe(color)
      expect(Number(attribs.cx) >= 60 && Number(attribs.cx) <= 770).toBe(true)
      expect(Number(attribs.cy) >= 70 && Number(attribs.cy) <= 660).toBe(true)
    }
  })

  it('is the same each time, and draws any table', () => {
    const table = randomTable(5, 37)
    expect(tableSvg(table)).toBe(tableSvg({ ...table }))
    for (const one of [
      { weight: new Float32Array(256), dimension: 1 },
      { weight: new Float32Array(256).fill(3e38), dimension: 1 },
      { weight: gaussian(256, 38), dimension: 1 },
      randomTable(300, 39),
    ]) {
      const svg = tableSvg(one)
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
      expect(elements(svg, 'circle').length).toBe(256 + BYTE_CLASSES.length)
    }
  })

  it('shows titles as they are, whatever is in them', () => {
    const title = `<b> &amp; & "quotes" 'single' ]]> é 😀`
    const svg = tableSvg(randomTable(2, 40), { title })
    expect(DomUtils.textContent(elements(svg, 'text')[0])).toBe(title)
    const strange = tableSvg(randomTable(2, 40), { title: 'a\0b\x1bc\ud800d' })
    expect(DomUtils.textContent(elements(strange, 'text')[0])).toBe('a\ufffdb\ufffdc\ufffdd')
  })

  it('refuses what is wrong', () => {
    const table = randomTable(2, 41)
    refused(() => tableSvg({ ...table, dimension: 3 }), 'dimension')
    refused(() => tableSvg({ weight: new Float32Array(512).fill(Number.NaN), dimension: 2 }), 'NaN')
    refused(() => tableSvg(null as unknown as ByteTable), 'nothing')
    refused(() => tableSvg(table, { title: 5 } as unknown as TableSvgOptions), 'title')
    refused(() => tableSvg(table, { width: 5 } as TableSvgOptions), 'width')
  })
})

function elements(svg: string, name: string) {
  return DomUtils.getElementsByTagName(name, parseDocument(svg, { xmlMode: true }))
}

function correlation(values: Float32Array, coordinates: Float64Array, k: number): number {
  const a = Float64Array.from(values)
  const b = Float64Array.from(values, (_, byte) => coordinates[2 * byte + k])
  for (const one of [a, b]) {
    const mean = one.reduce((sum, value) => sum + value, 0) / one.length
    for (let i = 0; i < one.length; i++) one[i] -= mean
  }
  const product = (c: Float64Array, d: Float64Array) => c.reduce((sum, value, i) => sum + value * d[i], 0)
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}
