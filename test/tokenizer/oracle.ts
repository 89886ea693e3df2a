/**
 * Tokenizers in the plainest way, over lists: what a call has to give. Shares nothing with the code under test; encodes with
 * Buffer, code point by code point.
 */
export type ClassName = 'UTF8Tokenizer' | 'UTF16Tokenizer' | 'UTF32Tokenizer'

/** A character, its place in the text, and its ids. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly ids: readonly number[]
}

export interface OracleOptions {
  readonly special: boolean
  readonly reserved?: 'keep' | 'escape' | 'picture' | 'strip'
}

export function idsOf(name: ClassName, text: string): number[] {
  if (name === 'UTF8Tokenizer') return [...Buffer.from(text, 'utf8')]
  if (name === 'UTF32Tokenizer') return Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const bytes = Buffer.from(text, 'utf16le')
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i))
}

/** The characters of a text, each with all its ids under the policy; an escape is one. */
export function piecesOf(
  name: ClassName,
  text: string,
  reserved: OracleOptions['reserved'] = 'keep',
): Piece[] {
  let at = 0
  return Array.from(text, (character) => {
    const start = at
    at += character.length
    return { start, end: at, ids: idsOf(name, policed(character, reserved)) }
  })
}

function policed(character: string, reserved: OracleOptions['reserved']): string {
  const code = character.charCodeAt(0)
  if (code >= 0x20 || [9, 10, 11, 12, 13].includes(code)) return character
  if (reserved === 'escape') return `\u0010${String.fromCharCode(code + 0x40)}`
  if (reserved === 'picture') return String.fromCharCode(0x2400 + code)
  return reserved === 'strip' ? '' : character
}

export function framed(ids: readonly number[], special: boolean): number[] {
  return special ? [2, ...ids, 3] : [...ids]
}
