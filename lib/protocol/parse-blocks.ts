/**
 * Tools and messages out of the bytes of a chat: the inverse of the template (chat.ts), and a strict reader of what others
 * wrote. Text outside of blocks is passed over, so that a window of packed documents (STX … ETX) is read in one go.
 *
 * A prefix of a text that can be read can be read too. Its last block may then be incomplete: of this, what is cut (half a
 * header, half a character, half an escape, half a tool call) is left out.
 */
import { decode } from '../engine/javascript/decode.js'
import { findInvalid } from '../engine/javascript/utf8.js'
import { blocksError, illFormedError } from '../errors.js'
import { checkRange } from '../range.js'
import { type BlockKind, BlockReader, type BlockSink, type ValuePart } from './block-reader.js'
import type { ParsedMessage, ParsedTool, ParsedToolCall } from './chat-types.js'

/** Where a block lies. All numbers but `index` are byte offsets. */
export interface Block {
  readonly kind: BlockKind
  /** Which of `messages` or `tools` it is; null if its header is cut, so that it is none. */
  readonly index: number | null
  /** The range of all of it, from its SOH or DC1 up to its last byte, the line feed behind a message included. */
  readonly start: number
  readonly end: number
  /** The range of a message's content, or of a tool's arguments, as they stand: escapes are in it. Empty behind a cut header. */
  readonly contentStart: number
  readonly contentEnd: number
  /** Its end (ETB of a message, SI of a tool) was read. */
  readonly complete: boolean
}

export interface ParsedBlocks {
  readonly messages: ParsedMessage[]
  readonly tools: ParsedTool[]
  /** The byte ranges [start, end) of attention spans, SO and SI included; an open one ends with the bytes. */
  readonly spans: [number, number][]
  readonly blocks: Block[]
}

/**
 * What `bytes` hold. Content that was escaped is what it was, whatever it holds; `content` is '' where there is none, and
 * `reasoning_content` and `tool_calls` are there if the block has them. JSON is read as JSON.parse does.
 *
 * @throws ERR_BLOCKS with its offset for a byte that the grammar (blocks.ts) refuses, for arguments of a tool call that are no
 *   JSON object, and for an argument that a tool defines twice; ERR_UTF8_INVALID with its offset for what is ill-formed, unless
 *   the end of `bytes` cuts it; ERR_ARGUMENT if `bytes` is no Uint8Array.
 */
export function parseBlocks(bytes: Uint8Array): ParsedBlocks {
  checkRange(bytes, 0, bytes.length)
  const invalid = findInvalid(bytes, 0, bytes.length)
  const end = invalid === null ? bytes.length : invalid.offset
  const builder = new Builder(bytes)
  const reader = new BlockReader(builder)
  reader.read(bytes.subarray(0, end))
  if (invalid !== null && !(invalid.reason === 'truncated' && end + invalid.length === bytes.length)) {
    throw illFormedError(invalid.offset, invalid.length, invalid.reason)
  }
  builder.finish(bytes.length)
  return {
    messages: builder.messages,
    tools: builder.tools,
    spans: attentionSpans(bytes),
    blocks: builder.blocks,
  }
}

/** From each SO that is not in a span up to the next SI: escaped text holds neither. */
function attentionSpans(bytes: Uint8Array): [number, number][] {
  const spans: [number, number][] = []
  for (let start = bytes.indexOf(SO); start !== -1; ) {
    const last = bytes.indexOf(SI, start)
    const end = last === -1 ? bytes.length : last + 1
    spans.push([start, end])
    start = bytes.indexOf(SO, end)
  }
  return spans
}

const SO = 0x0e
const SI = 0x0f
const LF = 0x0a

/** What is known of the block that is open. */
interface OpenBlock {
  readonly kind: BlockKind
  readonly start: number
  /** Null as long as it has not begun, or not ended. */
  contentStart: number | null
  contentEnd: number | null
  /** The header was read: there is a role, or a tool's name. */
  named: boolean
  /** The latest value of each part. */
  readonly values: Partial<Record<ValuePart, string>>
  argumentsStart: number
  readonly toolCalls: ParsedToolCall[]
  readonly properties: Map<string, { readonly description: string }>
}

