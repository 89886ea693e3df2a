/**
 * What a file holds: by its extension, and, so that nobody trains on compressed bytes, by a look at its beginning.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { extname } from 'node:path'
import { readError, Utf8TokenizerError } from '../../errors.js'
import type { InputFormat } from '../types.js'
import { type BytePath, displayPath, fsPath } from './byte-path.js'

/** Bytes at the start of a file that are looked at. */
export const SNIFF_LENGTH = 8192

/** What a file is that is no UTF-8 text, and what to do with it. */
export interface LooksLike {
  readonly what: string
  readonly advice: string
}

const EXTENSIONS: Readonly<Record<string, InputFormat>> = {
  '.txt': 'text',
  '.text': 'text',
  '.md': 'text',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
}

const DECOMPRESS = 'decompress it first'
const EXTRACT = 'take the text out first'
const MAGICS: readonly (LooksLike & { bytes: string })[] = [
  { what: 'gzip data', bytes: '\x1f\x8b', advice: `${DECOMPRESS} (gzip -d)` },
  { what: 'Zstandard data', bytes: '\x28\xb5\x2f\xfd', advice: `${DECOMPRESS} (zstd -d)` },
  { what: 'a zip archive', bytes: 'PK\x03\x04', advice: `${DECOMPRESS} (unzip)` },
  { what: 'xz data', bytes: '\xfd7zXZ\x00', advice: `${DECOMPRESS} (xz -d)` },
  { what: 'bzip2 data', bytes: 'BZh', advice: `${DECOMPRESS} (bzip2 -d)` },
  { what: 'a Parquet file', bytes: 'PAR1', advice: 'export its text column as JSON lines first' },
  { what: 'a PNG image', bytes: '\x89PNG', advice: EXTRACT },
  { what: 'a PDF', bytes: '%PDF-', advice: `${EXTRACT} (pdftotext)` },
  { what: 'UTF-32 text', bytes: '\xff\xfe\x00\x00', advice: 'convert it (iconv -f UTF-32 -t UTF-8)' },
  { what: 'UTF-32 text', bytes: '\x00\x00\xfe\xff', advice: 'convert it (iconv -f UTF-32 -t UTF-8)' },
  { what: 'UTF-16 text', bytes: '\xff\xfe', advice: 'convert it (iconv -f UTF-16 -t UTF-8)' },
  { what: 'UTF-16 text', bytes: '\xfe\xff', advice: 'convert it (iconv -f UTF-16 -t UTF-8)' },
]

/** The most bytes that {@link looksLike} wants to see. */
export const MAGIC_LENGTH = Math.max(...MAGICS.map(({ bytes }) => bytes.length))

/** What a file is that begins with the first `length` bytes of `start`, if they say that it is no UTF-8 text. */
export function looksLike(start: Buffer, length: number): LooksLike | undefined {
  const magic = MAGICS.find(
    ({ bytes }) => start.toString('latin1', 0, Math.min(bytes.length, length)) === bytes,
  )
  return magic && { what: magic.what, advice: magic.advice }
}

/** The format that the extension says, or undefined. */
export function formatOfName(path: BytePath): InputFormat | undefined {
  // Of what is no ASCII in a path none is part of a known extension.
  return EXTENSIONS[extname(path).toLowerCase()]
}

/** The extension in lower case, with its dot, or '(none)'. */
export function extensionOf(path: BytePath): string {
  return extname(displayPath(path)).toLowerCase() || '(none)'
}

const sniffed = Buffer.allocUnsafeSlow(SNIFF_LENGTH)

/** Throws ERR_INPUT_BINARY if the file begins like one that is not UTF-8 text. */
export function refuseBinary(path: BytePath): void {
  const length = readStart(path)
  const magic = looksLike(sniffed, length)
  if (magic !== undefined) throw binaryError(path, 0, `is ${magic.what}`, magic.advice)
  const zero = sniffed.subarray(0, length).indexOf(0)
  if (zero !== -1) {
    throw binaryError(
      path,
      zero,
      `has a NUL byte at offset ${zero}, so that it is hardly UTF-8 text`,
      'take it out',
    )
  }
}

function binaryError(path: BytePath, offset: number, what: string, advice: string): Utf8TokenizerError {
  const file = displayPath(path)
  return new Utf8TokenizerError(
    'ERR_INPUT_BINARY',
    `${file} ${what}; ${advice}, or name the input format (--input-format text) to take it all the same`,
    { file, offset },
  )
}

function readStart(path: BytePath): number {
  let descriptor: number | undefined
  try {
    descriptor = openSync(fsPath(path), 'r')
    let length = 0
    while (length < SNIFF_LENGTH) {
      const count = readSync(descriptor, sniffed, length, SNIFF_LENGTH - length, length)
      if (count === 0) break
      length += count
    }
    return length
  } catch (error) {
    throw readError(displayPath(path), error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
