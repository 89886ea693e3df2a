/** Strings as the text layer's callers have them: converted as the Encoding Standard's interfaces do, or strictly. */
import { MAX_STRING_LENGTH } from '../engine/text-engine.js'
import { argumentError, loneSurrogateError, stringTooLongError } from '../errors.js'

/**
 * `value` as a string: what WebIDL does with an argument that is to be one. A symbol is a TypeError. Of a string it costs
 * nothing, and V8 knows from then on that it has one.
 */
export function toText(value: unknown): string {
  return `${value}`
}

/** One behind the other, or ERR_STRING_TOO_LONG. */
export function concatenated(first: string, second: string): string {
  if (first.length + second.length > MAX_STRING_LENGTH) throw stringTooLongError(MAX_STRING_LENGTH)
  return first + second
}

/** Throws ERR_ARGUMENT unless `text`, which messages call `name`, is a string. */
export function checkString(text: string, name: string): void {
  if (typeof text !== 'string') throw argumentError(name, 'a string', text)
}

/** Throws ERR_STRING_LONE_SURROGATE if `text` has a lone surrogate; its place is counted from `base` on. */
export function checkWellFormed(text: string, name: string, base = 0): void {
  // With the flag u a pair is one code point, so that only a lone half is a surrogate.
  if (!text.isWellFormed()) throw loneSurrogateError(name, base + text.search(/\p{Surrogate}/u))
}
