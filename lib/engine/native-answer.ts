/**
 * The addon's own refusal of an argument: what the checks in TypeScript let through, a value that changed under them.
 */
import { Utf8TokenizerError } from '../errors.js'
import { STATE_SLOTS } from './abi.js'

/** The answer, or ERR_ARGUMENT for a negative one: -1 - (the argument's index). */
export function accepted(answer: number): number {
  if (answer >= 0) return answer
  throw new Utf8TokenizerError(
    'ERR_ARGUMENT',
    `the native engine refused its argument ${-1 - answer} (a framer's state has ${STATE_SLOTS.length} whole numbers; buffers must not be detached)`,
  )
}
