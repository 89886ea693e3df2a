/**
 * What becomes of reserved control characters in the content of a call: the policies of lib/protocol/controls.ts, on strings,
 * so that they serve all encodings alike. `quarantine` has no meaning here: there is nowhere to set a text aside.
 */
import { argumentError, reservedError } from '../errors.js'
import {
  CONTROLS,
  DLE,
  ESCAPE_OFFSET,
  isReserved,
  RESERVED_POLICIES,
  type ReservedPolicy,
} from '../protocol/controls.js'

export type ContentPolicy = Exclude<ReservedPolicy, 'quarantine'>

export const CONTENT_POLICIES = RESERVED_POLICIES.filter(
  (policy): policy is ContentPolicy => policy !== 'quarantine',
)

/** `value` if it is a policy for content; ERR_ARGUMENT else. */
export function contentPolicy(value: ContentPolicy): ContentPolicy {
  if (CONTENT_POLICIES.includes(value)) return value
  throw argumentError('reserved', CONTENT_POLICIES.map((one) => `'${one}'`).join(' or '), value)
}

/**
 * `text`, which messages call `name`, under a policy.
 *
 * @throws ERR_DOCUMENT_RESERVED with the code unit's index under `fail`, if there is a reserved character.
 */
export function applyPolicy(text: string, policy: ContentPolicy, name: string): string {
  if (policy === 'keep') return text
  const first = text.search(RESERVED)
  if (first === -1) return text
  if (policy === 'fail') throw reservedError(name, text.charCodeAt(first), first)
  return text.replace(ALL_RESERVED, REPLACED[policy])
}

/** How a reserved character is written under a policy; the others have no say. */
const REPLACED: Readonly<Record<'escape' | 'picture' | 'strip', (control: string) => string>> = {
  escape: (control) => DLE_CHARACTER + String.fromCharCode(control.charCodeAt(0) + ESCAPE_OFFSET),
  picture: (control) => String.fromCharCode(PICTURES + control.charCodeAt(0)),
  strip: () => '',
}

const DLE_CHARACTER = String.fromCharCode(DLE)
/** The block of pictures of control characters. */
const PICTURES = 0x2400
const CLASS = `[${CONTROLS.filter(({ byte }) => isReserved(byte))
  .map(({ byte }) => `\\x${byte.toString(16).padStart(2, '0')}`)
  .join('')}]`
const RESERVED = new RegExp(CLASS)
const ALL_RESERVED = new RegExp(CLASS, 'g')
