/**
 * What a worker does, whichever thread it runs in: builds and commits the shards that it is given, one after the other,
 * and keeps its place on the board up to date.
 */
import { chooseEngine } from '../engine/choose.js'
import { buildShard, type ShardOrder } from './shard.js'
import type { ShardReceipt } from './types.js'
import { Board, type WorkerSetup } from './worker-protocol.js'

export function shardWorker(setup: WorkerSetup): (order: ShardOrder) => Promise<ShardReceipt> {
  const board = new Board(setup.board)
  const { engine } = chooseEngine(setup.engine)
  return async (order) => {
    try {
      return await buildShard(order, engine, {
        signal: board,
        freeCore: setup.freeCore,
        progress: (inputBytes, documents) => board.setProgress(setup.slot, inputBytes, documents),
      })
    } finally {
      board.setProgress(setup.slot, 0, 0)
    }
  }
}
