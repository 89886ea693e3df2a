/**
 * Paths as the file system holds them: bytes, which need not be UTF-8. A BytePath is a string in which each code unit
 * is one byte, so that it sorts in byte order, joins and compares like any string, and costs one byte a character.
 */
import { isUtf8 } from 'node:buffer'
import { resolve } from 'node:path'

export type BytePath = string

/** The absolute path of what a caller named. */
export function bytePath(path: string | Uint8Array): BytePath {
  // Resolving looks at separators and dots only, all of which are ASCII.
  return resolve(toBytes(process.cwd()), toBytes(path))
}

/** The path for functions of node:fs. */
export function fsPath(path: BytePath): string | Buffer {
  return isAscii(path) ? path : bytesOf(path)
}

/** The path for people; U+FFFD for what is not UTF-8 in it. */
export function displayPath(path: BytePath): string {
  return isAscii(path) ? path : bytesOf(path).toString()
}

interface RecordedPath {
  readonly path: string
  readonly pathBase64?: string
}

/** The path as plan and quarantine hold it. */
export function recordPath(path: BytePath): RecordedPath {
  if (isAscii(path)) return { path }
  const bytes = bytesOf(path)
  const text = bytes.toString()
  return isUtf8(bytes) ? { path: text } : { path: text, pathBase64: bytes.toString('base64') }
}

/** Back from {@link recordPath}. */
export function recordedPath(record: RecordedPath): BytePath {
  return record.pathBase64 === undefined
    ? toBytes(record.path)
    : Buffer.from(record.pathBase64, 'base64').toString('latin1')
}

/** The same for functions of node:fs. */
export function recordedFsPath({ path, pathBase64 }: RecordedPath): string | Buffer {
  return pathBase64 === undefined ? path : Buffer.from(pathBase64, 'base64')
}

function bytesOf(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1')
}

/** Nearly all paths are, and there are folders with a million of them. */
function isAscii(path: string): boolean {
  return !/[^\0-\x7f]/.test(path)
}

function toBytes(path: string | Uint8Array): BytePath {
  if (typeof path === 'string' && isAscii(path)) return path
  return (typeof path === 'string' ? Buffer.from(path) : Buffer.from(path)).toString('latin1')
}
