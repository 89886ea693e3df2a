/** The streamers of lib/generation as transformers.js takes them: they extend its BaseStreamer, and batches are fine. */
import type { TextStreamer } from '@huggingface/transformers'
import type { ChatStreamerConstructor, ChatStreamerOptions } from '../generation/chat-streamer.js'
import type { IdRow } from '../generation/rows.js'
import type { Utf8StreamerConstructor, Utf8StreamerOptions } from '../generation/utf8-streamer.js'
import type { TransformersModule } from './peer.js'

/**
 * A class with the options of the one of lib/generation. Its instances are BaseStreamers, and generate() asks no more of them;
 * but transformers.js (4.3) declares that it takes a TextStreamer alone, so that they are declared to be one.
 */
export type StreamerConstructor<Options> = new (options: Options) => TextStreamer

export function utf8StreamerClass(
  transformers: TransformersModule,
  Inner: Utf8StreamerConstructor,
): StreamerConstructor<Utf8StreamerOptions> {
  return streamerClass(transformers, Inner, (rows) => rows)
}

/** What pads a row that has ended is no part of its chat: a step of NUL is not read. */
export function chatStreamerClass(
  transformers: TransformersModule,
  Inner: ChatStreamerConstructor,
): StreamerConstructor<ChatStreamerOptions> {
  return streamerClass(transformers, Inner, (rows) => rows.map((row) => (isPadding(row) ? [] : row)))
}

function streamerClass<Options>(
  transformers: TransformersModule,
  Inner: new (options: Options) => InnerStreamer,
  read: (rows: bigint[][]) => readonly IdRow[],
): StreamerConstructor<Options> {
  class Streamer extends transformers.BaseStreamer {
    readonly #inner: InnerStreamer

    constructor(options: Options) {
      super()
      this.#inner = new Inner(options)
    }

    override put(rows: bigint[][]): void {
      this.#inner.put(read(rows))
    }

    override end(): void {
      this.#inner.end()
    }
  }
  return Streamer as unknown as StreamerConstructor<Options>
}

/** A step brings one id for each row. */
function isPadding(row: readonly bigint[]): boolean {
  return row.length === 1 && row[0] === 0n
}

interface InnerStreamer {
  put(rows: readonly IdRow[]): void
  end(): void
}
