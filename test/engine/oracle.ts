/**
 * What an engine should do, said in the plainest way: the whole input at once, first cut into documents, then each
 * document taken for itself, character by character. Nothing here is shared with an engine, and nothing streams, so
 * that a mistake in either is unlikely to be in both. `oracle.test.ts` holds it against TextDecoder.
 */
import { crc32 } from 'node:zlib'
import type { Reason } from '../../dist/engine/abi.js'
import type { FramerOptions, FrameTotals } from '../../dist/engine/framer.js'

/** A character, or the maximal subpart of an ill-formed one; `reason` is `none` for a character. */
export interface OracleCharacter {
  readonly offset: number
  readonly length: number
  readonly reason: Reason
}

/** A document's place in the input; the terminator stands right behind it. */
export interface OracleDocument {
  readonly offset: number
  readonly length: number
  readonly terminatorLength: number
}

export interface Rejected extends OracleDocument {
  readonly reason: Reason
  readonly errorOffset: number
}

export interface Framed {
  readonly bytes: Uint8Array
  readonly lengths: readonly number[]
  readonly rejected: readonly Rejected[]
  readonly totals: FrameTotals
}

/** One document framed, or where and why it is refused. */
export type FramedDocument =
  | {
      readonly accepted: true
      readonly bytes: readonly number[]
      readonly codePoints: number
      readonly reserved: number
      readonly replaced: number
    }
  | { readonly accepted: false; readonly reason: Reason; readonly errorOffset: number }

export interface OracleCensus {
  readonly invalidAt: number
  readonly codePoints: number
  readonly stx: number
  readonly etx: number
  readonly escapes: number
  readonly stray: number
}

export function crc32Oracle(bytes: Uint8Array, start: number, end: number, previous: number): number {
  return crc32(bytes.subarray(start, end), previous)
}

/** All characters and maximal subparts of bytes[start, end), in order. */
export function charactersOf(bytes: Uint8Array, start = 0, end = bytes.length): OracleCharacter[] {
  const characters: OracleCharacter[] = []
  for (let at = start; at < end; ) {
    const character = characterAt(bytes, at, end)
    characters.push(character)
    at += character.length
  }
  return characters
}

export function findInvalidOracle(bytes: Uint8Array, start: number, end: number): OracleCharacter | null {
  for (let at = start; at < end; ) {
    const character = characterAt(bytes, at, end)
    if (character.reason !== 'none') return character
    at += character.length
  }
  return null
}

export function isReservedOracle(byte: number): boolean {
  return byte <= 0x1f && ![0x09, 0x0a, 0x0b, 0x0c, 0x0d].includes(byte)
}

export function censusOracle(bytes: Uint8Array, start: number, end: number): OracleCensus {
  const counts = { codePoints: 0, stx: 0, etx: 0, escapes: 0, stray: 0 }
  for (const { offset, reason } of charactersOf(bytes, start, end)) {
    if (reason !== 'none') return { invalidAt: offset, ...counts }
    counts.codePoints++
    const byte = bytes[offset]
    const next = offset + 1 < end ? bytes[offset + 1] : 0
    if (byte === 0x02) counts.stx++
    else if (byte === 0x03) counts.etx++
    else if (byte === 0x10 && next >= 0x40 && isReservedOracle(next - 0x40)) counts.escapes++
    else if (isReservedOracle(byte)) counts.stray++
  }
  return { invalidAt: -1, ...counts }
}

export function frameOracle(input: Uint8Array, options: FramerOptions): Framed {
  const { documents, blankLines } = documentsOf(input, options)
  const bytes: number[] = []
  const lengths: number[] = []
  const rejected: Rejected[] = []
  const totals = {
    documents: 0,
    codePoints: 0,
    reserved: 0,
    replaced: 0,
    skippedEmpty: 0,
    crlf: 0,
    blankLines,
  }
  const countsCrlf = options.unit === 'line' || options.unit === 'paragraph'
  for (const document of documents) {
    const framed = frameDocument(input.subarray(document.offset, document.offset + document.length), options)
    if (!framed.accepted) {
      rejected.push({ ...document, reason: framed.reason, errorOffset: framed.errorOffset })
      continue
    }
    if (countsCrlf && document.terminatorLength === 2) totals.crlf++
    if (document.length === 0 && options.skipEmpty) {
      totals.skippedEmpty++
      continue
    }
    for (const byte of framed.bytes) bytes.push(byte)
    lengths.push(framed.bytes.length)
    totals.documents++
    totals.codePoints += framed.codePoints
    totals.reserved += framed.reserved
    totals.replaced += framed.replaced
  }
  return { bytes: Uint8Array.from(bytes), lengths, rejected, totals }
}

export function frameDocument(content: Uint8Array, options: FramerOptions): FramedDocument {
  const bytes = options.bos ? [0x02] : []
  const counts = { codePoints: 0, reserved: 0, replaced: 0 }
  const refuse = (reason: Reason, errorOffset: number) => ({ accepted: false, reason, errorOffset }) as const
  for (const { offset, length, reason } of charactersOf(content)) {
    const byte = content[offset]
    counts.codePoints++
    let made: number[]
    if (reason !== 'none') {
      if (options.invalid !== 'replace') return refuse(reason, offset)
      counts.replaced++
      made = [0xef, 0xbf, 0xbd]
    } else if (isReservedOracle(byte)) {
      if (options.reserved === 'quarantine' || options.reserved === 'fail')
        return refuse('reserved-byte', offset)
      counts.reserved++
      made = {
        escape: [0x10, byte + 0x40],
        keep: [byte],
        picture: [...new TextEncoder().encode(String.fromCodePoint(0x2400 + byte))],
        strip: [],
      }[options.reserved]
    } else {
      made = [...content.subarray(offset, offset + length)]
    }
    if (bytes.length + made.length + (options.eos ? 1 : 0) > options.maxLength)
      return refuse('too-long', offset)
    bytes.push(...made)
  }
  if (options.eos) bytes.push(0x03)
  return { accepted: true, bytes, ...counts }
}

