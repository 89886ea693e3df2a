/**
 * Looks for ill-formed UTF-8 in files, and says where it is. The inputs are found as `prepare` finds them, but for what
 * is in them: a file that is UTF-16, an image or cut off is what this is asked about.
 */
import { devNull } from 'node:os'
import type { Readable } from 'node:stream'
import { chooseEngine } from '../engine/choose.js'
import type { Engine } from '../engine/engine.js'
import { interruptedError } from '../errors.js'
import { type Discovery, discover } from './input/discover.js'
import { CHUNK } from './input/source-reader.js'
import { type ResolvedValidation, resolveValidateOptions } from './options.js'
import { ProgressTimer } from './progress-timer.js'
import { drive, type Step } from './slices.js'
import type { InputProblem, PlannedInput, ValidateOptions, ValidateReport } from './types.js'
import { Ledger, reasonsOf, sumOf } from './validate/ledger.js'
import { ordersOf, workOf } from './validate/orders.js'
import { scanPart } from './validate/scan.js'
import { StreamSource } from './validate/stream-source.js'
import { makeReader, type SurveyOrder, type SurveyResult, type SurveySetup } from './validate/survey.js'
import { Walk } from './validate/walk.js'
import { runThread } from './worker-thread.js'

/**
 * Validates all of `inputs`, however many errors they have. Memory depends on the number of files alone.
 *
 * @returns a report; what is ill-formed, or could not be read, is in it, and no error.
 * @throws ERR_ARGUMENT, ERR_ENGINE_UNAVAILABLE, ERR_INPUT_NOT_FOUND and ERR_INPUT_EMPTY for a name behind which there is
 *   nothing, ERR_INPUT_UNREADABLE for one that is no file, ERR_INTERRUPTED, ERR_WORKER.
 */
export async function validate(options: ValidateOptions): Promise<ValidateReport> {
  return runValidation(resolveValidateOptions(options), SIZES)
}

export interface ValidationSizes {
  /** Bytes read at once: a multiple of 4. */
  readonly chunk: number
  /** Bytes of an order: some milliseconds of work for a thread. */
  readonly order: number
  /** Bytes of reading for which a thread is worth the time that it takes to start. */
  readonly thread: number
}

const SIZES: ValidationSizes = { chunk: CHUNK, order: 16 * 1024 * 1024, thread: 128 * 1024 * 1024 }

const STDIN: PlannedInput = { path: '-', size: 0, mtimeMs: 0, format: 'text' }

/** `sizes` and `stdin` are arguments for tests. */
export async function runValidation(
  options: ResolvedValidation,
  sizes: ValidationSizes,
  stdin: () => Readable = () => process.stdin,
): Promise<ValidateReport> {
  const { engine: name, target, signal } = options.run
  const { engine } = chooseEngine({ engine: name, target })
  if (signal?.aborted) throw interruptedError()
  const ledger = new Ledger(options, sizes.chunk)
  const { inputs, passedOver } = await drive(find(options, ledger.problems), signal)
  const progress = new ProgressReport(options, inputs)
  const work = { options, sizes, engine, ledger, progress }
  const at = inputs.indexOf(STDIN)
  await validateFiles(at === -1 ? inputs : inputs.slice(0, at), work)
  if (at !== -1) {
    await validateStream(stdin(), work)
    await validateFiles(inputs.slice(at + 1), work)
  }
  const { bytes, counts, illFormedFiles, problems } = ledger
  const illFormed = sumOf(counts)
  return {
    ok: illFormed === 0 && problems.length === 0,
    files: inputs.length,
    bytes,
    illFormed,
    reasons: reasonsOf(counts),
    illFormedFiles,
    problems,
    passedOver,
  }
}

function find(options: ResolvedValidation, problems: InputProblem[]): Generator<void, Discovery> {
  return discover({
    inputs: options.inputs,
    inputFormat: options.allFiles ? 'text' : 'auto',
    // There is none that could be among the inputs.
    output: devNull,
    stdin: STDIN,
    binary: 'take',
    takeAll: 'take them all with --all-files (allFiles)',
    onUnreadable: ({ code, file, message }) => problems.push({ code, file: file ?? '', message }),
  })
}

interface Work {
  readonly options: ResolvedValidation
  readonly sizes: ValidationSizes
  readonly engine: Engine
  readonly ledger: Ledger
  readonly progress: ProgressReport
}

async function validateFiles(inputs: readonly PlannedInput[], work: Work): Promise<void> {
  const { options, sizes, engine, ledger, progress } = work
  const { workers, run } = options
  const walk = new Walk(ordersOf(inputs, sizes.order), engine, makeReader(sizes.chunk), ledger)
  const setup: SurveySetup = { engine: { engine: run.engine, target: run.target }, chunk: sizes.chunk }
  const threads = Math.min(workers - 1, Math.floor(workOf(inputs) / sizes.thread))
  const ended = Array.from({ length: threads }, () =>
    runThread<SurveyOrder, SurveyResult>({
      module: new URL('./validate/worker.js', import.meta.url),
      setup,
      // The walk gives orders between its slices only.
      ahead: 2,
      next: () => walk.next(),
      onResult: (result) => walk.add(result),
      fail: (error) => walk.fail(error),
    }),
  )
  try {
    await drive(walk.steps(), run.signal, () => progress.report(walk.progress))
    progress.add(walk.progress)
  } finally {
    walk.stop()
    await Promise.all(ended)
  }
}

async function validateStream(stream: Readable, work: Work): Promise<void> {
  const { options, sizes, engine, ledger, progress } = work
  const { signal } = options.run
  const source = new StreamSource(stream, sizes.chunk)
  const stop = () => stream.destroy()
  signal?.addEventListener('abort', stop)
  try {
    await drive(streamSteps(source, engine, ledger), signal, () => progress.report(source.offset))
  } catch (error) {
    // A stream that is destroyed says something else.
    throw signal?.aborted ? interruptedError() : error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  progress.add(source.offset)
}

function* streamSteps(source: StreamSource, engine: Engine, ledger: Ledger): Generator<Step, void> {
  ledger.begin(STDIN)
  const tally = ledger.newTally()
  for (const step of scanPart(source, { lead: 0, last: true }, engine, tally)) {
    yield* ledger.tell(tally, source, source)
    yield* ledger.countLines(source.offset, source)
    yield step
  }
  ledger.bytes += source.offset
  ledger.count(tally.counts)
  ledger.end()
}

class ProgressReport {
  readonly #timer: ProgressTimer
  /** 0 if it is not known, with standard input. */
  readonly #bytesTotal: number
  #bytesBefore = 0

  constructor({ run }: ResolvedValidation, inputs: readonly PlannedInput[]) {
    this.#timer = new ProgressTimer(run.onProgress)
    this.#bytesTotal = inputs.includes(STDIN) ? 0 : inputs.reduce((sum, { size }) => sum + size, 0)
  }

  /** Bytes of what is under way. */
  report(bytes: number): void {
    this.#timer.report({
      phase: 'validate',
      bytesDone: this.#bytesBefore + bytes,
      bytesTotal: this.#bytesTotal,
      documents: 0,
      shardsDone: 0,
      shardsTotal: 0,
    })
  }

  /** Bytes of what is done. */
  add(bytes: number): void {
    this.#bytesBefore += bytes
    this.#timer.force()
    this.report(0)
  }
}
