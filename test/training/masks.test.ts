/** Loss masks, attention spans and prefix-LM masks: for each layout what the oracles say of each text by itself. */
import { describe, expect, it } from 'vitest'
import type { TextRows } from '../../dist/training/rows.js'
import { lossOracle } from '../engine/block-oracle.js'
import { bytesOf, Random } from '../engine/text.js'
import { packedOracle, spansOracle } from '../engine/token-oracle.js'
import { refused } from '../engine/wrong-arguments.js'
import chats from '../vectors/chat-texts.json' with { type: 'json' }
import { padded, ragged, randomTexts } from './batches.js'
import { trainingLayers } from './layers.js'

const CHAT = bytesOf('\x01user\n\x0ehi\x0f\x17\n\x01assistant\nho\x17\n')

/** What attends to what in one row, of whose places each has a text (or null for padding), its span and its line. */
function pairsOracle(
  places: readonly ({ text: number; at: number } | null)[],
  spans: readonly number[][],
): string[] {
  return places.map((one, i) =>
    places
      .map((other, j) => {
        if (one === null || other === null || one.text !== other.text) return '0'
        const span = spans[one.text][one.at]
        return j <= i || (span !== 0 && span === spans[other.text][other.at]) ? '1' : '0'
      })
      .join(''),
  )
}

