/**
 * Builds one shard: reads its source ranges chunk by chunk, lets the engine frame them, and hands framed bytes,
 * lengths and refused documents to the writers. It is what `runShard` and `verify --against-source` have in common;
 * where the bytes go is the output's affair.
 *
 * It is a generator that yields after each chunk, so that its caller may stop it, report progress, or let other things
 * run; whatever happens, `close` frees the source file. Nothing is allocated for a document or a chunk.
 */
import { MODES, type Unit } from '../engine/abi.js'
import type { Engine, JsonPath } from '../engine/engine.js'
import { MIN_OUTPUT } from '../engine/engine.js'
import { Framer, type FrameSink, SLOT } from '../engine/framer.js'
import { jsonPath } from '../engine/json-path.js'
import { Utf8TokenizerError } from '../errors.js'
import { decideJsonLine } from './input/json-line.js'
import { CHUNK, type SourceFile, SourceReader } from './input/source-reader.js'
import { MAX_DOCUMENT } from './options.js'
import { BinWriter } from './output/bin-writer.js'
import { IndexWriter } from './output/megatron-index.js'
import type { OutputFile } from './output/output-file.js'
import { QuarantineWriter } from './output/quarantine.js'
import type { Step } from './slices.js'
import { countReason, type ReasonCounts, sumReasons } from './tally.js'
import { TokenCoding } from './token-coding.js'
import type { Counts, PlanOptions, RefusalReason, ShardFiles } from './types.js'

/** Longest line of JSON in bytes, its line end included: a line is held in memory as a whole. */
export const LINE_LIMIT = 128 * 1024 * 1024
/** Framed bytes and lengths collected before they are written. */
const OUTPUT = 4 * CHUNK
const WRITE_AT = 3 * CHUNK
const LENGTHS = 64 * 1024
/** An output buffer that grew for a long line is kept for the next one up to this size. */
const KEEP_OUTPUT = 32 * 1024 * 1024
const BETWEEN = MODES.indexOf('between')
const LF = 0x0a

/** A shard to be built, with all that is needed for it: plain data, which a worker thread can be sent. */
export interface ShardJob {
  readonly options: PlanOptions
  readonly ranges: readonly JobRange[]
  /** Final names of the shard's files. */
  readonly names: { readonly bin: string; readonly idx: string; readonly quarantine: string }
}

export interface JobRange {
  readonly file: SourceFile
  readonly start: number
  readonly end: number
}

export interface ShardOutputs {
  readonly bin: OutputFile
  readonly idx: OutputFile
  /** Called when the first document is set aside. */
  quarantine(): OutputFile
}

export interface BuiltShard {
  readonly files: ShardFiles
  readonly counts: Counts
}

export class ShardBuilder {
  /** Source bytes used so far. */
  inputBytes = 0
  readonly #job: ShardJob
  readonly #engine: Engine
  readonly #reader = new SourceReader()
  readonly #sink: FrameSink
  readonly #text: Framer
  readonly #json: Framer
  readonly #jsonText: Framer
  readonly #path: JsonPath
  /** The other output buffer: what is being written, while the engine fills the sink's. */
  #spare: Uint8Array = new Uint8Array(OUTPUT)
  #writing: Promise<void> | undefined
  readonly #bin: BinWriter
  readonly #index: IndexWriter
  readonly #quarantine: QuarantineWriter
  readonly #quarantined: ReasonCounts = {}
  readonly #dropped: ReasonCounts = {}
  #replacedInJson = 0
  #bom = 0

