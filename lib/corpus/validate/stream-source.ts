/**
 * Standard input as a source of text: it can be read only once, so that some bytes on both sides of what is being looked
 * at are kept, for {@link contextOf}. What is found, and how it is shown, does not depend on the pieces it comes in.
 */
import type { Readable } from 'node:stream'
import type { Engine } from '../../engine/engine.js'
import { errnoOf, readError } from '../../errors.js'
import type { PlannedInput } from '../types.js'
import type { Ledger } from './ledger.js'
import { scanPart, type TextSource } from './scan.js'
import { AROUND, type Recall } from './surroundings.js'

const STANDARD_INPUT = 'standard input'

/** Validates all of a stream. Yields what to wait for, and after each chunk. */
export function* validateStream(
  input: PlannedInput,
  source: StreamSource,
  engine: Engine,
  ledger: Ledger,
): Generator<Promise<void> | undefined, void> {
  ledger.begin(input)
  const tally = ledger.newTally()
  const before = ledger.progress
  try {
    for (const step of scanPart(source, { lead: 0, last: true }, engine, tally)) {
      ledger.progress = before + source.offset
      yield* ledger.tell(tally, source, source)
      yield* ledger.countLines(source.offset, source)
      yield step
    }
  } finally {
    source.close()
  }
  ledger.bytes += source.offset
  ledger.count(tally.counts)
  ledger.end()
}

export class StreamSource implements TextSource, Recall {
  readonly bytes: Buffer
  start = 0
  end = 0
  final = false
  readonly #stream: Readable
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #signal: AbortSignal | undefined
  /** What of a piece has not found room yet. */
  #rest: Uint8Array = new Uint8Array(0)
  /** The buffer holds bytes[0, #filled); the last AROUND of them are not looked at before others come. */
  #filled = 0
  #base = 0

  /** `signal` ends the stream, which may have nothing to give for a long time. */
  constructor(stream: Readable, chunk: number, signal: AbortSignal | undefined) {
    this.bytes = Buffer.alloc(AROUND + chunk + AROUND)
    this.#stream = stream
    this.#pieces = stream[Symbol.asyncIterator]()
    this.#signal = signal
    signal?.addEventListener('abort', this.#end)
  }

  get from(): number {
    return this.#base
  }
  get to(): number {
    return this.#base + this.#filled
  }
  /** Place in the text of bytes[start]. */
  get offset(): number {
    return this.#base + this.start
  }

  async fill(): Promise<void> {
    const dropped = Math.max(0, this.start - AROUND)
    this.bytes.copyWithin(0, dropped, this.#filled)
    this.#base += dropped
    this.start -= dropped
    this.#filled -= dropped
    if (this.#rest.length === 0) await this.#next()
    const taken = this.#rest.subarray(0, this.bytes.length - this.#filled)
    this.bytes.set(taken, this.#filled)
    this.#filled += taken.length
    this.#rest = this.#rest.subarray(taken.length)
    this.end = this.final ? this.#filled : Math.max(this.start, this.#filled - AROUND)
  }

  readonly read = (position: number, target: Uint8Array, start: number, length: number): void => {
    const from = position - this.#base
    target.set(this.bytes.subarray(from, from + length), start)
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#end)
  }

  readonly #end = (): void => {
    this.#stream.destroy()
  }

  async #next(): Promise<void> {
    try {
      const { value, done } = await this.#pieces.next()
      if (done) this.final = true
      else this.#rest = value
    } catch (error) {
      // What a stream says that was destroyed is of no interest.
      if (this.#signal?.aborted) return
      throw errnoOf(error) === undefined ? error : readError(STANDARD_INPUT, error)
    }
  }
}
