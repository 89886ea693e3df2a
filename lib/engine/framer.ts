/**
 * A Framer is one stream of documents through an engine: it owns the state array, gives its slots names, and adds
 * nothing else. Both engines share it, so that all semantics above the kernels are written once.
 */
import type { InvalidPolicy, ReservedPolicy } from '../protocol/controls.js'
import { RESERVED_POLICIES } from '../protocol/controls.js'
import {
  type FrameStatus,
  REASONS,
  type Reason,
  STATE_SLOTS,
  type StateSlot,
  UNITS,
  type Unit,
} from './abi.js'
import type { Engine, JsonPath } from './engine.js'

export interface FramerOptions {
  readonly unit: Unit
  /** Needed for the unit `separator`: well-formed UTF-8, at least one byte. */
  readonly separator?: Uint8Array
  readonly bos: boolean
  readonly eos: boolean
  readonly reserved: ReservedPolicy
  /** Only `replace` differs here: the others refuse a document, and what becomes of it is the caller's choice. */
  readonly invalid: InvalidPolicy
  readonly skipEmpty: boolean
  /** Largest framed length of a document, in bytes: at most 2^31 - 1, for Megatron's int32 lengths. */
  readonly maxLength: number
}

/** Where framed bytes and lengths go. The caller empties both by setting the counts to 0. */
export interface FrameSink {
  output: Uint8Array
  /** Bytes of `output` in use. */
  written: number
  lengths: Int32Array
  /** Numbers of `lengths` in use. */
  lengthCount: number
}

/** Totals over all accepted documents. */
export interface FrameTotals {
  readonly documents: number
  readonly codePoints: number
  readonly reserved: number
  readonly replaced: number
  readonly skippedEmpty: number
  readonly crlf: number
  readonly blankLines: number
}

export const SLOT = Object.fromEntries(STATE_SLOTS.map((name, index) => [name, index])) as Readonly<
  Record<StateSlot, number>
>

const LINE_FEED = Uint8Array.of(0x0a)

export class Framer {
  readonly state = new Float64Array(STATE_SLOTS.length)
  readonly #engine: Engine
  readonly #separator: Uint8Array

  constructor(engine: Engine, options: FramerOptions) {
    this.#engine = engine
    this.#separator = options.separator ?? LINE_FEED
    const { state } = this
    state[SLOT.unit] = UNITS.indexOf(options.unit)
    state[SLOT.reservedPolicy] = RESERVED_POLICIES.indexOf(options.reserved)
    state[SLOT.bos] = options.bos ? 1 : 0
    state[SLOT.eos] = options.eos ? 1 : 0
    state[SLOT.replaceInvalid] = options.invalid === 'replace' ? 1 : 0
    state[SLOT.skipEmpty] = options.skipEmpty ? 1 : 0
    state[SLOT.maxLength] = options.maxLength
  }

  /** Frames input[start, end) into the sink (see Engine.frame). */
  push(input: Uint8Array, start: number, end: number, final: boolean, sink: FrameSink): FrameStatus {
    this.#enter(sink)
    const status = this.#engine.frame(
      this.state,
      this.#separator,
      input,
      start,
      end,
      final,
      sink.output,
      sink.lengths,
    )
    this.#leave(sink)
    return status
  }

  /** Frames the string at `path` of each line of input[start, end) into the sink (see Engine.frameJsonl). */
  pushJsonl(
    path: JsonPath,
    input: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    sink: FrameSink,
  ): FrameStatus {
    this.#enter(sink)
    const status = this.#engine.frameJsonl(
      this.state,
      path,
      input,
      start,
      end,
      final,
      sink.output,
      sink.lengths,
    )
    this.#leave(sink)
    return status
  }

  /** Position in the input behind the last byte used. */
  get consumed(): number {
    return this.state[SLOT.consumed]
  }
  /** Source bytes of the document that was refused or left undecided. */
  get documentInput(): number {
    return this.state[SLOT.documentInput]
  }
  /** Bytes of the terminator between that document and `consumed`. */
  get terminatorLength(): number {
    return this.state[SLOT.terminatorLength]
  }
  get reason(): Reason {
    return REASONS[this.state[SLOT.reason]]
  }
  /** Offset of the error from the start of the refused document. */
  get errorOffset(): number {
    return this.state[SLOT.errorOffset]
  }
  /** Framed bytes of the refused document that had left the sink before. */
  get takeBack(): number {
    return this.state[SLOT.takeBack]
  }
  get totals(): FrameTotals {
    const { state } = this
    return {
      documents: state[SLOT.documents],
      codePoints: state[SLOT.codePoints],
      reserved: state[SLOT.reserved],
      replaced: state[SLOT.replaced],
      skippedEmpty: state[SLOT.skippedEmpty],
      crlf: state[SLOT.crlf],
      blankLines: state[SLOT.blankLines],
    }
  }

  #enter(sink: FrameSink): void {
    this.state[SLOT.written] = sink.written
    this.state[SLOT.lengthCount] = sink.lengthCount
  }

  #leave(sink: FrameSink): void {
    sink.written = this.state[SLOT.written]
    sink.lengthCount = this.state[SLOT.lengthCount]
  }
}
