/** Decoding: what ids may be, what is ill-formed, special ids, escapes; and tokens. */
import { describe, expect, it } from 'vitest'
import type { TokenizerConstructor } from '../../dist/tokenizer/tokenizer-types.js'
import { Random } from '../seeded.js'
import utf8Cases from '../vectors/utf8_cases.json' with { type: 'json' }
import { CLASSES, codeOf, LAYER, LAYERS, tokenizerOf } from './layers.js'
import { idsOf } from './oracle.js'

describe.each(LAYERS)('%s', (_engine, layer) => {
  const tokenizer = new layer.UTF8Tokenizer()

  it('replaces, ignores and refuses ill-formed UTF-8 as the vectors say', () => {
    for (const { hex, valid, error_offset, replaced_codepoints_hex } of utf8Cases) {
      const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
      const codePoints = replaced_codepoints_hex.map((point) => Number.parseInt(point, 16))
      const replaced = String.fromCodePoint(...codePoints)
      expect(tokenizer.decode(bytes, { errors: 'replace' }), hex).toBe(replaced)
      if (valid) {
        expect(tokenizer.decode(bytes), hex).toBe(replaced)
        expect(tokenizer.decode(bytes, { errors: 'strict' }), hex).toBe(replaced)
      } else {
        if (!hex.includes('efbfbd'))
          expect(tokenizer.decode(bytes), hex).toBe(replaced.replaceAll('\ufffd', ''))
        expect(
          codeOf(() => tokenizer.decode(bytes, { errors: 'strict' })),
          hex,
        ).toBe(`ERR_UTF8_INVALID at ${error_offset}`)
      }
    }
    // U+FFFD itself is text.
    expect(tokenizer.decode([0xef, 0xbf, 0xbd, 0xff, 0x61])).toBe('\ufffda')
    expect(tokenizer.decode([0xef, 0xbf, 0xbd], { errors: 'strict' })).toBe('\ufffd')
    expect(tokenizer.decode([0xef, 0xbb, 0xbf, 0x61])).toBe('\ufeffa')
  })

  it('gives back every text', () => {
    const random = new Random(2)
    const characters = ['a', 'é', '文', '😀', '\0', '\x10', '\x02', '\x03', '\n', '@', '\ufeff', '\ufffd']
    for (const name of CLASSES) {
      const one = tokenizerOf(layer, name)
      for (let round = 0; round < 300; round++) {
        const text = Array.from({ length: random.below(60) }, () => random.pick(characters)).join('')
        expect(one.decode(one.encode(text, { add_special_tokens: false }))).toBe(text)
        // Escaped, content survives what removes special ids.
        const escaped = one.encode(text, { reserved: 'escape' })
        expect(one.decode(escaped, { skip_special_tokens: true, unescape: true })).toBe(text)
        expect(
          one.batch_decode(one([text, 'x'], { padding: true, reserved: 'escape' }).input_ids, {
            skip_special_tokens: true,
            unescape: true,
          }),
        ).toEqual([text, 'x'])
      }
    }
  })
})

describe('UTF16Tokenizer', () => {
  const tokenizer = new LAYER.UTF16Tokenizer()

  it('ignores, replaces and refuses lone surrogates as Python does', () => {
    for (const [ids, ignored, replaced, at] of [
      [[97, 0xd83d, 0xdc00, 0xdc00, 98], 'a🐀b', 'a🐀\ufffdb', 3],
      [[97, 0xd83d, 98], 'ab', 'a\ufffdb', 1],
      [[97, 0xd83d], 'a', 'a\ufffd', 1],
      [[97, 0xd83d, 0xd83d, 0xdc00, 0xfeff], 'a🐀\ufeff', 'a\ufffd🐀\ufeff', 1],
    ] as const) {
      expect(tokenizer.decode(ids)).toBe(ignored)
      expect(tokenizer.decode(ids, { errors: 'replace' })).toBe(replaced)
      expect(codeOf(() => tokenizer.decode(ids, { errors: 'strict' }))).toBe(
        `ERR_STRING_LONE_SURROGATE at ${at}`,
      )
    }
    expect(tokenizer.decode([0xfeff, 97], { errors: 'strict' })).toBe('\ufeffa')
    const long = 'x文😀'.repeat(20_000)
    expect(tokenizer.decode(tokenizer.encode(long), { skip_special_tokens: true, errors: 'strict' })).toBe(
      long,
    )
  })
})

