/**
 * Tokenizers of other models of bytes, against what the models' own tokenizers gave (test/vectors/byte-models.json), and by the
 * rules that any of them keeps.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chooseEngine } from '../../dist/engine/choose.js'
import {
  BYTE_MODEL_NAMES,
  BYTE_MODELS,
  type ByteModelName,
  byteModel,
  modelIds,
} from '../../dist/protocol/byte-models.js'
import { textLayer } from '../../dist/text/layer.js'
import { byteModelTokenizerClass } from '../../dist/tokenizer/byte-model-tokenizer.js'
import { ROOT } from '../needs.js'
import { Random } from '../seeded.js'

type Vectors = { readonly texts: readonly string[] } & Readonly<
  Record<ByteModelName, readonly (readonly number[])[]>
>
const VECTORS: Vectors = JSON.parse(readFileSync(`${ROOT}test/vectors/byte-models.json`, 'utf8'))
const CODE = (code: string) => expect.objectContaining({ code })

describe('the table', () => {
  it('has ids that fit into the vocabulary, and no two of one model that are the same but padding', () => {
    for (const { name, offset, bos, eos, pad, others, vocabularySize } of BYTE_MODELS) {
      const bytes = [...modelIds(byteModel(name))]
      const marks = [bos, eos].filter((id) => id !== null)
      for (const id of [...bytes, ...marks, pad ?? 0, ...Object.values(others)]) {
        expect(id).toBeGreaterThanOrEqual(0)
        expect(id).toBeLessThan(vocabularySize)
      }
      // Of H-Net begin and end are bytes, which well-formed text does not have.
      const wellFormed = bytes.slice(0, 0xf5)
      expect(new Set([...wellFormed, ...marks]).size).toBe(0xf5 + marks.length)
      expect(wellFormed).not.toContain(pad)
      expect(bytes[0x41]).toBe(0x41 + offset)
    }
  })

  it('refuses other names', () => {
    for (const name of ['', 'ByT5', 'gpt2', undefined, 3]) {
      expect(() => byteModel(name as ByteModelName)).toThrow(CODE('ERR_ARGUMENT'))
    }
  })
})

describe.each(['javascript', 'native'] as const)('over the %s engine', (engineName) => {
  const { engine } = chooseEngine({ engine: engineName })
  const ByteModelTokenizer = byteModelTokenizerClass(textLayer(engine), engine)

  it.each(BYTE_MODEL_NAMES)('%s gives the ids of its own tokenizer, and the texts again', (name) => {
    const tokenizer = new ByteModelTokenizer(name)
    const { texts } = VECTORS
    expect(texts.length).toBeGreaterThan(15)
    for (const [i, text] of texts.entries()) {
      const ids = tokenizer.encode(text)
      expect([...ids]).toEqual(VECTORS[name][i])
      expect(tokenizer.decode(ids)).toBe(text)
    }
    const { values, offsets } = tokenizer.encodeBatch(texts)
    const rows = texts.map((_, i) => [...values.subarray(offsets[i], offsets[i + 1])])
    expect(rows).toEqual(VECTORS[name])
    expect(offsets.length).toBe(texts.length + 1)
  })

  it.each(BYTE_MODEL_NAMES)('%s has the smallest type that its ids fit into', (name) => {
    const ids = new ByteModelTokenizer(name).encode('a')
    expect(ids).toBeInstanceOf(name === 'hnet' ? Uint8Array : Uint16Array)
  })

  it.each(BYTE_MODEL_NAMES)('%s keeps all code points, without marks if asked', (name) => {
    const tokenizer = new ByteModelTokenizer(name)
    const { offset } = tokenizer.model
    for (let from = 0; from < 0x110000; from += 0x800) {
      if (from === 0xd800) continue
      const points = Array.from({ length: 0x800 }, (_, i) => from + i)
      const text = String.fromCodePoint(...points)
      const ids = tokenizer.encode(text, { add_special_tokens: false })
      expect(Buffer.from(ids.map((id) => id - offset)).toString()).toBe(text)
      expect(tokenizer.decode(ids)).toBe(text)
    }
  })

  it.each(BYTE_MODEL_NAMES)('%s takes bytes one for one, all 256', (name) => {
    const tokenizer = new ByteModelTokenizer(name)
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const ids = tokenizer.fromBytes(all)
    expect([...ids]).toEqual([...all].map((byte) => byte + tokenizer.model.offset))
    expect([...tokenizer.toBytes(ids)]).toEqual(name === 'hnet' ? [...all.subarray(0, 254)] : [...all])
  })

  it.each(['byt5', 'blt', 'evabyte'] as const)('%s pads rows on either side, as encode has them', (name) => {
    const tokenizer = new ByteModelTokenizer(name)
    const random = new Random(7)
    for (let round = 0; round < 50; round++) {
      const texts = Array.from({ length: random.below(6) }, () =>
        [...'aé文😀\u0002\0'].slice(random.below(7)).join(''),
      )
      const padding_side = random.pick(['left', 'right'] as const)
      const add_special_tokens = random.chance(0.5)
      const rows = tokenizer.pad(texts, { padding_side, add_special_tokens })
      const each = texts.map((text) => [...tokenizer.encode(text, { add_special_tokens })])
      const width = Math.max(0, ...each.map(({ length }) => length))
      expect(rows.input_ids.dims).toEqual([texts.length, width])
      expect(rows.attention_mask.dims).toEqual([texts.length, width])
      const fill = <T>(row: readonly T[], filler: T) => {
        const padding = Array.from({ length: width - row.length }, () => filler)
        return padding_side === 'left' ? [...padding, ...row] : [...row, ...padding]
      }
      expect([...rows.input_ids.data]).toEqual(each.flatMap((row) => fill(row, tokenizer.model.pad)))
      expect([...rows.attention_mask.data]).toEqual(
        each.flatMap((row) =>
          fill(
            row.map(() => 1),
            0,
          ),
        ),
      )
      expect(rows.input_ids.type).toBe('uint16')
    }
  })

  it('decodes ids of all kinds, and leaves out those that are no bytes', () => {
    const tokenizer = new ByteModelTokenizer('byt5')
    const ids = [0, 1, 2, 3 + 0x61, 300, 383, 3 + 0xc3, 3 + 0x62]
    for (const kind of [ids, Uint16Array.from(ids), BigInt64Array.from(ids.map(BigInt)), ids.map(BigInt)]) {
      expect(tokenizer.decode(kind)).toBe('ab')
      expect(tokenizer.decode(kind, { errors: 'replace' })).toBe('a\ufffdb')
      expect(() => tokenizer.decode(kind, { errors: 'strict' })).toThrow(
        expect.objectContaining({ code: 'ERR_UTF8_INVALID', offset: 1 }),
      )
    }
    const bom = '\ufeffa'
    expect(tokenizer.decode(tokenizer.encode(bom))).toBe(bom)
  })

  it('refuses what it cannot do', () => {
    const tokenizer = new ByteModelTokenizer('byt5')
    for (const ids of [[-1], [384], [1.5], [Number.NaN], [2n ** 40n]] as number[][]) {
      expect(() => tokenizer.decode(ids)).toThrow(CODE('ERR_ARGUMENT'))
    }
    expect(() => tokenizer.encode('\ud800')).toThrow(CODE('ERR_STRING_LONE_SURROGATE'))
    expect(() => tokenizer.encode(3 as never)).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => tokenizer.fromBytes([1] as never)).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => tokenizer.encode('a', { add_special_tokens: 1 } as never)).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => tokenizer.encode('a', { padding: true } as never)).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => tokenizer.pad(['a'], { padding_side: 'both' } as never)).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => tokenizer.decode([], { errors: 'loud' } as never)).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => new ByteModelTokenizer('hnet').pad(['a'])).toThrow(CODE('ERR_ARGUMENT'))
    expect(() => new ByteModelTokenizer('gpt2' as never)).toThrow(CODE('ERR_ARGUMENT'))
  })
})
