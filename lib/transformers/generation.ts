/**
 * The classes of lib/generation as transformers.js takes them: its own classes beneath, called with its arguments. What they
 * do is said there; here is what a batch in generate() needs besides: a row that has ended is padded and stays ended.
 */
import type { LogitsProcessor, StoppingCriteria, Tensor } from '@huggingface/transformers'
import { argumentError } from '../errors.js'
import type {
  Utf8LogitsProcessorConstructor as InnerProcessorConstructor,
  Utf8LogitsProcessorOptions as InnerProcessorOptions,
} from '../generation/logits-processor.js'
import type { IdRow } from '../generation/rows.js'
import {
  Utf8StoppingCriteria as InnerCriteria,
  type StoppingByte,
  type Utf8StoppingCriteriaOptions,
} from '../generation/stopping.js'
import { EndedRows } from './ended-rows.js'
import type { TransformersModule } from './peer.js'

export interface Utf8LogitsProcessorOptions extends InnerProcessorOptions {
  /**
   * What ends a row: from there on it gets padding (NUL) alone, while others go on. ETX by default; an empty array pads none.
   * Give the stopping criteria the same bytes.
   */
  readonly pad_after?: readonly StoppingByte[] | undefined
  /**
   * The number that generate() gets: no character is begun that would not be complete by then. Without it the last character
   * of a row may be cut.
   */
  readonly max_new_tokens?: number | undefined
}

export interface Utf8LogitsProcessorConstructor {
  /** @throws ERR_ARGUMENT for options that are none, and for controls with which blocks could not end. */
  new (options?: Utf8LogitsProcessorOptions): LogitsProcessor
}

export interface Utf8StoppingCriteriaConstructor {
  /** @throws ERR_ARGUMENT for options that are none, and for those with which no row would ever end. */
  new (options?: Utf8StoppingCriteriaOptions): StoppingCriteria
}

/**
 * The class for `logits_processor`, in a LogitsProcessorList: only bytes that go on as well-formed UTF-8 can be chosen. Put it
 * last, so that no other processor leaves nothing of what it allows.
 */
export function logitsProcessorClass(
  transformers: TransformersModule,
  Inner: InnerProcessorConstructor,
): Utf8LogitsProcessorConstructor {
  return class Utf8LogitsProcessor extends transformers.LogitsProcessor {
    readonly #inner: InstanceType<InnerProcessorConstructor>
    readonly #ended: EndedRows | null
    readonly #most: number
    /** How long each row was at its first call: its prompt, whose bytes end nothing. */
    readonly #prompts = new WeakMap<IdRow, number>()

    constructor(options: Utf8LogitsProcessorOptions = {}) {
      super()
      const { pad_after: on = ['ETX'], max_new_tokens = Number.POSITIVE_INFINITY, ...others } = options
      if (
        max_new_tokens !== Number.POSITIVE_INFINITY &&
        !(Number.isInteger(max_new_tokens) && max_new_tokens > 0)
      ) {
        throw argumentError('max_new_tokens', 'a whole number from 1 on', max_new_tokens)
      }
      this.#inner = new Inner(others)
      this.#ended = Array.isArray(on) && on.length === 0 ? null : new EndedRows(new InnerCriteria({ on }))
      this.#most = max_new_tokens
    }

    override _call(rows: bigint[][], logits: Tensor): Tensor {
      this.#inner.process(rows, logits)
      const { data, dims } = logits
      const width = dims.at(-1) ?? 0
      const ended = this.#endedOf(rows)
      for (const [index, row] of rows.entries()) {
        const scores = data.subarray(index * width, (index + 1) * width)
        if (ended.has(row)) scores.fill(Number.NEGATIVE_INFINITY).fill(0, NUL, NUL + 1)
        else this.#leaveRoom(row, scores)
      }
      return logits
    }

    /** Those of `rows` that have ended behind their prompts. */
    #endedOf(rows: readonly IdRow[]): ReadonlySet<IdRow> {
      const begun = rows.filter((row) => this.#prompts.has(row))
      const flags = this.#ended?.update(begun) ?? []
      for (const row of rows) if (!this.#prompts.has(row)) this.#prompts.set(row, row.length)
      return new Set(begun.filter((_, index) => flags[index]))
    }

    /** Leaves out characters of more bytes than the row has left. Begun ones fit, as they were not left out. */
    #leaveRoom(row: IdRow, scores: Float32Array): void {
      const left = (this.#prompts.get(row) ?? 0) + this.#most - row.length
      if (left < 4) scores.fill(Number.NEGATIVE_INFINITY, FIRST_LEADS[Math.max(left, 1)], 0x100)
    }
  }
}

/** The class for `stopping_criteria`. A row that has ended stays so, so that a batch stops when its last row has. */
export function stoppingCriteriaClass(transformers: TransformersModule): Utf8StoppingCriteriaConstructor {
  return class Utf8StoppingCriteria extends transformers.StoppingCriteria {
    readonly #ended: EndedRows

    constructor(options?: Utf8StoppingCriteriaOptions) {
      super()
      this.#ended = new EndedRows(new InnerCriteria(options))
    }

    override _call(rows: readonly IdRow[]): boolean[] {
      return this.#ended.update(rows)
    }
  }
}

const NUL = 0

/** FIRST_LEADS[n] is the first lead of characters that have more than n bytes. */
const FIRST_LEADS = [0x00, 0xc2, 0xe0, 0xf0]
