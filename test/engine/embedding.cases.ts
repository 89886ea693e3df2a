/**
 * gather: rows of every width, from and to every alignment within a vector, for every id; bits kept; wrong arguments
 * refused, and then nothing written.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { fail } from './compare.js'
import type { Level } from './suite.js'
import { Random } from './text.js'
import { detachedBytes, inEveryMemory, refused, wrongArrays } from './wrong-arguments.js'

const ROWS = 256
/** Around the sizes at which engines change their way, and those of models. */
const WIDE = [63, 64, 65, 127, 128, 255, 256, 257, 511, 512, 513, 767, 768, 1023, 1024, 1025]
const UNTOUCHED = 0xa5a5a5a5

export function describeEmbedding(create: () => Engine, level: Level): void {
  const engine = create()

  describe('gather', () => {
    it('copies rows of every width, for every id', () => {
      const widths = [...Array(40).keys()].map((i) => i + 1).concat(WIDE)
      for (const width of widths) {
        checkGather(engine, width, everyId(), 0, 0, 0)
      }
    })

    it('copies from and to every alignment', () => {
      const random = new Random(61)
      const step = level === 'full' ? 1 : 5
      for (const width of [1, 2, 3, 7, 16, 23, 24, 25, 33, 256, 300]) {
        for (let alignment = 0; alignment < 16; alignment += step) {
          const ids = random.bytes(1 + random.below(20))
          for (let other = 0; other < 16; other += step) {
            checkGather(engine, width, ids, alignment, other, random.below(16))
          }
        }
      }
    })

    it('copies for any number of ids', () => {
      const random = new Random(62)
      for (let count = 0; count <= 130; count++) checkGather(engine, 5, random.bytes(count), 1, 3, count % 8)
      checkGather(engine, 3, random.bytes(100_000), 1, 1, 1)
      checkGather(engine, 700, random.bytes(1000), 1, 2, 3)
    })

    it('keeps the bits of every NaN', () => {
      for (const width of [1, 30]) {
        const table = new Float32Array(ROWS * width)
        const bits = new Uint32Array(table.buffer)
        // Quiet and signalling, of either sign, with every bit of the fraction.
        for (let i = 0; i < bits.length; i++)
          bits[i] = (i % 2 === 0 ? 0x7f800000 : 0xff800000) + (1 << (i % 23))
        const output = new Float32Array(ROWS * width)
        engine.gather(
          table,
          width,
          Uint8Array.from({ length: ROWS }, (_, i) => i),
          output,
        )
        expect([...new Uint32Array(output.buffer)]).toEqual([...bits])
      }
    })

    it('takes a table with more than it needs', () => {
      const table = Float32Array.from({ length: ROWS * 3 + 1 }, (_, i) => i)
      const output = new Float32Array(4)
      engine.gather(table, 2, Uint8Array.of(255, 1), output)
      expect([...output]).toEqual([510, 511, 2, 3])
    })

    it('takes every kind of memory', () => {
      const ids = Uint8Array.of(3, 0, 255)
      const table = Float32Array.from({ length: ROWS * 30 }, (_, i) => i)
      const expected = [...ids].flatMap((id) => [...table.subarray(id * 30, id * 30 + 30)])
      const bytesOfTable = new Uint8Array(table.buffer)
      const asFloats = (bytes: Uint8Array) =>
        new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
      for (const [name, make] of Object.entries(inEveryMemory(ids))) {
        const output = new Float32Array(90)
        engine.gather(table, 30, make(), output)
        expect([...output], name).toEqual(expected)
      }
      for (const [name, make] of Object.entries(inEveryMemory(bytesOfTable))) {
        const output = new Float32Array(90)
        engine.gather(asFloats(make()), 30, ids, output)
        expect([...output], name).toEqual(expected)
      }
      for (const [name, make] of Object.entries(inEveryMemory(new Uint8Array(360)))) {
        const output = asFloats(make())
        engine.gather(table, 30, ids, output)
        expect([...output], name).toEqual(expected)
      }
    })

    it('wrong arguments are refused, and nothing is written', () => {
      const table = new Float32Array(ROWS * 4).fill(1)
      const ids = Uint8Array.of(1, 2)
      const output = new Float32Array(8)
      for (const width of [0, -1, 0.5, 5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '4', undefined]) {
        refused(() => engine.gather(table, width as number, ids, output), `width ${width}`)
      }
      for (const value of wrongArrays()) {
        const what = Object.prototype.toString.call(value)
        refused(() => engine.gather(value as Float32Array, 4, ids, output), `table ${what}`)
        refused(() => engine.gather(table, 4, value as Uint8Array, output), `ids ${what}`)
        refused(() => engine.gather(table, 4, ids, value as Float32Array), `output ${what}`)
      }
      refused(
        () => engine.gather(new Float64Array(1024) as unknown as Float32Array, 4, ids, output),
        'doubles',
      )
      refused(() => engine.gather(table.subarray(1), 4, ids, output), 'a table that is too short')
      refused(() => engine.gather(table, 4, ids, output.subarray(1)), 'an output that is too short')
      refused(() => engine.gather(table, 4, ids, new Float32Array(0)), 'no output')
      expect([...output]).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
    })

    it('an output over the table or the ids is refused', () => {
      const memory = new ArrayBuffer(4 * ROWS + 64)
      const table = new Float32Array(memory, 32, ROWS)
      const ids = Uint8Array.of(1, 2)
      refused(() => engine.gather(table, 1, ids, table), 'the table itself')
      refused(() => engine.gather(table, 1, ids, new Float32Array(memory, 28, 2)), 'its first number')
      refused(() => engine.gather(table, 1, ids, new Float32Array(memory, 28 + 4 * ROWS, 2)), 'its last')
      engine.gather(table, 1, ids, new Float32Array(memory, 24, 2))
      engine.gather(table, 1, ids, new Float32Array(memory, 32 + 4 * ROWS, 2))
      const idsWithin = new Uint8Array(memory, 4, 2)
      refused(() => engine.gather(table, 1, idsWithin, new Float32Array(memory, 0, 2)), 'the ids')
      engine.gather(table, 1, idsWithin, new Float32Array(memory, 8, 2))
      refused(
        () => engine.gather(table, 1, new Uint8Array(memory, 7, 2), new Float32Array(memory, 0, 2)),
        'a byte',
      )
    })

    it('memory that is gone is refused', () => {
      const table = new Float32Array(ROWS)
      const ids = Uint8Array.of(1, 2)
      const output = new Float32Array(2)
      const detached = new Float32Array(ROWS)
      structuredClone(detached.buffer, { transfer: [detached.buffer] })
      const buffer = new ArrayBuffer(4 * ROWS, { maxByteLength: 8 * ROWS })
      const gone = new Float32Array(buffer, 0, ROWS)
      const goneIds = new Uint8Array(buffer, 0, 100)
      buffer.resize(16)
      const refuse = () => {
        for (const wrong of [detached, gone]) {
          refused(() => engine.gather(wrong, 1, ids, output), 'table')
          refused(() => engine.gather(table, 1, ids, wrong), 'output')
        }
        refused(() => engine.gather(table, 1, detachedBytes(2), output), 'ids')
        refused(() => engine.gather(table, 1, detachedBytes(0), output), 'no ids')
        refused(() => engine.gather(table, 1, goneIds, new Float32Array(100)), 'ids out of bounds')
      }
      refuse()
      // Code that V8 (of Node 20) has optimised for fixed and resizable memory sees a detached array's old length.
      const resizable = new Float32Array(new ArrayBuffer(8, { maxByteLength: 64 }))
      for (let i = 0; i < 20_000; i++) engine.gather(table, 1, ids, i % 2 === 0 ? output : resizable)
      refuse()
    })
  })
}

