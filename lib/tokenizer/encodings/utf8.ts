/** UTF-8: ids are bytes. The text layer encodes and decodes; here short texts, which a loop does faster than any call. */
import type { TokenEngine } from '../../engine/token-engine.js'
import { SCRATCH_BYTES, scratch } from '../../memory.js'
import type { TextLayer } from '../../text/layer.js'
import type { Encoding } from './encoding.js'
import { allocateIds, batchMemory } from './memory.js'

export function utf8Encoding(layer: TextLayer, engine: TokenEngine): Encoding<Uint8Array> {
  const encoder = new layer.Utf8Encoder()
  // A byte order mark is a character like any other.
  const decoders = {
    ignore: new layer.Utf8Decoder('utf-8', { ignoreBOM: true, errors: 'ignore' }),
    replace: new layer.Utf8Decoder('utf-8', { ignoreBOM: true, errors: 'replace' }),
    strict: new layer.Utf8Decoder('utf-8', { ignoreBOM: true, errors: 'throw' }),
  }

  function encodeLong(text: string, margin: 0 | 1): Uint8Array {
    const size = layer.utf8ByteLength(text)
    const ids = allocateIds(encoding, size + 2 * margin)
    encoder.encodeInto(text, ids.subarray(margin, margin + size))
    return ids
  }

  const encoding: Encoding<Uint8Array> = {
    type: 'uint8',
    largest: 0xff,
    kind: Uint8Array,
    encode(text, margin) {
      const { length } = text
      if (length <= SHORT_UNITS) {
        const ids = encodeAscii(text, margin)
        if (ids !== undefined) return ids
      }
      if (3 * length > SCRATCH_BYTES) return encodeLong(text, margin)
      const memory = scratch()
      const { written } = encoder.encodeInto(text, memory)
      const ids = new Uint8Array(written + 2 * margin)
      if (written <= COPIED_BY_LOOP) for (let i = 0; i < written; i++) ids[margin + i] = memory[i]
      else ids.set(memory.subarray(0, written), margin)
      return ids
    },
    encodeAll(texts) {
      let units = 0
      for (let i = 0; i < texts.length; i++) units += texts[i].length
      // A unit takes three bytes at the most. Of very much text the size is found out first.
      if (3 * units > MOST_GUESSED) return layer.encodeBatch(texts)
      return layer.encodeBatch(texts, { into: batchMemory(3 * units) })
    },
    mayHaveLone({ values, offsets }) {
      return engine.includesReplacement(values.subarray(0, offsets[offsets.length - 1]))
    },
    sizeOf(codePoint) {
      return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
    },
    isInside(values, at) {
      return (values[at] & 0xc0) === 0x80
    },
    decode(ids, errors) {
      const text = decoders.replace.decode(ids)
      // What is ill-formed leaves a U+FFFD; so does U+FFFD itself, which is rare.
      if (errors === 'replace' || !text.includes('\ufffd')) return text
      return decoders[errors].decode(ids)
    },
  }
  return encoding
}

/** Up to so many code units a loop is faster than any call out of JavaScript. */
const SHORT_UNITS = 40
/** And up to so many bytes a loop copies faster than a view of them is made. */
const COPIED_BY_LOOP = 96
const MOST_GUESSED = 2 ** 26

/** Undefined if a unit is not ASCII. */
function encodeAscii(text: string, margin: 0 | 1): Uint8Array | undefined {
  const { length } = text
  const ids = new Uint8Array(length + 2 * margin)
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return undefined
    ids[margin + i] = unit
  }
  return ids
}
