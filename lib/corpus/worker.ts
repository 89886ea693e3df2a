/**
 * A worker thread: builds and commits the shards that it is sent, one after the other.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { chooseEngine } from '../engine/choose.js'
import { packError } from '../errors.js'
import { buildShard } from './shard.js'
import { Board, type WorkerAnswer, type WorkerOrder, type WorkerSetup } from './worker-protocol.js'

const setup = workerData as WorkerSetup
const port = parentPort
if (port === null) throw new Error('this file is the main module of a worker thread')

const board = new Board(setup.board)
const { engine } = chooseEngine(setup.engine)

port.on('message', (order: WorkerOrder) => {
  if (order === null) {
    port.close()
    return
  }
  answer(order).then((message) => port.postMessage(message))
})

async function answer(order: NonNullable<WorkerOrder>): Promise<WorkerAnswer> {
  try {
    const receipt = await buildShard(order, engine, {
      signal: board,
      progress: (inputBytes, documents) => board.setProgress(setup.slot, inputBytes, documents),
    })
    return { receipt }
  } catch (error) {
    return { error: packError(error) }
  } finally {
    board.setProgress(setup.slot, 0, 0)
  }
}
