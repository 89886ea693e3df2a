/**
 * What the main thread and its workers say to each other beside orders and receipts, which are messages: what changes
 * all the time (progress) or must arrive at once (stop) lies in shared memory, because a worker that frames reads none.
 */
import type { EngineRequest } from './types.js'

export interface WorkerSetup {
  readonly engine: EngineRequest
  /** There are more cores than workers. */
  readonly freeCore: boolean
  readonly board: SharedArrayBuffer
  /** Number of this worker on the board. */
  readonly slot: number
}

const HEADER = 8
const SLOT_BYTES = 16

/** The shared memory: whether to stop, and for each worker its progress in the shard at hand. */
export class Board {
  readonly memory: SharedArrayBuffer
  readonly #stop: Int32Array
  readonly #progress: Float64Array

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#stop = new Int32Array(memory, 0, 1)
    this.#progress = new Float64Array(memory, HEADER)
  }

  static forWorkers(count: number): Board {
    return new Board(new SharedArrayBuffer(HEADER + SLOT_BYTES * count))
  }

  /** Like an AbortSignal's. */
  get aborted(): boolean {
    return Atomics.load(this.#stop, 0) !== 0
  }

  stop(): void {
    Atomics.store(this.#stop, 0, 1)
  }

  /** Numbers that are a moment old do no harm here, so they are written plainly. */
  setProgress(slot: number, inputBytes: number, documents: number): void {
    this.#progress[2 * slot] = inputBytes
    this.#progress[2 * slot + 1] = documents
  }

  /** The sums over all workers. */
  progress(): { inputBytes: number; documents: number } {
    let inputBytes = 0
    let documents = 0
    for (let i = 0; i < this.#progress.length; i += 2) {
      inputBytes += this.#progress[i]
      documents += this.#progress[i + 1]
    }
    return { inputBytes, documents }
  }
}
