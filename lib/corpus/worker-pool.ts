/**
 * Runs shards with several workers: each gets the next shard when it has finished one. The first failure stops all;
 * each then removes what it had not finished. One worker is the calling thread, in slices of a few milliseconds, and
 * begins at once; the others are threads, which take longer to start than many a corpus to prepare.
 */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { interruptedError, Utf8TokenizerError, unpackError } from '../errors.js'
import { PROGRESS_INTERVAL } from './progress-timer.js'
import { shardOrder } from './shard.js'
import { shardWorker } from './shard-worker.js'
import type { Plan, RunOptions, ShardReceipt } from './types.js'
import { Board, type WorkerAnswer, type WorkerOrder, type WorkerSetup } from './worker-protocol.js'

export interface PoolWork {
  readonly output: string
  readonly plan: Plan
  /** Numbers of the shards to be run, in this order. */
  readonly pending: readonly number[]
  readonly workers: number
  readonly run: RunOptions
  readonly onReceipt: (receipt: ShardReceipt) => void
  /** Called now and then with what the shards under way have done so far. */
  readonly onTick: (inputBytes: number, documents: number) => void
}

export async function runPending(work: PoolWork): Promise<void> {
  const { output, plan, run, onReceipt, onTick } = work
  const count = Math.min(work.workers, work.pending.length)
  const board = Board.forWorkers(count)
  const pending = work.pending.values()
  const failures: Utf8TokenizerError[] = []
  const fail = (error: Utf8TokenizerError) => {
    failures.push(error)
    board.stop()
  }
  const next = (): WorkerOrder => {
    if (board.aborted) return null
    const shard = pending.next()
    return shard.done ? null : shardOrder(output, plan, shard.value)
  }
  const stop = () => fail(interruptedError())
  run.signal?.addEventListener('abort', stop)
  if (run.signal?.aborted) stop()
  const timer = setInterval(() => {
    const { inputBytes, documents } = board.progress()
    onTick(inputBytes, documents)
  }, PROGRESS_INTERVAL)
  try {
    const engine = { engine: run.engine, target: run.target }
    const freeCore = availableParallelism() > count
    const setups = Array.from({ length: count }, (_, slot) => ({
      engine,
      freeCore,
      board: board.memory,
      slot,
    }))
    const [here, ...threads] = setups
    await Promise.all([
      ...threads.map((setup) => runThread(setup, next, onReceipt, fail)),
      ...(here === undefined ? [] : [runHere(here, next, onReceipt, fail)]),
    ])
  } finally {
    clearInterval(timer)
    run.signal?.removeEventListener('abort', stop)
  }
  // A worker that was stopped because another one failed says that it was interrupted: the cause is the other one.
  const error = failures.find(({ code }) => code !== 'ERR_INTERRUPTED') ?? failures[0]
  if (error !== undefined) throw error
}

async function runHere(
  setup: WorkerSetup,
  next: () => WorkerOrder,
  onReceipt: (receipt: ShardReceipt) => void,
  fail: (error: Utf8TokenizerError) => void,
): Promise<void> {
  const work = shardWorker(setup)
  for (let order = next(); order !== null; order = next()) {
    try {
      onReceipt(await work(order))
    } catch (error) {
      fail(workerError(error as Error))
    }
    // Shards may be too small for a turn within them; signals, timers and the other workers must get one all the same.
    await setImmediate()
  }
}

/** Resolves when the thread has ended, whatever happened in it. */
function runThread(
  setup: WorkerSetup,
  next: () => WorkerOrder,
  onReceipt: (receipt: ShardReceipt) => void,
  fail: (error: Utf8TokenizerError) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let ended = false
    // Not the flags of the program: some of them (--input-type) keep a thread from starting.
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: setup, execArgv: [] })
    const give = () => {
      const order = next()
      ended = order === null
      worker.postMessage(order)
    }
    worker.on('message', ({ receipt, error }: WorkerAnswer) => {
      if (receipt === undefined) fail(unpackError(error))
      else onReceipt(receipt)
      give()
    })
    worker.on('error', (error) => fail(workerError(error)))
    worker.on('messageerror', (error) => fail(workerError(error)))
    worker.on('exit', (code) => {
      if (!ended && code !== 0) fail(workerError(new Error(`exit code ${code}`)))
      else if (!ended) fail(workerError(new Error('it ended before its work')))
      resolve()
    })
    give()
  })
}

function workerError(cause: Error): Utf8TokenizerError {
  if (cause instanceof Utf8TokenizerError) return cause
  return new Utf8TokenizerError('ERR_WORKER', `a worker thread failed: ${cause.message}`, {}, { cause })
}
