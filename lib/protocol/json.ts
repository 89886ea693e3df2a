/** JSON as Python's json.dumps prints it, which is how arguments of tool calls stand in a chat. */
import { argumentError } from '../errors.js'

/**
 * `value` as JSON on one line, with ", " between items and ": " behind names; all but control characters, quotes and
 * backslashes stands as itself. It is JSON.stringify's otherwise: names in the order of the object, numbers as JavaScript
 * prints them (Python's 1.0 is 1, its 1e+16 is 10000000000000000), lone surrogates as \u escapes.
 *
 * It holds no raw control character of C0.
 *
 * @throws ERR_ARGUMENT for what JSON cannot hold; messages call it `name`.
 */
export function jsonText(value: unknown, name: string): string {
  // On lines of its own each item has its line break, which strings hold as an escape only.
  const lines = stringify(value)
  if (lines === undefined) throw argumentError(name, 'what JSON can hold', value)
  return lines.replace(/,\n */g, ', ').replace(/\n */g, '')
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, null, 1)
  } catch {
    // A cycle, a bigint, or too deep for the stack.
    return undefined
  }
}
