/** What the compiler knows of a call's result. That it compiles is the test; the assertions keep it from being unused. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { CallOptions } from '../../dist/tokenizer/call-options.js'
import type { Ragged, Tensor } from '../../dist/tokenizer/shapes.js'
import type { Tokenizer } from '../../dist/tokenizer/tokenizer-types.js'
import { LAYER } from './layers.js'

const tokenizer = new LAYER.UTF16Tokenizer()
const conversation = [{ role: 'user', content: 'a' }] as const

describe('types', () => {
  it('say the shape that options lead to', () => {
    expectTypeOf(tokenizer('a').input_ids).toEqualTypeOf<Ragged<Uint16Array>>()
    expectTypeOf(tokenizer(['a']).attention_mask).toEqualTypeOf<Ragged<Uint8Array>>()
    expectTypeOf(tokenizer('a', { add_special_tokens: false }).input_ids).toEqualTypeOf<Ragged<Uint16Array>>()
    expectTypeOf(tokenizer('a', { padding: true }).input_ids).toEqualTypeOf<Tensor<Uint16Array>>()
    expectTypeOf(tokenizer('a', { return_tensor: true }).input_ids).toEqualTypeOf<Tensor<Uint16Array>>()
    expectTypeOf(tokenizer('a', { return_tensor: false }).input_ids).toEqualTypeOf<number[]>()
    expectTypeOf(tokenizer(['a'], { return_tensor: false, padding: true }).input_ids).toEqualTypeOf<
      number[][]
    >()
    expectTypeOf(tokenizer('a').offset_mapping).toEqualTypeOf<undefined>()
    const mapped = tokenizer('a', { return_offsets_mapping: true, padding: 'longest' })
    expectTypeOf(mapped.offset_mapping).toEqualTypeOf<Tensor<Uint32Array>>()
    const options: CallOptions = {}
    expectTypeOf(tokenizer('a', options).input_ids).toEqualTypeOf<
      Tensor<Uint16Array> | Ragged<Uint16Array> | number[] | number[][]
    >()
    expect(tokenizer('a', options)).toEqual(tokenizer('a'))
  })

  it('say the same of a chat', () => {
    expectTypeOf(tokenizer.apply_chat_template(conversation)).toEqualTypeOf<Uint16Array>()
    expectTypeOf(tokenizer.apply_chat_template(conversation, { tokenize: false })).toEqualTypeOf<string>()
    expectTypeOf(tokenizer.apply_chat_template([conversation], { tokenize: false })).toEqualTypeOf<string[]>()
    expectTypeOf(tokenizer.apply_chat_template([conversation])).toEqualTypeOf<Ragged<Uint16Array>>()
    const dict = tokenizer.apply_chat_template(conversation, { return_dict: true, padding: true })
    expectTypeOf(dict.input_ids).toEqualTypeOf<Tensor<Uint16Array>>()
    expectTypeOf(dict.assistant_masks).toEqualTypeOf<undefined>()
    expect(dict.input_ids.dims).toHaveLength(2)
  })

  it('say the type of ids', () => {
    expectTypeOf(tokenizer.encode('a')).toEqualTypeOf<Uint16Array>()
    expectTypeOf(tokenizer).toExtend<Tokenizer>()
    expectTypeOf(tokenizer.convert_tokens_to_ids('a')).toEqualTypeOf<number>()
    expectTypeOf(tokenizer.convert_tokens_to_ids(['a'])).toEqualTypeOf<number[]>()
    expect(tokenizer.encode('a')).toBeInstanceOf(Uint16Array)
  })
})
