/**
 * What an engine should make of lines of JSON: each line taken for itself, through TextDecoder and JSON.parse. A line
 * is blank, or gives a document, or is undecided; and some lines that JSON.parse accepts are `hard`: there an engine
 * may leave the decision to its caller, but must not decide otherwise.
 */
import type { FramerOptions, FrameTotals } from '../../dist/engine/framer.js'
import { frameDocument, type OracleDocument } from './oracle.js'

export interface JsonLine extends OracleDocument {
  readonly verdict: 'blank' | 'document' | 'undecided'
  readonly hard: boolean
  /** The document's content before framing; empty unless the verdict is `document`. */
  readonly content: Uint8Array
}

export interface FramedJsonl {
  readonly bytes: Uint8Array
  readonly lengths: readonly number[]
  readonly undecided: readonly OracleDocument[]
  readonly totals: FrameTotals
}

/** The lines of `input`, each with its verdict for the field at `keys`. */
export function jsonLines(input: Uint8Array, keys: readonly string[], options: FramerOptions): JsonLine[] {
  const lines: JsonLine[] = []
  for (let offset = 0; offset < input.length; ) {
    const found = input.indexOf(0x0a, offset)
    const end = found === -1 ? input.length : found
    const terminatorLength = found === -1 ? 0 : 1
    lines.push({
      offset,
      length: end - offset,
      terminatorLength,
      ...judge(input.subarray(offset, end), keys, options),
    })
    offset = end + terminatorLength
  }
  return lines
}

/** The framed documents, if the lines at the offsets `leftOut` were left undecided though they are documents. */
export function frameJsonlOracle(
  lines: readonly JsonLine[],
  options: FramerOptions,
  leftOut: ReadonlySet<number>,
): FramedJsonl {
  const bytes: number[] = []
  const lengths: number[] = []
  const undecided: OracleDocument[] = []
  const totals = {
    documents: 0,
    codePoints: 0,
    reserved: 0,
    replaced: 0,
    skippedEmpty: 0,
    crlf: 0,
    blankLines: 0,
  }
  for (const { offset, length, terminatorLength, verdict, content } of lines) {
    if (verdict === 'blank') {
      totals.blankLines++
      continue
    }
    const framed =
      verdict === 'document' && !leftOut.has(offset) ? frameDocument(content, options) : undefined
    if (!framed?.accepted) {
      undecided.push({ offset, length, terminatorLength })
    } else if (content.length === 0 && options.skipEmpty) {
      totals.skippedEmpty++
    } else {
      for (const byte of framed.bytes) bytes.push(byte)
      lengths.push(framed.bytes.length)
      totals.documents++
      totals.codePoints += framed.codePoints
      totals.reserved += framed.reserved
    }
  }
  return { bytes: Uint8Array.from(bytes), lengths, undecided, totals }
}

function judge(
  line: Uint8Array,
  keys: readonly string[],
  options: FramerOptions,
): Pick<JsonLine, 'verdict' | 'hard' | 'content'> {
  const content = new Uint8Array(0)
  if (line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) {
    return { verdict: 'blank', hard: false, content }
  }
  const undecided = { verdict: 'undecided', hard: false, content } as const
  let source: string
  let value: unknown
  try {
    source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)
    value = JSON.parse(source)
  } catch {
    return undecided
  }
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undecided
    if (!Object.hasOwn(value, key)) return undecided
    value = (value as Record<string, unknown>)[key]
  }
  if (typeof value !== 'string' || hasLoneSurrogate(value)) return undecided
  const encoded = new TextEncoder().encode(value)
  // An ill-formed line is refused above, so that nothing is ever replaced in the text.
  if (!frameDocument(encoded, options).accepted) return undecided
  return { verdict: 'document', hard: isHard(source), content: encoded }
}

/** True for JSON that a strict and fast parser may well refuse, though JSON.parse takes it. */
function isHard(source: string): boolean {
  const strings = source.match(/"(?:[^"\\]|\\.)*"/g) ?? []
  if (strings.some((string) => hasLoneSurrogate(JSON.parse(string)))) return true
  const rest = source.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
  // Integers of more than 64 bits, and floats beyond the range of a double.
  if (/\d{18}|e[+-]?\d{3}/i.test(rest)) return true
  let depth = 0
  let deepest = 0
  for (const character of rest) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth)
    if (character === '}' || character === ']') depth--
  }
  return deepest > 1000
}

function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}
