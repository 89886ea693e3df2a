/**
 * apply_chat_template: conversations to text, by the built-in template (lib/protocol/chat.ts) or one in Jinja, and on to ids
 * as a call does, without special tokens: a chat has a frame of its own.
 *
 * A template in Jinja that is not ours knows nothing of escapes. So with `reserved: 'escape'` all strings of messages and tools
 * are escaped before it sees them, whatever it makes of them; in JSON, where the DLE of an escape is written \u0010, the
 * escapes are then to be undone behind JSON.parse.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { argumentError, templateError } from '../errors.js'
import { CHAT_RESERVED, type ChatReserved, renderChat } from '../protocol/chat.js'
import { CHAT_TEMPLATE } from '../protocol/chat-template.js'
import type { ChatMessage, ChatTool } from '../protocol/chat-types.js'
import { ETX, STX } from '../protocol/controls.js'
import { escapeText } from '../protocol/escape.js'
import { type CallOptions, flag } from './call-options.js'
import { PAD } from './rows.js'

export type ChatConversation = readonly ChatMessage[]
export type ChatConversations = readonly ChatConversation[]

/** A compiled template, such as `new Template(source)` of @huggingface/jinja. */
export interface CompiledTemplate {
  render(context: Record<string, unknown>): string
}

/** Source in Jinja, which takes the package @huggingface/jinja and Node; or a compiled template, which runs anywhere. */
export type ChatTemplate = string | CompiledTemplate

/** Compiles Jinja. Absent where that cannot be had, as in browsers. */
export type CompileTemplate = (source: string) => CompiledTemplate

const CALL_OPTIONS_OF_CHAT = [
  'padding',
  'pad_to_multiple_of',
  'padding_side',
  'truncation',
  'max_length',
  'truncation_side',
  'return_tensor',
] as const satisfies readonly (keyof CallOptions)[]

export interface ChatOptions extends Pick<CallOptions, (typeof CALL_OPTIONS_OF_CHAT)[number]> {
  /** Tools that may be called, as JSON schemas. */
  readonly tools?: readonly ChatTool[] | null | undefined
  /** Ends with the header of an assistant's message. */
  readonly add_generation_prompt?: boolean | null | undefined
  /** Ends with the content of the last message, for a model to go on. */
  readonly continue_final_message?: boolean | null | undefined
  /** True by default: ids. False: the text. */
  readonly tokenize?: boolean | null | undefined
  /** What becomes of reserved control characters in the fields of a chat; `escape` by default. */
  readonly reserved?: ChatReserved | null | undefined
  /** For this call in place of the tokenizer's. */
  readonly chat_template?: ChatTemplate | null | undefined
  /**
   * True: what a call gives. By default its `input_ids` alone; of one conversation that has neither padding nor `return_tensor`
   * they are a typed array.
   */
  readonly return_dict?: boolean | null | undefined
  /** With `return_dict`, adds `assistant_masks`: 1 for the ids that an assistant has to say, up to its ETB, that included. */
  readonly return_assistant_tokens_mask?: boolean | null | undefined
}

const CHAT_OPTIONS = [
  ...CALL_OPTIONS_OF_CHAT,
  'tools',
  'add_generation_prompt',
  'continue_final_message',
  'tokenize',
  'reserved',
  'chat_template',
  'return_dict',
  'return_assistant_tokens_mask',
] as const satisfies readonly (keyof ChatOptions)[]

export interface RenderedChat {
  readonly texts: readonly string[]
  /** There was one conversation and no array of them. */
  readonly single: boolean
  readonly tokenize: boolean
  readonly dict: boolean
  readonly assistantMasks: boolean
  /** The texts hold escapes. */
  readonly escaped: boolean
  readonly callOptions: CallOptions
}

