/**
 * A thread that takes orders and gives results: the side that starts it, and the side that runs in it. What an order is
 * is the affair of whoever uses it.
 */
import { type MessagePort, Worker } from 'node:worker_threads'
import { type PackedError, packError, Utf8TokenizerError, unpackError } from '../errors.js'

export interface ThreadWork<Order, Result> {
  /** The thread's main module, which calls {@link serveOrders}. */
  readonly module: URL
  /** Its `workerData`. */
  readonly setup: unknown
  /** How many orders it holds at once: with two it need not wait for the next one while nobody has time for it. */
  readonly ahead: number
  /** null: there is no more to do; undefined: not yet, until {@link Thread.more} is called. */
  next(): Order | null | undefined
  onResult(result: Result): void
  fail(error: Utf8TokenizerError): void
}

type Answer<Result> =
  | { readonly result: Result; readonly error?: never }
  | { readonly result?: never; readonly error: PackedError }

export interface Thread {
  /** Resolves when the thread has ended, whatever happened in it. */
  readonly ended: Promise<void>
  /** There may be orders again. */
  more(): void
}

export function startThread<Order, Result>(work: ThreadWork<Order, Result>): Thread {
  // Not the flags of the program: some of them (--input-type) keep a thread from starting.
  const worker = new Worker(work.module, { workerData: work.setup, execArgv: [] })
  let given = 0
  let last = false
  const more = () => {
    while (given < work.ahead && !last) {
      const order = work.next()
      if (order === undefined) return
      given++
      last = order === null
      worker.postMessage(order)
    }
  }
  worker.on('message', (answer: Answer<Result>) => {
    given--
    if (answer.error === undefined) work.onResult(answer.result)
    else work.fail(unpackError(answer.error))
    more()
  })
  worker.on('error', (error) => work.fail(workerError(error)))
  worker.on('messageerror', (error) => work.fail(workerError(error)))
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      if (!last && code !== 0) work.fail(workerError(new Error(`exit code ${code}`)))
      else if (!last) work.fail(workerError(new Error('it ended before its work')))
      resolve()
    })
  })
  more()
  return { ended, more }
}

/** In the thread: does the orders one after the other, until there are no more. */
export function serveOrders<Order, Result>(
  port: MessagePort | null,
  work: (order: Order) => Result | Promise<Result>,
): void {
  if (port === null) throw new Error('this file is the main module of a worker thread')
  let before = Promise.resolve()
  port.on('message', (order: Order | null) => {
    before = before.then(async () => {
      if (order === null) port.close()
      else port.postMessage(await answerTo(order))
    })
  })

  async function answerTo(order: Order): Promise<Answer<Result>> {
    try {
      return { result: await work(order) }
    } catch (error) {
      return { error: packError(error) }
    }
  }
}

export function workerError(cause: Error): Utf8TokenizerError {
  if (cause instanceof Utf8TokenizerError) return cause
  return new Utf8TokenizerError('ERR_WORKER', `a worker thread failed: ${cause.message}`, {}, { cause })
}
