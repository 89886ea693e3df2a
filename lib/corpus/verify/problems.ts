/**
 * Collects what is wrong with a dataset, up to a number that a person still reads.
 */
import { Utf8TokenizerError } from '../../errors.js'
import type { VerifyProblem } from '../types.js'

const MOST = 100

export class Problems {
  readonly list: VerifyProblem[] = []
  /** There were more than are listed. */
  truncated = false

  add(problem: VerifyProblem): void {
    if (this.list.length < MOST) this.list.push(problem)
    else this.truncated = true
  }

  /** A problem of the dataset itself. */
  dataset(file: string, message: string, place: { document?: number; offset?: number } = {}): void {
    this.add({ code: 'ERR_DATASET', file, ...place, message })
  }

  /** What an error says; errors that are none of ours are thrown on. */
  error(error: unknown, file: string): void {
    if (!(error instanceof Utf8TokenizerError) || error.code === 'ERR_INTERRUPTED') throw error
    const { code, message, offset } = error
    this.add({ code, file: error.file ?? file, ...(offset === undefined ? {} : { offset }), message })
  }
}
