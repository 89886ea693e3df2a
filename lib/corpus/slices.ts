/**
 * Drives work that is cut into slices: between two of them other things may happen (a signal, a timer), and the work
 * may stop.
 */
import { setImmediate } from 'node:timers/promises'
import { interruptedError } from '../errors.js'

/** Milliseconds that slices run before other things get their turn. */
const TURN = 5

/** A step of work; a promise asks to wait for it before the next one. */
export type Step = Promise<void> | undefined | void

/** Runs `steps` to their end; `onSlice` is called after each. Throws ERR_INTERRUPTED when the signal says so. */
export async function drive<T>(
  steps: Generator<Step, T>,
  signal: { readonly aborted: boolean } | undefined,
  onSlice: () => void = () => {},
): Promise<T> {
  let turnEnds = performance.now() + TURN
  try {
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      onSlice()
      if (step.value !== undefined) {
        await step.value
        turnEnds = performance.now() + TURN
      } else if (performance.now() >= turnEnds) {
        await setImmediate()
        turnEnds = performance.now() + TURN
      }
      if (signal?.aborted) throw interruptedError()
    }
  } finally {
    // Lets the work free what it holds; nothing if it ended by itself.
    steps.return(undefined as never)
  }
}
