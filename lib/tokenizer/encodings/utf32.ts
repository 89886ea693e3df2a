/** UTF-32: ids are code points, in the machine's byte order. Source: Unicode 15, D90. */
import { argumentError, loneSurrogateError } from '../../errors.js'
import { allocate } from '../../memory.js'
import { type DecodeErrors, type Encoding, MOST_IDS } from './encoding.js'
import { allocateIds, batchMemory } from './memory.js'
import { stringOfUnits } from './string-of-units.js'

export const UTF32: Encoding<Uint32Array> = {
  type: 'uint32',
  largest: 0xffffffff,
  kind: Uint32Array,
  encode(text, margin) {
    const ids = allocateIds(UTF32, codePointsOf(text) + 2 * margin)
    encodeCodePoints(text, ids, margin)
    return ids
  },
  encodeAll(texts) {
    let units = 0
    for (let i = 0; i < texts.length; i++) units += texts[i].length
    if (units > MOST_IDS) throw argumentError('text', `at most ${MOST_IDS} code units in all`, units)
    const memory = new Uint32Array(batchMemory(4 * units).buffer, 0, units)
    const offsets = new Uint32Array(texts.length + 1)
    for (let i = 0; i < texts.length; i++) offsets[i + 1] = encodeCodePoints(texts[i], memory, offsets[i])
    return { values: memory.subarray(0, offsets[texts.length]), offsets }
  },
  mayHaveLone() {
    return true
  },
  sizeOf() {
    return 1
  },
  isInside() {
    return false
  },
  decode(ids, errors) {
    const units = new Uint16Array(allocate(4 * ids.length).buffer)
    let size = 0
    for (let i = 0; i < ids.length; i++) {
      const codePoint = isScalar(ids[i]) ? ids[i] : insteadOf(ids[i], i, errors)
      if (codePoint === NOTHING) continue
      if (codePoint < 0x10000) {
        units[size++] = codePoint
      } else {
        units[size++] = 0xd800 + ((codePoint - 0x10000) >> 10)
        units[size++] = 0xdc00 + (codePoint & 0x3ff)
      }
    }
    return stringOfUnits(units, size)
  },
}

const NOTHING = -1
const LAST_CODE_POINT = 0x10ffff

function isScalar(id: number): boolean {
  return id < 0xd800 || (id > 0xdfff && id <= LAST_CODE_POINT)
}

/** What stands for the id at index `i`, which is no character. */
function insteadOf(id: number, i: number, errors: DecodeErrors): number {
  if (errors === 'ignore') return NOTHING
  if (errors === 'replace') return 0xfffd
  if (id > LAST_CODE_POINT) throw argumentError(`ids[${i}]`, `a code point, at most ${LAST_CODE_POINT}`, id)
  throw loneSurrogateError('ids', i, "use errors: 'ignore' or 'replace' to go on behind it")
}

function codePointsOf(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--
  return count
}

/** Returns where the ids end. */
function encodeCodePoints(text: string, ids: Uint32Array, start: number): number {
  const { length } = text
  let at = start
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    ids[at++] =
      (unit & 0xfc00) === 0xd800 ? 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff) : unit
  }
  return at
}