function everyId(): Uint8Array {
  return Uint8Array.from({ length: ROWS }, (_, i) => (i * 37 + 11) % ROWS)
}

/** Alignments in numbers, for ids in bytes; what lies around the output must stay. */
function checkGather(
  engine: Engine,
  width: number,
  ids: Uint8Array,
  tableAt: number,
  outputAt: number,
  idsAt: number,
): void {
  const table = new Float32Array(tableAt + ROWS * width).subarray(tableAt)
  for (let i = 0; i < table.length; i++) table[i] = i + 0.5
  const memory = new Uint32Array(outputAt + ids.length * width + 16).fill(UNTOUCHED)
  const output = new Float32Array(memory.buffer, 4 * outputAt)
  const placed = new Uint8Array(idsAt + ids.length)
  placed.set(ids, idsAt)
  engine.gather(table, width, placed.subarray(idsAt), output)
  const end = outputAt + ids.length * width
  for (let i = 0; i < memory.length; i++) {
    const number = i - outputAt
    const inside = i >= outputAt && i < end
    const right = inside
      ? output[number] === ids[Math.floor(number / width)] * width + (number % width) + 0.5
      : memory[i] === UNTOUCHED
    if (!right) {
      fail(engine, 'gather', {
        width,
        count: ids.length,
        tableAt,
        outputAt,
        idsAt,
        number,
        got: output[number],
      })
    }
  }
}
