/** The adapter's calls, with the arguments, defaults and results of transformers.js. */
import { describe, expect } from 'vitest'
import { itWith, NEEDS } from '../needs.js'
import { setUp } from './layers.js'

const it = itWith(NEEDS.transformers)
const REFUSED = expect.objectContaining({ code: 'ERR_ARGUMENT' })
const CHAT = [
  { role: 'user', content: 'hi \x17 there' },
  { role: 'assistant', content: 'héllo' },
]

async function adapted(options?: object) {
  const made = await setUp()
  const tokenizer = new made.UTF8Tokenizer(options)
  return { ...made, tokenizer, adapter: made.forTransformers(tokenizer) }
}

/** What a tensor of transformers.js holds, without a BigInt. */
function plain(tensor: { type: string; dims: readonly number[]; data: unknown }) {
  const { type, dims, data } = tensor
  return { type, dims, data: Array.from(data as BigInt64Array, Number) }
}

describe('a call', () => {
  it('gives int64 tensors of transformers.js, also for one text', async () => {
    const { adapter, peer } = await adapted()
    const { input_ids, attention_mask } = adapter('é')
    expect(input_ids).toBeInstanceOf(peer.Tensor)
    expect(input_ids.data).toBeInstanceOf(BigInt64Array)
    expect(plain(input_ids)).toEqual({ type: 'int64', dims: [1, 4], data: [2, 0xc3, 0xa9, 3] })
    expect(plain(attention_mask)).toEqual({ type: 'int64', dims: [1, 4], data: [1, 1, 1, 1] })
    expect(plain(adapter(['a', 'b'], { add_special_tokens: false }).input_ids).dims).toEqual([2, 1])
    expect(plain(adapter([]).input_ids).dims).toEqual([0, 0])
  })

  it('pads on the side of the adapter, which the tokenizer keeps for itself', async () => {
    const { adapter, tokenizer } = await adapted()
    const texts = ['abc', 'd']
    const options = { padding: true, add_special_tokens: false }
    expect(plain(adapter(texts, options).input_ids).data).toEqual([97, 98, 99, 100, 0, 0])
    adapter.padding_side = 'left'
    expect(plain(adapter(texts, options).input_ids).data).toEqual([97, 98, 99, 0, 0, 100])
    expect(plain(adapter(texts, options).attention_mask).data).toEqual([1, 1, 1, 0, 0, 1])
    expect(plain(adapter(texts, { ...options, padding_side: 'right' }).input_ids).data.slice(3)).toEqual([
      100, 0, 0,
    ])
    expect(tokenizer.padding_side).toBe('right')
    expect(() => {
      adapter.padding_side = 'middle'
    }).toThrow(REFUSED)
  })

  it('cuts as transformers.js understands its options', async () => {
    const { adapter, forTransformers, UTF8Tokenizer } = await adapted()
    const data = (options: object) => plain(adapter('abcdef', options).input_ids).data.length
    // Pipelines ask for it with every call; there is nothing to cut at.
    expect(data({ truncation: true })).toBe(8)
    expect(data({ truncation: true, max_length: 5 })).toBe(5)
    expect(data({ max_length: 5 })).toBe(5)
    expect(data({ padding: 'max_length', max_length: 12 })).toBe(12)
    expect(() => adapter('abc', { max_length: 5, truncation: false })).toThrow(REFUSED)
    expect(() => adapter('abc', { max_length: 5, padding: true })).toThrow(REFUSED)
    const short = forTransformers(new UTF8Tokenizer({ model_max_length: 4 }))
    expect(short.model_max_length).toBe(4)
    expect(plain(short('abcdef', { truncation: true }).input_ids).data).toEqual([2, 97, 98, 3])
    expect(plain(short('abcdef').input_ids).data.length).toBe(8)
    expect(plain(adapter('a€', { max_length: 4, truncation: 'character' }).input_ids).data).toEqual([
      2, 97, 3,
    ])
  })

  it('gives lists for return_tensor: false', async () => {
    const { adapter } = await adapted()
    const options = { return_tensor: false } as const
    expect(adapter('a', options)).toEqual({ input_ids: [2, 97, 3], attention_mask: [1, 1, 1] })
    expect(adapter(['', 'a'], { ...options, add_special_tokens: false })).toEqual({
      input_ids: [[], [97]],
      attention_mask: [[], [1]],
    })
  })

  it('has ids of other widths', async () => {
    const { UTF16Tokenizer, UTF32Tokenizer, forTransformers } = await setUp()
    const options = { add_special_tokens: false }
    expect(plain(forTransformers(new UTF16Tokenizer())('€😀', options).input_ids).data).toEqual([
      0x20ac, 0xd83d, 0xde00,
    ])
    const wide = forTransformers(new UTF32Tokenizer())
    const { input_ids } = wide('€😀', options)
    expect(plain(input_ids).data).toEqual([0x20ac, 0x1f600])
    expect(wide.decode(input_ids)).toBe('€😀')
  })

  it('refuses what it cannot do', async () => {
    const { adapter } = await adapted()
    expect(() => adapter(['a', 'bc'])).toThrow(REFUSED)
    for (const options of [
      { text_pair: 'b' },
      { return_token_type_ids: true },
      { stride: 1 },
      { return_overflowing_tokens: true },
      { padding: 'some' },
      { unknown: 1 },
    ]) {
      expect(() => adapter('a', options as never)).toThrow(REFUSED)
    }
    expect(() => adapter('\ud800')).toThrow(expect.objectContaining({ code: 'ERR_STRING_LONE_SURROGATE' }))
  })
})

