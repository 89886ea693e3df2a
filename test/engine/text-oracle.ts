/**
 * What a TextEngine should do, said in the plainest way: one code point after the other, in numbers and not in bits.
 * Nothing here is shared with an engine. `text-oracle.test.ts` holds it against TextEncoder, TextDecoder and Buffer.
 */
import { charactersOf } from './oracle.js'

export interface OracleText {
  readonly valid: boolean
  readonly codePoints: number
  readonly units: number
  /** The string with U+FFFD for each maximal subpart of an ill-formed sequence, and with nothing for it. */
  readonly replace: string
  readonly ignore: string
}

/** All that bytes[start, end) decodes to. */
export function textOracle(bytes: Uint8Array, start = 0, end = bytes.length): OracleText {
  let valid = true
  let codePoints = 0
  let replace = ''
  let ignore = ''
  for (const { offset, length, reason } of charactersOf(bytes, start, end)) {
    codePoints++
    if (reason === 'none') {
      const character = String.fromCodePoint(codePointOf(bytes, offset, length))
      replace += character
      ignore += character
    } else {
      valid = false
      replace += '\ufffd'
    }
  }
  return { valid, codePoints, units: replace.length, replace, ignore }
}

/** `text` as UTF-8. */
export function encodeOracle(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length)
  let length = 0
  // A string is iterated by code points; what is lone comes by itself.
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0
    const lone = codePoint >= 0xd800 && codePoint <= 0xdfff
    for (const byte of bytesOfCodePoint(lone ? 0xfffd : codePoint)) bytes[length++] = byte
  }
  return bytes.slice(0, length)
}

/** How many of the bytes of encoded text fit into `room`, if no character is cut. */
export function fittingOracle(encoded: Uint8Array, room: number): number {
  let length = Math.min(room, encoded.length)
  while (length < encoded.length && encoded[length] >= 0x80 && encoded[length] <= 0xbf) length--
  return length
}

/** See TextEngine.sampleOffsets. */
export function sampleOracle(bytes: Uint8Array, every: number): number[] {
  const samples: number[] = []
  let codePoints = 0
  let units = 0
  for (let at = 0; at < bytes.length; at++) {
    if (at % every === 0) samples.push(codePoints, units)
    if (bytes[at] >= 0x80 && bytes[at] <= 0xbf) continue
    codePoints++
    units += bytes[at] >= 0xf0 ? 2 : 1
  }
  samples.push(codePoints, units)
  return samples
}

/** RFC 3629, section 3: by how many bytes it has, what stands in front of the first bits, and from where on. */
const SIZES = [
  { least: 0x10000, size: 4, mark: 0xf0 },
  { least: 0x800, size: 3, mark: 0xe0 },
  { least: 0x80, size: 2, mark: 0xc0 },
  { least: 0, size: 1, mark: 0 },
] as const

function bytesOfCodePoint(codePoint: number): number[] {
  for (const { least, size, mark } of SIZES) {
    if (codePoint < least) continue
    const bytes = [mark + Math.floor(codePoint / 64 ** (size - 1))]
    for (let left = size - 2; left >= 0; left--) bytes.push(0x80 + (Math.floor(codePoint / 64 ** left) % 64))
    return bytes
  }
  return []
}

function codePointOf(bytes: Uint8Array, offset: number, length: number): number {
  let codePoint = bytes[offset] - [0, 0xc0, 0xe0, 0xf0][length - 1]
  for (let i = 1; i < length; i++) codePoint = codePoint * 64 + (bytes[offset + i] - 0x80)
  return codePoint
}
