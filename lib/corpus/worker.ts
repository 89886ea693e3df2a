/**
 * Main module of a worker thread: takes orders, gives answers.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { packError } from '../errors.js'
import { shardWorker } from './shard-worker.js'
import type { WorkerAnswer, WorkerOrder, WorkerSetup } from './worker-protocol.js'

const port = parentPort
if (port === null) throw new Error('this file is the main module of a worker thread')

const work = shardWorker(workerData as WorkerSetup)

port.on('message', (order: WorkerOrder) => {
  if (order === null) {
    port.close()
    return
  }
  work(order)
    .then(
      (receipt): WorkerAnswer => ({ receipt }),
      (error): WorkerAnswer => ({ error: packError(error) }),
    )
    .then((answer) => port.postMessage(answer))
})