describe('decoding', () => {
  it('takes tensors, numbers and bigints', async () => {
    const { adapter, peer } = await adapted()
    const row = new peer.Tensor('int64', BigInt64Array.from([2n, 0xc3n, 0xa9n, 3n]), [1, 4])
    for (const ids of [
      row,
      new peer.Tensor('int64', row.data, [4]),
      [2, 0xc3, 0xa9, 3],
      [2n, 0xc3n, 0xa9n, 3n],
    ]) {
      expect(adapter.decode(ids)).toBe('\x02é\x03')
      expect(adapter.decode(ids, { skip_special_tokens: true })).toBe('é')
    }
    expect(adapter.decode([])).toBe('')
    const { input_ids } = adapter(['a', 'bc', 'é'], { padding: true })
    expect(adapter.batch_decode(input_ids, { skip_special_tokens: true })).toEqual(['a', 'bc', 'é'])
    expect(adapter.batch_decode([[97], [0xc3n, 0xa9n], row] as never)).toEqual(['a', 'é', '\x02é\x03'])
  })

  it('passes on what becomes of ill-formed ids and escapes', async () => {
    const { adapter } = await adapted()
    expect(adapter.decode([97, 0x80])).toBe('a')
    expect(adapter.decode([97, 0x80], { errors: 'replace' })).toBe('a\ufffd')
    expect(adapter.decode([0x10, 0x57], { unescape: true, clean_up_tokenization_spaces: false })).toBe('\x17')
  })

  it('refuses ids out of range, several rows for one, and cleaning up', async () => {
    const { adapter, peer } = await adapted()
    const tensor = (ids: bigint[], dims: number[]) => new peer.Tensor('int64', BigInt64Array.from(ids), dims)
    for (const ids of [
      tensor([97n, 98n], [2, 1]),
      tensor([97n], [1, 1, 1]),
      tensor([256n], [1]),
      tensor([-1n], [1]),
    ]) {
      expect(() => adapter.decode(ids)).toThrow(REFUSED)
    }
    expect(() => adapter.decode(new peer.Tensor('float32', new Float32Array(1), [1]))).toThrow(REFUSED)
    expect(() => adapter.batch_decode(tensor([2n ** 40n], [1, 1]))).toThrow(REFUSED)
    expect(() => adapter.decode([97], { clean_up_tokenization_spaces: true } as never)).toThrow(REFUSED)
  })
})

