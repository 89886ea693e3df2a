/**
 * The Python package utf8-tokenizer is the reference: every call, encoding and decoding of it that was recorded, on every
 * engine. Where we differ stands in DIFFERENCES, and nowhere else.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Ragged, Tensor } from '../../dist/tokenizer/shapes.js'
import { ROOT } from '../needs.js'
import { LAYERS, tokenizerOf } from './layers.js'

interface Call {
  readonly tokenizer: 'utf8' | 'utf16' | 'utf32'
  readonly texts: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  readonly input_ids: readonly (readonly number[])[]
  readonly attention_mask: readonly (readonly number[])[]
}
interface Encode {
  readonly tokenizer: Call['tokenizer']
  readonly text: string
  readonly tokens: readonly number[]
  readonly encode: readonly number[]
  readonly encode_plain: readonly number[]
}
interface Decode {
  readonly tokenizer: Call['tokenizer']
  readonly ids: readonly number[]
  readonly text: string
  readonly text_skip_special_tokens: string
}

const vectors: { call: Call[]; encode: Encode[]; decode: Decode[] } = JSON.parse(
  readFileSync(`${ROOT}test/vectors/reference-call.json`, 'utf8'),
)

/** What the reference gives, made into what we give. */
const DIFFERENCES: Readonly<Record<string, (call: Call) => readonly (readonly number[])[]>> = {
  // The reference masks every NUL. Ours goes by lengths: padding, behind the last id that is none, is 0, and nothing else.
  'a NUL of the text is not masked': ({ input_ids, attention_mask, options, texts }) =>
    options.padding !== true
      ? attention_mask
      : input_ids.map((row, i) => row.map((_, place) => Number(place < lengthOf(row, texts[i], options)))),
}

/** How many ids of a padded row are no padding. */
function lengthOf(row: readonly number[], text: string, { add_special_tokens }: Call['options']): number {
  if (add_special_tokens) return row.lastIndexOf(3) + 1
  // Without ETX behind them, NULs at the end of the text look like padding.
  const nuls = /\0*$/.exec(text)?.[0].length ?? 0
  const end = row.findLastIndex((id) => id !== 0) + 1
  return Math.min(row.length, end + nuls)
}

const CLASS = { utf8: 'UTF8Tokenizer', utf16: 'UTF16Tokenizer', utf32: 'UTF32Tokenizer' } as const

function listsOf(rows: Tensor | Ragged): number[][] {
  if (!('dims' in rows)) return Array.from(rows, (row) => Array.from(row))
  const [count, width] = rows.dims
  return Array.from({ length: count }, (_, i) =>
    Array.from(rows.data.slice(i * width, (i + 1) * width), Number),
  )
}

describe.each(LAYERS)('%s', (_name, layer) => {
  it('gives the ids and masks of all calls', () => {
    let differing = 0
    for (const call of vectors.call) {
      const tokenizer = tokenizerOf(layer, CLASS[call.tokenizer])
      const { input_ids, attention_mask } = tokenizer(call.texts, call.options)
      const where = JSON.stringify([call.tokenizer, call.texts, call.options])
      expect(listsOf(input_ids as Tensor | Ragged), where).toEqual(call.input_ids)
      const expected = DIFFERENCES['a NUL of the text is not masked'](call)
      expect(listsOf(attention_mask as Tensor | Ragged), where).toEqual(expected)
      if (JSON.stringify(expected) !== JSON.stringify(call.attention_mask)) differing++
    }
    expect(vectors.call).toHaveLength(178)
    expect(differing).toBeGreaterThan(5)
  })

  it('gives all encodings and tokens', () => {
    for (const { tokenizer: name, text, tokens, encode, encode_plain } of vectors.encode) {
      const tokenizer = tokenizerOf(layer, CLASS[name])
      expect(Array.from(tokenizer.encode(text)), text).toEqual(encode)
      expect(Array.from(tokenizer.encode(text, { add_special_tokens: false })), text).toEqual(encode_plain)
      const found = tokenizer.tokenize(text)
      expect(found, text).toEqual(tokens.map((id) => String.fromCodePoint(id)))
      expect(tokenizer.convert_tokens_to_ids(found), text).toEqual(tokens)
      expect(tokenizer.convert_ids_to_tokens(tokens), text).toEqual(found)
    }
    expect(vectors.encode).toHaveLength(90)
  })

  it('gives all decodings', () => {
    for (const { tokenizer: name, ids, text, text_skip_special_tokens } of vectors.decode) {
      const tokenizer = tokenizerOf(layer, CLASS[name])
      expect(tokenizer.decode(ids), `${ids}`).toBe(text)
      expect(tokenizer.decode(ids, { skip_special_tokens: true }), `${ids}`).toBe(text_skip_special_tokens)
    }
    const rows = vectors.decode.filter(({ tokenizer }) => tokenizer === 'utf8')
    const tokenizer = new layer.UTF8Tokenizer()
    expect(tokenizer.batch_decode(rows.map(({ ids }) => ids))).toEqual(rows.map(({ text }) => text))
    expect(vectors.decode).toHaveLength(120)
  })
})
