/** What a call gives: the shapes, every option, padding against ragged rows, offsets, and what is refused. */
import { describe, expect, it } from 'vitest'
import type { CallOptions } from '../../dist/tokenizer/call-options.js'
import type { Ragged, Tensor } from '../../dist/tokenizer/shapes.js'
import { Random } from '../seeded.js'
import { CLASSES, codeOf, LAYER, LAYERS, tokenizerOf } from './layers.js'
import { framed, idsOf, piecesOf } from './oracle.js'

const TYPES = { UTF8Tokenizer: 'uint8', UTF16Tokenizer: 'uint16', UTF32Tokenizer: 'uint32' } as const
const TEXTS = ['', 'a', 'naïve', '文字\0', '😀\x10A', 'The quick brown fox', '\ufeff', '\x02\x03']

describe.each(LAYERS)('%s', (_engine, layer) => {
  describe.each(CLASSES)('%s', (name) => {
    const tokenizer = tokenizerOf(layer, name)
    const expected = TEXTS.map((text) => framed(idsOf(name, text), true))
    const width = Math.max(...expected.map(({ length }) => length))

    it('gives ragged rows without padding', () => {
      const { input_ids, attention_mask } = tokenizer(TEXTS)
      expect(Array.from(input_ids, (row) => Array.from(row))).toEqual(expected)
      expect(Array.from(attention_mask, (row) => Array.from(row))).toEqual(
        expected.map((row) => row.map(() => 1)),
      )
      expect(input_ids.length).toBe(TEXTS.length)
      expect(input_ids.offsets).toEqual(attention_mask.offsets)
      expect(input_ids.values).toHaveLength(input_ids.offsets[TEXTS.length])
      // Views, no copies.
      expect(input_ids.row(2).buffer).toBe(input_ids.values.buffer)
      expect(Array.from(input_ids.row(2))).toEqual(expected[2])
      for (const i of [-1, TEXTS.length, 0.5, Number.NaN])
        expect(codeOf(() => input_ids.row(i))).toBe('ERR_ARGUMENT')
    })

    it('gives the same rows in lists, and one text as one list', () => {
      expect(tokenizer(TEXTS, { return_tensor: false }).input_ids).toEqual(expected)
      for (const [i, text] of TEXTS.entries()) {
        const lists = tokenizer(text, { return_tensor: false })
        expect(lists.input_ids).toEqual(expected[i])
        expect(lists.attention_mask).toEqual(expected[i].map(() => 1))
        expect(tokenizer([text], { return_tensor: false }).input_ids).toEqual([expected[i]])
        expect(Array.from(tokenizer(text).input_ids.row(0))).toEqual(expected[i])
        expect(tokenizer(text, {})).toEqual(tokenizer(text))
        expect(tokenizer.encode(text)).toEqual(tokenizer(text).input_ids.values)
        expect(tokenizer.encode(text, { add_special_tokens: false })).toEqual(
          tokenizer.encode(text).slice(1, -1),
        )
      }
    })

    it('pads on either side, to the longest, to max_length and to a multiple', () => {
      const widths: readonly (readonly [CallOptions, number])[] = [
        [{ padding: true }, width],
        [{ padding: 'longest' }, width],
        [{ padding: 'max_length', max_length: width + 3 }, width + 3],
        [{ padding: 'max_length', max_length: width }, width],
        [{ padding: true, pad_to_multiple_of: 8 }, Math.ceil(width / 8) * 8],
        [
          { padding: 'max_length', max_length: width + 1, pad_to_multiple_of: 16 },
          Math.ceil((width + 1) / 16) * 16,
        ],
        [{ padding: true, pad_to_multiple_of: 1 }, width],
      ]
      for (const [options, wide] of widths) {
        for (const padding_side of ['right', 'left'] as const) {
          const result = tokenizer(TEXTS, { ...options, padding_side })
          const ids = result.input_ids as Tensor
          const mask = result.attention_mask as Tensor
          expect([ids.type, mask.type]).toEqual([TYPES[name], 'bool'])
          expect([ids.dims, mask.dims]).toEqual([
            [TEXTS.length, wide],
            [TEXTS.length, wide],
          ])
          const padding = (row: readonly number[]) => new Array<number>(wide - row.length).fill(0)
          const padded = (row: readonly number[]) =>
            padding_side === 'right' ? [...row, ...padding(row)] : [...padding(row), ...row]
          expect(Array.from(ids.data, Number)).toEqual(expected.flatMap(padded))
          expect(Array.from(mask.data, Number)).toEqual(
            expected.map((row) => row.map(() => 1)).flatMap(padded),
          )
          const lists = tokenizer(TEXTS, { ...options, padding_side, return_tensor: false })
          expect(lists.input_ids).toEqual(expected.map(padded))
        }
      }
    })

    it('gives tensors of rows of one length without padding, and refuses others', () => {
      const { input_ids } = tokenizer(['ab', 'cd'], { return_tensor: true })
      expect(input_ids).toMatchObject({ type: TYPES[name], dims: [2, 4] })
      expect(Array.from(input_ids.data)).toEqual([2, 97, 98, 3, 2, 99, 100, 3])
      expect(tokenizer('ab', { return_tensor: true }).input_ids.dims).toEqual([1, 4])
      expect(codeOf(() => tokenizer(['ab', 'c'], { return_tensor: true }))).toBe('ERR_ARGUMENT')
      expect(tokenizer([], { return_tensor: true }).input_ids.dims).toEqual([0, 0])
    })

    it('takes no texts, and texts of nothing', () => {
      expect(tokenizer([])).toMatchObject({ input_ids: { length: 0 }, attention_mask: { length: 0 } })
      expect(Array.from(tokenizer([]).input_ids)).toEqual([])
      expect(tokenizer([], { padding: true }).input_ids).toMatchObject({ dims: [0, 0] })
      expect(tokenizer([], { padding: 'max_length', max_length: 5 }).input_ids).toMatchObject({
        dims: [0, 5],
      })
      expect(tokenizer([], { return_tensor: false }).input_ids).toEqual([])
      expect(Array.from(tokenizer('').input_ids.values)).toEqual([2, 3])
      // Where the reference fails.
      const bare = { add_special_tokens: false } as const
      expect(tokenizer('', bare).input_ids.row(0)).toHaveLength(0)
      expect(tokenizer(['', 'a', ''], bare).input_ids.offsets).toEqual(Uint32Array.of(0, 0, 1, 1))
      expect(tokenizer(['', ''], { ...bare, padding: true }).input_ids).toMatchObject({ dims: [2, 0] })
      expect(tokenizer.encode('', bare)).toHaveLength(0)
    })

    it('keeps the frame for max_length 0 and 1, and without one gives as many ids as are allowed', () => {
      for (const max_length of [0, 1, 2]) {
        const cut = tokenizer(['ab', ''], { truncation: true, max_length, return_tensor: false })
        expect(cut.input_ids).toEqual([
          [2, 3],
          [2, 3],
        ])
      }
      for (const max_length of [0, 1]) {
        const options = {
          truncation: true,
          max_length,
          add_special_tokens: false,
          return_tensor: false,
        } as const
        expect(tokenizer(['ab', ''], options).input_ids).toEqual([[97].slice(0, max_length), []])
        // A frame that is wider than the rows cannot be.
        const padded = { truncation: true, max_length, padding: 'max_length' } as const
        expect(codeOf(() => tokenizer('ab', padded))).toBe('ERR_ARGUMENT')
      }
    })
  })
})

