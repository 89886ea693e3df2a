/** UTF-16: ids are code units, as strings of JavaScript have them, in the machine's byte order. Source: Unicode 15, D91. */
import { argumentError, loneSurrogateError } from '../../errors.js'
import { type Encoding, MOST_IDS } from './encoding.js'
import { allocateIds, batchMemory } from './memory.js'
import { stringOfUnits } from './string-of-units.js'

export const UTF16: Encoding<Uint16Array> = {
  type: 'uint16',
  largest: 0xffff,
  kind: Uint16Array,
  encode(text, margin) {
    const ids = allocateIds(UTF16, text.length + 2 * margin)
    encodeUnits(text, ids, margin)
    return ids
  },
  encodeAll(texts) {
    const offsets = new Uint32Array(texts.length + 1)
    let units = 0
    for (let i = 0; i < texts.length; i++) {
      units += texts[i].length
      offsets[i + 1] = units
    }
    if (units > MOST_IDS) throw argumentError('text', `at most ${MOST_IDS} code units in all`, units)
    const values = new Uint16Array(batchMemory(2 * units).buffer, 0, units)
    for (let i = 0; i < texts.length; i++) encodeUnits(texts[i], values, offsets[i])
    return { values, offsets }
  },
  mayHaveLone() {
    return true
  },
  sizeOf(codePoint) {
    return codePoint < 0x10000 ? 1 : 2
  },
  isInside(values, at) {
    return (values[at] & 0xfc00) === 0xdc00
  },
  decode(ids, errors) {
    const text = stringOfUnits(ids)
    if (text.isWellFormed()) return text
    if (errors === 'replace') return text.toWellFormed()
    // With the flag u a pair is one code point, so that only a lone half is a surrogate.
    if (errors === 'ignore') return text.replace(/\p{Surrogate}/gu, '')
    throw loneSurrogateError('ids', text.search(/\p{Surrogate}/u), IN_IDS)
  },
}

const IN_IDS = "use errors: 'ignore' or 'replace' to go on behind it"

function encodeUnits(text: string, ids: Uint16Array, start: number): void {
  const { length } = text
  for (let i = 0; i < length; i++) ids[start + i] = text.charCodeAt(i)
}
