/**
 * ChatStreamer: a generation within a chat, as typed events (chat-events.ts) for each row of a batch. As other streamers it is
 * given the prompts, then the ids that each step adds. The prompt says where in a block the generation begins.
 */

import { checkedOptions, oneOf } from '../checked-options.js'
import { argumentError } from '../errors.js'
import { ETX } from '../protocol/controls.js'
import type { Utf8DecoderConstructor } from '../text/decoder.js'
import { type ChatEvent, ChatEventReader } from './chat-events.js'
import type { IdRow } from './rows.js'
import { bytesOfRow, checkedFlag, checkRowCount } from './utf8-streamer.js'

export interface ChatStreamerOptions {
  /** Is given each event, in the order of the bytes. */
  readonly callback: (event: ChatEvent) => void
  /** True, by default: of the prompt only the role of a message is told that is open at its end. */
  readonly skip_prompt?: boolean | undefined
  /**
   * `prompt`, by default: the first `put` brings the prompts. `assistant`: there is none, and rows begin within the message of an
   * assistant, behind the generation prompt (SOH assistant LF).
   */
  readonly startsIn?: 'prompt' | 'assistant' | undefined
  /** What becomes of each maximal subpart of ill-formed UTF-8: nothing, by default as in `decode`, or U+FFFD. */
  readonly errors?: 'ignore' | 'replace' | undefined
}

export interface ChatStreamer {
  /**
   * The next ids of each row: the whole prompts at first, then what each step adds. A row that has brought ETX since its prompt
   * has ended, and is not read on: other rows of its batch may go on.
   *
   * @throws ERR_ARGUMENT for ids that are no bytes, and for another number of rows; then nothing is read.
   */
  put(ids: readonly IdRow[]): void

  /** The generation has ended: what is open is told as incomplete. The streamer is then as new. */
  end(): void
}

export interface ChatStreamerConstructor {
  /** @throws ERR_ARGUMENT for options that are none, without a callback, and for `skip_prompt` where there is no prompt. */
  new (options: ChatStreamerOptions): ChatStreamer
  readonly prototype: ChatStreamer
}

/** The class over a decoder. */
export function chatStreamerClass(Decoder: Utf8DecoderConstructor): ChatStreamerConstructor {
  return class ChatStreamer {
    readonly #callback: (event: ChatEvent) => void
    readonly #skipPrompt: boolean
    readonly #hasPrompt: boolean
    readonly #errors: 'ignore' | 'replace'
    /** One for each row, null behind ETX; all null in front of the first `put`. */
    #readers: (ChatEventReader | null)[] | null = null

    constructor(options: ChatStreamerOptions) {
      const given = checkedOptions(options, ['callback', 'skip_prompt', 'startsIn', 'errors'])
      if (typeof given.callback !== 'function') throw argumentError('callback', 'a function', given.callback)
      this.#callback = given.callback
      this.#hasPrompt = oneOf('startsIn', given.startsIn ?? 'prompt', ['prompt', 'assistant']) === 'prompt'
      if (!this.#hasPrompt && given.skip_prompt !== undefined) {
        throw argumentError('skip_prompt', "nothing, as startsIn is 'assistant',", given.skip_prompt)
      }
      this.#skipPrompt = checkedFlag('skip_prompt', given.skip_prompt, true)
      this.#errors = oneOf('errors', given.errors ?? 'ignore', ['ignore', 'replace'])
    }

    put(ids: readonly IdRow[]): void {
      checkRowCount(ids, this.#readers?.length)
      const rows = ids.map((row) => bytesOfRow(row, false))
      const isPrompt = this.#hasPrompt && this.#readers === null
      this.#readers ??= ids.map((_, row) => this.#newReader(row))
      const readers = this.#readers
      const events = rows.flatMap((bytes, row) => {
        const reader = readers[row]
        if (reader === null) return []
        if (isPrompt) return this.#skipPrompt ? reader.skip(bytes) : reader.read(bytes)
        const etx = bytes.indexOf(ETX)
        if (etx === -1) return reader.read(bytes)
        readers[row] = null
        return [...reader.read(bytes.subarray(0, etx + 1)), ...reader.finish()]
      })
      for (const event of events) this.#callback(event)
    }

    end(): void {
      const readers = this.#readers ?? []
      this.#readers = null
      for (const event of readers.flatMap((reader) => reader?.finish() ?? [])) this.#callback(event)
    }

    #newReader(row: number): ChatEventReader {
      const decoder = new Decoder('utf-8', { ignoreBOM: true, errors: this.#errors })
      return new ChatEventReader(row, decoder, this.#hasPrompt ? 'text' : 'assistant')
    }
  }
}
