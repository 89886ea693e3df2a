/** Packing: every id in one window and in order, positions, documents and sequences as each window shows them. */
import { describe, expect, it } from 'vitest'
import type { Ids } from '../../dist/engine/token-engine.js'
import type { PackedDocuments, PackOptions } from '../../dist/training/pack.js'
import { OPEN_WINDOWS } from '../../dist/training/plan-windows.js'
import type { RaggedRows } from '../../dist/training/rows.js'
import { Random } from '../engine/text.js'
import { refused } from '../engine/wrong-arguments.js'
import { ragged } from './batches.js'
import { trainingLayers } from './layers.js'

/** An id that no document has. */
const PAD = 0xff

function randomDocuments(random: Random, count: number, longest: number): Uint8Array[] {
  return Array.from({ length: count }, () =>
    random.bytes(random.below(longest + 1)).map((byte) => byte % PAD),
  )
}

/** All that must hold of windows, whatever the split. */
function check(documents: readonly Uint8Array[], window: number, packed: PackedDocuments<Ids>): void {
  const { ids, positions, documents: numbers, cu_seqlens, max_seqlen } = packed
  const windows = ids.dims[0]
  for (const tensor of [ids, positions, numbers]) {
    expect(tensor.dims).toEqual([windows, window])
    expect(tensor.data.length).toBe(windows * window)
  }
  const found = documents.map((): number[] => [])
  const starts: number[] = []
  const expectedPositions: number[] = []
  const paddings: number[] = []
  for (let place = 0; place < windows * window; place++) {
    const number = numbers.data[place]
    const isFirst = place % window === 0 || number !== numbers.data[place - 1]
    if (isFirst) starts.push(place)
    expectedPositions.push(number === 0 || isFirst ? 0 : expectedPositions[place - 1] + 1)
    if (number === 0) paddings.push(place)
    else found[number - 1].push(ids.data[place])
  }
  expect(found).toEqual(documents.map((document) => [...document]))
  expect([...positions.data]).toEqual(expectedPositions)
  expect(paddings.every((place) => ids.data[place] === PAD)).toBe(true)
  // Padding is at the end of a window, and no window is nothing but padding.
  const isEnd = (place: number) => (place + 1) % window === 0 || numbers.data[place + 1] === 0
  expect(paddings.every((place) => place % window !== 0 && isEnd(place))).toBe(true)
  expect(cu_seqlens).toEqual(Int32Array.of(...starts, windows * window))
  expect(max_seqlen).toBe(
    Math.max(0, ...starts.map((start, i) => (starts[i + 1] ?? windows * window) - start)),
  )
}

/** Which window each document begins in, by first fit with all windows open; none is longer than a window. */
function firstFitOracle(lengths: readonly number[], window: number): (number | null)[] {
  const used: number[] = []
  return lengths.map((length) => {
    if (length === 0) return null
    const found = used.findIndex((taken) => taken + length <= window)
    const row = found === -1 ? used.push(0) - 1 : found
    used[row] += length
    return row
  })
}

