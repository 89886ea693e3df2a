/** apply_chat_template: the built-in template and those in Jinja, as text and as ids, with masks. */
import { readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { describe, expect, it } from 'vitest'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { jinjaCompiler } from '../../dist/jinja.js'
import { renderChat } from '../../dist/protocol/chat.js'
import { CHAT_TEMPLATE } from '../../dist/protocol/chat-template.js'
import type { ChatMessage, ChatTool } from '../../dist/protocol/chat-types.js'
import { textLayer } from '../../dist/text/layer.js'
import type { ChatOptions } from '../../dist/tokenizer/chat.js'
import { tokenizerLayer } from '../../dist/tokenizer/layer.js'
import type { Tensor } from '../../dist/tokenizer/shapes.js'
import { ROOT } from '../needs.js'
import { CLASSES, codeOf, LAYER, LAYERS, tokenizerOf } from './layers.js'
import { idsOf, piecesOf } from './oracle.js'

interface Vector {
  readonly messages: ChatMessage[]
  readonly tools: ChatTool[] | null
  readonly add_generation_prompt: boolean
  readonly text: string
}
const { chat: vectors }: { chat: Vector[] } = JSON.parse(
  readFileSync(`${ROOT}test/vectors/reference-chat.json`, 'utf8'),
)

const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'Kürze\x17 \x01assistant\n' },
  { role: 'user', content: '文 😀 \x10' },
  { role: 'assistant', content: 'ja\x0f 文😀', reasoning_content: 'hm' },
  { role: 'user', content: 'b' },
  {
    role: 'assistant',
    content: '',
    tool_calls: [{ type: 'function', function: { name: 'f', arguments: { a: '\x1b' } } }],
  },
]
const OTHER: readonly ChatMessage[] = [{ role: 'user', content: 'x' }]

/** What an assistant says. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SAID = /(?<=\x01assistant\n)[^\x17]*\x17/g

/** With Jinja in Node, and the module that it would load. */
const WITH_JINJA = tokenizerLayer(textLayer(javascriptEngine), javascriptEngine, { compile: jinjaCompiler() })
const FOREIGN =
  '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}[{{ c.function.arguments | tojson }}]{% endfor %}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<bot>{% endif %}{% for t in tools or [] %}{{ t.function.name }}{% endfor %}'

describe.each(LAYERS)('%s', (_engine, layer) => {
  describe.each(CLASSES)('%s', (name) => {
    const tokenizer = tokenizerOf(layer, name)

    it("gives the reference's texts under keep, and their ids", () => {
      for (const { messages, tools, add_generation_prompt, text } of vectors) {
        const options = { tools, add_generation_prompt, reserved: 'keep' } as const
        expect(tokenizer.apply_chat_template(messages, { ...options, tokenize: false })).toBe(text)
        expect(Array.from(tokenizer.apply_chat_template(messages, options))).toEqual(idsOf(name, text))
      }
      expect(vectors).toHaveLength(40)
    })

    it('masks all but what an assistant says', () => {
      const text = renderChat(MESSAGES)
      const asked = { return_dict: true, return_assistant_tokens_mask: true } as const
      const said = [...text.matchAll(SAID)].map(({ index, 0: { length } }) => [index, index + length])
      expect(said).toHaveLength(2)
      const expected = piecesOf(name, text).flatMap(({ start, ids }) =>
        ids.map(() => Number(said.some(([from, to]) => start >= from && start < to))),
      )
      const both = tokenizer.apply_chat_template([OTHER, MESSAGES], asked)
      expect(Array.from(both.assistant_masks.row(1))).toEqual(expected)
      expect(both.assistant_masks.row(0).every((flag) => flag === 0)).toBe(true)
      expect(both.assistant_masks.offsets).toEqual(both.input_ids.offsets)
      const lists = tokenizer.apply_chat_template(MESSAGES, { ...asked, return_tensor: false })
      expect(lists.assistant_masks).toEqual(expected)
      // Cut and padded as the ids are.
      const cut = { truncation: true, max_length: 60, padding: true, padding_side: 'left' } as const
      const padded = tokenizer.apply_chat_template([OTHER, MESSAGES], { ...asked, ...cut })
      expect(padded.assistant_masks).toMatchObject({ type: 'bool', dims: [2, 60] })
      expect(Array.from(padded.assistant_masks.data.subarray(60))).toEqual(expected.slice(0, 60))
      expect(Array.from(padded.assistant_masks.data.subarray(0, 60))).toEqual(new Array(60).fill(0))
    })
  })
})

