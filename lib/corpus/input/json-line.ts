/**
 * Decides the lines of JSON that an engine leaves undecided: those that are refused, and those that are merely hard.
 * It is shared by the engines, so that both take and refuse the same lines, for the same reasons: JSON.parse is the
 * judge, and of duplicate keys the last wins.
 */
import type { Engine, JsonPath } from '../../engine/engine.js'
import type { RefusalReason } from '../types.js'

export type JsonLineDecision =
  | {
      readonly text: Uint8Array
      /** Ill-formed sequences of the line and lone surrogates of the text that became U+FFFD. */
      readonly replaced: number
    }
  | {
      readonly reason: RefusalReason
      /** Where in the line, as far as it is known. */
      readonly errorOffset: number
    }

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const LONE_SURROGATE = /\p{Surrogate}/gu

/** Decides line[start, end), which is one line without its end. `replace` mends what is ill-formed. */
export function decideJsonLine(
  engine: Engine,
  path: JsonPath,
  bytes: Uint8Array,
  start: number,
  end: number,
  replace: boolean,
): JsonLineDecision {
  const invalid = engine.findInvalid(bytes, start, end)
  if (invalid !== null && !replace) {
    return { reason: refusal(invalid.reason), errorOffset: invalid.offset - start }
  }
  const mended = invalid === null ? 0 : countInvalid(engine, bytes, start, end)
  const value = parse(decoder.decode(bytes.subarray(start, end)))
  if (value === undefined) return { reason: 'json-malformed', errorOffset: 0 }
  const text = field(value, path.keys)
  if (text === undefined) return { reason: 'field-missing', errorOffset: 0 }
  if (typeof text !== 'string') return { reason: 'field-not-string', errorOffset: 0 }
  const surrogates = text.match(LONE_SURROGATE)?.length ?? 0
  if (surrogates > 0 && !replace) return { reason: 'surrogate', errorOffset: 0 }
  // Encoding turns each lone surrogate into U+FFFD.
  return { text: Buffer.from(text), replaced: mended + surrogates }
}

/** JSON has no undefined: it says that the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function field(value: unknown, keys: readonly string[]): unknown {
  let at = value
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, key))
      return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

function countInvalid(engine: Engine, bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  let from = start
  for (;;) {
    const invalid = engine.findInvalid(bytes, from, end)
    if (invalid === null) return count
    count++
    from = invalid.offset + invalid.length
  }
}

function refusal(reason: string): RefusalReason {
  return reason as RefusalReason
}
