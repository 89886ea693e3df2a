/**
 * TokenEngine in JavaScript: checks the arguments as the interface says, then plain loops over typed arrays.
 */
import {
  BETWEEN_BLOCKS,
  BLOCK_STATES,
  BLOCK_TABLE,
  blockStateAfterRefused,
  REFUSED,
} from '../../protocol/blocks.js'
import { markCount, ownNumbers, tokenArguments } from '../token-arguments.js'
import { type Ids, NO_ID, type TokenEngine } from '../token-engine.js'

export const javascriptTokenEngine: TokenEngine = {
  padRows(values, ranges, first, last, width, pad, left, ids, mask) {
    const own = ownNumbers(ranges)
    tokenArguments.padRows(values, own, first, last, width, pad, left, ids, mask)
    const [from, to, flags] = [plain(values), plain(ids), plain(mask)]
    const extra = markCount(first, last)
    for (let i = 0, rowStart = 0; i < own.length; i += 2, rowStart += width) {
      const rowEnd = rowStart + width
      const length = own[i + 1] - own[i] + extra
      const start = left ? rowEnd - length : rowStart
      const end = start + length
      to.fill(pad, rowStart, start)
      to.fill(pad, end, rowEnd)
      putRow(from, own[i], own[i + 1], first, last, to, start)
      flags.fill(0, rowStart, start)
      flags.fill(1, start, end)
      flags.fill(0, end, rowEnd)
    }
  },
  joinRows(values, ranges, first, last, ids, offsets) {
    const own = ownNumbers(ranges)
    tokenArguments.joinRows(values, own, first, last, ids, offsets)
    const [from, to] = [plain(values), plain(ids)]
    let at = 0
    for (let i = 0; i < own.length; i += 2) {
      offsets[i / 2] = at
      at = putRow(from, own[i], own[i + 1], first, last, to, at)
    }
    offsets[own.length / 2] = at
  },
  includesReplacement(bytes) {
    tokenArguments.includesReplacement(bytes)
    for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1)) {
      if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) return true
    }
    return false
  },
  widen(ids, output) {
    tokenArguments.widen(ids, output)
    // Each number as its two halves, the lower one first or last as the machine has it: a BigInt for each would cost more.
    const halves = new Uint32Array(output.buffer, output.byteOffset, 2 * ids.length)
    for (let i = 0; i < ids.length; i++) {
      halves[2 * i + LOWER_HALF] = ids[i]
      halves[2 * i + 1 - LOWER_HALF] = 0
    }
  },
  translate(bytes, table, output) {
    tokenArguments.translate(bytes, table, output)
    for (let i = 0; i < bytes.length; i++) output[i] = table[bytes[i]]
  },
  lossMask(bytes, offsets, mask) {
    const own = ownNumbers(offsets)
    tokenArguments.lossMask(bytes, own, mask)
    for (let row = 0; row + 1 < own.length; row++) {
      let state = BETWEEN_BLOCKS
      for (let i = own[row]; i < own[row + 1]; i++) {
        const byte = bytes[i]
        const next = BLOCK_TABLE[256 * state + byte]
        mask[i] = next !== REFUSED ? IN_ASSISTANT[state] : 0
        state = next !== REFUSED ? next : blockStateAfterRefused(byte)
      }
    }
  },
  attentionSpans(bytes, offsets, spans) {
    const own = ownNumbers(offsets)
    tokenArguments.attentionSpans(bytes, own, spans)
    for (let row = 0; row + 1 < own.length; row++) {
      let count = 0
      let inside = false
      for (let i = own[row]; i < own[row + 1]; i++) {
        const byte = bytes[i]
        if (byte === SO && !inside) {
          inside = true
          count++
        }
        spans[i] = inside ? count : 0
        if (byte === SI) inside = false
      }
    }
  },
  attentionMask(documents, spans, rows, width, mask, packed) {
    tokenArguments.attentionMask(documents, spans, rows, width, mask, packed)
    const stride = packed ? Math.ceil(width / 8) : width
    for (let place = 0; place < rows * width; place++) {
      const first = place - (place % width)
      const document = documents[place]
      const span = spans[place]
      const attends = (other: number): boolean =>
        (span !== 0 && spans[other] === span) ||
        (other <= place && document !== 0 && documents[other] === document)
      if (packed) {
        for (let byte = 0; byte < stride; byte++) {
          let bits = 0
          for (let j = 8 * byte; j < 8 * byte + 8; j++) {
            bits = 2 * bits + (j < width && attends(first + j) ? 1 : 0)
          }
          mask[place * stride + byte] = bits
        }
      } else {
        for (let j = 0; j < width; j++) mask[place * stride + j] = attends(first + j) ? 1 : 0
      }
    }
  },
  placePieces(values, pieces, documentOf, ids, positions, documents) {
    const own = ownNumbers(pieces)
    tokenArguments.placePieces(values, own, documentOf, ids, positions, documents)
    const [from, to] = [plain(values), plain(ids)]
    for (let i = 0; i < own.length; i += 3) {
      const [start, end, at] = [own[i], own[i + 1], own[i + 2]]
      copy(from, start, end, to, at)
      for (let k = 0; k < end - start; k++) positions[at + k] = k
      for (let k = 0; k < end - start; k++) documents[at + k] = documentOf[i / 3]
    }
  },
  maskLogits(logits, vocabulary, masks, which) {
    const own = ownNumbers(which)
    tokenArguments.maskLogits(logits, vocabulary, masks, own)
    for (let row = 0, start = 0; row < own.length; row++, start += vocabulary) {
      const maskStart = 256 * own[row]
      for (let byte = 0; byte < 256; byte++) {
        if (masks[maskStart + byte] === 0) logits[start + byte] = Number.NEGATIVE_INFINITY
      }
      for (let i = start + 256; i < start + vocabulary; i++) logits[i] = Number.NEGATIVE_INFINITY
    }
  },
}

const SO = 0x0e
const SI = 0x0f
/** Where in the two halves of a number of 64 bits the lower one stands: machines differ. */
const LOWER_HALF = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1
/** For each state 1 if what is read in it is part of what an assistant has to say. */
const IN_ASSISTANT = Uint8Array.from(BLOCK_STATES, ({ body }) => (body === 'assistant' ? 1 : 0))
/** Up to so many ids a loop is faster than a view and a copy. */
const SHORT = 32

/** Puts a row where it begins, with its marks, and returns where it ends. */
function putRow(
  from: Ids,
  start: number,
  end: number,
  first: number,
  last: number,
  to: Ids,
  at: number,
): number {
  let place = at
  if (first !== NO_ID) to[place++] = first
  copy(from, start, end, to, place)
  place += end - start
  if (last !== NO_ID) to[place++] = last
  return place
}

function copy(from: Ids, start: number, end: number, to: Ids, at: number): void {
  if (end - start > SHORT) {
    to.set(from.subarray(start, end), at)
    return
  }
  for (let i = start, place = at; i < end; i++, place++) to[place] = from[i]
}

/** The same memory without the methods of a class of its own, such as Buffer has. */
function plain<T extends Ids>(array: T): T
function plain(array: Ids): Ids {
  if (array.byteLength === 0) return array
  if (array instanceof Uint8Array) return new Uint8Array(array.buffer, array.byteOffset, array.length)
  if (array instanceof Uint16Array) return new Uint16Array(array.buffer, array.byteOffset, array.length)
  return new Uint32Array(array.buffer, array.byteOffset, array.length)
}
