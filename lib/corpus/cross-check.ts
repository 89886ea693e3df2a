/**
 * Both engines over the same inputs, for whoever doubts a result: the inputs are found and cut as `prepare` does it,
 * each piece goes through both engines in memory, and nothing is written. At the first difference the walk ends, with
 * its place and the smallest bytes that still show it.
 */
import { devNull } from 'node:os'
import type { Target, Unit } from '../engine/abi.js'
import { chooseEngine } from '../engine/choose.js'
import { compareEngines, smallestDifference } from '../engine/cross-check.js'
import type { Engine, EngineName } from '../engine/engine.js'
import { javascriptEngine } from '../engine/javascript/index.js'
import { jsonPath } from '../engine/json-path.js'
import type { CrossCheckFraming } from '../engine/outcome.js'
import { argumentError } from '../errors.js'
import { recordedPath } from './input/byte-path.js'
import { cutShards } from './input/cut.js'
import { discover, TAKE_ALL_BY_FORMAT } from './input/discover.js'
import { decideJsonLine } from './input/json-line.js'
import { SourceReader } from './input/source-reader.js'
import { MAX_DOCUMENT, resolveOptions } from './options.js'
import { ProgressTimer } from './progress-timer.js'
import { drive } from './slices.js'
import type {
  InputFormat,
  PlannedInput,
  PlannedShard,
  PlanOptions,
  PrepareOptions,
  SourceRange,
} from './types.js'

export interface CrossCheckOptions
  extends Pick<
    PrepareOptions,
    | 'inputs'
    | 'inputFormat'
    | 'document'
    | 'separator'
    | 'textField'
    | 'bos'
    | 'eos'
    | 'invalid'
    | 'reserved'
    | 'skipEmpty'
    | 'signal'
    | 'onProgress'
  > {
  /** Default: native on its best instruction set, and JavaScript. */
  engines?: readonly [Engine, Engine] | undefined
}

export interface CrossCheckReport {
  readonly files: number
  /** Source bytes that went through both engines. */
  readonly bytes: number
  readonly documents: number
  readonly refused: number
  readonly engines: readonly [EngineSpeed, EngineSpeed]
  /** Null: every byte is the same. */
  readonly difference: EngineDifference | null
}

export interface EngineSpeed {
  readonly name: EngineName
  readonly target: Target | 'javascript'
  /** Time spent in framing. */
  readonly seconds: number
}

export interface EngineDifference {
  readonly file: string
  /** Bytes start to end (exclusive) of the file hold the difference. */
  readonly start: number
  readonly end: number
  /** The first thing that differs for `input`, in words: first engine against second. */
  readonly what: string
  /** The smallest bytes that still show a difference; not always as they stand in the file. */
  readonly input: Uint8Array
  /** What each engine makes of `input`. */
  readonly outputs: readonly [Uint8Array, Uint8Array]
  /** False if time ran out before the input was as small as it can be. */
  readonly smallest: boolean
}

/** Input is compared in pieces of about this size, which end with a document. */
const PIECE = 4 * 1024 * 1024
/** A piece is held in memory: a document above this size is compared part by part. */
const LARGEST_PIECE = 4 * PIECE

/**
 * Frames all inputs with two engines and compares every byte, length, refusal and total. Throws ERR_ARGUMENT for
 * options that are none, ERR_ENGINE_UNAVAILABLE without a native engine, ERR_INPUT_… for inputs as `prepare` does,
 * ERR_INTERRUPTED once `signal` is aborted.
 */
export async function crossCheck(options: CrossCheckOptions): Promise<CrossCheckReport> {
  const { engines: given, ...rest } = options
  // The output folder is only named to be left out of the inputs.
  const resolved = resolveOptions({ ...rest, output: devNull, shardSize: PIECE })
  if (resolved.inputs.includes('-')) {
    throw argumentError('inputs', 'files, folders or globs (standard input cannot be read twice)', '-')
  }
  const engines: readonly [Engine, Engine] = given ?? [
    chooseEngine({ engine: 'native' }).engine,
    javascriptEngine,
  ]
  const { signal, onProgress } = resolved.run
  const found = discover({ ...resolved, stdin: undefined, binary: 'refuse', takeAll: TAKE_ALL_BY_FORMAT })
  const { inputs } = await drive(found, signal)
  const pieces = await drive(cutShards(inputs, resolved.plan, recordedPath), signal)
  const walk = new Walk(engines, inputs, resolved.plan)
  const bytesTotal = inputs.reduce((sum, { size }) => sum + size, 0)
  const timer = new ProgressTimer(onProgress)
  const difference = await drive(walk.compare(pieces), signal, () => {
    const { bytes: bytesDone, documents } = walk
    timer.report({ phase: 'compare', bytesDone, bytesTotal, documents, shardsDone: 0, shardsTotal: 0 })
  })
  const { bytes, documents, refused, seconds } = walk
  const speed = (index: 0 | 1): EngineSpeed => {
    const { name, target } = engines[index]
    return { name, target, seconds: seconds[index] }
  }
  return { files: inputs.length, bytes, documents, refused, engines: [speed(0), speed(1)], difference }
}