  constructor(job: ShardJob, engine: Engine, outputs: ShardOutputs) {
    const { options } = job
    const { checksum, dtype } = options
    this.#job = job
    this.#engine = engine
    this.#sink = {
      output: new Uint8Array(OUTPUT),
      written: 0,
      lengths: new Int32Array(LENGTHS),
      lengthCount: 0,
    }
    this.#text = framer(engine, options, options.document === 'file' ? 'stream' : options.document)
    this.#json = framer(engine, options, 'line')
    this.#jsonText = framer(engine, options, 'stream')
    this.#path = jsonPath(options.textField)
    this.#bin = new BinWriter(outputs.bin, engine, new TokenCoding(options), checksum)
    this.#index = new IndexWriter(outputs.idx, engine, dtype, checksum)
    this.#quarantine = new QuarantineWriter(outputs.quarantine, engine, checksum)
  }

  /** Documents framed so far. */
  get documents(): number {
    return (
      this.#text.state[SLOT.documents] +
      this.#json.state[SLOT.documents] +
      this.#jsonText.state[SLOT.documents]
    )
  }

  *build(): Generator<Step, BuiltShard> {
    for (const { file, start, end } of this.#job.ranges) {
      const before = this.inputBytes
      this.#reader.open(file, start, end)
      const frame = file.input.format === 'jsonl' ? this.#frameJson() : this.#frameText()
      for (const step of frame) {
        this.inputBytes = before + this.#reader.offset - start
        yield step
      }
      this.#reader.finish()
      this.inputBytes = before + end - start
    }
    yield* this.#writeBytes(this.#text)
    yield* this.#settle()
    this.#writeLengths()
    const { names } = this.#job
    const bin = this.#bin.finish(names.bin)
    const idx = yield* this.#index.finish(names.idx)
    const quarantine = this.#quarantine.finish(names.quarantine)
    return {
      files: quarantine === undefined ? { bin, idx } : { bin, idx, quarantine },
      counts: this.#counts(),
    }
  }

  close(): void {
    this.#reader.close()
  }

  *#frameText(): Generator<Step> {
    const reader = this.#reader
    const sink = this.#sink
    const framer = this.#text
    let first = true
    do {
      reader.fill()
      if (first) this.#passByteOrderMark()
      first = false
      for (;;) {
        const status = framer.push(reader.bytes, reader.start, reader.end, reader.final, sink)
        reader.start = framer.consumed
        if (status === 'input-used') break
        if (status === 'output-full') yield* this.#writeBytes(framer)
        else if (status === 'lengths-full') this.#writeLengths()
        else {
          this.#refuseFramed(framer)
          // Of a file that is one document nothing is left: another call would begin a second one.
          if (reader.start === reader.end) break
        }
      }
      if (sink.written >= WRITE_AT) yield* this.#writeBytes(framer)
      yield
    } while (!reader.final)
  }

  *#frameJson(): Generator<Step> {
    const reader = this.#reader
    const sink = this.#sink
    const framer = this.#json
    let first = true
    do {
      reader.fill()
      if (first) this.#passByteOrderMark()
      first = false
      yield* this.#frameJsonLines()
      if (sink.written >= WRITE_AT) yield* this.#writeBytes(framer)
      yield
      if (reader.full && !reader.final && !reader.grow(LINE_LIMIT)) yield* this.#refuseLongLine()
      // Behind a line that was refused there may be more, read but not framed.
    } while (!reader.final || reader.start < reader.end)
  }

  /** Frames the whole lines in the reader's buffer. */
  *#frameJsonLines(): Generator<Step> {
    const reader = this.#reader
    const sink = this.#sink
    const framer = this.#json
    for (;;) {
      const before = reader.start
      const status = framer.pushJsonl(this.#path, reader.bytes, before, reader.end, reader.final, sink)
      reader.start = framer.consumed
      if (status === 'input-used') return
      if (status === 'lengths-full') this.#writeLengths()
      else if (status === 'output-full') {
        if (sink.written > 0) yield* this.#writeBytes(framer)
        else if (reader.start === before) yield* this.#growOutput()
      } else {
        yield* this.#decideLine()
        if (reader.start === reader.end) return
      }
    }
  }

  #passByteOrderMark(): void {
    const { bytes, start, end } = this.#reader
    const marked =
      end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
    if (!marked || this.#reader.offset !== 0) return
    this.#reader.start += 3
    this.#bom++
  }

  /** Decides the line of JSON that the engine left undecided. */
  *#decideLine(): Generator<Step> {
    const reader = this.#reader
    const framer = this.#json
    const length = framer.documentInput
    const end = reader.start - framer.terminatorLength
    const offset = reader.offset - framer.terminatorLength - length
    const replace = this.#job.options.invalid === 'replace'
    const decision = decideJsonLine(this.#engine, this.#path, reader.bytes, end - length, end, replace)
    if (!('text' in decision)) {
      this.#refuse(decision.reason, offset, length, offset + decision.errorOffset)
      return
    }
    const { text } = decision
    const inText = this.#jsonText
    const sink = this.#sink
    let start = 0
    for (;;) {
      const status = inText.push(text, start, text.length, true, sink)
      start = inText.consumed
      if (status === 'input-used') break
      if (status === 'output-full') yield* this.#writeBytes(inText)
      else if (status === 'lengths-full') this.#writeLengths()
      else {
        if (inText.takeBack > 0) this.#bin.takeBack(inText.takeBack)
        this.#refuse(reasonOf(inText), offset, length, offset)
        return
      }
    }
    this.#replacedInJson += decision.replaced
  }

  #refuseFramed(framer: Framer): void {
    if (framer.takeBack > 0) this.#bin.takeBack(framer.takeBack)
    const length = framer.documentInput
    const offset = this.#reader.offset - framer.terminatorLength - length
    this.#refuse(reasonOf(framer), offset, length, offset + framer.errorOffset)
  }

  /** Refuses the line that begins with the buffer and is longer than it may be, and goes on behind it. */
  *#refuseLongLine(): Generator<void> {
    const reader = this.#reader
    const offset = reader.offset
    for (;;) {
      const at = reader.bytes.subarray(reader.start, reader.end).indexOf(LF)
      if (at !== -1 || reader.final) {
        const length = reader.offset + (at === -1 ? reader.end - reader.start : at) - offset
        reader.start = at === -1 ? reader.end : reader.start + at + 1
        this.#refuse('line-too-long', offset, length, offset + LINE_LIMIT)
        return
      }
      reader.start = reader.end
      reader.fill()
      yield
    }
  }

  #refuse(reason: RefusalReason, offset: number, length: number, errorOffset: number): void {
    const { input } = this.#reader.file
    const { invalid, reserved } = this.#job.options
    const policy = reason === 'reserved-byte' ? reserved : invalid
    if (policy === 'fail') throw refusedError(input.path, reason, errorOffset)
    if (policy === 'drop') {
      countReason(this.#dropped, reason)
      return
    }
    // `replace` mends what is ill-formed; what it cannot mend is set aside.
    countReason(this.#quarantined, reason)
    this.#quarantine.add({ input, offset, length, reason, errorOffset }, this.#reader.read)
  }

  /**
   * Empties the output; `framer` is the one that may have a document under way. The bytes may still be on their way to
   * the file when the engine goes on, in the other buffer; one write at a time, for what is taken back is written over.
   */
  *#writeBytes(framer: Framer): Generator<Step> {
    const sink = this.#sink
    if (sink.written === 0) return
    yield* this.#settle()
    const underWay = framer.state[SLOT.mode] === BETWEEN ? 0 : framer.state[SLOT.documentOutput]
    this.#writing = this.#bin.write(sink.output, sink.written, sink.written - underWay)
    // Its failure is told where it is waited for; until then it must not count as unhandled.
    this.#writing?.catch(() => {})
    sink.written = 0
    this.#swapOutputs()
  }

  /** Waits until what was written is in the file, and the spare buffer free. */
  *#settle(): Generator<Step> {
    if (this.#writing !== undefined) yield this.#writing
    this.#writing = undefined
    if (this.#spare.length > KEEP_OUTPUT) this.#spare = new Uint8Array(OUTPUT)
  }

  #swapOutputs(): void {
    const { output } = this.#sink
    this.#sink.output = this.#spare
    this.#spare = output
  }

  #writeLengths(): void {
    const sink = this.#sink
    if (sink.lengthCount > 0) this.#index.append(sink.lengths, sink.lengthCount)
    sink.lengthCount = 0
  }

  /** Makes room for the line of JSON at hand: an engine asks for 3 bytes for each of the line's. */
  *#growOutput(): Generator<Step> {
    const { bytes, start, end } = this.#reader
    const at = bytes.subarray(start, end).indexOf(LF)
    const line = at === -1 ? end - start : at + 1
    const size = 3 * line + MIN_OUTPUT
    if (size <= this.#sink.output.length) {
      throw new Error(`the engine asks for more than ${this.#sink.output.length} bytes for a line of ${line}`)
    }
    yield* this.#settle()
    if (this.#spare.length < size) this.#spare = new Uint8Array(size)
    this.#swapOutputs()
  }

  #counts(): Counts {
    const text = this.#text.totals
    const json = this.#json.totals
    const inText = this.#jsonText.totals
    return {
      documents: text.documents + json.documents + inText.documents,
      inputBytes: this.inputBytes,
      tokens: this.#bin.tokens,
      outputBytes: this.#bin.outputBytes,
      codePoints: text.codePoints + json.codePoints + inText.codePoints,
      reservedBytes: text.reserved + json.reserved + inText.reserved,
      replaced: text.replaced + this.#replacedInJson,
      quarantined: sumReasons([this.#quarantined]),
      dropped: sumReasons([this.#dropped]),
      skippedEmpty: text.skippedEmpty + json.skippedEmpty + inText.skippedEmpty,
      blankLines: text.blankLines + json.blankLines,
      crlf: text.crlf + json.crlf,
      bom: this.#bom,
    }
  }
}

function framer(engine: Engine, options: PlanOptions, unit: Unit): Framer {
  const { separator, bos, eos, reserved, invalid, skipEmpty } = options
  return new Framer(engine, {
    unit,
    ...(separator === null ? {} : { separator: new TextEncoder().encode(separator) }),
    bos,
    eos,
    reserved,
    invalid,
    skipEmpty,
    maxLength: MAX_DOCUMENT,
  })
}

function reasonOf(framer: Framer): RefusalReason {
  const { reason } = framer
  if (reason === 'none') throw new Error('the engine refused a document without a reason')
  return reason
}

function refusedError(file: string, reason: RefusalReason, offset: number): Utf8TokenizerError {
  const place = { file, offset }
  if (reason === 'reserved-byte') {
    return new Utf8TokenizerError(
      'ERR_DOCUMENT_RESERVED',
      `${file} has a reserved control byte at offset ${offset}; take it out, or choose what becomes of such bytes (--reserved escape)`,
      place,
    )
  }
  return new Utf8TokenizerError(
    'ERR_DOCUMENT_INVALID',
    `${file} has a document that cannot be taken, at offset ${offset} (${reason}); mend it, or choose what becomes of such documents (--invalid quarantine)`,
    place,
  )
}
