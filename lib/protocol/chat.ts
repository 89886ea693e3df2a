/**
 * The chat template as code: a conversation as text with control characters. The same in Jinja is chat-template.ts, the
 * grammar of what it makes blocks.ts, and the inverse parse-blocks.ts.
 *
 *     tool     DC1 SO name LF, for each argument: name ": " description LF, SI
 *     message  SOH role LF, then SO, body and SI, or for an assistant the body alone; ETB LF
 *     body     ENQ reasoning ACK, if there is any; content; for each call: SUB type " " name "(" JSON ")" ESC
 *
 * No content can begin or end a structure: reserved characters are escaped in every field, in fields of one line the line
 * feed too, and names that cannot be told from what follows them are refused. `reserved: 'keep'` does none of this.
 *
 * Source: the template of the Python package utf8-tokenizer, which is `reserved: 'keep'` without reasoning.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { MAX_STRING_LENGTH } from '../engine/text-engine.js'
import { argumentError, stringTooLongError } from '../errors.js'
import type { ChatMessage, ChatTool, ChatToolCall } from './chat-types.js'
import { escapeText } from './escape.js'
import { jsonText } from './json.js'

/** What is done with reserved characters in a chat. */
export const CHAT_RESERVED = ['escape', 'keep'] as const
export type ChatReserved = (typeof CHAT_RESERVED)[number]

export interface RenderChatOptions {
  /** Tools that may be called; they stand in front of the messages. */
  readonly tools?: readonly ChatTool[] | null | undefined
  /** Ends with the header of an assistant's message, for a model to go on. */
  readonly addGenerationPrompt?: boolean | undefined
  /** Ends with the content of the last message, for a model to go on. That message may have no tool calls. */
  readonly continueFinalMessage?: boolean | undefined
  /** Default: 'escape'. */
  readonly reserved?: ChatReserved | undefined
}

/**
 * The text of a conversation.
 *
 * @throws ERR_ARGUMENT, which names the place (`messages[2].content`), for fields of a wrong type, unknown options, options that
 *   contradict each other; under 'escape' also for a role with a line feed, for names of tools and types of calls with ASCII
 *   white space or "(", names of arguments with ": ", and arguments of a call that are no object. ERR_STRING_TOO_LONG.
 */
export function renderChat(messages: readonly ChatMessage[], options?: RenderChatOptions): string {
  try {
    return render(messages, checkedOptions(options, OPTIONS))
  } catch (error) {
    // V8's own, for a string that would be too long: all errors of this package's that can come here are TypeErrors.
    throw error instanceof RangeError ? stringTooLongError(MAX_STRING_LENGTH) : error
  }
}

const OPTIONS = ['tools', 'addGenerationPrompt', 'continueFinalMessage', 'reserved'] as const

function render(messages: readonly ChatMessage[], options: RenderChatOptions): string {
  const { tools, addGenerationPrompt, continueFinalMessage, reserved = 'escape' } = options
  const fields = oneOf('reserved', reserved, CHAT_RESERVED) === 'escape' ? ESCAPED : KEPT
  const prompt = flag(addGenerationPrompt, 'addGenerationPrompt')
  const open = flag(continueFinalMessage, 'continueFinalMessage')
  if (open && prompt) throw argumentError('addGenerationPrompt', 'false beside continueFinalMessage', prompt)
  if (!Array.isArray(messages)) throw argumentError('messages', 'an array', messages)
  const last = messages.length - 1
  if (open && last < 0) throw argumentError('messages', 'a message to continue', messages)

  const pieces = items(tools, 'tools').map((tool, index) => renderTool(tool, `tools[${index}]`, fields))
  for (const [index, message] of messages.entries()) {
    pieces.push(renderMessage(message, `messages[${index}]`, fields, open && index === last))
  }
  if (prompt) pieces.push(`${SOH}${ASSISTANT}\n`)
  return pieces.join('')
}

const SOH = '\x01'
const ENQ = '\x05'
const ACK = '\x06'
const SO = '\x0e'
const SI = '\x0f'
const DC1 = '\x11'
const ETB = '\x17'
const SUB = '\x1a'
const ESC = '\x1b'
const ASSISTANT = 'assistant'

/** How fields are written. `place` is where one stands, for messages. */
interface Fields {
  text(value: string): string
  role(value: string, place: string): string
  /** The name of a tool, and the type of a call. */
  name(value: string, place: string): string
  argument(value: string, place: string): string
  description(value: string): string
  json(value: unknown, place: string): string
}

const KEPT: Fields = {
  text: (value) => value,
  role: (value) => value,
  name: (value) => value,
  argument: (value) => value,
  description: (value) => value,
  json: jsonText,
}

