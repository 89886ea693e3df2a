/** Calls of each operation of a TokenEngine: right arguments, and what is wrong for one of them while all others are right. */
import type { TokenEngine } from '../../dist/engine/token-engine.js'

export type Name = keyof TokenEngine
export type Arrays = Uint8Array | Uint16Array | Uint32Array | BigInt64Array | Float32Array

/** Right arguments of each operation by name, in order, made anew for each call. */
export const RIGHT: Readonly<Record<Name, () => Record<string, unknown>>> = {
  padRows: () => ({
    values: bytes(6),
    ranges: Uint32Array.of(0, 2, 3, 6),
    first: 2,
    last: 3,
    width: 5,
    pad: 0,
    left: true,
    ids: bytes(10),
    mask: bytes(10),
  }),
  joinRows: () => ({
    values: bytes(6),
    ranges: Uint32Array.of(0, 2, 3, 6),
    first: 2,
    last: 3,
    ids: bytes(9),
    offsets: new Uint32Array(3),
  }),
  includesReplacement: () => ({ bytes: bytes(6) }),
  widen: () => ({ ids: bytes(6), output: new BigInt64Array(6) }),
  translate: () => ({ bytes: bytes(6), table: new Uint16Array(256).fill(9), output: new Uint16Array(6) }),
  lossMask: () => ({ bytes: bytes(6), offsets: Uint32Array.of(0, 2, 6), mask: bytes(6) }),
  attentionSpans: () => ({ bytes: bytes(6), offsets: Uint32Array.of(0, 2, 6), spans: new Uint32Array(6) }),
  attentionMask: () => ({
    documents: Uint32Array.of(1, 1, 2, 1, 1, 0),
    spans: new Uint32Array(6),
    rows: 2,
    width: 3,
    mask: bytes(18),
    packed: false,
  }),
  placePieces: () => ({
    values: bytes(6),
    pieces: Uint32Array.of(0, 2, 3, 2, 5, 0),
    documentOf: Uint32Array.of(7, 8),
    ids: bytes(5),
    positions: new Uint32Array(5),
    documents: new Uint32Array(5),
  }),
  maskLogits: () => ({
    logits: new Float32Array(520),
    vocabulary: 260,
    masks: new Uint8Array(768),
    which: Uint32Array.of(2, 0),
  }),
}
export const NAMES = Object.keys(RIGHT) as Name[]

/** What each operation writes. */
export const WRITTEN: Readonly<Record<Name, readonly string[]>> = {
  padRows: ['ids', 'mask'],
  joinRows: ['ids', 'offsets'],
  includesReplacement: [],
  widen: ['output'],
  translate: ['output'],
  lossMask: ['mask'],
  attentionSpans: ['spans'],
  attentionMask: ['mask'],
  placePieces: ['ids', 'positions', 'documents'],
  maskLogits: ['logits'],
}

/** What those answer that answer something, for right arguments. */
export const ANSWERS: Readonly<Partial<Record<Name, unknown>>> = { includesReplacement: false }

const NO_NUMBERS = [
  0.5,
  -2,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 32,
  2 ** 53,
  '1',
  null,
  undefined,
  1n,
  {},
]
const pairs = (...numbers: number[]) => Uint32Array.from(numbers)

/** Values that are wrong for one argument while all others are right. */
export const WRONG: Readonly<Record<Name, Readonly<Record<string, readonly unknown[]>>>> = {
  padRows: {
    ranges: [
      pairs(0),
      pairs(0, 2, 3),
      pairs(2, 1),
      pairs(0, 7),
      pairs(7, 7),
      pairs(0, 2 ** 32 - 1),
      pairs(0, 4),
    ],
    first: [...NO_NUMBERS, 256],
    last: [...NO_NUMBERS, 256],
    width: [...NO_NUMBERS, 4, 6, -1],
    pad: [...NO_NUMBERS, 256, -1],
    left: [0, 1, 'true', null, undefined, {}],
    ids: [bytes(9), new Uint16Array(10), new Uint32Array(10)],
    mask: [bytes(9)],
  },
  joinRows: {
    ranges: [pairs(0), pairs(0, 2, 3), pairs(2, 1), pairs(0, 7), pairs(7, 7), pairs(0, 6, 0, 6)],
    first: [...NO_NUMBERS, 256],
    last: [...NO_NUMBERS, 256],
    ids: [bytes(8), new Uint16Array(9)],
    offsets: [new Uint32Array(2)],
  },
  includesReplacement: {},
  widen: { output: [new BigInt64Array(5)] },
  translate: { table: [new Uint16Array(255)], output: [new Uint16Array(5), new Int16Array(6)] },
  lossMask: { offsets: [pairs(), pairs(7), pairs(0, 7), pairs(3, 2), pairs(0, 6, 5)], mask: [bytes(5)] },
  attentionSpans: {
    offsets: [pairs(), pairs(7), pairs(0, 7), pairs(3, 2), pairs(0, 6, 5)],
    spans: [new Uint32Array(5), new Int32Array(6)],
  },
  attentionMask: {
    documents: [new Uint32Array(5)],
    spans: [new Uint32Array(5)],
    rows: [...NO_NUMBERS, -1, 3],
    width: [...NO_NUMBERS, -1, 4, 2 ** 31],
    mask: [bytes(17)],
    packed: [0, 1, 'true', null, undefined],
  },
  placePieces: {
    pieces: [
      pairs(0, 1),
      pairs(2, 1, 0),
      pairs(0, 7, 0),
      pairs(7, 7, 0),
      pairs(0, 3, 3),
      pairs(0, 0, 6),
    ].concat(pairs(0, 1, 2 ** 32 - 1)),
    documentOf: [pairs(1)],
    ids: [bytes(4), bytes(6), new Uint16Array(5)],
    positions: [new Uint32Array(4), new Uint32Array(6)],
    documents: [new Uint32Array(4), new Uint32Array(6)],
  },
  maskLogits: {
    logits: [new Float32Array(519), new Float64Array(520)],
    vocabulary: [...NO_NUMBERS, -1, 0, 255, 261],
    masks: [new Uint8Array(767)],
    which: [pairs(3), pairs(0, 2 ** 24), pairs(2 ** 32 - 1), pairs(0, 0, 0)],
  },
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i + 1)
}
