/** renderChat: the reference's text, its options, and what it refuses, with the place. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderChat } from '../../dist/protocol/chat.js'
import type { ChatMessage, ChatTool } from '../../dist/protocol/chat-types.js'
import { parseBlocks } from '../../dist/protocol/parse-blocks.js'
import { Random } from '../seeded.js'
import { randomText, refusal } from './conversations.js'

interface Vector {
  readonly messages: ChatMessage[]
  readonly tools: ChatTool[] | null
  readonly add_generation_prompt: boolean
  readonly text: string
}

const file = new URL('../vectors/reference-chat.json', import.meta.url)
const { chat: vectors }: { chat: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

describe('against the reference', () => {
  it('gives its text under keep, for all vectors', () => {
    expect(vectors.length).toBe(40)
    for (const { messages, tools, add_generation_prompt: addGenerationPrompt, text } of vectors) {
      expect(renderChat(messages, { tools, addGenerationPrompt, reserved: 'keep' })).toBe(text)
    }
  })

  it('gives its text by default where no field holds what is reserved, and else another', () => {
    let plain = 0
    for (const { messages, tools, add_generation_prompt: addGenerationPrompt, text } of vectors) {
      // Descriptions alone hold anything reserved in the vectors, a line feed included.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
      const reserved = descriptions(tools).some((description) => /[\x00-\x08\n\x0e-\x1f]/.test(description))
      expect(renderChat(messages, { tools, addGenerationPrompt }) === text).toBe(!reserved)
      if (!reserved) plain++
    }
    expect(plain).toBe(30)
  })
})

describe('renderChat', () => {
  it('puts thinking directly in front of the content, in the span if there is one, also if it is empty', () => {
    const reasoning = (role: string, reasoning_content: string | null) =>
      renderChat([{ role, content: 'c', reasoning_content }])
    expect(reasoning('assistant', 'r')).toBe('\x01assistant\n\x05r\x06c\x17\n')
    expect(reasoning('user', 'r')).toBe('\x01user\n\x0e\x05r\x06c\x0f\x17\n')
    expect(reasoning('assistant', '')).toBe('\x01assistant\n\x05\x06c\x17\n')
    expect(reasoning('assistant', null)).toBe('\x01assistant\nc\x17\n')
  })

  it('escapes every field, and in lines the line feed', () => {
    const text = renderChat(
      [
        {
          role: 'r\x17',
          content: 'c\x10\n',
          reasoning_content: '\x06\n',
          tool_calls: [{ type: 't\x1b', function: { name: 'n\x1b', arguments: { '\x1b': '\x17' } } }],
        },
      ],
      {
        tools: [
          {
            function: {
              name: 'n\x0f',
              parameters: { properties: { 'a\n\x0f': { description: 'd\n\x0f' } } },
            },
          },
        ],
      },
    )
    expect(text).toBe(
      '\x11\x0en\x10O\na\x10J\x10O: d\x10J\x10O\n\x0f' +
        '\x01r\x10W\n\x0e\x05\x10F\n\x06c\x10P\n' +
        '\x1at\x10[ n\x10[({"\\u001b": "\\u0017"})\x1b\x0f\x17\n',
    )
  })

  it('joins parts of content, and ignores what the format has no place for', () => {
    const parts = [
      { type: 'text', text: 'a\ud83d' },
      { type: 'text', text: '\ude00' },
    ] as const
    const message = { role: 'tool', name: 'f', tool_call_id: '1', content: parts }
    expect(renderChat([message])).toBe('\x01tool\n\x0ea😀\x0f\x17\n')
    expect(renderChat([{ role: 'tool', content: [] }])).toBe('\x01tool\n\x0e\x0f\x17\n')
  })

  it('prints JSON as json.dumps does, numbers and lone surrogates as JSON.stringify', () => {
    const json = (values: object) => {
      const text = renderChat([
        { role: 'assistant', tool_calls: [{ type: 't', function: { name: 'f', arguments: values } }] },
      ])
      return text.slice('\x01assistant\n\x1at f('.length, -')\x1b\x17\n'.length)
    }
    expect(json({})).toBe('{}')
    expect(json({ a: [], b: {}, c: [[]], d: [1, [2, { e: null }]] })).toBe(
      '{"a": [], "b": {}, "c": [[]], "d": [1, [2, {"e": null}]]}',
    )
    expect(json({ a: 1.0, b: 1e16, c: 1e21, d: -0, e: 0.1 })).toBe(
      '{"a": 1, "b": 10000000000000000, "c": 1e+21, "d": 0, "e": 0.1}',
    )
    expect(json({ 'é\n, ': ',\n "\\:é\u2028\x7f\ud800' })).toBe(
      '{"é\\n, ": ",\\n \\"\\\\:é\u2028\x7f\\ud800"}',
    )
    expect(json({ b: 1, a: 2, c: undefined })).toBe('{"b": 1, "a": 2}')
  })

  it('takes tools without parameters and arguments without descriptions', () => {
    const tools = [
      { function: { name: 'f' } },
      { function: { name: 'g', parameters: { properties: null } } },
      { function: { name: 'h', parameters: { properties: { a: {}, b: { description: null } } } } },
    ]
    expect(renderChat([], { tools })).toBe('\x11\x0ef\n\x0f\x11\x0eg\n\x0f\x11\x0eh\na: \nb: \n\x0f')
    expect(renderChat([], { tools: null })).toBe('')
  })

  it('ends with the header of an assistant, or within the content of the last message', () => {
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a\x17', reasoning_content: 'r' },
    ]
    const question = '\x01user\n\x0eq\x0f\x17\n'
    const answer = '\x01assistant\n\x05r\x06a\x10W'
    expect(renderChat(messages, { addGenerationPrompt: true })).toBe(
      `${question}${answer}\x17\n\x01assistant\n`,
    )
    expect(renderChat(messages, { continueFinalMessage: true })).toBe(question + answer)
    expect(renderChat(messages.slice(0, 1), { continueFinalMessage: true })).toBe('\x01user\n\x0eq')
    expect(renderChat([{ role: 'assistant' }], { continueFinalMessage: true })).toBe('\x01assistant\n')
  })

  it('continues what parseBlocks gives of a message that was cut, but for what is cut of a character or an escape', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed)
      const message = { role: random.pick(['user', 'assistant']), content: randomText(random, 20) }
      const bytes = Buffer.from(
        renderChat([{ role: 'system', content: 'x' }, message], { continueFinalMessage: true }),
      )
      const header = bytes.length - Buffer.byteLength(renderChat([message], { continueFinalMessage: true }))
      for (let end = header + message.role.length + 3; end <= bytes.length; end++) {
        const { messages } = parseBlocks(bytes.subarray(0, end))
        const again = Buffer.from(renderChat(messages, { continueFinalMessage: true }))
        const lost = end - again.length
        expect(bytes.subarray(0, end - lost).equals(again), `seed ${seed}, first ${end} bytes`).toBe(true)
        expect(lost).toBeLessThanOrEqual(bytes[again.length] === 0x10 ? 1 : 3)
        if (bytes[end - 1] < 0x80 && bytes[end - 1] !== 0x10) expect(lost).toBe(0)
      }
    }
  })
})

describe('what is refused, with its place', () => {
  const call = (type: unknown, name: unknown, values: unknown) => ({
    role: 'assistant',
    tool_calls: [{ type, function: { name, arguments: values } }],
  })
  const property = (properties: unknown) => [{ function: { name: 'f', parameters: { properties } } }]
  const cycle: { self?: unknown } = {}
  cycle.self = cycle

  it.each<[string, unknown]>([
    ['messages', 'text'],
    ['messages', null],
    ['messages[0]', [null]],
    ['messages[1]', [{ role: 'user' }, 'text']],
    ['messages[0]', [undefined]],
    ['messages[0].role', [{ content: 'c' }]],
    ['messages[0].role', [{ role: 5 }]],
    ['messages[1].content', [{ role: 'user' }, { role: 'user', content: 5 }]],
    ['messages[0].content', [{ role: 'user', content: { type: 'text', text: 'c' } }]],
    ['messages[0].content[1]', [{ role: 'user', content: [{ type: 'text', text: '' }, 'c'] }]],
    ['messages[0].content[0].type', [{ role: 'user', content: [{ type: 'image' }] }]],
    ['messages[0].content[0].text', [{ role: 'user', content: [{ type: 'text' }] }]],
    ['messages[0].reasoning_content', [{ role: 'user', reasoning_content: ['r'] }]],
    ['messages[0].tool_calls', [{ role: 'assistant', tool_calls: {} }]],
    ['messages[0].tool_calls[0]', [{ role: 'assistant', tool_calls: [null] }]],
    ['messages[0].tool_calls[0].type', [call(undefined, 'f', {})]],
    [
      'messages[0].tool_calls[0].function',
      [{ role: 'assistant', tool_calls: [{ type: 'function', name: 'f' }] }],
    ],
    ['messages[0].tool_calls[0].function.name', [call('t', null, {})]],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', undefined)]],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', cycle)]],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', { a: 1n })]],
  ])('%s of a wrong type, under keep too', (place, messages) => {
    for (const reserved of ['escape', 'keep'] as const) {
      const { code, message } = refusal(() => renderChat(messages as ChatMessage[], { reserved }))
      expect(code).toBe('ERR_ARGUMENT')
      expect(message).toContain(`for ${place}, received`)
    }
  })

  it.each<[string, unknown]>([
    ['tools', {}],
    ['tools[0]', ['f']],
    ['tools[0].function', [{ name: 'f' }]],
    ['tools[0].function.name', [{ function: {} }]],
    ['tools[0].function.parameters', [{ function: { name: 'f', parameters: 5 } }]],
    ['tools[0].function.parameters.properties', property('text')],
    ['tools[0].function.parameters.properties["a b"]', property({ 'a b': 'text' })],
    ['tools[0].function.parameters.properties["a"].description', property({ a: { description: 5 } })],
  ])('%s of a wrong type, under keep too', (place, tools) => {
    for (const reserved of ['escape', 'keep'] as const) {
      const { code, message } = refusal(() => renderChat([], { tools: tools as ChatTool[], reserved }))
      expect(code).toBe('ERR_ARGUMENT')
      expect(message).toContain(`for ${place}, received`)
    }
  })

  it.each<[string, unknown, unknown]>([
    ['messages[0].role', [{ role: 'a\nb' }], []],
    ['messages[0].tool_calls[0].type', [call('a b', 'f', {})], []],
    ['messages[0].tool_calls[0].function.name', [call('t', 'f(', {})], []],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', '{"a": 1}')], []],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', [1])], []],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', null)], []],
    ['messages[0].tool_calls[0].function.arguments', [call('t', 'f', new Date(0))], []],
    ...[...'\t\n\v\f\r (', ' '].map((character): [string, unknown, unknown] => [
      'tools[0].function.name',
      [],
      [{ function: { name: `f${character}` } }],
    ]),
    ['tools[0].function.parameters.properties["a: b"]', [], property({ 'a: b': {} })],
  ])('%s that could not be read again; kept under keep', (place, messages, tools) => {
    const render = (reserved: 'escape' | 'keep') =>
      renderChat(messages as ChatMessage[], { tools: tools as ChatTool[], reserved })
    const { code, message } = refusal(() => render('escape'))
    expect(code).toBe('ERR_ARGUMENT')
    expect(message).toContain(`for ${place}, received`)
    expect(render('keep').length).toBeGreaterThan(3)
  })

  it('keep quotes arguments that are text, as the reference does', () => {
    const messages = [call('t', 'f', '{"a": 1}')] as ChatMessage[]
    expect(renderChat(messages, { reserved: 'keep' })).toBe(
      '\x01assistant\n\x1at f("{\\"a\\": 1}")\x1b\x17\n',
    )
  })

  it.each<[object]>([
    [{ reserved: 'picture' }],
    [{ addGenerationPrompt: 1 }],
    [{ continueFinalMessage: 'yes' }],
    [{ addGenerationPrompt: true, continueFinalMessage: true }],
    [{ add_generation_prompt: true }],
  ])('options: %j', (options) => {
    expect(refusal(() => renderChat([{ role: 'user', content: 'c' }], options)).code).toBe('ERR_ARGUMENT')
  })

  it('to continue no message, or one that ends with tool calls', () => {
    const options = { continueFinalMessage: true }
    expect(refusal(() => renderChat([], options)).code).toBe('ERR_ARGUMENT')
    expect(refusal(() => renderChat([call('t', 'f', {})] as ChatMessage[], options)).code).toBe(
      'ERR_ARGUMENT',
    )
  })

  it('text that no string can hold', () => {
    const content = 'x'.repeat(2 ** 28)
    expect(
      refusal(() =>
        renderChat([
          { role: 'user', content },
          { role: 'user', content },
        ]),
      ).code,
    ).toBe('ERR_STRING_TOO_LONG')
  })
})

function descriptions(tools: Vector['tools']): string[] {
  return (tools ?? []).flatMap(({ function: { parameters } }) =>
    Object.values(parameters?.properties ?? {}).map(({ description }) => description ?? ''),
  )
}
