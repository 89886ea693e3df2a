/**
 * From which length on which way is the fastest, for each operation of the text layer: the one place where measured
 * numbers steer the code. `node bench/thresholds.mjs` measures them; a row for each line of V8 versions, because V8's own
 * paths differ by a factor of ten between them.
 */

/** Lengths in UTF-16 code units of strings, in bytes of encoded text. Infinity: never. */
export interface Thresholds {
  /** Strings up to this length are encoded by a loop over their code units. */
  readonly encodeLoop: number
  /** From this length on the addon is faster than V8: for ASCII, and for all other text. */
  readonly encode: Crossing
  /** Up to this length TextEncoder's encode is the fastest way to an array of its own, if that is larger than 64 bytes. */
  readonly encodeWhole: Crossing
  readonly byteLength: Crossing
  /** Bytes up to this length are decoded by a loop, if they are ASCII. */
  readonly decodeLoop: number
  /** Below this length the addon is faster than V8, whatever the text is; beyond, V8 keeps text outside of its heap. */
  readonly decode: number
  /** Whether TextDecoder is faster than Buffer's way, which can take a part of an array. */
  readonly textDecoder: boolean
  /** From this length on the addon's validation is faster than that of node:buffer. */
  readonly validate: number
}

export interface Crossing {
  readonly ascii: number
  readonly other: number
}

const NODE_20: Thresholds = {
  encodeLoop: 12,
  encode: { ascii: Infinity, other: 96 },
  encodeWhole: { ascii: 1500, other: 100 },
  byteLength: { ascii: Infinity, other: 64 },
  decodeLoop: 12,
  decode: Infinity,
  textDecoder: true,
  validate: 6144,
}

const NODE_22: Thresholds = {
  encodeLoop: 12,
  encode: { ascii: Infinity, other: 64 },
  encodeWhole: { ascii: 1500, other: 100 },
  byteLength: { ascii: Infinity, other: 48 },
  decodeLoop: 12,
  decode: 2 ** 20,
  textDecoder: false,
  validate: 6144,
}

/** The row for a version of Node, as in process.versions.node. */
export function thresholdsFor(version: string): Thresholds {
  return Number.parseInt(version, 10) >= 22 ? NODE_22 : NODE_20
}
