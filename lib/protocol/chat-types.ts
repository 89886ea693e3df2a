/**
 * Conversations in the shape that Hugging Face's apply_chat_template takes, which is OpenAI's: what renderChat takes and
 * parseBlocks gives. Other fields of theirs, such as `name` and `tool_call_id`, have no place in the format.
 */

export interface ChatMessage {
  /** 'system', 'user', 'assistant', 'tool', or any other name. Of an assistant's message no byte is in an attention span. */
  readonly role: string
  /** Text, or its parts in order, which are joined. Null, undefined and '' are the same: no content. */
  readonly content?: string | readonly ChatTextPart[] | null | undefined
  /** What was thought in front of the content: between ENQ and ACK, also if it is ''. */
  readonly reasoning_content?: string | null | undefined
  readonly tool_calls?: readonly ChatToolCall[] | null | undefined
  readonly name?: string | null | undefined
  readonly tool_call_id?: string | null | undefined
}

export interface ChatTextPart {
  readonly type: 'text'
  readonly text: string
}

export interface ChatToolCall {
  /** 'function', in all APIs that there are. */
  readonly type: string
  readonly function: {
    readonly name: string
    /** A JSON object, as an object. OpenAI's API gives its text: JSON.parse it. */
    readonly arguments: object
  }
  readonly id?: string | null | undefined
}

export interface ChatTool {
  readonly type?: string | undefined
  readonly function: {
    readonly name: string
    readonly description?: string | null | undefined
    /** A JSON schema, of which the format has the names of the properties and their descriptions. */
    readonly parameters?: ChatToolParameters | null | undefined
  }
}

export interface ChatToolParameters {
  readonly type?: string | undefined
  readonly properties?: Readonly<Record<string, ChatToolProperty>> | null | undefined
  readonly required?: readonly string[] | undefined
}

export interface ChatToolProperty {
  readonly type?: string | readonly string[] | undefined
  readonly description?: string | null | undefined
}

/** A message as parseBlocks gives it. */
export interface ParsedMessage extends ChatMessage {
  readonly content: string
  readonly reasoning_content?: string
  readonly tool_calls?: readonly ParsedToolCall[]
}

export interface ParsedToolCall extends ChatToolCall {
  readonly function: { readonly name: string; readonly arguments: Record<string, unknown> }
}

/** A tool as parseBlocks gives it. */
export interface ParsedTool extends ChatTool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly parameters: {
      readonly type: 'object'
      readonly properties: Record<string, { readonly description: string }>
    }
  }
}
