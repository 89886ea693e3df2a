/**
 * Main module of a worker thread: takes orders, gives answers.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { shardWorker } from './shard-worker.js'
import type { WorkerSetup } from './worker-protocol.js'
import { serveOrders } from './worker-thread.js'

serveOrders(parentPort, shardWorker(workerData as WorkerSetup))
