/**
 * What a model says in a chat, as typed events: the reader of one row, over the grammar of blocks (BlockReader). Text is told as
 * it comes, escapes undone and never cut within a character or an escape; roles and tool calls are told when they are complete.
 *
 * A model may say anything, so nothing here throws: what breaks the grammar or is no JSON is an event like others, and reading
 * goes on.
 */

import { type BlockKind, BlockReader, type BlockSink, type ValuePart } from '../protocol/block-reader.js'
import { BETWEEN_BLOCKS, blockState } from '../protocol/blocks.js'
import type { Utf8Decoder } from '../text/decoder.js'

/** What all events have: the number of their row in the batch. */
interface InRow {
  readonly row: number
}

/** A message has begun, and this is its role. */
export interface ChatRoleEvent extends InRow {
  readonly type: 'role'
  readonly role: string
}

/** More of what a message says; with the role null, of text outside of messages. Never empty. */
export interface ChatTextEvent extends InRow {
  readonly type: 'text'
  readonly role: string | null
  readonly text: string
}

/** More of a message's thinking. Never empty. */
export interface ChatThinkingEvent extends InRow {
  readonly type: 'thinking'
  readonly text: string
}

/** A tool call has ended. */
export interface ChatToolCallEvent extends InRow {
  readonly type: 'toolCall'
  /** `function`, as a rule. */
  readonly callType: string
  readonly name: string
  /** The arguments, or null if they are no JSON object, or the call was cut. */
  readonly arguments: Record<string, unknown> | null
  /** The same as they were written, as far as they were. */
  readonly argumentsText: string
  /** True if `arguments` is null. */
  readonly malformed: boolean
}

/**
 * The grammar refuses a byte. Reading goes on as if all blocks had ended in front of it: a message that is open ends, and the
 * byte begins a block, or is passed over.
 */
export interface ChatMalformedEvent extends InRow {
  readonly type: 'malformed'
  readonly byte: number
  /** Bytes of the row in front of it, those of the prompt included, if the streamer was given it. */
  readonly offset: number
}

/** A message has ended: there is one for each role. */
export interface ChatEndEvent extends InRow {
  readonly type: 'end'
  readonly role: string
  /** True if its ETB was read; false if a refused byte has broken it off, or the generation has ended. */
  readonly complete: boolean
}

export type ChatEvent =
  | ChatRoleEvent
  | ChatTextEvent
  | ChatThinkingEvent
  | ChatToolCallEvent
  | ChatMalformedEvent
  | ChatEndEvent

/** Reads one row. */
export class ChatEventReader {
  readonly #sink: EventSink
  readonly #reader: BlockReader

  /** Begins in front of a text, or within the message of an assistant, behind its role. */
  constructor(row: number, decoder: Utf8Decoder, startsIn: 'text' | 'assistant') {
    this.#sink = new EventSink(row, decoder, startsIn === 'assistant' ? 'assistant' : null)
    const state = startsIn === 'assistant' ? blockState('assistant.start') : BETWEEN_BLOCKS
    this.#reader = new BlockReader(this.#sink, state)
  }

  /** The events of the next bytes. */
  read(bytes: Uint8Array): ChatEvent[] {
    this.#reader.read(bytes)
    return this.#sink.take()
  }

  /** The same of bytes of which nothing is told but, if a message is open behind them, its role. */
  skip(bytes: Uint8Array): ChatEvent[] {
    this.#reader.read(bytes)
    return this.#sink.takeRole()
  }

  /** The events of the end: what is open is incomplete. The reader is of no use then. */
  finish(): ChatEvent[] {
    this.#sink.breakOff()
    return this.#sink.take()
  }
}

/** Makes events of what a BlockReader tells. */
class EventSink implements BlockSink {
  readonly #row: number
  readonly #decoder: Utf8Decoder
  #events: ChatEvent[] = []
  /** The role of the message that is open, once it is complete. */
  #role: string | null
  /** The part that is open. */
  #part: ValuePart
  /** What has been read of a role, and of a tool call. */
  #roleText = ''
  #call: { callType: string; callName: string; callArguments: string } | null = null

  constructor(row: number, decoder: Utf8Decoder, role: string | null) {
    this.#row = row
    this.#decoder = decoder
    this.#role = role
    this.#part = role === null ? 'text' : 'content'
    if (role !== null) this.#events.push({ type: 'role', row, role })
  }

  take(): ChatEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  takeRole(): ChatEvent[] {
    this.#events = []
    return this.#role === null ? [] : [{ type: 'role', row: this.#row, role: this.#role }]
  }

  beginBlock(kind: BlockKind): void {
    if (kind === 'message') this.#roleText = ''
  }

  endBlock(kind: BlockKind): void {
    if (kind === 'message') this.#end(true)
  }

  begin(part: ValuePart): void {
    this.#part = part
    if (part === 'callType') this.#call = { callType: '', callName: '', callArguments: '' }
  }

  value(part: ValuePart, bytes: Uint8Array): void {
    this.#add(part, this.#decoder.decode(bytes, { stream: true }))
  }

  end(part: ValuePart): void {
    this.#add(part, this.#decoder.decode())
    if (part === 'role') {
      this.#role = this.#roleText
      this.#events.push({ type: 'role', row: this.#row, role: this.#role })
    }
    if (part === 'callArguments') this.#tellCall(true)
  }

  refused(byte: number, offset: number): void {
    this.#flush()
    this.#events.push({ type: 'malformed', row: this.#row, byte, offset })
    this.#end(false)
  }

  /** Nothing follows. */
  breakOff(): void {
    this.#flush()
    this.#end(false)
  }

  /** Tells what is there of a part that has no end. */
  #flush(): void {
    this.#add(this.#part, this.#decoder.decode())
    this.#tellCall(false)
  }

  /** Text of tool definitions is passed over: a prompt has them, and a model has none to make. */
  #add(part: ValuePart, text: string): void {
    if (text === '') return
    const row = this.#row
    if (part === 'text') this.#events.push({ type: 'text', row, role: null, text })
    else if (part === 'content') this.#events.push({ type: 'text', row, role: this.#role, text })
    else if (part === 'thinking') this.#events.push({ type: 'thinking', row, text })
    else if (part === 'role') this.#roleText += text
    else if (isCallPart(part) && this.#call !== null) this.#call[part] += text
  }

  #tellCall(complete: boolean): void {
    if (this.#call === null) return
    const { callType, callName: name, callArguments: argumentsText } = this.#call
    this.#call = null
    const parsed = complete ? objectIn(argumentsText) : null
    this.#events.push({
      type: 'toolCall',
      row: this.#row,
      callType,
      name,
      arguments: parsed,
      argumentsText,
      malformed: parsed === null,
    })
  }

  #end(complete: boolean): void {
    if (this.#role === null) return
    this.#events.push({ type: 'end', row: this.#row, role: this.#role, complete })
    this.#role = null
  }
}

function isCallPart(part: ValuePart): part is 'callType' | 'callName' | 'callArguments' {
  return part === 'callType' || part === 'callName' || part === 'callArguments'
}

/** The object that `json` is, or null. */
function objectIn(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
