/**
 * The escape of reserved bytes in content: DLE, then the byte + 40h. It is what the policy `escape` of framing writes.
 *
 * It is injective and its result holds no reserved byte but DLE, so that content can neither begin nor end a
 * structure, whatever it is. A DLE of the content is escaped like any other reserved byte, so that nothing else can
 * look like an escape. In a field that a line feed ends (lineFeeds), a line feed is escaped as well, in the same way.
 */

import { checkedOptions } from '../checked-options.js'
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { checkRange } from '../range.js'
import { CONTROLS, DLE, ESCAPE_OFFSET, isReserved } from './controls.js'

export interface EscapeOptions {
  /** The text is a field of one line: LF is DLE 'J' in it. Default: false. */
  readonly lineFeeds?: boolean
}

/**
 * Escapes each reserved byte of `bytes` (C0 without 09–0D). All others, well-formed UTF-8 or not, stay as they are.
 *
 * @returns The escaped bytes, in memory of their own; without a reserved byte, `bytes` itself.
 * @throws ERR_ARGUMENT if `bytes` is no Uint8Array, and for unknown options.
 */
export function escapeControls(bytes: Uint8Array, options?: EscapeOptions): Uint8Array {
  checkRange(bytes, 0, bytes.length)
  const isEscaped = escapedWith(options)
  let reserved = 0
  for (const byte of bytes) if (isEscaped(byte)) reserved++
  if (reserved === 0) return bytes
  const escaped = new Uint8Array(bytes.length + reserved)
  let size = 0
  for (const byte of bytes) {
    if (isEscaped(byte)) {
      escaped[size++] = DLE
      escaped[size++] = byte + ESCAPE_OFFSET
    } else {
      escaped[size++] = byte
    }
  }
  return escaped
}

/** The same for a string: a reserved character becomes DLE and the character of its byte + 40h. Lone surrogates stay. */
export function escapeText(text: string, options?: EscapeOptions): string {
  if (typeof text !== 'string') throw argumentError('text', 'a string', text)
  return text.replace(escapedWith(options) === isReserved ? RESERVED : RESERVED_IN_LINE, escapeOf)
}

/**
 * Undoes {@link escapeControls} in bytes[start, end), by default all of them. Reserved bytes other than DLE stay as they are.
 *
 * @returns The plain bytes: without a DLE a view of the same memory, nothing is copied; else memory of their own.
 * @throws ERR_DATASET for a DLE that no escaped byte + 40h follows, with its offset from the start of `bytes`;
 *   ERR_ARGUMENT for a range that is none, and for unknown options.
 */
export function unescapeControls(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
  options?: EscapeOptions,
): Uint8Array {
  checkRange(bytes, start, end)
  const isEscaped = escapedWith(options)
  const escaped = bytes.subarray(start, end)
  const first = escaped.indexOf(DLE)
  if (first === -1) return escaped
  const plain = new Uint8Array(escaped.length)
  plain.set(escaped.subarray(0, first))
  let size = first
  for (let at = first; at < escaped.length; at++) {
    if (escaped[at] === DLE) {
      const byte = at + 1 < escaped.length ? escaped[at + 1] - ESCAPE_OFFSET : -1
      if (!(byte >= 0 && isEscaped(byte))) throw escapeError(escaped, at, start)
      plain[size++] = byte
      at++
    } else {
      plain[size++] = escaped[at]
    }
  }
  return plain.subarray(0, size)
}

/** Which bytes have an escape. */
function escapedWith(options: EscapeOptions | undefined): (byte: number) => boolean {
  const { lineFeeds = false } = checkedOptions(options, ['lineFeeds'])
  if (typeof lineFeeds !== 'boolean') throw argumentError('lineFeeds', 'true or false', lineFeeds)
  return lineFeeds ? isReservedInLine : isReserved
}

function isReservedInLine(byte: number): boolean {
  return isReserved(byte) || byte === 0x0a
}

const RESERVED = classOf(isReserved)
const RESERVED_IN_LINE = classOf(isReservedInLine)

function classOf(member: (byte: number) => boolean): RegExp {
  const members = CONTROLS.map(({ byte }) => byte).filter(member)
  return new RegExp(`[${members.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}]`, 'g')
}

function escapeOf(character: string): string {
  return String.fromCharCode(DLE, character.charCodeAt(0) + ESCAPE_OFFSET)
}

/** The DLE at escaped[at] is no escape. */
function escapeError(escaped: Uint8Array, at: number, start: number): Utf8TokenizerError {
  const found = at + 1 < escaped.length ? `the byte ${escaped[at + 1]}` : 'the end'
  return new Utf8TokenizerError(
    'ERR_DATASET',
    `expected a reserved byte + ${ESCAPE_OFFSET} behind the escape (DLE) at byte ${start + at}, found ${found}; the text was not escaped, or is damaged`,
    { offset: start + at },
  )
}
