/**
 * Runs shards with several workers: each gets the next shard when it has finished one. The first failure stops all;
 * each then removes what it had not finished. One worker is the calling thread, in slices of a few milliseconds, and
 * begins at once; the others are threads, which take longer to start than many a corpus to prepare.
 */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { interruptedError, type Utf8TokenizerError } from '../errors.js'
import { PROGRESS_INTERVAL } from './progress-timer.js'
import { type ShardOrder, shardOrder } from './shard.js'
import { shardWorker } from './shard-worker.js'
import type { Plan, RunOptions, ShardReceipt } from './types.js'
import { Board, type WorkerSetup } from './worker-protocol.js'
import { startThread, workerError } from './worker-thread.js'

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
  const next = (): ShardOrder | null => {
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
      ...threads.map((setup) => {
        const module = new URL('./worker.js', import.meta.url)
        const thread = { module, setup, ahead: 1, next, onResult: onReceipt, fail }
        return startThread<ShardOrder, ShardReceipt>(thread).ended
      }),
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
  next: () => ShardOrder | null,
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