describe('apply_chat_template', () => {
  it('gives tensors by default, else the ids, lists or the text', async () => {
    const { adapter, tokenizer } = await adapted()
    const text = tokenizer.apply_chat_template(CHAT, { tokenize: false })
    const bytes = [...Buffer.from(text)]
    const { input_ids, attention_mask } = adapter.apply_chat_template(CHAT)
    expect(plain(input_ids)).toEqual({ type: 'int64', dims: [1, bytes.length], data: bytes })
    expect(plain(attention_mask).data).toEqual(bytes.map(() => 1))
    expect(adapter.apply_chat_template(CHAT, { tokenize: false })).toBe(text)
    expect(plain(adapter.apply_chat_template(CHAT, { return_dict: false }) as never).data).toEqual(bytes)
    expect(adapter.apply_chat_template(CHAT, { return_dict: false, return_tensor: false })).toEqual(bytes)
  })

  it('passes its options on', async () => {
    const { adapter } = await adapted()
    const text = (options: object) => adapter.apply_chat_template(CHAT, { tokenize: false, ...options })
    expect(text({}).includes('hi \x10W there')).toBe(true)
    expect(text({ reserved: 'keep' }).includes('hi \x17 there')).toBe(true)
    expect(text({ add_generation_prompt: true }).endsWith('\x01assistant\n')).toBe(true)
    expect(text({ continue_final_message: true }).endsWith('héllo')).toBe(true)
    expect(text({ tools: null, documents: null, chat_template: null })).toBe(text({}))
    const template = { render: () => 'rendered' }
    expect(text({ chat_template: template })).toBe('rendered')
    const padded = adapter.apply_chat_template(CHAT, {
      chat_template: template,
      padding: 'max_length',
      max_length: 10,
      tokenizer_kwargs: { padding_side: 'left' },
    })
    expect(plain(padded.input_ids).data).toEqual([0, 0, ...Buffer.from('rendered')])
    const cut = adapter.apply_chat_template(CHAT, { truncation: true, max_length: 3 })
    expect(plain(cut.input_ids).dims).toEqual([1, 3])
    expect(() => adapter.apply_chat_template(CHAT, { documents: [] as never })).toThrow(REFUSED)
    expect(() => adapter.apply_chat_template(CHAT, { unknown: 1 } as never)).toThrow(REFUSED)
  })
})

describe('the rest of a PreTrainedTokenizer', () => {
  it('is there', async () => {
    const { adapter } = await adapted({ padding_side: 'left' })
    expect(adapter.encode('a')).toEqual([2, 97, 3])
    expect(adapter.encode('a', { add_special_tokens: false })).toEqual([97])
    expect(adapter.tokenize('é')).toEqual(['\xc3', '\xa9'])
    expect(adapter.tokenize('a', { add_special_tokens: true })).toEqual(['\x02', 'a', '\x03'])
    expect(adapter.convert_tokens_to_ids('a')).toBe(97)
    expect(adapter.convert_tokens_to_ids(['a', '\x03'])).toEqual([97, 3])
    expect(adapter.get_vocab().get('a')).toBe(97)
    expect([adapter.pad_token, adapter.bos_token, adapter.eos_token]).toEqual(['\0', '\x02', '\x03'])
    expect([adapter.pad_token_id, adapter.bos_token_id, adapter.eos_token_id]).toEqual([0, 2, 3])
    expect([...adapter.all_special_ids].sort()).toEqual([0, 2, 3])
    expect([...adapter.all_special_tokens].sort()).toEqual(['\0', '\x02', '\x03'])
    expect(adapter.padding_side).toBe('left')
    expect(adapter.vocab_size).toBe(256)
    expect(adapter.model_max_length).toBe(Infinity)
  })
})
