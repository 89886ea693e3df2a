/**
 * Threads that survey for a walk: none for little work, as they take long to start, and no more than it is worth.
 */
import type { EngineRequest } from '../types.js'
import { startThread, type Thread } from '../worker-thread.js'
import type { SurveyOrder, SurveyResult, SurveySetup } from './survey.js'
import type { Walk } from './walk.js'

export interface ThreadSettings {
  /** How many threads at most. */
  readonly most: number
  /** Work for which one is worth starting, as in OrderQueue. */
  readonly worth: number
  readonly engine: EngineRequest
  readonly chunk: number
}

export class SurveyThreads {
  readonly #walk: Walk
  readonly #settings: ThreadSettings
  readonly #threads: Thread[] = []

  constructor(walk: Walk, settings: ThreadSettings) {
    this.#walk = walk
    this.#settings = settings
  }

  /** Tells them that there is so much work by now, and that there may be orders. */
  atWork(work: number): void {
    const { most, worth } = this.#settings
    for (const thread of this.#threads) thread.more()
    while (this.#threads.length < Math.min(most, Math.floor(work / worth))) this.#start()
  }

  /** Resolves when they have ended, which they do when the walk has no more orders. */
  async ended(): Promise<void> {
    for (const thread of this.#threads) thread.more()
    await Promise.all(this.#threads.map(({ ended }) => ended))
  }

  #start(): void {
    const walk = this.#walk
    const { engine, chunk } = this.#settings
    const setup: SurveySetup = { engine, chunk }
    this.#threads.push(
      startThread<SurveyOrder, SurveyResult>({
        module: new URL('./worker.js', import.meta.url),
        setup,
        // The calling thread gives orders between its slices only, which take longer than one of them.
        ahead: 4,
        next: () => walk.next(),
        onResult: (result) => walk.add(result),
        fail: (error) => walk.fail(error),
      }),
    )
  }
}