describe.each(trainingLayers())('training masks, %s', (_, layer) => {
  const { attentionSpans, lossMask, packDocuments, prefixLmMask } = layer

  it('the loss is on what an assistant says, with the ETB that ends it', () => {
    const mask = lossMask(CHAT)
    const counted = [...CHAT].filter((_, i) => mask[i] === 1)
    expect(counted).toEqual([...bytesOf('ho\x17')])
    expect([...attentionSpans(CHAT)].map((span) => (span === 1 ? '|' : '.')).join('')).toBe(
      '......||||.................',
    )
  })

  it('ragged batches: for each text by itself, and nothing around them', () => {
    const random = new Random(1)
    for (let i = 0; i < 300; i++) {
      const texts = i === 0 ? chats.texts.map((text) => Buffer.from(text)) : randomTexts(random, 5, 12)
      const batch = ragged(texts, i % 2)
      const around = (numbers: number[]) => [...Array(i % 2).fill(0), ...numbers, 0, 0]
      expect([...lossMask(batch)]).toEqual(around(texts.flatMap((text) => lossOracle(text))))
      expect([...attentionSpans(batch)]).toEqual(around(texts.flatMap((text) => spansOracle(text))))
    }
  })

  it('padded batches: the same for each place, and 0 in padding, whatever its id', () => {
    const random = new Random(2)
    for (let i = 0; i < 300; i++) {
      const texts = randomTexts(random, 5, 12)
      const { rows, attention_mask, places } = padded(
        texts,
        i % 2 === 0,
        random.below(3),
        i % 3 === 0 ? 0x0e : 0,
      )
      const at = (of: (text: Uint8Array) => number[]) => {
        const all = texts.map(of)
        return places.flat().map((place) => (place === null ? 0 : all[place.text][place.at]))
      }
      expect([...lossMask(rows, { attention_mask })]).toEqual(at(lossOracle))
      expect([...attentionSpans(rows, { attention_mask })]).toEqual(at(spansOracle))
    }
  })

  it('padded rows of which nothing is known are texts from end to end', () => {
    const texts = [bytesOf('\x0ea'), bytesOf('\x01assistant\na')]
    const { rows } = padded(texts, false)
    expect([...attentionSpans(rows)]).toEqual([...Array(12).fill(1), ...Array(12).fill(0)])
    expect([...lossMask(rows)].lastIndexOf(1)).toBe(23)
  })

  it('windows of several documents: each document by itself, spans numbered on', () => {
    const texts = [bytesOf('\x0ea\x0f\x0eb'), bytesOf('c\x0ed\x0f'), bytesOf('\x01assistant\nx')]
    const { ids, documents } = packDocuments(ragged(texts), { window: 24, split: 'whole' })
    expect([...documents.data]).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, ...Array(12).fill(3), 0, 0, 0])
    expect([...attentionSpans(ids, { documents })]).toEqual([1, 1, 1, 2, 2, 0, 3, 3, 3, ...Array(15).fill(0)])
    expect([...lossMask(ids, { documents })]).toEqual([...Array(20).fill(0), 1, 0, 0, 0])
  })

  it('a prefix-LM mask is as each pair of places says', () => {
    const random = new Random(3)
    for (let i = 0; i < 200; i++) {
      const texts = randomTexts(random, 4, 8)
      const spans = texts.map(spansOracle)
      const left = i % 2 === 0
      const { rows, attention_mask, places } = padded(texts, left)
      const width = rows.dims[1]
      const lines = places.flatMap((row) => pairsOracle(row, spans))
      const plain = {
        type: 'bool',
        dims: [texts.length, width, width],
        data: Uint8Array.from(lines.join('')),
      }
      const bits = {
        type: 'uint8',
        dims: [texts.length, width, Math.ceil(width / 8)],
        data: Uint8Array.from(lines.flatMap(packedOracle)),
      }
      expect(prefixLmMask(rows, { attention_mask })).toEqual(plain)
      expect(prefixLmMask(rows, { attention_mask, packed: true })).toEqual(bits)
      const padding_side = left ? 'left' : 'right'
      expect(prefixLmMask(ragged(texts, 1), { padding_side })).toEqual(plain)
      expect(prefixLmMask(ragged(texts), { padding_side, packed: true })).toEqual(bits)
      if (!left) expect(prefixLmMask(ragged(texts))).toEqual(plain)
    }
  })

  it('of one text it has two dimensions', () => {
    const text = bytesOf('a\x0eb\x0fc')
    const lines = pairsOracle(
      [...text].map((_, at) => ({ text: 0, at })),
      [spansOracle(text)],
    )
    expect(lines).toEqual(['10000', '11110', '11110', '11110', '11111'])
    expect(prefixLmMask(text)).toEqual({ type: 'bool', dims: [5, 5], data: Uint8Array.from(lines.join('')) })
    const packed = Uint8Array.of(0x80, 0xf0, 0xf0, 0xf0, 0xf8)
    expect(prefixLmMask(text, { packed: true })).toEqual({ type: 'uint8', dims: [5, 1], data: packed })
    expect(prefixLmMask(new Uint8Array(0))).toEqual({ type: 'bool', dims: [0, 0], data: new Uint8Array(0) })
  })

  it('of windows it never leads to another document', () => {
    const random = new Random(4)
    for (let i = 0; i < 100; i++) {
      const texts = randomTexts(random, 6, 6)
      const window = 1 + random.below(20)
      const split = i % 2 === 0 ? 'cut' : 'whole'
      const { ids, documents, positions } = packDocuments(ragged(texts), { window, split })
      // A piece is a text of its own: spans are those of its bytes alone.
      const pieces: number[][] = []
      const places = Array.from(documents.data, (document, k) => {
        if (document === 0) return null
        if (positions.data[k] === 0) pieces.push([])
        pieces[pieces.length - 1].push(ids.data[k])
        return { text: pieces.length - 1, at: positions.data[k] }
      })
      const spans = pieces.map((piece) => spansOracle(Uint8Array.from(piece)))
      const lines = Array.from({ length: ids.dims[0] }, (_, row) =>
        pairsOracle(places.slice(row * window, (row + 1) * window), spans),
      ).flat()
      const mask = prefixLmMask(ids, { documents })
      expect(mask.dims).toEqual([ids.dims[0], window, window])
      expect([...mask.data].join('')).toBe(lines.join(''))
    }
  })

  it('rows and options that are none are refused', () => {
    const { rows, attention_mask } = padded([CHAT], false, 2)
    const documents = { dims: rows.dims, data: new Uint32Array(rows.data.length) }
    const wrongRows: readonly unknown[] = [
      ...[null, undefined, 7, 'text', [1, 2], {}, new Uint16Array(2), new ArrayBuffer(2)],
      { values: new Uint16Array(2), offsets: Uint32Array.of(0, 2) },
      ...[[], [3], [2, 1], [0, 3]].map((offsets) => ({
        values: new Uint8Array(2),
        offsets: Uint32Array.from(offsets),
      })),
      { values: new Uint8Array(2), offsets: [0, 2] },
      { values: new Uint8Array(2), offsets: new BigUint64Array(2) },
      ...[[4], [2, 3], [1, 2, 2], [-2, -2], [0.5, 8], '2,2', undefined].map((dims) => ({
        dims,
        data: new Uint8Array(4),
      })),
      { dims: [2, 2], data: new Uint32Array(4) },
    ]
    for (const operation of [lossMask, attentionSpans, prefixLmMask]) {
      for (const wrong of wrongRows) refused(() => operation(wrong as TextRows), operation.name)
      for (const options of [
        { attention_mask, documents },
        { attention_mask: { ...attention_mask, dims: [1, 1] } },
        { attention_mask: { ...attention_mask, data: new Uint8Array(1) } },
        { attention_mask: documents },
        { documents: attention_mask },
        { documents: null },
        { documents: documents.data },
        { padded: true },
        7,
      ]) {
        refused(() => operation(rows, options as object), `${operation.name} ${JSON.stringify(options)}`)
      }
      refused(() => operation(CHAT, { attention_mask }), 'a text has no padding')
      refused(() => operation(ragged([CHAT]), { documents }), 'a ragged batch has none')
    }
    refused(() => prefixLmMask(rows), 'padding is not known')
    refused(() => prefixLmMask(rows, { attention_mask, padding_side: 'left' }), 'is padded')
    refused(() => prefixLmMask(CHAT, { padding_side: 'left' }), 'one text')
    for (const wrong of ['up', 1, null]) {
      refused(() => prefixLmMask(ragged([CHAT]), { padding_side: wrong as 'left' }), `padding_side ${wrong}`)
    }
    for (const wrong of [1, 'true', null]) {
      refused(() => prefixLmMask(CHAT, { packed: wrong as unknown as boolean }), `packed ${wrong}`)
    }
  })

  it('a mask that no memory can hold is an error with a code', () => {
    const text = new Uint8Array(2 ** 27)
    let code: unknown
    try {
      prefixLmMask(text)
    } catch (error) {
      code = (error as { code: unknown }).code
    }
    expect(code).toBe('ERR_OUT_OF_MEMORY')
  })
})
