/**
 * The one place where errors are made. Each class carries a stable `code`; a message names what was expected, what
 * was received, where (file and byte offset if there are any), and what to do.
 */

export const ERROR_CODES = [
  'ERR_ARGUMENT',
  'ERR_ENGINE_UNAVAILABLE',
  'ERR_INPUT_NOT_FOUND',
  'ERR_INPUT_EMPTY',
  'ERR_INPUT_UNREADABLE',
  'ERR_INPUT_BINARY',
  'ERR_INPUT_CHANGED',
  'ERR_DOCUMENT_INVALID',
  'ERR_DOCUMENT_RESERVED',
  'ERR_OUTPUT_NOT_DIRECTORY',
  'ERR_OUTPUT_OTHER_PLAN',
  'ERR_OUTPUT_BUSY',
  'ERR_OUTPUT_INCOMPLETE',
  'ERR_OUTPUT_WRITE',
  'ERR_DATASET',
  'ERR_INTERRUPTED',
  'ERR_WORKER',
  'ERR_UTF8_INVALID',
  'ERR_STRING_LONE_SURROGATE',
  'ERR_STRING_TOO_LONG',
  'ERR_ENCODING_UNKNOWN',
  'ERR_OUTPUT_TOO_SMALL',
  'ERR_OUT_OF_MEMORY',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export interface ErrorPlace {
  /** File, as the user would name it. */
  readonly file?: string
  /** Byte offset in that file, or in the bytes at hand; in a string, the index of a UTF-16 code unit. */
  readonly offset?: number
}

/** What every error of this package has, whatever built-in class it extends. */
export interface CodedError extends Error {
  readonly code: ErrorCode
  readonly file: string | undefined
  readonly offset: number | undefined
}

/** The general class; and `error instanceof Utf8TokenizerError` is true for those of the other two classes as well. */
export class Utf8TokenizerError extends coded(Error) {
  override readonly name: string = 'Utf8TokenizerError'

  static override [Symbol.hasInstance](value: unknown): value is CodedError {
    return typeof value === 'object' && value !== null && OWN.has(value)
  }
}

/** A TypeError, where JavaScript or the Encoding Standard ask for one: wrong arguments, ill-formed text. */
export class Utf8TokenizerTypeError extends coded(TypeError) {}

/** A RangeError, where they ask for that: unknown labels, sizes that do not fit. */
export class Utf8TokenizerRangeError extends coded(RangeError) {}

/** A wrong argument, in the one shape: expected X for Y, received Z. */
export function argumentError(name: string, expected: string, received: unknown): CodedError {
  return new Utf8TokenizerTypeError(
    'ERR_ARGUMENT',
    `expected ${expected} for ${name}, received ${describe(received)}`,
  )
}

/** Text that no string can hold. `most` is how many UTF-16 code units the longest has. */
export function stringTooLongError(most: number): CodedError {
  return new Utf8TokenizerRangeError(
    'ERR_STRING_TOO_LONG',
    `expected at most ${most} UTF-16 code units for a string, received bytes of more text; decode them in pieces`,
  )
}

/** Ill-formed UTF-8 where it is refused. `offset` is that of the sequence, in bytes. */
export function illFormedError(offset: number, length: number, reason: string): CodedError {
  return new Utf8TokenizerTypeError(
    'ERR_UTF8_INVALID',
    `expected well-formed UTF-8, received ${length === 1 ? 'a byte' : `${length} bytes`} that ${length === 1 ? 'is' : 'are'} not (${reason}) at byte ${offset}; replace or ignore errors to go on behind it`,
    { offset },
  )
}

/** A lone surrogate where it is refused: `offset` is its index in the string that messages call `name`. */
export function loneSurrogateError(name: string, offset: number): CodedError {
  return new Utf8TokenizerTypeError(
    'ERR_STRING_LONE_SURROGATE',
    `expected well-formed UTF-16 for ${name}, received a lone surrogate at code unit ${offset}; use errors: 'replace' to encode it as U+FFFD`,
    { offset },
  )
}

/** A label that is none of UTF-8. */
export function labelError(label: string): CodedError {
  return new Utf8TokenizerRangeError(
    'ERR_ENCODING_UNKNOWN',
    `expected a label of UTF-8 for label, received ${describe(label)}; use TextDecoder for other encodings`,
  )
}

/** Memory of the caller's that cannot hold the result. `unit` says of what `needed` and `room` are numbers. */
export function outputTooSmallError(name: string, needed: number, room: number, unit: string): CodedError {
  return new Utf8TokenizerRangeError(
    'ERR_OUTPUT_TOO_SMALL',
    `expected room for ${needed} ${unit} for ${name}, received ${room}; give a larger array`,
  )
}

/** Memory that the platform does not give. */
export function outOfMemoryError(bytes: number, cause: unknown): CodedError {
  return new Utf8TokenizerRangeError(
    'ERR_OUT_OF_MEMORY',
    `could not get ${bytes} bytes of memory (${messageOf(cause)}); take the input in pieces`,
    {},
    { cause },
  )
}

/** The work was stopped from outside, between two chunks. */
export function interruptedError(): Utf8TokenizerError {
  return new Utf8TokenizerError(
    'ERR_INTERRUPTED',
    'stopped before the end; what was finished is kept, and the same command goes on from there',
  )
}

/** A file or folder of the output could not be made, written, synced or renamed. */
export function writeError(path: string, cause: unknown): Utf8TokenizerError {
  return new Utf8TokenizerError(
    'ERR_OUTPUT_WRITE',
    `could not write ${path} (${messageOf(cause)}); ${writeAdvice(errnoOf(cause))}, then run the same command again: what was finished is kept`,
    { file: path },
    { cause },
  )
}

/** An input could not be found, opened or read. */
export function readError(path: string, cause: unknown): Utf8TokenizerError {
  const errno = errnoOf(cause)
  const missing = errno === 'ENOENT' || errno === 'ENOTDIR'
  return new Utf8TokenizerError(
    missing ? 'ERR_INPUT_NOT_FOUND' : 'ERR_INPUT_UNREADABLE',
    missing
      ? `there is no file, folder or match for ${path}; check the path`
      : `could not read ${path} (${messageOf(cause)}); check its permissions and the disk`,
    { file: path },
    { cause },
  )
}

/** The `code` of a system error (ENOENT and the like), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** What of an error crosses from one thread to another: a structured clone keeps neither class nor code. */
export interface PackedError {
  readonly code: ErrorCode | null
  readonly message: string
  readonly file: string | undefined
  readonly offset: number | undefined
  readonly stack: string | undefined
}

export function packError(error: unknown): PackedError {
  const own = error instanceof Utf8TokenizerError ? error : undefined
  return {
    code: own?.code ?? null,
    message: messageOf(error),
    file: own?.file,
    offset: own?.offset,
    stack: error instanceof Error ? error.stack : undefined,
  }
}

export function unpackError(packed: PackedError): Utf8TokenizerError {
  const { code, message, file, offset, stack } = packed
  const place: { file?: string; offset?: number } = {}
  if (file !== undefined) place.file = file
  if (offset !== undefined) place.offset = offset
  const error = new Utf8TokenizerError(
    code ?? 'ERR_WORKER',
    code === null ? `a worker thread failed: ${message}` : message,
    place,
  )
  if (stack !== undefined) error.stack = stack
  return error
}

/** Errors made by classes of this file. */
const OWN = new WeakSet<object>()

/** A built-in class of errors with what a {@link CodedError} has. */
function coded(
  base: ErrorConstructor,
): new (
  code: ErrorCode,
  message: string,
  place?: ErrorPlace,
  options?: ErrorOptions,
) => CodedError {
  return class extends base {
    readonly code: ErrorCode
    readonly file: string | undefined
    readonly offset: number | undefined

    constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, options?: ErrorOptions) {
      super(message, options)
      this.code = code
      this.file = place.file
      this.offset = place.offset
      OWN.add(this)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function writeAdvice(errno: string | undefined): string {
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return 'free some space'
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') return 'allow writing there'
  return 'check the disk and the folder'
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return `${value.constructor?.name ?? 'an object'}`
  return String(value)
}
