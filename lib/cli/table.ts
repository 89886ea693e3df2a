/**
 * `table`: the byte table of a checkpoint, a line for each byte, and as a picture.
 */
import type { ExtractedTable } from '../embedding/checkpoint/extract.js'
import type { SimilarByte } from '../embedding/similar.js'
import { command, EXIT, type MessageOptions } from './command.js'
import { aligned, printJson, printLines } from './print.js'

interface Options extends MessageOptions {
  readonly tensor?: string
  readonly svg?: string
  readonly nearest: number
}

export const tableCommand = command<Options>({
  name: 'table',
  argument: {
    name: '<checkpoint>',
    help: 'a .safetensors file, a .safetensors.index.json, or a folder with model.safetensors',
  },
  summary: 'show the embedding table of a checkpoint, and draw it',
  description:
    'Prints for each byte the length of its vector and the bytes whose vectors are nearest, with the cosine of the ' +
    'angle between them. A bit bias is folded in.',
  examples: [
    'utf8-tokenizer table model.safetensors',
    'utf8-tokenizer table model.safetensors --svg table.svg',
  ],
  async run([checkpoint], { tensor, svg, nearest, json }) {
    const { extractTable } = await import('../embedding/checkpoint/extract.js')
    const { similar } = await import('../embedding/similar.js')
    const { byteClassOf, byteName } = await import('../embedding/byte-class.js')
    const table = extractTable(checkpoint, { tensor })
    const rows = norms(table).map((norm, byte): Row => {
      const near = similar(table, byte, { count: nearest })
      return { byte, name: byteName(byte), class: byteClassOf(byte).name, norm, nearest: near }
    })
    if (svg !== undefined) {
      const { tableSvg } = await import('../embedding/table-svg.js')
      const { writeFileAtomic } = await import('../files/atomic-file.js')
      writeFileAtomic(svg, tableSvg(table, { title: `${table.name}, 256 × ${table.dimension}` }))
    }
    const { name, dtype, dimension, folded } = table
    if (json) printJson({ checkpoint, svg, name, dtype, dimension, folded, bytes: rows })
    else {
      const nameOf = ({ byte, value }: SimilarByte): string => `${byteName(byte)} ${value.toFixed(3)}`
      printLines([...overview(table, rows), ...rows.map((row) => byteLine(row, nameOf))])
      if (svg !== undefined) printLines([`Drawn in ${svg}`])
    }
    return EXIT.done
  },
})

interface Row {
  readonly byte: number
  readonly name: string
  readonly class: string
  readonly norm: number
  readonly nearest: readonly SimilarByte[]
}

/** The Euclidean length of each row. */
function norms({ weight, dimension }: ExtractedTable): number[] {
  const squares = new Float64Array(weight.length / dimension)
  for (const [i, value] of weight.entries()) squares[Math.floor(i / dimension)] += value * value
  return Array.from(squares, Math.sqrt)
}

function overview({ name, dtype, dimension, folded }: ExtractedTable, rows: readonly Row[]): string[] {
  const sorted = rows.map(({ norm }) => norm).sort((a, b) => a - b)
  const [least, middle, most] = [0, 127, 255].map((index) => sorted[index].toPrecision(3))
  return [
    `${name}, 256 × ${dimension} ${dtype}${folded ? ', bit bias folded in' : ''}`,
    ...aligned([['norms', `${least} to ${most}, median ${middle}`]]),
    'byte      norm  class           nearest',
  ]
}

function byteLine(row: Row, nameOf: (near: SimilarByte) => string): string {
  const hex = row.byte.toString(16).toUpperCase().padStart(2, '0')
  const name = row.name === hex ? '' : row.name
  const norm = row.norm.toPrecision(4).padStart(8)
  return `${hex} ${name.padEnd(1)}  ${norm}  ${row.class.padEnd(14)}  ${row.nearest.map(nameOf).join('  ')}`
}