const ESCAPED: Fields = {
  text: (value) => escapeText(value),
  role: (value, place) => line(without(/\n/, 'a role without a line feed', value, place)),
  name: (value, place) => line(without(/[\t-\r (]/, 'a name without white space and "("', value, place)),
  argument: (value, place) => line(without(/: /, 'a name without ": "', value, place)),
  description: line,
  json(value, place) {
    if (typeof value === 'string') throw argumentError(place, 'an object (JSON.parse the text)', value)
    const json = jsonText(value, place)
    if (!json.startsWith('{')) throw argumentError(place, 'an object', value)
    return json
  },
}

function line(value: string): string {
  return escapeText(value, { lineFeeds: true })
}

function without(refused: RegExp, expected: string, value: string, place: string): string {
  if (refused.test(value)) throw argumentError(place, expected, value)
  return value
}

function renderTool(tool: ChatTool, place: string, fields: Fields): string {
  const { name, parameters } = object(object(tool, place).function, `${place}.function`)
  let text = `${DC1}${SO}${fields.name(string(name, `${place}.function.name`), `${place}.function.name`)}\n`
  const inside = `${place}.function.parameters`
  const properties = optionalObject(optionalObject(parameters, inside).properties, `${inside}.properties`)
  for (const [argument, property] of Object.entries(properties)) {
    const where = `${inside}.properties[${JSON.stringify(argument)}]`
    const { description } = object(property, where)
    const described = optionalString(description, `${where}.description`) ?? ''
    text += `${fields.argument(argument, where)}: ${fields.description(described)}\n`
  }
  return text + SI
}

function renderMessage(message: ChatMessage, place: string, fields: Fields, open: boolean): string {
  const { role, content, reasoning_content, tool_calls } = object(message, place)
  const inSpan = string(role, `${place}.role`) !== ASSISTANT
  const calls = items(tool_calls, `${place}.tool_calls`)
  if (open && calls.length > 0)
    throw argumentError(`${place}.tool_calls`, 'none in a message to continue', calls)

  let text = `${SOH}${fields.role(role, `${place}.role`)}\n`
  if (inSpan) text += SO
  const reasoning = optionalString(reasoning_content, `${place}.reasoning_content`)
  if (reasoning !== null) text += `${ENQ}${fields.text(reasoning)}${ACK}`
  text += fields.text(contentText(content, `${place}.content`))
  if (open) return text
  calls.forEach((call, index) => {
    text += renderToolCall(call, `${place}.tool_calls[${index}]`, fields)
  })
  return `${text}${inSpan ? SI : ''}${ETB}\n`
}

function renderToolCall(call: ChatToolCall, place: string, fields: Fields): string {
  const { type, function: called } = object(call, place)
  const inside = `${place}.function`
  const { name, arguments: values } = object(called, inside)
  const writtenType = fields.name(string(type, `${place}.type`), `${place}.type`)
  const writtenName = fields.name(string(name, `${inside}.name`), `${inside}.name`)
  return `${SUB}${writtenType} ${writtenName}(${fields.json(values, `${inside}.arguments`)})${ESC}`
}

function contentText(content: ChatMessage['content'], place: string): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content))
    throw argumentError(place, 'a string, an array of text parts, or null', content)
  const texts = content.map((part: unknown, index) => {
    const { type, text } = object(part as { type: unknown; text: unknown }, `${place}[${index}]`)
    if (type !== 'text') throw argumentError(`${place}[${index}].type`, "'text'", type)
    return string(text, `${place}[${index}].text`)
  })
  return texts.join('')
}

function flag(value: boolean | undefined, name: string): boolean {
  if (value === undefined) return false
  if (typeof value !== 'boolean') throw argumentError(name, 'true or false', value)
  return value
}

function string(value: unknown, place: string): string {
  if (typeof value !== 'string') throw argumentError(place, 'a string', value)
  return value
}

function optionalString(value: unknown, place: string): string | null {
  return value === undefined || value === null ? null : string(value, place)
}

function object<T extends object>(value: T | undefined, place: string): T {
  if (typeof value !== 'object' || value === null) throw argumentError(place, 'an object', value)
  return value
}

/** Null and undefined have no fields. */
function optionalObject<T extends object>(value: T | null | undefined, place: string): Partial<T> {
  return value === undefined || value === null ? {} : object(value, place)
}

function items<T>(value: readonly T[] | null | undefined, place: string): readonly T[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw argumentError(place, 'an array', value)
  // Holes become undefined, and are refused.
  return Array.from(value)
}
