/**
 * Options of functions and classes. Each is honoured or refused: an unknown name, or a value that
 * is none of the allowed ones, throws.
 */
import { argumentError } from './errors.js'

/** The options in `options`, of which there are those named in `known`. Undefined and null are none. */
export function checkedOptions<T extends object>(
  options: T | null | undefined,
  known: readonly (keyof T & string)[],
): Partial<T> {
  if (options === undefined || options === null) return {}
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw argumentError('options', 'an object', options)
  }
  for (const name of Object.keys(options)) {
    if (!(known as readonly string[]).includes(name)) {
      throw argumentError('options', `no option but ${known.join(', ')}`, name)
    }
  }
  return options
}

/** `value`, which messages call `name`, if it is one of `allowed`. */
export function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value
  throw argumentError(name, allowed.map((one) => `'${one}'`).join(' or '), value)
}
