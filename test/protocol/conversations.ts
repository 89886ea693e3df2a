/** Conversations for the suites, whose fields hold whatever can be harmful there, and what parseBlocks must make of them. */
import type { ChatMessage, ChatTool, ChatToolCall } from '../../dist/protocol/chat-types.js'
import type { Random } from '../seeded.js'

export interface Conversation {
  readonly messages: ChatMessage[]
  readonly tools: ChatTool[]
}

/** What begins or ends a structure somewhere, the escape, and characters of 1 to 4 bytes. */
export const FRAME_CHARACTERS = [...'\0\x01\x02\x03\x05\x06\x0e\x0f\x11\x17\x1a\x1b'] as const
const CHARACTERS = [
  ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)),
  ...FRAME_CHARACTERS,
  ...'\x10\x10\x10\n\n@AJPQ_\x7f"\'\\(): {}é文😀\ufeff\ufffd',
]

/** All texts of up to `longest` characters of `alphabet`. */
export function* textsOver(alphabet: readonly string[], longest: number): Generator<string> {
  yield ''
  if (longest === 0) return
  for (const rest of textsOver(alphabet, longest - 1)) for (const first of alphabet) yield first + rest
}

export function randomText(random: Random, longest = 6): string {
  return Array.from({ length: random.below(longest + 1) }, () => random.pick(CHARACTERS)).join('')
}

export function randomConversation(random: Random): Conversation {
  return {
    messages: Array.from({ length: random.below(4) }, () => randomMessage(random)),
    tools: Array.from({ length: random.below(3) }, () => randomTool(random)),
  }
}

function randomMessage(random: Random): ChatMessage {
  const calls = Array.from({ length: random.below(3) }, () => randomCall(random))
  return {
    role: random.chance(0.5) ? random.pick(['assistant', 'user', 'tool']) : role(randomText(random)),
    ...(random.chance(0.8) && { content: randomContent(random) }),
    ...(random.chance(0.3) && { reasoning_content: random.chance(0.1) ? null : randomText(random) }),
    ...(random.chance(0.4) && { tool_calls: calls }),
  }
}

function randomContent(random: Random): ChatMessage['content'] {
  if (random.chance(0.1)) return null
  if (random.chance(0.8)) return randomText(random, 12)
  return Array.from({ length: random.below(4) }, () => ({ type: 'text', text: randomText(random) }))
}

function randomCall(random: Random): ChatToolCall {
  const type = random.chance(0.5) ? 'function' : name(randomText(random))
  return { type, function: { name: name(randomText(random)), arguments: randomObject(random, 3) } }
}

function randomTool(random: Random): ChatTool {
  const properties = Array.from({ length: random.below(4) }, () => [
    argument(randomText(random)),
    random.chance(0.9) ? { type: 'string', description: randomText(random) } : {},
  ])
  return {
    type: 'function',
    function: {
      name: name(randomText(random)),
      description: randomText(random),
      parameters: { type: 'object', properties: Object.fromEntries(properties) },
    },
  }
}

function randomObject(random: Random, depth: number): object {
  const length = random.below(4)
  return Object.fromEntries(
    Array.from({ length }, () => [randomText(random), randomValue(random, depth - 1)]),
  )
}

function randomValue(random: Random, depth: number): unknown {
  const kind = random.below(depth > 0 ? 7 : 5)
  if (kind === 0) return null
  if (kind === 1) return random.chance(0.5)
  if (kind === 2) return random.pick([0, -1, 2.5, 1e21, 1e-7, 123456789, 0.1])
  if (kind <= 4) return randomText(random)
  if (kind === 5) return Array.from({ length: random.below(3) }, () => randomValue(random, depth - 1))
  return randomObject(random, depth)
}

/** The nearest text that may be a role, a name, an argument's name. */
export function role(text: string): string {
  return text.replaceAll('\n', '')
}

export function name(text: string): string {
  return text.replace(/[\t-\r (]/g, '')
}

export function argument(text: string): string {
  return text.replace(/: /g, ';')
}

/** `messages` as parseBlocks gives them: without what stands for nothing, and with content as one text. */
export function parsedMessages(messages: readonly ChatMessage[]): unknown[] {
  return messages.map(({ role, content, reasoning_content, tool_calls }) => ({
    role,
    content: typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join(''),
    ...(typeof reasoning_content === 'string' && { reasoning_content }),
    ...((tool_calls ?? []).length > 0 && { tool_calls }),
  }))
}

export function parsedTools(tools: readonly ChatTool[]): unknown[] {
  return tools.map(({ function: { name, parameters } }) => {
    const described = Object.entries(parameters?.properties ?? {}).map(([argument, property]) => [
      argument,
      { description: property.description ?? '' },
    ])
    return {
      type: 'function',
      function: { name, parameters: { type: 'object', properties: Object.fromEntries(described) } },
    }
  })
}

/** The code and the offset of the error that `call` throws, and, if it names one, the place of the field. */
export function refusal(call: () => unknown): { code: unknown; offset: unknown; message: string } {
  try {
    call()
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'offset' in error) {
      return { code: error.code, offset: error.offset, message: error.message }
    }
    throw error
  }
  throw new Error('nothing was thrown')
}
