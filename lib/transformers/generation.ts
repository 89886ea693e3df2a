/**
 * The classes of lib/generation as transformers.js takes them: its own classes beneath, called with its arguments. What they
 * do is said there; here is what a batch in generate() needs besides: a row that has ended is padded and stays ended.
 */
import type { LogitsProcessor, StoppingCriteria, Tensor } from '@huggingface/transformers'
import type {
  Utf8LogitsProcessorConstructor as InnerProcessorConstructor,
  Utf8LogitsProcessorOptions as InnerProcessorOptions,
} from '../generation/logits-processor.js'
import type { IdRow } from '../generation/rows.js'
import {
  type StoppingByte,
  Utf8StoppingCriteria as InnerCriteria,
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
    readonly #ended: EndedRows | undefined
    /** Rows that had a call before this one: what others end with is their prompt's. */
    readonly #begun = new WeakSet<IdRow>()

    constructor(options: Utf8LogitsProcessorOptions = {}) {
      super()
      const { pad_after: on = ['ETX'], ...others } = options
      this.#inner = new Inner(others)
      this.#ended = on.length > 0 ? new EndedRows(new InnerCriteria({ on })) : undefined
    }

    override _call(rows: bigint[][], logits: Tensor): Tensor {
      this.#inner.process(rows, logits)
      if (this.#ended !== undefined) this.#pad(this.#ended, rows, logits)
      return logits
    }

    #pad(rowsEnded: EndedRows, rows: bigint[][], { data, dims }: Tensor): void {
      const begun = rows.filter((row) => this.#begun.has(row))
      const flags = rowsEnded.update(begun)
      const ended = new Set(begun.filter((_, index) => flags[index]))
      const width = dims.at(-1) ?? 0
      for (const [index, row] of rows.entries()) {
        this.#begun.add(row)
        if (!ended.has(row)) continue
        data.fill(Number.NEGATIVE_INFINITY, index * width, (index + 1) * width)
        data[index * width + NUL] = 0
      }
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
