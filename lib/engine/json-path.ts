/**
 * A JSON path names a field by the keys that lead to it, in the dotted form that people type: `text`, `message.body`.
 *
 * Keys only, no array indexes: the text of a document is always a named field, and an array would give several. A key
 * that itself holds a dot or a backslash is written with a backslash in front of that character. The path is taken
 * apart once, here, so that no engine ever sees the dotted form.
 */
import { argumentError } from '../errors.js'
import type { JsonPath } from './engine.js'

/**
 * The path that `dotted` names: keys separated by `.`, a backslash takes the next character literally.
 *
 * @throws ERR_ARGUMENT for an empty path, an empty key, a backslash at the end, or a lone surrogate.
 */
export function jsonPath(dotted: string): JsonPath {
  if (typeof dotted !== 'string') throw argumentError('JSON path', 'a string', dotted)
  const keys = splitKeys(dotted)
  return { keys, packed: packKeys(keys) }
}

function splitKeys(dotted: string): string[] {
  // With the `u` flag a surrogate pair is one code point, so that only a lone surrogate matches.
  if (/\p{Surrogate}/u.test(dotted)) throw argumentError('JSON path', 'well-formed Unicode', dotted)
  const keys: string[] = []
  let key = ''
  for (let at = 0; at < dotted.length; at++) {
    const character = dotted[at]
    if (character === '.') {
      keys.push(key)
      key = ''
    } else if (character === '\\') {
      at++
      if (at === dotted.length) throw argumentError('JSON path', 'a character behind each backslash', dotted)
      key += dotted[at]
    } else {
      key += character
    }
  }
  keys.push(key)
  if (keys.includes('')) throw argumentError('JSON path', 'keys of at least one character', dotted)
  return keys
}

/** For each key its UTF-8 length as u32 little endian, and its bytes. */
function packKeys(keys: readonly string[]): Uint8Array {
  const encoder = new TextEncoder()
  const encoded = keys.map((key) => encoder.encode(key))
  const packed = new Uint8Array(encoded.reduce((size, key) => size + 4 + key.length, 0))
  const view = new DataView(packed.buffer)
  let at = 0
  for (const key of encoded) {
    view.setUint32(at, key.length, true)
    packed.set(key, at + 4)
    at += 4 + key.length
  }
  return packed
}
