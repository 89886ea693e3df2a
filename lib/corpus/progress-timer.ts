/**
 * Passes progress on ten times a second at most, however often it is reported.
 */
import type { Progress } from './types.js'

/** Milliseconds between two reports. */
export const PROGRESS_INTERVAL = 100

export class ProgressTimer {
  readonly #onProgress: ((progress: Progress) => void) | undefined
  #next = 0

  constructor(onProgress: ((progress: Progress) => void) | undefined) {
    this.#onProgress = onProgress
  }

  report(progress: Progress): void {
    if (this.#onProgress === undefined) return
    const now = performance.now()
    if (now < this.#next) return
    this.#next = now + PROGRESS_INTERVAL
    this.#onProgress(progress)
  }

  /** The next report is passed on in any case. */
  force(): void {
    this.#next = 0
  }
}
