/**
 * How much text bytes hold: code points and UTF-16 code units.
 */
import { characterAt, lengthOf } from './utf8.js'

/** See TextEngine.countCodePoints; over all of `bytes`. */
export function countCodePoints(bytes: Uint8Array): number {
  let codePoints = 0
  for (let at = 0; at < bytes.length; at += lengthOf(characterAt(bytes, at))) codePoints++
  return codePoints
}

/** See TextEngine.utf16Length; over all of `bytes`. */
export function utf16Length(bytes: Uint8Array): number {
  let units = 0
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOf(characterAt(bytes, at))
    units += length === 4 ? 2 : 1
    at += length
  }
  return units
}

/** See TextEngine.sampleOffsets. */
export function sampleOffsets(bytes: Uint8Array, every: number, samples: Uint32Array): void {
  let codePoints = 0
  let units = 0
  let place = 0
  for (let at = 0; at < bytes.length; ) {
    samples[place++] = codePoints
    samples[place++] = units
    for (const end = Math.min(bytes.length, at + every); at < end; at++) {
      const byte = bytes[at]
      if ((byte & 0xc0) === 0x80) continue
      codePoints++
      units += byte < 0xf0 ? 1 : 2
    }
  }
  samples[place++] = codePoints
  samples[place] = units
}
