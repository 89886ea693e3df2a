/** Strings as the text layer's callers have them: converted as the Encoding Standard's interfaces do, or strictly. */
import { argumentError, loneSurrogateError } from '../errors.js'

/** `value` as a string: what WebIDL does with an argument that is to be one. A symbol is a TypeError. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : `${value}`
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