describe('UTF32Tokenizer', () => {
  const tokenizer = new LAYER.UTF32Tokenizer()

  it('ignores, replaces and refuses what is no character', () => {
    for (const [ids, ignored, replaced, code] of [
      [[97, 0xd800, 98], 'ab', 'a\ufffdb', 'ERR_STRING_LONE_SURROGATE at 1'],
      // A pair of surrogates is no character here.
      [[0xd83d, 0xde00], '', '\ufffd\ufffd', 'ERR_STRING_LONE_SURROGATE at 0'],
      [[97, 0x110000, 0xffffffff], 'a', 'a\ufffd\ufffd', 'ERR_ARGUMENT'],
      [
        [0x10ffff, 0xe000, 0xd7ff, 0x10000],
        '\u{10ffff}\ue000\ud7ff\u{10000}',
        '\u{10ffff}\ue000\ud7ff\u{10000}',
        'no error',
      ],
    ] as const) {
      expect(tokenizer.decode(ids)).toBe(ignored)
      expect(tokenizer.decode(ids, { errors: 'replace' })).toBe(replaced)
      expect(codeOf(() => tokenizer.decode(ids, { errors: 'strict' }))).toBe(code)
    }
  })
})

describe.each(CLASSES)('%s', (name) => {
  const tokenizer = tokenizerOf(LAYER, name)
  const largest = { UTF8Tokenizer: 0xff, UTF16Tokenizer: 0xffff, UTF32Tokenizer: 0xffffffff }[name]

  it('takes ids in whatever array, tensor or batch', () => {
    const numbers = [2, 104, 105, 3]
    const text = '\x02hi\x03'
    const data = BigInt64Array.from(numbers, BigInt)
    for (const ids of [
      numbers,
      numbers.map(BigInt),
      Uint8Array.from(numbers),
      Uint16Array.from(numbers),
      Uint32Array.from(numbers),
      Int8Array.from(numbers),
      Int16Array.from(numbers),
      Int32Array.from(numbers),
      data,
      BigUint64Array.from(data),
      Buffer.from(numbers),
      { type: 'int64', dims: [4], data } as const,
      { type: 'int64', dims: [1, 4], data } as const,
      tokenizer('hi').input_ids,
      tokenizer(['hi'], { padding: true }).input_ids,
    ]) {
      expect(tokenizer.decode(ids)).toBe(text)
      expect(tokenizer.batch_decode([ids, ids])).toEqual([text, text])
      expect(tokenizer.convert_ids_to_tokens(ids)).toEqual(Array.from(text))
    }
    expect(tokenizer.batch_decode({ type: 'int64', dims: [2, 2], data })).toEqual(['\x02h', 'i\x03'])
    expect(
      tokenizer.batch_decode({ type: 'int64', dims: [4, 1], data }, { skip_special_tokens: true }),
    ).toEqual(['', 'h', 'i', ''])
    expect(tokenizer.batch_decode(tokenizer(['a', '', 'bc']).input_ids)).toEqual([
      '\x02a\x03',
      '\x02\x03',
      '\x02bc\x03',
    ])
    expect(tokenizer.batch_decode([])).toEqual([])
    expect(tokenizer.batch_decode({ type: 'int64', dims: [2, 0], data: data.subarray(4) })).toEqual(['', ''])
    expect(tokenizer.decode([])).toBe('')
  })

  it('refuses ids out of range, several rows, and what is none', () => {
    const gone = new Uint16Array(4)
    structuredClone(gone, { transfer: [gone.buffer] })
    const detached = new {
      UTF8Tokenizer: Uint8Array,
      UTF16Tokenizer: Uint16Array,
      UTF32Tokenizer: Uint32Array,
    }[name](4)
    structuredClone(detached, { transfer: [detached.buffer] })
    const data = BigInt64Array.of(1n, 2n, 3n, 4n)
    for (const [i, ids] of [
      [largest + 1],
      [-1],
      [1.5],
      [Number.NaN],
      ['a'],
      [null],
      [[1]],
      [BigInt(largest) + 1n],
      BigInt64Array.of(-1n),
      Int8Array.of(-1),
      Float32Array.of(1),
      new DataView(new ArrayBuffer(4)),
      new ArrayBuffer(4),
      'abc',
      null,
      undefined,
      5,
      {},
      { dims: [4], data: [1, 2, 3, 4] },
      { type: 'int64', dims: [2, 2], data },
      { type: 'int64', dims: [5], data },
      { type: 'int64', dims: [1, 3], data },
      { type: 'int64', dims: [1, 1, 4], data },
      tokenizer(['a', 'b']).input_ids,
      tokenizer([]).input_ids,
      gone,
      detached,
    ].entries()) {
      expect(
        codeOf(() => tokenizer.decode(ids as never)),
        `${i}`,
      ).toBe('ERR_ARGUMENT')
    }
    for (const ids of [
      [1, 2],
      Uint8Array.of(1),
      'a',
      null,
      { type: 'int64', dims: [4], data },
      { type: 'int64', dims: [2, 3], data },
    ]) {
      expect(codeOf(() => tokenizer.batch_decode(ids as never))).toBe('ERR_ARGUMENT')
    }
    expect(() => tokenizer.decode([97, -1])).toThrow('ids[1]')
    expect(() => tokenizer.batch_decode([[97], [97, 98, -1]])).toThrow('ids[1][2]')
    for (const options of [
      { clean_up_tokenization_spaces: true },
      { errors: 'throw' },
      { unescape: 1 },
      { skip_special_tokens: 'a' },
      1,
    ]) {
      expect(codeOf(() => tokenizer.decode([97], options as never))).toBe('ERR_ARGUMENT')
    }
  })

  it('leaves out special ids wherever they stand, before it decodes', () => {
    expect(tokenizer.decode([0, 2, 97, 0, 98, 3, 3, 0], { skip_special_tokens: true })).toBe('ab')
    const [first, ...others] = idsOf(name, '😀')
    const within = [first, 2, ...others, 0]
    expect(tokenizer.decode(within, { skip_special_tokens: true })).toBe('😀')
    expect(tokenizer.convert_ids_to_tokens([2, 65, 0], { skip_special_tokens: true })).toEqual(['A'])
  })

  it('undoes escapes, and treats those that are none as it treats ill-formed text', () => {
    const ids = (text: string) => idsOf(name, text)
    expect(tokenizer.decode(ids('文\x10@\x10P\x10J\x10_'), { unescape: true })).toBe('文\0\x10\n\x1f')
    expect(tokenizer.decode(ids('\x10A'))).toBe('\x10A')
    // The last letters are those of white space, which is not escaped, and one beyond.
    for (const [text, at, rest] of [
      ['文\x10', ids('文').length, ''],
      ['a\x10\x10@', 1, '\0'],
      ['\x10I', 0, 'I'],
      ['\x10`', 0, '`'],
    ] as const) {
      const before = text.slice(0, text.indexOf('\x10'))
      expect(tokenizer.decode(ids(text), { unescape: true })).toBe(before + rest)
      expect(tokenizer.decode(ids(text), { unescape: true, errors: 'replace' })).toBe(
        `${before}\ufffd${rest}`,
      )
      expect(codeOf(() => tokenizer.decode(ids(text), { unescape: true, errors: 'strict' }))).toBe(
        `ERR_DATASET at ${at}`,
      )
    }
    expect(tokenizer.decode(ids('\x10@x'), { unescape: true, errors: 'strict' })).toBe('\0x')
  })

  it('has tokens of one character', () => {
    const vocabulary = tokenizer.get_vocab()
    expect(vocabulary.size).toBe(256)
    for (let id = 0; id < 256; id++) {
      expect(vocabulary.get(String.fromCharCode(id))).toBe(id)
      expect(tokenizer.convert_ids_to_tokens(id)).toBe(String.fromCharCode(id))
      expect(tokenizer.convert_tokens_to_ids(String.fromCharCode(id))).toBe(id)
    }
    expect(tokenizer.convert_tokens_to_ids(['A', 'é'])).toEqual([65, 233])
    expect(tokenizer.convert_tokens_to_ids([])).toEqual([])
    for (const [token, id] of [
      ['文', 0x6587],
      ['😀', 0x1f600],
      ['\ud83d', 0xd83d],
    ] as const) {
      if (id <= largest) expect(tokenizer.convert_tokens_to_ids(token)).toBe(id)
      else expect(codeOf(() => tokenizer.convert_tokens_to_ids(token))).toBe('ERR_ARGUMENT')
    }
    for (const tokens of ['', 'ab', '😀a', null, 5, [1], ['a', ''], [['a']]]) {
      expect(codeOf(() => tokenizer.convert_tokens_to_ids(tokens as never))).toBe('ERR_ARGUMENT')
    }
    for (const id of [-1, 1.5, largest + 1]) {
      expect(codeOf(() => tokenizer.convert_ids_to_tokens(id))).toBe('ERR_ARGUMENT')
    }
  })

  it('is a function with a class and properties', () => {
    expect(tokenizer).toBeInstanceOf(LAYER[name])
    expect(typeof tokenizer).toBe('function')
    expect(LAYER[name].name).toBe(name)
    expect(Reflect.apply(tokenizer as never, undefined, ['a'])).toEqual(tokenizer('a'))
    const properties = {
      vocab_size: 256,
      bos_token: '\x02',
      bos_token_id: 2,
      eos_token: '\x03',
      eos_token_id: 3,
      pad_token: '\0',
      pad_token_id: 0,
      all_special_ids: [2, 3, 0],
      all_special_tokens: ['\x02', '\x03', '\0'],
      padding_side: 'right',
      truncation_side: 'right',
      model_max_length: Infinity,
      chat_template: null,
    }
    for (const [key, value] of Object.entries(properties)) {
      expect(tokenizer[key as keyof typeof properties], key).toEqual(value)
    }
    class Own extends (LAYER[name] as TokenizerConstructor) {}
    expect(new Own()).toBeInstanceOf(Own)
    expect(new Own().encode('a')).toEqual(tokenizer.encode('a'))
    for (const options of [
      { padding_side: 'up' },
      { model_max_length: -1 },
      { model_max_length: 0.5 },
      { chat_template: 5 },
      { vocab: {} },
    ]) {
      expect(codeOf(() => new LAYER[name](options as never))).toBe('ERR_ARGUMENT')
    }
    const one = tokenizerOf(LAYER, name)
    expect(
      codeOf(() => {
        one.padding_side = 'up' as never
      }),
    ).toBe('ERR_ARGUMENT')
    expect(
      codeOf(() => {
        one.truncation_side = 'up' as never
      }),
    ).toBe('ERR_ARGUMENT')
    expect(
      codeOf(() => {
        one.model_max_length = Number.NaN
      }),
    ).toBe('ERR_ARGUMENT')
    expect(
      codeOf(() => {
        one.chat_template = {} as never
      }),
    ).toBe('ERR_ARGUMENT')
  })
})