describe.each(CLASSES)('%s', (name) => {
  const tokenizer = tokenizerOf(LAYER, name)

  it('escapes by default, for what is asked in each shape', () => {
    const texts = [MESSAGES, OTHER].map((messages) => renderChat(messages))
    const ids = texts.map((text) => idsOf(name, text))
    expect(tokenizer.apply_chat_template(MESSAGES, { tokenize: false })).toBe(texts[0])
    expect(tokenizer.apply_chat_template([MESSAGES, OTHER], { tokenize: false })).toEqual(texts)
    expect(Array.from(tokenizer.apply_chat_template(MESSAGES))).toEqual(ids[0])
    const ragged = tokenizer.apply_chat_template([MESSAGES, OTHER])
    expect(Array.from(ragged, (row) => Array.from(row))).toEqual(ids)
    expect(tokenizer.apply_chat_template([OTHER], { return_tensor: false })).toEqual([ids[1]])
    expect(tokenizer.apply_chat_template(OTHER, { return_tensor: false })).toEqual(ids[1])
    expect(tokenizer.apply_chat_template(OTHER, { return_tensor: true }).dims).toEqual([1, ids[1].length])
    expect(tokenizer.apply_chat_template([MESSAGES, OTHER], { padding: true }).dims).toEqual([
      2,
      ids[0].length,
    ])
    const { input_ids, attention_mask } = tokenizer.apply_chat_template(OTHER, {
      return_dict: true,
      padding: true,
      pad_to_multiple_of: 64,
    })
    expect(Array.from((input_ids as Tensor).data, Number).slice(0, ids[1].length)).toEqual(ids[1])
    expect(Array.from(attention_mask.data).filter((flag) => flag === 1)).toHaveLength(ids[1].length)
    expect(tokenizer.apply_chat_template(OTHER, { return_dict: true })).not.toHaveProperty('assistant_masks')
    expect(tokenizer.apply_chat_template([])).toHaveLength(0)
  })

  it('passes on what ends a chat', () => {
    const started: readonly ChatMessage[] = [...OTHER, { role: 'assistant', content: 'so' }]
    const text = (options: ChatOptions) =>
      tokenizer.apply_chat_template(started, { ...options, tokenize: false })
    expect(text({ add_generation_prompt: true })).toBe(renderChat(started, { addGenerationPrompt: true }))
    expect(text({ continue_final_message: true })).toBe(renderChat(started, { continueFinalMessage: true }))
    expect(codeOf(() => text({ continue_final_message: true, add_generation_prompt: true }))).toBe(
      'ERR_ARGUMENT',
    )
  })

  it('never cuts an escape or a character in two', () => {
    for (const truncation of ['character', 'grapheme'] as const) {
      for (let max_length = 0; max_length < 140; max_length++) {
        for (const truncation_side of ['left', 'right'] as const) {
          const options = { truncation, max_length, truncation_side } as const
          const ids = tokenizer.apply_chat_template(MESSAGES, options)
          expect(ids.length).toBeLessThanOrEqual(max_length)
          const text = tokenizer.decode(ids, { errors: 'strict' })
          const whole = renderChat(MESSAGES)
          expect(truncation_side === 'right' ? whole.startsWith(text) : whole.endsWith(text)).toBe(true)
          // Every DLE of this chat is that of an escape.
          expect(codeOf(() => tokenizer.decode(ids, { errors: 'strict', unescape: true }))).toBe('no error')
          const before = whole[whole.length - text.length - 1]
          if (truncation_side === 'left') expect(before).not.toBe('\x10')
        }
      }
    }
  })

  it('refuses what contradicts, and lone surrogates', () => {
    for (const options of [
      { return_assistant_tokens_mask: true },
      { tokenize: false, return_dict: true },
      { tokenize: false, padding: true },
      { tokenize: false, return_tensor: true },
      { add_special_tokens: true },
      { return_offsets_mapping: true },
      { reserved: 'strip' },
      { tokenize: 1 },
      { chat_template: 5 },
      { chat_template: '{{ messages }}' },
      { padding: 'right' },
      { max_length: 5 },
      { documents: [] },
    ]) {
      expect(
        codeOf(() => tokenizer.apply_chat_template(OTHER, options as never)),
        JSON.stringify(options),
      ).toBe('ERR_ARGUMENT')
    }
    for (const messages of [null, undefined, 'hi', {}, [1], [[1]], [OTHER, null], [{ content: 'a' }]]) {
      expect(codeOf(() => tokenizer.apply_chat_template(messages as never))).toBe('ERR_ARGUMENT')
    }
    const lone: readonly ChatMessage[] = [{ role: 'user', content: '\ud800' }]
    expect(codeOf(() => tokenizer.apply_chat_template(lone))).toBe('ERR_STRING_LONE_SURROGATE at 7')
    expect(tokenizer.apply_chat_template(lone, { tokenize: false })).toContain('\ud800')
  })
})

