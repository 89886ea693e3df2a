/**
 * Turns the text of an option into its value: sizes, counts, separators with escapes, ranges of documents. Each parser
 * throws the library's own argument error, so that a wrong value reads alike from the command line and from TypeScript.
 */
import { isUtf8 } from 'node:buffer'
import { argumentError } from '../errors.js'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Bytes of `512MiB`, `1.5GB`, `4096`: KB, MB, GB, TB count in thousands, KiB, MiB, GiB, TiB in 1,024s. */
export function parseSize(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text)
  const unit = match === null ? undefined : UNITS[match[2].toLowerCase()]
  const bytes = match === null || unit === undefined ? Number.NaN : Math.floor(Number(match[1]) * unit)
  if (!(bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw argumentError(flag, 'a size such as 512MiB, 1.5GB or 1000000 (bytes)', text)
  }
  return bytes
}

/** A whole number of at least `least`. */
export function parseCount(text: string, flag: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value) || value < least) {
    throw argumentError(flag, `a whole number of at least ${least}`, text)
  }
  return value
}

/** First and last document, both included; `last` is Infinity for an open range. */
export interface DocumentRange {
  readonly first: number
  readonly last: number
}

/** `3..7`, `5`, `3..`, `..7`. */
export function parseDocuments(text: string, flag: string): DocumentRange {
  const match = /^(\d*)(\.\.)?(\d*)$/.exec(text)
  if (match !== null && text !== '' && text !== '..') {
    const first = match[1] === '' ? 0 : Number(match[1])
    const last =
      match[2] === undefined ? first : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])
    if (Number.isSafeInteger(first) && first <= last) return { first, last }
  }
  throw argumentError(flag, 'documents such as 5, 3..7, 3.. or ..7 (numbered from 0)', text)
}

/**
 * A separator, in which \n, \t, \r, \\ and \xNN (one byte of UTF-8) are escapes: a shell passes '\n' on as two
 * characters, so that these are needed.
 */
export function parseSeparator(text: string, flag: string): string {
  const parts: Buffer[] = []
  let rest = text
  while (rest !== '') {
    const escaped = /^\\(?:([ntr\\])|x([0-9a-fA-F]{2}))/.exec(rest)
    const plain = escaped ?? /^[^\\]+/.exec(rest)
    if (plain === null) {
      throw argumentError(flag, String.raw`text whose escapes are \n, \t, \r, \\ or \xNN`, text)
    }
    parts.push(escaped === null ? Buffer.from(plain[0]) : Buffer.of(escapedByte(escaped[1], escaped[2])))
    rest = rest.slice(plain[0].length)
  }
  const bytes = Buffer.concat(parts)
  if (!isUtf8(bytes)) throw argumentError(flag, String.raw`UTF-8, its \xNN escapes included`, text)
  return bytes.toString()
}

function escapedByte(letter: string | undefined, hex: string | undefined): number {
  if (hex !== undefined) return Number.parseInt(hex, 16)
  return { n: 0x0a, t: 0x09, r: 0x0d }[letter ?? ''] ?? 0x5c
}
