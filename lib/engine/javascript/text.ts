/** TextEngine in JavaScript. */
import type { TextEngine } from '../text-engine.js'

function missing(): never {
  throw new Error('not there yet')
}

export const javascriptTextEngine: Omit<TextEngine, 'findInvalid'> = {
  isValid: missing,
  countCodePoints: missing,
  utf16Length: missing,
  byteLength: missing,
  encodeInto: missing,
  decode: missing,
  encodeJoined: missing,
  decodeBatch: missing,
  sampleOffsets: missing,
}