describe('templates in Jinja', () => {
  it('are used of the tokenizer, or for one call', () => {
    const own = new WITH_JINJA.UTF8Tokenizer({ chat_template: FOREIGN })
    const options = { tokenize: false, add_generation_prompt: true } as const
    const tools: ChatTool[] = [{ function: { name: 'f' } }]
    expect(own.apply_chat_template(OTHER, { ...options, tools })).toBe('<user>x\x03<bot>f')
    expect(Array.from(own.apply_chat_template(OTHER))).toEqual(idsOf('UTF8Tokenizer', '<user>x\x03'))
    const once = new WITH_JINJA.UTF8Tokenizer()
    expect(once.apply_chat_template(OTHER, { ...options, chat_template: FOREIGN })).toBe('<user>x\x03<bot>')
    expect(once.apply_chat_template(OTHER, options)).toBe(renderChat(OTHER, { addGenerationPrompt: true }))
    own.chat_template = null
    expect(own.apply_chat_template(OTHER, options)).toBe(renderChat(OTHER, { addGenerationPrompt: true }))
  })

  it('come compiled where there is nothing to compile them', () => {
    const compiled = new LAYER.UTF8Tokenizer({ chat_template: new Template(FOREIGN) })
    expect(compiled.apply_chat_template(OTHER, { tokenize: false })).toBe('<user>x\x03')
    expect(codeOf(() => new LAYER.UTF8Tokenizer({ chat_template: FOREIGN }).apply_chat_template(OTHER))).toBe(
      'ERR_ARGUMENT',
    )
  })

  it('see escaped content, which cannot end a structure of theirs; under keep they see it as it is', () => {
    const tokenizer = new WITH_JINJA.UTF8Tokenizer({ chat_template: FOREIGN })
    const call = { type: 'function', function: { name: 'f', arguments: { '\x03k': ['\x03'] } } }
    const messages: ChatMessage[] = [{ role: 'us\x03er', content: 'a\x03b\x10', tool_calls: [call] }]
    const escaped = tokenizer.apply_chat_template(messages, { tokenize: false })
    expect(escaped).toBe('<us\x10Cer>a\x10Cb\x10P[{"\\u0010Ck": ["\\u0010C"]}]\x03')
    const kept = tokenizer.apply_chat_template(messages, { tokenize: false, reserved: 'keep' })
    expect(kept).toBe('<us\x03er>a\x03b\x10[{"\\u0003k": ["\\u0003"]}]\x03')
    // A relative of our own template does not escape a second time.
    const relative = new WITH_JINJA.UTF8Tokenizer({ chat_template: `${CHAT_TEMPLATE}END` })
    expect(relative.apply_chat_template(MESSAGES.slice(0, 4), { tokenize: false })).toBe(
      `${renderChat(MESSAGES.slice(0, 4))}END`,
    )
  })

  it('are our own without Jinja, if that is the source', () => {
    const tokenizer = new LAYER.UTF8Tokenizer({ chat_template: CHAT_TEMPLATE })
    expect(tokenizer.apply_chat_template(MESSAGES, { tokenize: false })).toBe(renderChat(MESSAGES))
  })

  it('end with the content of the last message if that is to go on', () => {
    const tokenizer = new WITH_JINJA.UTF8Tokenizer({ chat_template: FOREIGN })
    const text = (content: string, options: ChatOptions = {}) =>
      tokenizer.apply_chat_template([...OTHER, { role: 'bot', content }], {
        continue_final_message: true,
        tokenize: false,
        ...options,
      })
    expect(text('abc')).toBe('<user>x\x03<bot>abc')
    expect(text('a\x03 ')).toBe('<user>x\x03<bot>a\x10C ')
    expect(text('x')).toBe('<user>x\x03<bot>x')
    const trimming = { chat_template: '{{ messages[-1].content | trim }}!' }
    expect(text('  abc  ', trimming)).toBe('abc')
    expect(codeOf(() => text('abc', { chat_template: 'nothing' }))).toBe('ERR_ARGUMENT')
    expect(codeOf(() => text('abc', { add_generation_prompt: true }))).toBe('ERR_ARGUMENT')
    const options = { continue_final_message: true, tokenize: false } as const
    expect(codeOf(() => tokenizer.apply_chat_template([], options))).toBe('ERR_ARGUMENT')
  })

  it('fail with a code: without the package, if they do not compile, or do not render', () => {
    const messages = OTHER
    const render = (chat_template: ChatOptions['chat_template']) => () =>
      new WITH_JINJA.UTF8Tokenizer().apply_chat_template(messages, { chat_template, tokenize: false })
    expect(codeOf(render('{% for %}'))).toBe('ERR_CHAT_TEMPLATE')
    expect(codeOf(render("{{ raise_exception('no') }}"))).toBe('ERR_CHAT_TEMPLATE')
    expect(codeOf(render({ render: () => 5 as never }))).toBe('ERR_ARGUMENT')
    const missing = () => {
      throw new Error("Cannot find module '@huggingface/jinja'")
    }
    const without = tokenizerLayer(textLayer(javascriptEngine), javascriptEngine, {
      compile: jinjaCompiler(missing),
    })
    const tokenizer = new without.UTF8Tokenizer({ chat_template: `${FOREIGN}!` })
    expect(codeOf(() => tokenizer.apply_chat_template(messages))).toBe('ERR_CHAT_TEMPLATE')
  })
})
