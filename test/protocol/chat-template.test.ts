/** The template in Jinja gives what renderChat gives, in @huggingface/jinja. Python is in test/interop/. */
import { readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { describe, expect, it } from 'vitest'
import { type RenderChatOptions, renderChat } from '../../dist/protocol/chat.js'
import { CHAT_TEMPLATE } from '../../dist/protocol/chat-template.js'
import type { ChatMessage, ChatTool } from '../../dist/protocol/chat-types.js'
import { Random } from '../seeded.js'
import { randomConversation } from './conversations.js'

interface Vector {
  readonly messages: ChatMessage[]
  readonly tools: ChatTool[] | null
  readonly add_generation_prompt: boolean
  readonly text: string
}

const file = new URL('../vectors/reference-chat.json', import.meta.url)
const { chat: vectors }: { chat: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))
const template = new Template(CHAT_TEMPLATE)

/** With the options as the template calls them. */
function renderJinja(messages: unknown, options: RenderChatOptions): string {
  const { tools, addGenerationPrompt = false, reserved } = options
  return template.render({
    messages,
    add_generation_prompt: addGenerationPrompt,
    ...(tools !== undefined && { tools }),
    ...(reserved !== undefined && { reserved }),
  })
}

describe('CHAT_TEMPLATE', () => {
  it("gives the reference's text under keep, and that of renderChat by default", () => {
    expect(vectors.length).toBe(40)
    for (const { messages, tools, add_generation_prompt: addGenerationPrompt, text } of vectors) {
      const options = { tools, addGenerationPrompt }
      expect(renderJinja(messages, { ...options, reserved: 'keep' })).toBe(text)
      expect(renderJinja(messages, options)).toBe(renderChat(messages, options))
    }
  })

  it('gives the text of renderChat for seeded random conversations', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const random = new Random(seed)
      const { messages, tools } = randomConversation(random)
      const options: RenderChatOptions = {
        tools,
        addGenerationPrompt: random.chance(0.5),
        reserved: random.pick(['escape', 'keep']),
      }
      const expected = renderChat(messages, options)
      if (renderJinja(messages, options) !== expected) {
        expect(renderJinja(messages, options), `seed ${seed}`).toBe(expected)
      }
    }
  })

  it('refuses what renderChat refuses under escape, and keeps it under keep', () => {
    const call = (type: string, name: string, values: unknown) => [
      { role: 'assistant', tool_calls: [{ type, function: { name, arguments: values } }] },
    ]
    const user = [{ role: 'user', content: 'c' }]
    const cases: [unknown, unknown[]?][] = [
      [[{ role: 'a\nb', content: '' }]],
      [call('a b', 'f', {})],
      [call('t', 'f(', {})],
      [call('t', 'f', '{}')],
      [call('t', 'f', [1])],
      ...[...'\t\n\v\f\r ('].map((character): [unknown, unknown[]] => [
        user,
        [{ function: { name: `f${character}` } }],
      ]),
      [user, [{ function: { name: 'f', parameters: { properties: { 'a: b': { description: 'd' } } } } }]],
    ]
    for (const [messages, tools] of cases) {
      const given = tools as ChatTool[]
      expect(() => renderJinja(messages, { tools: given })).toThrow()
      expect(() => renderChat(messages as ChatMessage[], { tools: given })).toThrow()
      const kept = renderJinja(messages, { tools: given, reserved: 'keep' })
      expect(kept).toBe(renderChat(messages as ChatMessage[], { tools: given, reserved: 'keep' }))
    }
  })

  it('refuses wrong types of fields, parts that are no text, and values of reserved that there are not', () => {
    const user = { role: 'user', content: 'c' }
    const wrong = [
      [{ content: 'c' }],
      [{ role: 5, content: 'c' }],
      [{ role: 'user', content: 5 }],
      [{ role: 'user', content: ['c'] }],
      [{ role: 'user', content: [{ type: 'image', text: 'c' }] }],
      [{ role: 'user', content: [{ type: 'text' }] }],
      [{ ...user, reasoning_content: 5 }],
      [{ role: 'assistant', tool_calls: [{ type: 't', function: { arguments: {} } }] }],
      [{ role: 'assistant', tool_calls: [{ type: 't', function: { name: 'f' } }] }],
    ]
    for (const messages of wrong) {
      expect(() => renderJinja(messages, {}), JSON.stringify(messages)).toThrow()
    }
    expect(() => template.render({ messages: [user], reserved: 'strip' })).toThrow()
  })

  it('holds control characters as themselves, and is one text for every reader of files', () => {
    expect(CHAT_TEMPLATE).not.toMatch(/\\x|\\u|\r/)
    expect(CHAT_TEMPLATE).toContain("'\x01'")
  })
})
