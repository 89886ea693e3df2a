/**
 * Runs shards in worker threads: each thread gets the next shard when it has finished one. The first failure stops
 * all; each thread then removes what it had not finished. Where one thread would do, none is started: the work is done
 * here, in slices of a few milliseconds, because a thread takes longer to start than many a corpus to prepare.
 */
import { Worker } from 'node:worker_threads'
import { chooseEngine } from '../engine/choose.js'
import { interruptedError, Utf8TokenizerError, unpackError } from '../errors.js'
import { PROGRESS_INTERVAL } from './progress-timer.js'
import { buildShard, shardOrder } from './shard.js'
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
  const count = Math.min(work.workers, work.pending.length)
  if (count > 1) await runInWorkers(work, count)
  else await runHere(work)
}

async function runHere({ output, plan, pending, run, onReceipt, onTick }: PoolWork): Promise<void> {
  const { engine } = chooseEngine({ engine: run.engine, target: run.target })
  let ticked = performance.now()
  for (const index of pending) {
    const receipt = await buildShard(shardOrder(output, plan, index), engine, {
      signal: run.signal,
      progress(inputBytes, documents) {
        if (performance.now() - ticked < PROGRESS_INTERVAL) return
        ticked = performance.now()
        onTick(inputBytes, documents)
      },
    })
    onReceipt(receipt)
  }
}

async function runInWorkers(work: PoolWork, count: number): Promise<void> {
  const { output, plan, run, onReceipt, onTick } = work
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
    const threads = Array.from({ length: count }, (_, slot) =>
      runThread({ engine, board: board.memory, slot }, next, onReceipt, fail),
    )
    await Promise.all(threads)
  } finally {
    clearInterval(timer)
    run.signal?.removeEventListener('abort', stop)
  }
  // A thread that was stopped because another one failed says that it was interrupted: the cause is the other one.
  const error = failures.find(({ code }) => code !== 'ERR_INTERRUPTED') ?? failures[0]
  if (error !== undefined) throw error
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