/** Where the documents are, whatever is in them. */
function documentsOf(
  input: Uint8Array,
  options: FramerOptions,
): { documents: OracleDocument[]; blankLines: number } {
  switch (options.unit) {
    case 'stream':
      return { documents: [{ offset: 0, length: input.length, terminatorLength: 0 }], blankLines: 0 }
    case 'line':
      return { documents: linesOf(input), blankLines: 0 }
    case 'separator':
      return { documents: piecesOf(input, options.separator ?? Uint8Array.of(0x0a)), blankLines: 0 }
    case 'paragraph':
      return paragraphsOf(linesOf(input))
  }
}

function linesOf(input: Uint8Array): OracleDocument[] {
  return piecesOf(input, Uint8Array.of(0x0a)).map(({ offset, length, terminatorLength }) => {
    const crlf = terminatorLength === 1 && length > 0 && input[offset + length - 1] === 0x0d
    return crlf ? { offset, length: length - 1, terminatorLength: 2 } : { offset, length, terminatorLength }
  })
}

function piecesOf(input: Uint8Array, separator: Uint8Array): OracleDocument[] {
  const haystack = Buffer.from(input.buffer, input.byteOffset, input.length)
  const pieces: OracleDocument[] = []
  let offset = 0
  while (offset < input.length) {
    const found = haystack.indexOf(separator, offset)
    const end = found === -1 ? input.length : found
    const terminatorLength = found === -1 ? 0 : separator.length
    pieces.push({ offset, length: end - offset, terminatorLength })
    offset = end + terminatorLength
  }
  return pieces
}

function paragraphsOf(lines: readonly OracleDocument[]): { documents: OracleDocument[]; blankLines: number } {
  const documents: OracleDocument[] = []
  let run: OracleDocument[] = []
  const endRun = () => {
    const first = run.at(0)
    const last = run.at(-1)
    if (first === undefined || last === undefined) return
    const length = last.offset + last.length - first.offset
    documents.push({ offset: first.offset, length, terminatorLength: last.terminatorLength })
    run = []
  }
  for (const line of lines) {
    if (line.length > 0) run.push(line)
    else endRun()
  }
  endRun()
  return { documents, blankLines: lines.filter((line) => line.length === 0).length }
}

type Range = readonly [first: number, last: number]

const TAIL: Range = [0x80, 0xbf]

/** The Unicode Standard 15, table 3-7: the well-formed sequences, as the range of each byte. */
const WELL_FORMED: readonly (readonly Range[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], TAIL],
  [[0xe0, 0xe0], [0xa0, 0xbf], TAIL],
  [[0xe1, 0xec], TAIL, TAIL],
  [[0xed, 0xed], [0x80, 0x9f], TAIL],
  [[0xee, 0xef], TAIL, TAIL],
  [[0xf0, 0xf0], [0x90, 0xbf], TAIL, TAIL],
  [[0xf1, 0xf3], TAIL, TAIL, TAIL],
  [[0xf4, 0xf4], [0x80, 0x8f], TAIL, TAIL],
]

const ROW_OF_LEAD = Array.from({ length: 256 }, (_, lead) =>
  WELL_FORMED.find(([range]) => lead >= range[0] && lead <= range[1]),
)

function characterAt(bytes: Uint8Array, offset: number, end: number): OracleCharacter {
  const row = ROW_OF_LEAD[bytes[offset]]
  let length = 0
  if (row !== undefined) {
    while (length < row.length && offset + length < end) {
      const byte = bytes[offset + length]
      if (byte < row[length][0] || byte > row[length][1]) break
      length++
    }
    if (length === row.length) return { offset, length, reason: 'none' }
  }
  return { offset, length: Math.max(length, 1), reason: reasonOf(bytes, offset, end) }
}

/** Why no character begins at `offset`. What the first two bytes would mean tells all but `truncated`. */
function reasonOf(bytes: Uint8Array, offset: number, end: number): Reason {
  const lead = bytes[offset]
  if (lead < 0xc0) return 'unexpected-continuation'
  if (lead >= 0xf8) return 'invalid-byte'
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  const highest = ((lead & (0x7f >> size)) + 1) * 64 ** (size - 1) - 1
  if (highest < [0x80, 0x800, 0x10000][size - 2]) return 'overlong'
  if (highest - 64 ** (size - 1) + 1 > 0x10ffff) return 'too-large'
  const second = offset + 1 < end ? bytes[offset + 1] : 0
  if (second < 0x80 || second > 0xbf) return 'truncated'
  const lowest = ((lead & (0x7f >> size)) * 64 + (second & 0x3f)) * 64 ** (size - 2)
  if (lowest < [0x80, 0x800, 0x10000][size - 2]) return 'overlong'
  if (lowest >= 0xd800 && lowest <= 0xdfff) return 'surrogate'
  if (lowest > 0x10ffff) return 'too-large'
  return 'truncated'
}