/** Puts together what a reader tells. All bytes are read at once, so that a value, if there is any, comes in one piece. */
class Builder implements BlockSink {
  readonly messages: ParsedMessage[] = []
  readonly tools: ParsedTool[] = []
  readonly blocks: Block[] = []
  readonly #bytes: Uint8Array
  #open: OpenBlock | null = null

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  beginBlock(kind: BlockKind, start: number): void {
    this.#open = {
      kind,
      start,
      contentStart: null,
      contentEnd: null,
      named: false,
      values: {},
      argumentsStart: 0,
      toolCalls: [],
      properties: new Map(),
    }
  }

  endBlock(kind: BlockKind, offset: number): void {
    this.#close(kind === 'message' && this.#bytes[offset] === LF ? offset + 1 : offset, true)
  }

  begin(part: ValuePart, offset: number): void {
    const open = this.#open
    if (open === null) return
    open.values[part] = ''
    if (part === 'content') open.contentStart = offset
    if (part === 'argument') open.contentStart ??= offset
    if (part === 'callArguments') open.argumentsStart = offset
    if (part === 'description') {
      const { argument = '' } = open.values
      if (open.properties.has(argument)) {
        throw blocksError(offset, 'an argument that the tool has not yet', JSON.stringify(argument))
      }
      open.properties.set(argument, { description: '' })
    }
  }

  value(part: ValuePart, bytes: Uint8Array): void {
    const open = this.#open
    if (open === null) return
    const value = decode(bytes, 0, bytes.length, 'replace')
    open.values[part] = value
    if (part === 'description') open.properties.set(open.values.argument ?? '', { description: value })
  }

  end(part: ValuePart, offset: number): void {
    const open = this.#open
    if (open === null) return
    if (part === 'role' || part === 'toolName') open.named = true
    if (part === 'content' || part === 'argument') open.contentEnd = offset
    if (part === 'callArguments') open.toolCalls.push(toolCallOf(open))
  }

  refused(byte: number, offset: number): void {
    throw blocksError(
      offset,
      'a byte that the grammar of blocks allows',
      `0x${byte.toString(16).padStart(2, '0')}`,
    )
  }

  /** All bytes were read, and `length` is where they end: a block that is open stays incomplete. */
  finish(length: number): void {
    if (this.#open !== null) this.#close(length, false)
  }

  #close(end: number, complete: boolean): void {
    const open = this.#open
    if (open === null) return
    const { kind, start, named, contentStart, contentEnd } = open
    this.blocks.push({
      kind,
      index: named ? (kind === 'message' ? this.messages : this.tools).length : null,
      start,
      end,
      contentStart: contentStart ?? end,
      contentEnd: contentEnd ?? end,
      complete,
    })
    if (named && kind === 'message') this.messages.push(messageOf(open))
    if (named && kind === 'tool') this.tools.push(toolOf(open))
    this.#open = null
  }
}

function messageOf({ values, toolCalls }: OpenBlock): ParsedMessage {
  return {
    role: values.role ?? '',
    content: values.content ?? '',
    ...(values.thinking !== undefined && { reasoning_content: values.thinking }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  }
}

/** Properties as JSON.parse makes them: an argument of the name __proto__ is one like any other. */
function toolOf({ values, properties }: OpenBlock): ParsedTool {
  const parameters = { type: 'object', properties: Object.fromEntries(properties) } as const
  return { type: 'function', function: { name: values.toolName ?? '', parameters } }
}

function toolCallOf({ values, argumentsStart }: OpenBlock): ParsedToolCall {
  const { callType: type = '', callName: name = '', callArguments = '' } = values
  return { type, function: { name, arguments: objectOf(callArguments, argumentsStart) } }
}

function objectOf(json: string, offset: number): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw blocksError(offset, 'JSON for the arguments of a tool call', 'text that is none')
  }
  if (!isObject(value))
    throw blocksError(offset, 'a JSON object for the arguments of a tool call', 'another value')
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