describe.each(CLASSES)('%s', (name) => {
  const tokenizer = tokenizerOf(LAYER, name)

  it('maps ids to the code units that they stand for, under every policy and in every shape', () => {
    const random = new Random(11)
    const characters = ['a', 'é', '文', '😀', '\0', '\x10', '\n', '\x1f']
    for (const reserved of ['keep', 'escape', 'picture', 'strip'] as const) {
      for (let round = 0; round < 40; round++) {
        const texts = Array.from({ length: 3 }, () =>
          Array.from({ length: random.below(9) }, () => random.pick(characters)).join(''),
        )
        const options = { reserved, return_offsets_mapping: true } as const
        const expected = texts.map((text) => [
          [0, 0],
          ...piecesOf(name, text, reserved).flatMap(({ start, end, ids }) => ids.map(() => [start, end])),
          [0, 0],
        ])
        expect(tokenizer(texts, { ...options, return_tensor: false }).offset_mapping).toEqual(expected)
        const ragged = tokenizer(texts, options).offset_mapping
        expect(Array.from(ragged, (row) => Array.from(row))).toEqual(expected.map((row) => row.flat()))
        for (const padding_side of ['right', 'left'] as const) {
          const { offset_mapping, input_ids } = tokenizer(texts, { ...options, padding: true, padding_side })
          const [count, width] = input_ids.dims
          expect(offset_mapping.dims).toEqual([count, width, 2])
          const rows = expected.map((row) => {
            const padding = new Array(width - row.length).fill([0, 0])
            return padding_side === 'right' ? [...row, ...padding] : [...padding, ...row]
          })
          expect(Array.from(offset_mapping.data)).toEqual(rows.flat(2))
        }
        // What is kept can be encoded again.
        if (reserved === 'keep') {
          for (const text of texts) {
            for (const [start, end] of tokenizer(text, { ...options, return_tensor: false }).offset_mapping) {
              if (end > start) expect(piecesOf(name, text.slice(start, end))).toHaveLength(1)
            }
          }
        }
      }
    }
  })

  it('treats reserved characters by their policy', () => {
    const text = 'a\0b\x10\tc\x1f'
    const policies = {
      keep: text,
      escape: 'a\x10@b\x10P\tc\x10_',
      picture: 'a␀b␐\tc␟',
      strip: 'ab\tc',
    } as const
    for (const [reserved, content] of Object.entries(policies)) {
      const options = { reserved: reserved as keyof typeof policies }
      expect(Array.from(tokenizer.encode(text, options))).toEqual(framed(idsOf(name, content), true))
      const found = tokenizer([text, 'x'], options).input_ids
      expect(Array.from(found.row(0))).toEqual(framed(idsOf(name, content), true))
    }
    expect(codeOf(() => tokenizer(['x', text], { reserved: 'fail' }))).toBe('ERR_DOCUMENT_RESERVED at 1')
    expect(codeOf(() => tokenizer.encode('文\x1f', { reserved: 'fail' }))).toBe('ERR_DOCUMENT_RESERVED at 1')
    expect(tokenizer(['x\n'], { reserved: 'fail' }).input_ids).toHaveLength(1)
  })

  it('tells the text of each row', () => {
    const options = { truncation: true, max_length: 4, return_overflowing_tokens: true } as const
    const texts = ['abc', '', 'abcde']
    expect(tokenizer(texts, options).overflow_to_sample_mapping).toEqual(Uint32Array.of(0, 0, 1, 2, 2, 2))
    expect(tokenizer(texts, { ...options, padding: true }).overflow_to_sample_mapping).toEqual({
      type: 'uint32',
      dims: [6],
      data: Uint32Array.of(0, 0, 1, 2, 2, 2),
    })
    // Nothing is cut: a row each.
    const whole = tokenizer(texts, { return_overflowing_tokens: true, return_tensor: false })
    expect(whole.overflow_to_sample_mapping).toEqual([0, 1, 2])
    expect(tokenizer('ab', { return_overflowing_tokens: true, return_tensor: false }).input_ids).toHaveLength(
      1,
    )
    expect(tokenizer(texts)).not.toHaveProperty('overflow_to_sample_mapping')
    expect(tokenizer(texts)).not.toHaveProperty('offset_mapping')
  })

  it('refuses lone surrogates, with their place', () => {
    for (const [text, at] of [
      ['\ud800', 0],
      ['ab\udc00', 2],
      ['😀\udc00', 2],
      ['\udc00\ud800', 0],
    ] as const) {
      const code = `ERR_STRING_LONE_SURROGATE at ${at}`
      expect(codeOf(() => tokenizer(text))).toBe(code)
      expect(codeOf(() => tokenizer(text, { padding: true }))).toBe(code)
      expect(codeOf(() => tokenizer(['a', text, '\ud800'.repeat(3)], { padding: true }))).toBe(code)
      expect(codeOf(() => tokenizer.encode(text))).toBe(code)
      expect(codeOf(() => tokenizer.tokenize(text))).toBe(code)
      expect(tokenizer(text.toWellFormed()).input_ids).toHaveLength(1)
    }
    // Halves of two texts are no pair.
    expect(codeOf(() => tokenizer(['\ud83d', '\ude00']))).toBe('ERR_STRING_LONE_SURROGATE at 0')
  })

  it('refuses what is no text', () => {
    for (const text of [undefined, null, 1, {}, new Set(['a']), [1], ['a', null], [['a']], new Array(2)]) {
      expect(codeOf(() => tokenizer(text as never))).toBe('ERR_ARGUMENT')
      expect(codeOf(() => tokenizer(text as never, { padding: true }))).toBe('ERR_ARGUMENT')
      expect(codeOf(() => tokenizer.encode(text as never))).toBe('ERR_ARGUMENT')
      expect(codeOf(() => tokenizer.tokenize(text as never))).toBe('ERR_ARGUMENT')
    }
  })

  it('refuses options that are unknown, wrong, or have no effect', () => {
    const wrong: readonly object[] = [
      { return_tensors: 'pt' },
      { text_pair: 'b' },
      { padding: 'none' },
      { padding: 'right' },
      { padding: 1 },
      { padding: [true] },
      { truncation: 'id' },
      { truncation: 'only_second' },
      { truncation: true },
      { truncation: 'grapheme' },
      { padding: 'max_length' },
      { max_length: 5 },
      { max_length: 5, padding: true },
      ...[-1, 1.5, Number.NaN, Infinity, '5', 5n, 2 ** 32].map((max_length) => ({
        truncation: true,
        max_length,
      })),
      { pad_to_multiple_of: 8 },
      { padding: true, pad_to_multiple_of: 0 },
      { padding: true, pad_to_multiple_of: 1.5 },
      { padding_side: 'middle' },
      { truncation_side: 'both' },
      { stride: 1 },
      { stride: -1, truncation: true, max_length: 9, return_overflowing_tokens: true },
      { stride: 7, truncation: true, max_length: 9, return_overflowing_tokens: true },
      { truncation: true, max_length: 2, return_overflowing_tokens: true },
      { add_special_tokens: 1 },
      { return_overflowing_tokens: 'yes' },
      { return_offsets_mapping: 0 },
      { return_tensor: 'np' },
      { reserved: 'quarantine' },
      { reserved: 'drop' },
      { padding: 'max_length', max_length: 3 },
    ]
    for (const options of wrong) {
      expect(
        codeOf(() => tokenizer(['abc'], options as never)),
        JSON.stringify(options, replaced),
      ).toBe('ERR_ARGUMENT')
      expect(
        codeOf(() => tokenizer('abc', options as never)),
        JSON.stringify(options, replaced),
      ).toBe('ERR_ARGUMENT')
    }
    for (const options of [1, 'padding', true]) {
      expect(codeOf(() => tokenizer('abc', options as never))).toBe('ERR_ARGUMENT')
    }
    for (const options of [
      { padding: true },
      { stride: 1 },
      { return_offsets_mapping: true },
      { return_tensor: true },
    ]) {
      expect(codeOf(() => tokenizer.encode('abc', options as never))).toBe('ERR_ARGUMENT')
    }
  })

  it('takes null for what is not given, as transformers.js does', () => {
    const nothing = {
      padding: null,
      truncation: null,
      max_length: null,
      text_pair: null,
      return_tensor: null,
    } as const
    expect(tokenizer('abc', nothing)).toEqual(tokenizer('abc'))
    expect(tokenizer('abc', null)).toEqual(tokenizer('abc'))
  })

  it('cuts at model_max_length where there is no max_length', () => {
    const short = tokenizerOf(LAYER, name, {
      model_max_length: 4,
      padding_side: 'left',
      truncation_side: 'left',
    })
    const listed = (options: CallOptions) =>
      (short('abc', { ...options, return_tensor: false }) as { input_ids: unknown }).input_ids
    expect(listed({ truncation: true })).toEqual([2, 98, 99, 3])
    expect(listed({ truncation: true, max_length: 3 })).toEqual([2, 99, 3])
    expect(listed({ truncation: true, max_length: 3, truncation_side: 'right' })).toEqual([2, 97, 3])
    expect(listed({})).toEqual([2, 97, 98, 99, 3])
    expect(listed({ padding: 'max_length', max_length: 6 })).toEqual([0, 2, 97, 98, 99, 3])
    expect(Array.from(short('', { padding: 'max_length' }).input_ids.data)).toEqual([0, 0, 2, 3])
    short.padding_side = 'right'
    expect(Array.from(short('', { padding: 'max_length' }).input_ids.data)).toEqual([2, 3, 0, 0])
  })

  it('gives batches of all sizes, and results that no later call changes', () => {
    const random = new Random(5)
    const before: [Ragged, string[]][] = []
    for (const [count, length] of [
      [3, 10],
      [2000, 40],
      [40, 5000],
      [1, 200_000],
      [3, 1],
    ]) {
      const texts = Array.from({ length: count }, () =>
        random.pick(['a', 'é', '文', '😀', '\0']).repeat(random.below(length)),
      )
      before.push([tokenizer(texts).input_ids as Ragged, texts])
    }
    for (const [rows, texts] of before) {
      for (const [i, text] of texts.entries()) {
        const expected = framed(idsOf(name, text), true)
        expect(rows.row(i).length).toBe(expected.length)
        expect(rows.row(i).every((id, at) => id === expected[at])).toBe(true)
      }
    }
  })
})

function replaced(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : value
}
