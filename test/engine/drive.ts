/**
 * Runs an engine over an input that comes in chunks, the way a real caller does: unused bytes are handed in again in
 * front of the next chunk, output and lengths are emptied when they are full (or after each call, or at random), and
 * what a refused document had put out is taken back. What came of it can then be compared with an oracle's answer.
 *
 * All three arrays are views at odd places of larger buffers. Around the views lie guard bytes that must not change;
 * around the range of the input lie bytes that would complete what the range's end cuts, so that an engine that reads
 * beyond it gives a wrong result.
 */
import { FRAME_STATUSES } from '../../dist/engine/abi.js'
import { type Engine, type JsonPath, MIN_LENGTHS, MIN_OUTPUT } from '../../dist/engine/engine.js'
import { Framer, type FramerOptions, type FrameSink, type FrameTotals } from '../../dist/engine/framer.js'
import type { OracleDocument, Rejected } from './oracle.js'
import type { Random } from './text.js'

/** How an input is handed over. */
export interface Plan {
  /** Where the input is cut into chunks, ascending, from 0 to its length; a place named twice gives an empty chunk. */
  readonly cuts: readonly number[]
  /** Empty the sink after each call, only when it is full (the default), or as the coin falls. */
  readonly emptying?: 'always' | 'full' | 'random'
  /** Bytes that are in the output before the first call: they bring `output-full` about. */
  readonly prefilled?: number
  /** The same for the lengths. */
  readonly prefilledLengths?: number
  /** Where the views begin in their buffers, 0 … 63. */
  readonly alignment?: number
  /** Makes the coin of `random`; with it some calls are made twice, to see that they depend on nothing but their arguments. */
  readonly random?: Random
  /** Frame the strings at this path of lines of JSON. */
  readonly path?: JsonPath
}

export interface Driven {
  readonly bytes: Uint8Array
  readonly lengths: readonly number[]
  readonly rejected: readonly Rejected[]
  readonly undecided: readonly OracleDocument[]
  readonly totals: FrameTotals
  /** How often each status came. */
  readonly statuses: ReadonlyMap<string, number>
}

/** What an engine did against the contract of a single call, whatever the result. */
export class ContractError extends Error {}

const GUARD = 0xa5
const MARGIN = 128
/** Behind the guard bytes: what a faulty engine may write without bringing the process down before it is seen. */
const SLACK = 4096
/** Fills what was in output and lengths before a run. */
const EARLIER = 0x5c

/** A place for a view within a larger buffer, with guard bytes on both sides. */
class Guarded {
  readonly bytes: Uint8Array
  readonly begin: number
  #end: number

  constructor(begin: number, capacity: number) {
    this.bytes = new Uint8Array(begin + capacity + MARGIN + SLACK).fill(GUARD)
    this.begin = begin
    this.#end = begin
  }

  /** Makes the place `size` bytes long. */
  resize(size: number): void {
    this.#end = this.begin + size
    this.bytes.fill(GUARD, this.#end, this.#end + MARGIN)
  }

  check(what: string): void {
    const { bytes, begin } = this
    const end = this.#end
    for (let i = begin - MARGIN; i < begin; i++) if (bytes[i] !== GUARD) damaged(what, i - begin)
    for (let i = end; i < end + MARGIN; i++) if (bytes[i] !== GUARD) damaged(what, i - begin)
  }
}

function damaged(what: string, at: number): never {
  throw new ContractError(`a byte outside ${what} was written, at ${at} from its begin`)
}

/** The memory of a run: an input of up to `inputRoom` bytes, and the output that as long a line of JSON needs. */
class Buffers {
  readonly input: Uint8Array
  readonly inputBegin: number
  readonly output: Guarded
  readonly lengths: Guarded
  readonly lengthsView: Int32Array

  constructor(alignment: number, inputRoom: number) {
    this.inputBegin = MARGIN + alignment
    this.input = new Uint8Array(this.inputBegin + inputRoom + MARGIN)
    this.output = new Guarded(MARGIN + alignment, MIN_OUTPUT + 3 * inputRoom)
    // An Int32Array must begin at a multiple of 4; an odd one of those is what no vector likes.
    this.lengths = new Guarded(MARGIN + 4 + 8 * (alignment % 8), MIN_LENGTHS * 4)
    this.lengths.resize(MIN_LENGTHS * 4)
    this.lengthsView = new Int32Array(this.lengths.bytes.buffer, this.lengths.begin, MIN_LENGTHS)
  }
}

const SMALL_INPUT = 4096
/** Kept from run to run, by alignment: most runs are far shorter than making these takes. */
const kept = new Map<number, Buffers>()

function buffersFor(alignment: number, inputLength: number): Buffers {
  if (inputLength > SMALL_INPUT) return new Buffers(alignment, inputLength)
  let buffers = kept.get(alignment)
  if (buffers === undefined) {
    buffers = new Buffers(alignment, SMALL_INPUT)
    kept.set(alignment, buffers)
  }
  return buffers
}

export function drive(engine: Engine, options: FramerOptions, input: Uint8Array, plan: Plan): Driven {
  return new Drive(engine, options, input, plan).run()
}

class Drive {
  readonly #options: FramerOptions
  readonly #input: Uint8Array
  readonly #plan: Plan
  readonly #framer: Framer
  readonly #buffers: Buffers
  readonly #sink: FrameSink
  readonly #prefilled: number
  #collected = new Uint8Array(256)
  #size = 0
  readonly #lengths: number[] = []
  readonly #rejected: Rejected[] = []
  readonly #undecided: OracleDocument[] = []
  readonly #statuses = new Map<string, number>()

