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
  'ERR_OUTPUT_WRITE',
  'ERR_DATASET',
  'ERR_INTERRUPTED',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export interface ErrorPlace {
  /** File, as the user would name it. */
  readonly file?: string
  /** Byte offset in that file. */
  readonly offset?: number
}

export class Utf8TokenizerError extends Error {
  readonly code: ErrorCode
  readonly file: string | undefined
  readonly offset: number | undefined

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Utf8TokenizerError'
    this.code = code
    this.file = place.file
    this.offset = place.offset
  }
}

/** A wrong argument, in the one shape: expected X for Y, received Z. */
export function argumentError(name: string, expected: string, received: unknown): Utf8TokenizerError {
  return new Utf8TokenizerError(
    'ERR_ARGUMENT',
    `expected ${expected} for ${name}, received ${describe(received)}`,
  )
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return `${value.constructor?.name ?? 'an object'}`
  return String(value)
}
