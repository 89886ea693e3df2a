/** The streamers of lib/generation as transformers.js takes them: they extend its BaseStreamer, and batches are fine. */
import type { BaseStreamer } from '@huggingface/transformers'
import type { IdRow } from '../generation/rows.js'
import type { TransformersModule } from './peer.js'

/** What a streamer of lib/generation is. */
export interface InnerStreamer {
  put(rows: readonly IdRow[]): void
  end(): void
}

/** A class with the options of the one of lib/generation. */
export type StreamerConstructor<Options> = new (options: Options) => BaseStreamer

export function streamerClass<Options>(
  transformers: TransformersModule,
  Inner: new (options: Options) => InnerStreamer,
): StreamerConstructor<Options> {
  return class extends transformers.BaseStreamer {
    readonly #inner: InnerStreamer

    constructor(options: Options) {
      super()
      this.#inner = new Inner(options)
    }

    override put(rows: bigint[][]): void {
      this.#inner.put(rows)
    }

    override end(): void {
      this.#inner.end()
    }
  }
}