describe.each(trainingLayers())('packing, %s', (_, { packDocuments }) => {
  const random = new Random(5)

  it('cut: windows without a gap, only the last one padded', () => {
    for (let i = 0; i < 300; i++) {
      const window = 1 + random.below(20)
      const documents = randomDocuments(random, random.below(12), 3 * window)
      const packed = packDocuments(ragged(documents, i % 2), { window, split: 'cut', pad: PAD })
      check(documents, window, packed)
      const all = documents.flatMap((document) => [...document])
      expect([...packed.ids.data.subarray(0, all.length)]).toEqual(all)
      expect(packed.ids.dims[0]).toBe(Math.ceil(all.length / window))
    }
  })

  it('whole: no document that fits is cut, and each is where first fit puts it', () => {
    for (let i = 0; i < 300; i++) {
      const window = 1 + random.below(20)
      const documents = randomDocuments(random, random.below(30), window)
      const packed = packDocuments(ragged(documents), { window, split: 'whole', pad: PAD })
      check(documents, window, packed)
      const rows = documents.map((_, d) => {
        const at = packed.documents.data.indexOf(d + 1)
        return at === -1 ? null : Math.floor(at / window)
      })
      expect(rows).toEqual(
        firstFitOracle(
          documents.map((document) => document.length),
          window,
        ),
      )
      const pieces = packed.documents.data.filter(
        (number, k) => number !== 0 && packed.positions.data[k] === 0,
      )
      expect(pieces.length).toBe(documents.filter((document) => document.length > 0).length)
    }
  })

  it('whole: longer documents fill windows of their own, in order', () => {
    for (let i = 0; i < 300; i++) {
      const window = 1 + random.below(12)
      const documents = randomDocuments(random, random.below(20), 4 * window)
      const packed = packDocuments(ragged(documents), { window, split: 'whole', pad: PAD })
      check(documents, window, packed)
      const pieces = documents.map(() => 0)
      packed.documents.data.forEach((number, k) => {
        if (number !== 0 && packed.positions.data[k] === 0) pieces[number - 1]++
      })
      expect(pieces).toEqual(documents.map((document) => Math.ceil(document.length / window)))
    }
  })

  it('whole: where too many windows wait, the fullest is given up, the oldest of several', () => {
    // Documents of 6 leave 4 places in each of 64 windows, a seventh one of 9 leaves 1; then one of 8 opens one more.
    const lengths = [...Array<number>(OPEN_WINDOWS - 1).fill(6), 9, 8, 1, 4, 2]
    const documents = lengths.map((length, d) => new Uint8Array(length).fill(d))
    const packed = packDocuments(ragged(documents), { window: 10, split: 'whole', pad: PAD })
    check(documents, 10, packed)
    const row = (document: number) => Math.floor(packed.documents.data.indexOf(document + 1) / 10)
    // The one with a single place is closed: that of length 1 goes to the first of all.
    expect(lengths.map((_, d) => row(d)).slice(OPEN_WINDOWS - 1)).toEqual([63, 64, 0, 1, 0])
    // Of windows alike the oldest is closed.
    const alike = Array<number>(OPEN_WINDOWS + 1)
      .fill(6)
      .concat(4)
    const more = packDocuments(ragged(alike.map((length) => new Uint8Array(length))), {
      window: 10,
      split: 'whole',
    })
    expect(Math.floor(more.documents.data.indexOf(alike.length) / 10)).toBe(1)
  })

  it('many documents', () => {
    const documents = randomDocuments(random, 3000, 40)
    for (const split of ['cut', 'whole'] as const) {
      check(documents, 64, packDocuments(ragged(documents), { window: 64, split, pad: PAD }))
    }
  })

  it('a loss mask is packed alike', () => {
    for (const split of ['cut', 'whole'] as const) {
      const documents = randomDocuments(random, 20, 30)
      const batch = ragged(documents)
      const loss_mask = batch.values.map((id) => id & 1)
      const packed = packDocuments(batch, { window: 16, split, pad: PAD, loss_mask })
      check(documents, 16, packed)
      const expected = packed.ids.data.map((id, k) => (packed.documents.data[k] === 0 ? 0 : id & 1))
      expect(packed.loss_mask).toEqual({ type: 'bool', dims: packed.ids.dims, data: expected })
    }
  })

  it('ids of every kind keep it', () => {
    const offsets = Uint32Array.of(0, 3, 4)
    for (const [type, values] of [
      ['uint8', Uint8Array.of(1, 2, 255, 4)],
      ['uint16', Uint16Array.of(1, 2, 65535, 4)],
      ['uint32', Uint32Array.of(1, 2, 2 ** 32 - 1, 4)],
    ] as const) {
      const most = 2 ** (8 * values.BYTES_PER_ELEMENT) - 1
      const { ids } = packDocuments<Ids>({ values, offsets }, { window: 3, pad: most })
      const [a, b, c, d] = values
      expect(ids).toEqual({
        type,
        dims: [2, 3],
        data: new (values.constructor as typeof Uint8Array)([a, b, c, d, most, most]),
      })
    }
  })

  it('no documents, and documents without ids, give no windows', () => {
    for (const documents of [[], [new Uint8Array(0)]]) {
      const { ids, cu_seqlens, max_seqlen } = packDocuments(ragged(documents), { window: 8 })
      expect(ids).toEqual({ type: 'uint8', dims: [0, 8], data: new Uint8Array(0) })
      expect([[...cu_seqlens], max_seqlen]).toEqual([[0], 0])
    }
  })

  it('what is wrong is refused', () => {
    const batch = ragged([new Uint8Array(5)])
    for (const wrong of [
      null,
      undefined,
      7,
      {},
      new Uint8Array(5),
      { ...batch, values: [1] },
      { ...batch, offsets: [0] },
    ]) {
      refused(() => packDocuments(wrong as RaggedRows, { window: 4 }), 'batch')
    }
    for (const offsets of [[], [9], [3, 2], [0, 99]]) {
      const wrong = { values: batch.values, offsets: Uint32Array.from(offsets) }
      refused(() => packDocuments(wrong, { window: 4 }), `offsets ${offsets}`)
    }
    const options: readonly object[] = [
      ...[0, -1, 1.5, 2 ** 31, Number.NaN, '4', undefined].map((window) => ({ window })),
      ...[-1, 256, 0.5, null, '0'].map((pad) => ({ window: 4, pad })),
      ...['Cut', '', null, 1].map((split) => ({ window: 4, split })),
      ...[new Uint8Array(4), new Uint16Array(7), [1], null].map((loss_mask) => ({ window: 4, loss_mask })),
      { window: 4, width: 4 },
      {},
    ]
    for (const wrong of options)
      refused(() => packDocuments(batch, wrong as PackOptions), JSON.stringify(wrong))
    // More places than cu_seqlens can count.
    const half = 2 ** 29 + 2
    const values = new Uint8Array(2 * half)
    const two = { values, offsets: Uint32Array.of(0, half, 2 * half) }
    refused(() => packDocuments(two, { window: 2 ** 30 + 2, split: 'whole' }), 'too many places')
  })
})