  constructor(engine: Engine, options: FramerOptions, input: Uint8Array, plan: Plan) {
    this.#options = options
    this.#input = input
    this.#plan = plan
    this.#framer = new Framer(engine, options)
    const { path, alignment = 1, prefilled = 0, prefilledLengths: lengthCount = 0 } = plan
    this.#buffers = buffersFor(alignment, input.length)
    // The least that the contract allows: a line of JSON needs room as a whole.
    const room = MIN_OUTPUT + (path === undefined ? 0 : 3 * longestLine(input))
    const place = this.#buffers.output
    place.resize(room)
    const output = place.bytes.subarray(place.begin, place.begin + room)
    this.#prefilled = prefilled
    this.#sink = { output, written: prefilled, lengths: this.#buffers.lengthsView, lengthCount }
    output.fill(EARLIER, 0, prefilled)
    this.#sink.lengths.fill(EARLIER, 0, lengthCount)
  }

  run(): Driven {
    const { length } = this.#input
    let used = 0
    let from = 0
    for (const cut of this.#plan.cuts) {
      if (cut < from || cut > length) throw new RangeError(`cuts do not ascend to ${length}`)
      from = cut
      used = this.#chunk(used, cut, false)
    }
    this.#chunk(used, length, true)
    this.#empty()
    for (let i = 0; i < this.#prefilled; i++) {
      if (this.#collected[i] !== EARLIER) throw new ContractError(`byte ${i} of earlier output was changed`)
    }
    const earlier = this.#plan.prefilledLengths ?? 0
    if (this.#lengths.slice(0, earlier).some((one) => one !== EARLIER)) {
      throw new ContractError('earlier lengths were changed')
    }
    return {
      bytes: this.#collected.subarray(this.#prefilled, this.#size),
      lengths: this.#lengths.slice(earlier),
      rejected: this.#rejected,
      undecided: this.#undecided,
      totals: this.#framer.totals,
      statuses: this.#statuses,
    }
  }

  /** Hands over input[from, to); returns the place behind the last byte used. */
  #chunk(from: number, to: number, final: boolean): number {
    const { input, inputBegin: begin } = this.#buffers
    const end = begin + to - from
    const bait = this.#bait(to)
    input.fill(0xe4, begin - MARGIN, begin)
    input.set(this.#input.subarray(from, to), begin)
    input.fill(bait, end, end + MARGIN)

    const patience = 4 * (to - from) + 16
    let at = begin
    for (let calls = 0; ; calls++) {
      if (calls > patience) throw new ContractError('the engine makes no progress')
      const status = this.#call(at, end, final)
      // A large chunk takes many calls, and to look it through after each of them takes too long.
      if (to - from <= SMALL_INPUT || status === 'input-used') this.#inputIsWhole(from, to, begin, bait)
      const { consumed } = this.#framer
      if (!(consumed >= at && consumed <= end)) {
        throw new ContractError(`consumed is ${consumed - begin}, outside of what was handed in`)
      }
      at = consumed
      if (status === 'input-used') {
        this.#leftover(at, end, final)
        return from + at - begin
      }
      if (status === 'rejected' || status === 'undecided') this.#refused(status, from + at - begin)
      // A refused stream ends with the input, and to go on would begin another one.
      if (status === 'rejected' && final && this.#options.unit === 'stream') return from + at - begin
    }
  }

  /** What would complete the character or the terminator that the end of a chunk cuts. */
  #bait(to: number): number {
    if (to > 0 && (this.#input[to - 1] & 0x80) !== 0) return 0x80
    return this.#options.unit === 'separator' ? (this.#options.separator?.at(-1) ?? 0x0a) : 0x0a
  }

  #call(start: number, end: number, final: boolean): string {
    const { random } = this.#plan
    const sink = this.#sink
    const before = sink.output.slice(0, sink.written)
    const lengthsBefore = sink.lengthCount
    const state = random?.chance(0.05) ? this.#framer.state.slice() : undefined
    const earlierWritten = sink.written
    let status = this.#push(start, end, final)
    if (state !== undefined) {
      const after = [status, ...this.#framer.state].join()
      const made = sink.output.slice(0, sink.written)
      sink.output.set(before)
      sink.output.fill(GUARD, before.length)
      sink.written = earlierWritten
      sink.lengthCount = lengthsBefore
      this.#framer.state.set(state)
      status = this.#push(start, end, final)
      const same =
        after === [status, ...this.#framer.state].join() &&
        Buffer.compare(made, sink.output.subarray(0, sink.written)) === 0
      if (!same) throw new ContractError('the same call gave something else the second time')
    }
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    if (!FRAME_STATUSES.some((one) => one === status)) throw new ContractError(`status is ${status}`)
    this.#buffers.output.check('output')
    this.#buffers.lengths.check('lengths')
    if (!(sink.written >= 0 && sink.written <= sink.output.length)) {
      throw new ContractError(`written is ${sink.written}`)
    }
    if (!(sink.lengthCount >= lengthsBefore && sink.lengthCount <= sink.lengths.length)) {
      throw new ContractError(`lengthCount went from ${lengthsBefore} to ${sink.lengthCount}`)
    }
    for (let i = Math.min(before.length, sink.written) - 1; i >= 0; i--) {
      if (sink.output[i] !== before[i]) throw new ContractError(`byte ${i} of earlier output was changed`)
    }
    const { emptying = 'full' } = this.#plan
    const full = status === 'output-full' || status === 'lengths-full'
    if (full || emptying === 'always' || (emptying === 'random' && random?.chance(0.3))) this.#empty()
    return status
  }

  #push(start: number, end: number, final: boolean): string {
    const { path } = this.#plan
    const { input } = this.#buffers
    return path === undefined
      ? this.#framer.push(input, start, end, final, this.#sink)
      : this.#framer.pushJsonl(path, input, start, end, final, this.#sink)
  }

  #inputIsWhole(from: number, to: number, begin: number, bait: number): void {
    const { input } = this.#buffers
    for (let i = from; i < to; i++) {
      if (input[begin + i - from] !== this.#input[i]) throw new ContractError(`input byte ${i} was changed`)
    }
    const end = begin + to - from
    for (let i = 0; i < MARGIN; i++) {
      if (input[begin - MARGIN + i] !== 0xe4 || input[end + i] !== bait)
        damaged('output (around the input)', i)
    }
  }

  /** Only so much may stay unused: a cut character or terminator, or the beginning of a line of JSON. */
  #leftover(at: number, end: number, final: boolean): void {
    const left = end - at
    if (final) {
      if (left > 0) throw new ContractError(`${left} bytes left at the final end`)
    } else if (this.#plan.path !== undefined) {
      if (this.#buffers.input.subarray(at, end).includes(0x0a))
        throw new ContractError('a whole line was left')
    } else if (left > (this.#options.separator?.length ?? 1) + 4) {
      throw new ContractError(`${left} bytes left at the end of a chunk`)
    }
  }

  #refused(status: 'rejected' | 'undecided', behind: number): void {
    const { documentInput, terminatorLength, reason, errorOffset, takeBack } = this.#framer
    const place = {
      offset: behind - terminatorLength - documentInput,
      length: documentInput,
      terminatorLength,
    }
    if (status === 'undecided') {
      this.#undecided.push(place)
      return
    }
    // Prefilled bytes are of no document.
    if (takeBack !== 0 && !(takeBack > 0 && takeBack <= this.#size - this.#prefilled)) {
      throw new ContractError(`takeBack is ${takeBack} of ${this.#size} bytes put out`)
    }
    // Bytes that left the output are older than those in it: only if none of the document's is there, some are taken back.
    if (takeBack > 0 && this.#sink.written > 0)
      throw new ContractError('takeBack, but bytes are in the output')
    this.#size -= takeBack
    this.#rejected.push({ ...place, reason, errorOffset })
  }

  #empty(): void {
    const { output, written, lengths, lengthCount } = this.#sink
    if (this.#size + written > this.#collected.length) {
      const larger = new Uint8Array(2 * (this.#size + written))
      larger.set(this.#collected.subarray(0, this.#size))
      this.#collected = larger
    }
    this.#collected.set(output.subarray(0, written), this.#size)
    this.#size += written
    for (let i = 0; i < lengthCount; i++) this.#lengths.push(lengths[i])
    this.#sink.written = 0
    this.#sink.lengthCount = 0
  }
}

function longestLine(input: Uint8Array): number {
  let longest = 0
  for (let begin = 0; begin <= input.length; ) {
    const found = input.indexOf(0x0a, begin)
    const end = found === -1 ? input.length : found
    longest = Math.max(longest, end - begin)
    begin = end + 1
  }
  return longest
}
