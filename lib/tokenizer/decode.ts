/** From ids back to text: special ids left out if asked for, what is ill-formed treated, escapes undone. */

import { checkedOptions, oneOf } from '../checked-options.js'
import type { Ids } from '../engine/token-engine.js'
import { escapeError } from '../errors.js'
import { DLE, ESCAPE_OFFSET, ETX, isReserved, STX } from '../protocol/controls.js'
import { flag } from './call-options.js'
import { DECODE_ERRORS, type DecodeErrors, type Encoding } from './encodings/encoding.js'
import { PAD } from './rows.js'

export interface DecodeOptions {
  /** Leaves out ids 0, 2 and 3 (NUL, STX, ETX), wherever they stand, before anything is decoded. False by default. */
  readonly skip_special_tokens?: boolean | null | undefined
  /**
   * What becomes of ids that are no text, each maximal subpart (Unicode 15, D93b) of them: `ignore` leaves it out, which is the
   * default and what the reference does; `replace` U+FFFD; `strict` ERR_UTF8_INVALID, in UTF-16 and UTF-32
   * ERR_STRING_LONE_SURROGATE, with its offset in the ids that are decoded: without special ones, if those are left out.
   */
  readonly errors?: DecodeErrors | null | undefined
  /**
   * Undoes the escapes of `reserved: 'escape'` and of chats. A DLE that escapes nothing is ill-formed too, of which `errors`
   * decides: left out, U+FFFD, or ERR_DATASET.
   */
  readonly unescape?: boolean | null | undefined
}

export interface DecodeSettings {
  readonly skip: boolean
  readonly errors: DecodeErrors
  readonly unescaped: boolean
}

export const DECODE_DEFAULTS: DecodeSettings = { skip: false, errors: 'ignore', unescaped: false }

export function decodeSettings(options: DecodeOptions | null | undefined): DecodeSettings {
  if (options === undefined) return DECODE_DEFAULTS
  const given = checkedOptions(options, ['skip_special_tokens', 'errors', 'unescape'])
  return {
    skip: flag('skip_special_tokens', given.skip_special_tokens, false),
    errors: oneOf('errors', given.errors ?? 'ignore', DECODE_ERRORS),
    unescaped: flag('unescape', given.unescape, false),
  }
}

export function decodeIds<I extends Ids>(
  encoding: Encoding<I>,
  ids: I,
  { skip, errors, unescaped }: DecodeSettings,
): string {
  const content = skip ? withoutSpecialIds(encoding, ids) : ids
  const text = encoding.decode(content, errors)
  if (!unescaped || !text.includes(ESCAPE)) return text
  if (errors === 'strict') checkEscapes(content)
  const instead = errors === 'replace' ? '\ufffd' : ''
  return text.replace(ESCAPES, (pair) =>
    pair.length === 2 ? String.fromCharCode(pair.charCodeAt(1) - ESCAPE_OFFSET) : instead,
  )
}

/** True for the ids of NUL, STX and ETX. */
export function isSpecialId(id: number): boolean {
  return id <= ETX && (id === ETX || id === STX || id === PAD)
}

/** `ids` without special ones. Where those are at the ends alone, as usual, it is a view. */
export function withoutSpecialIds<I extends Ids>({ kind }: Pick<Encoding<I>, 'kind'>, ids: I): I {
  let start = 0
  let end = ids.length
  while (start < end && isSpecialId(ids[start])) start++
  while (start < end && isSpecialId(ids[end - 1])) end--
  let within = 0
  for (let i = start; i < end; i++) if (isSpecialId(ids[i])) within++
  if (within === 0) return ids.subarray(start, end) as I
  const content = new kind(end - start - within)
  let size = 0
  for (let i = start; i < end; i++) if (!isSpecialId(ids[i])) content[size++] = ids[i]
  return content
}

const ESCAPE = String.fromCharCode(DLE)
const LF = 0x0a
/** What is raised by an escape; in a chat's fields of one line, LF as well. */
const ESCAPED = Array.from({ length: 0x20 }, (_, byte) => byte).filter(
  (byte) => isReserved(byte) || byte === LF,
)
const ESCAPES = new RegExp(
  `${ESCAPE}[${ESCAPED.map((byte) => `\\x${(byte + ESCAPE_OFFSET).toString(16)}`).join('')}]?`,
  'g',
)

/** Throws ERR_DATASET for the first DLE that escapes nothing. */
function checkEscapes(ids: Ids): void {
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== DLE) continue
    if (!ESCAPED.includes(ids[i + 1] - ESCAPE_OFFSET)) throw escapeError(i)
    i++
  }
}
