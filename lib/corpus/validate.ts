/**
 * Looks for ill-formed UTF-8 in files, and says where it is. The inputs are found as `prepare` finds them, but for what
 * is in them: a file that is UTF-16, an image or cut off is what this is asked about.
 */
import { devNull } from 'node:os'
import type { Readable } from 'node:stream'
import { chooseEngine } from '../engine/choose.js'
import { interruptedError } from '../errors.js'
import { type Discovery, discover } from './input/discover.js'
import { CHUNK } from './input/source-reader.js'
import { type ResolvedValidation, resolveValidateOptions } from './options.js'
import { ProgressTimer } from './progress-timer.js'
import { drive } from './slices.js'
import type { InputProblem, PlannedInput, ValidateOptions, ValidateReport } from './types.js'
import { Ledger, reasonsOf, sumOf } from './validate/ledger.js'
import { OrderQueue } from './validate/orders.js'
import { StreamSource, validateStream } from './validate/stream-source.js'
import { makeReader } from './validate/survey.js'
import { SurveyThreads } from './validate/threads.js'
import { Walk } from './validate/walk.js'

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
  const { engine: name, target, signal, onProgress } = options.run
  const { engine } = chooseEngine({ engine: name, target })
  if (signal?.aborted) throw interruptedError()
  const ledger = new Ledger(options, sizes.chunk)
  const queue = new OrderQueue(sizes.order)
  const stream = () => validateStream(STDIN, new StreamSource(stdin(), sizes.chunk, signal), engine, ledger)
  const walk = new Walk(queue, engine, makeReader(sizes.chunk), ledger, stream)
  const threads = new SurveyThreads(walk, {
    most: options.workers - 1,
    worth: sizes.thread,
    engine: { engine: name, target },
    chunk: sizes.chunk,
  })
  try {
    // Threads survey what has been found already. Nothing is told before all is found: names may be wrong.
    const onInput = (input: PlannedInput) => {
      if (input === STDIN) queue.addStream()
      else queue.addFile(input)
    }
    const found = find(options, ledger.problems, onInput)
    const { inputs, passedOver } = await drive(found, signal, () => threads.atWork(queue.work))
    queue.end()
    threads.atWork(queue.work)
    const timer = new ProgressTimer(onProgress)
    // With standard input it is not known.
    const bytesTotal = inputs.includes(STDIN) ? 0 : inputs.reduce((sum, { size }) => sum + size, 0)
    const none = { documents: 0, shardsDone: 0, shardsTotal: 0 }
    const report = () => timer.report({ phase: 'validate', bytesDone: ledger.progress, bytesTotal, ...none })
    await drive(walk.steps(), signal, report)
    timer.force()
    report()
    return reportOf(ledger, inputs.length, passedOver)
  } finally {
    walk.stop()
    await threads.ended()
  }
}

function find(
  options: ResolvedValidation,
  problems: InputProblem[],
  onInput: (input: PlannedInput) => void,
): Generator<void, Discovery> {
  return discover({
    inputs: options.inputs,
    inputFormat: options.allFiles ? 'text' : 'auto',
    // There is none that could be among the inputs.
    output: devNull,
    stdin: STDIN,
    binary: 'take',
    takeAll: 'take them all with --all-files (allFiles)',
    onInput,
    onUnreadable: ({ code, file, message }) => problems.push({ code, file: file ?? '', message }),
  })
}

function reportOf(
  { bytes, counts, illFormedFiles, problems }: Ledger,
  files: number,
  passedOver: Discovery['passedOver'],
): ValidateReport {
  const illFormed = sumOf(counts)
  const ok = illFormed === 0 && problems.length === 0
  return { ok, files, bytes, illFormed, reasons: reasonsOf(counts), illFormedFiles, problems, passedOver }
}
