/** Batches for the tests of training: texts in each of the layouts that there are. */
import type { PaddedRows, RaggedRows } from '../../dist/training/rows.js'
import { bytesOf, type Random } from '../engine/text.js'

/** Pieces of text of which most put together are no well-formed blocks. */
const PIECES = [
  '\x01assistant\n',
  '\x01user\n\x0e',
  '\x0f\x17\n',
  '\x17\n',
  '\x0f',
  '\x0e',
  'ab',
  'é',
  '\0',
  '文',
]

export function randomTexts(random: Random, most: number, pieces: number): Uint8Array[] {
  return Array.from({ length: random.below(most + 1) }, () => {
    const parts = Array.from({ length: random.below(pieces) }, () => bytesOf(random.pick(PIECES)))
    return Uint8Array.from(Buffer.concat(parts))
  })
}

/** Back to back, with `before` bytes in front and some behind that are no part of any text. */
export function ragged(texts: readonly Uint8Array[], before = 0): RaggedRows {
  const values = Uint8Array.from(
    Buffer.concat([bytesOf('\x0e').subarray(0, before), ...texts, bytesOf('\x0ex')]),
  )
  const offsets = new Uint32Array(texts.length + 1)
  offsets[0] = Math.min(before, 1)
  texts.forEach((text, i) => {
    offsets[i + 1] = offsets[i] + text.length
  })
  return { values, offsets }
}

export interface Padded {
  readonly rows: PaddedRows
  readonly attention_mask: PaddedRows
  /** For each place the text and the place in it, or null for padding. */
  readonly places: readonly (readonly ({ text: number; at: number } | null)[])[]
}

export function padded(texts: readonly Uint8Array[], left: boolean, more = 0, pad = 0): Padded {
  const width = Math.max(0, ...texts.map((text) => text.length)) + more
  const places = texts.map((text, number) => {
    const own = Array.from(text, (_, at) => ({ text: number, at }))
    const padding = Array<null>(width - text.length).fill(null)
    return left ? [...padding, ...own] : [...own, ...padding]
  })
  const flat = places.flat()
  const dims = [texts.length, width]
  return {
    rows: { dims, data: Uint8Array.from(flat, (place) => (place ? texts[place.text][place.at] : pad)) },
    attention_mask: { dims, data: Uint8Array.from(flat, (place) => (place ? 1 : 0)) },
    places,
  }
}
