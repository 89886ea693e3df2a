/**
 * Material for the suites: text of several scripts, ill-formed sequences of every reason, and seeded randomness.
 */
import type { Reason } from '../../dist/engine/abi.js'

export { BOUNDARY_BYTES, Random } from '../seeded.js'

/** Bytes of a string whose characters 00–FF stand for themselves and all others for their UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.concat(
    [...text].map((character) =>
      Buffer.from(character, (character.codePointAt(0) ?? 0) < 0x100 ? 'latin1' : 'utf8'),
    ),
  )
}

export const SCRIPTS = {
  ascii: 'The quick brown fox jumps over the lazy dog, 0123456789. ',
  cyrillic: 'Съешьещёэтихмягкихфранцузскихбулокдавыпейчаю',
  cjk: '人人生而自由在尊严和权利上一律平等他们赋有理性和良心',
  emoji: '😀🎉🌍🚀🧪🔤🧩🪐',
  mixed: 'a€ж😀 naïve 文字, ok… 𝄞Ω\tẞ',
} as const
export type Script = keyof typeof SCRIPTS
export const SCRIPT_NAMES = Object.keys(SCRIPTS) as Script[]

/** Exactly `length` bytes of well-formed text, filled up with dots where a character does not fit. */
export function textOf(script: Script, length: number): Uint8Array {
  const encoded = Buffer.from(SCRIPTS[script].repeat(Math.ceil(length / 20) + 1))
  let end = Math.min(length, encoded.length)
  while ((encoded[end] & 0xc0) === 0x80) end--
  const text = new Uint8Array(length).fill(0x2e)
  text.set(encoded.subarray(0, end))
  return text
}

/** An ill-formed sequence; `length` is that of its first maximal subpart, if no continuation byte follows. */
export interface IllFormed {
  readonly bytes: Uint8Array
  readonly length: number
  readonly reason: Reason
}

export const ILL_FORMED: readonly IllFormed[] = [
  ['80', 1, 'unexpected-continuation'],
  ['bf', 1, 'unexpected-continuation'],
  ['f8', 1, 'invalid-byte'],
  ['fe', 1, 'invalid-byte'],
  ['ff', 1, 'invalid-byte'],
  ['c080', 1, 'overlong'],
  ['c1bf', 1, 'overlong'],
  ['e09fbf', 1, 'overlong'],
  ['f08fbfbf', 1, 'overlong'],
  ['eda080', 1, 'surrogate'],
  ['edbfbf', 1, 'surrogate'],
  ['f4908080', 1, 'too-large'],
  ['f5808080', 1, 'too-large'],
  ['f7', 1, 'too-large'],
  ['c2', 1, 'truncated'],
  ['df', 1, 'truncated'],
  ['e4', 1, 'truncated'],
  ['e0a0', 2, 'truncated'],
  ['ed9f', 2, 'truncated'],
  ['f4', 1, 'truncated'],
  ['f090', 2, 'truncated'],
  ['f48f', 2, 'truncated'],
  ['f09f98', 3, 'truncated'],
].map(([hex, length, reason]) => ({
  bytes: Buffer.from(`${hex}`, 'hex'),
  length: Number(length),
  reason: reason as Reason,
}))
