/**
 * Ctrl-C: the first one asks the work to stop where it can be taken up again, the second one ends the process.
 */
import { EXIT } from './command.js'

export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.failed)
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return controller.signal
}
