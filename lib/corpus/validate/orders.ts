/**
 * The inputs as a row of orders of about the same size: large files cut, small ones together. An order is done by one
 * thread, or by the walk itself.
 */
import type { PlannedInput } from '../types.js'
import type { FileRange, SurveyOrder } from './survey.js'

/** What opening a file costs beside its bytes, in bytes of reading. */
const FILE_COST = 64 * 1024

/** Roughly the work that the inputs are, in bytes of reading. */
export function workOf(inputs: readonly PlannedInput[]): number {
  return inputs.reduce((sum, { size }) => sum + size + FILE_COST, 0)
}

export function* ordersOf(inputs: readonly PlannedInput[], size: number): Generator<SurveyOrder, void> {
  let index = 0
  let ranges: FileRange[] = []
  let work = 0
  for (const input of inputs) {
    let start = 0
    do {
      const end = Math.min(input.size, start + size)
      ranges.push({ input, start, end })
      work += end - start + FILE_COST
      start = end
      if (work >= size) {
        yield { index: index++, ranges }
        ranges = []
        work = 0
      }
    } while (start < input.size)
  }
  if (ranges.length > 0) yield { index: index++, ranges }
}