/** The texts of `given`, and what is to be done with them. `ownTemplate` is the tokenizer's. */
export function renderChats(
  given: ChatConversation | ChatConversations,
  options: ChatOptions | null | undefined,
  ownTemplate: ChatTemplate | null,
  compile: CompileTemplate | undefined,
): RenderedChat {
  const chosen = checkedOptions(options, CHAT_OPTIONS)
  const tokenize = flag('tokenize', chosen.tokenize, true)
  const dict = flag('return_dict', chosen.return_dict, false)
  const assistantMasks = flag('return_assistant_tokens_mask', chosen.return_assistant_tokens_mask, false)
  if (assistantMasks && !dict) {
    throw argumentError('return_assistant_tokens_mask', 'return_dict: true beside it', true)
  }
  const callOptions: Record<string, unknown> = { add_special_tokens: false }
  for (const name of CALL_OPTIONS_OF_CHAT) callOptions[name] = chosen[name]
  if (!tokenize) checkNoIds(chosen)

  const reserved = oneOf('reserved', chosen.reserved ?? 'escape', CHAT_RESERVED)
  const template = chosen.chat_template ?? ownTemplate
  const request: Request = {
    reserved,
    tools: chosen.tools ?? null,
    addGenerationPrompt: flag('add_generation_prompt', chosen.add_generation_prompt, false),
    continueFinalMessage: flag('continue_final_message', chosen.continue_final_message, false),
  }
  // Ours is the same in code.
  const isBuiltIn = template === null || template === CHAT_TEMPLATE
  const compiled = isBuiltIn ? null : compiledTemplate(template, compile)
  if (!Array.isArray(given))
    throw argumentError('conversation', 'an array of messages, or of conversations', given)
  const single = !Array.isArray(given[0])
  const conversations: ChatConversations = single ? [given as ChatConversation] : (given as ChatConversations)
  const texts = conversations.map((messages) =>
    compiled === null ? renderChat(messages, request) : renderBy(compiled, messages, request),
  )
  const escaped = reserved === 'escape'
  return { texts, single, tokenize, dict, assistantMasks, escaped, callOptions }
}

/** Throws ERR_ARGUMENT unless `value` is a template, or null for the built-in one. */
export function checkedTemplate(value: ChatTemplate | null | undefined): ChatTemplate | null {
  if (value === null || value === undefined || typeof value === 'string') return value ?? null
  if (typeof value === 'object' && typeof value.render === 'function') return value
  throw argumentError('chat_template', 'Jinja source, an object with a method render, or null', value)
}

interface Request {
  readonly reserved: ChatReserved
  readonly tools: readonly ChatTool[] | null
  readonly addGenerationPrompt: boolean
  readonly continueFinalMessage: boolean
}

/** Options that say what ids look like say nothing without ids. */
function checkNoIds(chosen: Partial<ChatOptions>): void {
  for (const name of [...CALL_OPTIONS_OF_CHAT, 'return_dict'] as const) {
    const value = chosen[name]
    if (value === undefined || value === null || value === false) continue
    throw argumentError(name, 'tokenize: true, without which it has no effect,', value)
  }
}

/** The template that was compiled last: that of a tokenizer, time and again. */
let last: { readonly source: string; readonly compiled: CompiledTemplate } | undefined

function compiledTemplate(template: ChatTemplate, compile: CompileTemplate | undefined): CompiledTemplate {
  const checked = checkedTemplate(template)
  if (typeof checked !== 'string') return checked as CompiledTemplate
  if (compile === undefined) {
    throw argumentError(
      'chat_template',
      'a compiled template (new Template(source) of @huggingface/jinja)',
      checked,
    )
  }
  if (last?.source !== checked) last = { source: checked, compiled: compile(checked) }
  return last.compiled
}

function renderBy(template: CompiledTemplate, messages: ChatConversation, request: Request): string {
  const { reserved, tools, addGenerationPrompt, continueFinalMessage } = request
  if (!Array.isArray(messages)) throw argumentError('messages', 'an array', messages)
  if (continueFinalMessage && addGenerationPrompt) {
    throw argumentError('add_generation_prompt', 'false beside continue_final_message', true)
  }
  const shown = reserved === 'escape' ? (withEscapes(messages) as ChatConversation) : messages
  let text: unknown
  try {
    text = template.render({
      messages: shown,
      tools: reserved === 'escape' ? withEscapes(tools) : tools,
      add_generation_prompt: addGenerationPrompt,
      bos_token: String.fromCharCode(STX),
      eos_token: String.fromCharCode(ETX),
      pad_token: String.fromCharCode(PAD),
      // What is escaped already a template shall not escape again.
      reserved: 'keep',
    })
  } catch (error) {
    throw templateError('could not render the chat template', error)
  }
  if (typeof text !== 'string')
    throw argumentError('chat_template', 'a template that renders to a string', text)
  return continueFinalMessage ? upToContent(text, shown) : text
}

/** `text` up to the end of the last message's content, as Hugging Face cuts it. */
function upToContent(text: string, messages: ChatConversation): string {
  const content = messages.at(-1)?.content
  if (typeof content !== 'string') {
    throw argumentError('messages', 'a last message with a string as content to continue', content)
  }
  const trimmed = content.trim()
  const at = text.lastIndexOf(trimmed)
  if (at === -1)
    throw argumentError('chat_template', 'a template that shows the content to continue', trimmed)
  const end = at + trimmed.length
  return text.startsWith(content, at) ? text.slice(0, at + content.length) : text.slice(0, end)
}

/** A copy of JSON-like data in which all strings are escaped, keys too. */
function withEscapes(value: unknown): unknown {
  if (typeof value === 'string') return escapeText(value)
  if (Array.isArray(value)) return value.map(withEscapes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [escapeText(key), withEscapes(inner)]),
  )
}