/** The way through the inputs, and what was met on it. */
class Walk {
  bytes = 0
  documents = 0
  refused = 0
  readonly seconds: [number, number] = [0, 0]
  readonly #engines: readonly [Engine, Engine]
  readonly #inputs: readonly PlannedInput[]
  readonly #framings: Readonly<Record<InputFormat, CrossCheckFraming>>

  constructor(engines: readonly [Engine, Engine], inputs: readonly PlannedInput[], options: PlanOptions) {
    this.#engines = engines
    this.#inputs = inputs
    this.#framings = { text: framingOf(options, 'text'), jsonl: framingOf(options, 'jsonl') }
  }

  /** Ends at the first difference, or at the end of the inputs. */
  *compare(pieces: readonly PlannedShard[]): Generator<void, EngineDifference | null> {
    const reader = new SourceReader()
    try {
      for (const { ranges } of pieces) {
        for (const range of ranges.flatMap(parts)) {
          const found = this.#comparePiece(reader, range)
          if (found !== null) return found
          yield
        }
      }
      return null
    } finally {
      reader.close()
    }
  }

  #comparePiece(reader: SourceReader, range: SourceRange): EngineDifference | null {
    const input = this.#inputs[range.input]
    const framing = this.#framings[input.format]
    const { bytes, start } = readPiece(reader, input, range)
    const { first, second, difference } = compareEngines(...this.#engines, framing, bytes)
    this.seconds[0] += first.seconds
    this.seconds[1] += second.seconds
    this.bytes += bytes.length
    this.documents += first.lengths.length
    this.refused += first.refusals.length
    return difference === null ? null : describeDifference(this.#engines, framing, bytes, input, start)
  }
}

function framingOf(options: PlanOptions, format: InputFormat): CrossCheckFraming {
  const { document, separator, textField, bos, eos, reserved, invalid, skipEmpty } = options
  const textUnit: Unit = document === 'file' ? 'stream' : document
  const framing: CrossCheckFraming = {
    options: {
      unit: format === 'jsonl' ? 'line' : textUnit,
      ...(separator === null ? {} : { separator: new TextEncoder().encode(separator) }),
      bos,
      eos,
      reserved,
      invalid,
      skipEmpty,
      maxLength: MAX_DOCUMENT,
    },
  }
  if (format === 'text') return framing
  const path = jsonPath(textField)
  return {
    ...framing,
    jsonl: {
      path,
      decide: (engine, line) => decideJsonLine(engine, path, line, 0, line.length, invalid === 'replace'),
    },
  }
}

/** Ranges that fit into memory. */
function parts(range: SourceRange): SourceRange[] {
  const result: SourceRange[] = []
  let start = range.start
  do {
    const end = Math.min(range.end, start + LARGEST_PIECE)
    result.push({ input: range.input, start, end })
    start = end
  } while (start < range.end)
  return result
}

/** The bytes of a range, without a byte order mark at the start of the file, and where they begin in it. */
function readPiece(
  reader: SourceReader,
  input: PlannedInput,
  { start, end }: SourceRange,
): { bytes: Uint8Array; start: number } {
  reader.open({ input, path: recordedPath(input) }, start, end)
  const bytes = new Uint8Array(end - start)
  reader.read(start, bytes, 0, bytes.length)
  reader.finish()
  const marked = start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return marked ? { bytes: bytes.slice(3), start: 3 } : { bytes, start }
}

function describeDifference(
  engines: readonly [Engine, Engine],
  framing: CrossCheckFraming,
  bytes: Uint8Array,
  { path: file }: PlannedInput,
  start: number,
): EngineDifference {
  const found = smallestDifference(...engines, framing, bytes)
  // A difference that comes and goes is one all the same: then the whole piece is its place.
  if (found === null) {
    return {
      file,
      start,
      end: start + bytes.length,
      what: 'a difference that did not show again for the same bytes',
      input: bytes,
      outputs: [new Uint8Array(0), new Uint8Array(0)],
      smallest: false,
    }
  }
  const { comparison, complete, input } = found
  return {
    file,
    start: start + found.start,
    end: start + found.end,
    what: comparison.difference ?? '',
    input,
    outputs: [comparison.first.output, comparison.second.output],
    smallest: complete,
  }
}
