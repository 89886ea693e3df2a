/**
 * The numbers that cross the line between TypeScript and an engine: units, statuses, reasons and the slots of a
 * framer's state. An array's index is the number; `scripts/generate.mjs` writes `native/core/abi.h` from here, so
 * that both sides read the same table.
 */

/** What one document is within the input. */
export const UNITS = ['stream', 'line', 'paragraph', 'separator'] as const
export type Unit = (typeof UNITS)[number]

/** Why a call of a framer returned. */
export const FRAME_STATUSES = [
  /** Input up to `consumed` is used; what is behind it is needed again, in front of more input. */
  'input-used',
  /** `output` has no room for the next step: empty it and call again. */
  'output-full',
  /** `lengths` has no room for the next step: empty it and call again. */
  'lengths-full',
  /** A document was refused and its output taken back; `consumed` is behind it. */
  'rejected',
  /** JSON lines only: the line that ends at `consumed` is for the caller to decide; nothing was written for it. */
  'undecided',
] as const
export type FrameStatus = (typeof FRAME_STATUSES)[number]

/**
 * Why a document was refused. The first seven are ill-formed UTF-8 (Unicode 15, table 3-7; RFC 3629), the others are
 * reasons of their own.
 */
export const REASONS = [
  'none',
  /** 80–BF where a character should begin. */
  'unexpected-continuation',
  /** F8–FF, which UTF-8 never uses. */
  'invalid-byte',
  /** C0, C1, E0 80–9F, F0 80–8F: more bytes than the code point needs. */
  'overlong',
  /** ED A0–BF: U+D800–U+DFFF. */
  'surrogate',
  /** F4 90–BF, F5–F7: above U+10FFFF. */
  'too-large',
  /** A character's bytes end before it is complete. */
  'truncated',
  /** A reserved control byte, under a policy that refuses it. */
  'reserved-byte',
  /** The framed document is longer than `maxLength`. */
  'too-long',
] as const
export type Reason = (typeof REASONS)[number]

/**
 * Slots of a framer's state, a Float64Array. The caller sets the options and `written` and `lengthCount`; the engine
 * keeps the rest from call to call. All lengths are in bytes.
 */
export const STATE_SLOTS = [
  // Options.
  'unit',
  'reservedPolicy',
  'bos',
  'eos',
  'replaceInvalid',
  'skipEmpty',
  'maxLength',
  // This call: positions in input, output and lengths.
  'consumed',
  'written',
  'lengthCount',
  // The document at hand: MODES, source bytes used, framed bytes made, and its counts so far.
  'mode',
  'documentInput',
  'documentOutput',
  'documentCodePoints',
  'documentReserved',
  'documentReplaced',
  // The document that ended last: length of the terminator behind it; if it was refused, why, where in it, and how
  // many bytes of it had left `output` before this call.
  'terminatorLength',
  'reason',
  'errorOffset',
  'takeBack',
  // Totals of all accepted documents.
  'documents',
  'codePoints',
  'reserved',
  'replaced',
  'skippedEmpty',
  'crlf',
  'blankLines',
] as const
export type StateSlot = (typeof STATE_SLOTS)[number]

/** Where a framer stands: between two documents, inside one, or behind an error, looking for the document's end. */
export const MODES = ['between', 'inside', 'rejecting'] as const

/** Slots of a census (see Engine.census), a Float64Array of counts over framed bytes. */
export const CENSUS_SLOTS = [
  'codePoints',
  /** 02 and 03: an escape never leaves one in content, so that these are begins and ends. */
  'stx',
  'etx',
  /** DLE followed by a reserved byte + 40h. */
  'escapes',
  /** Any other reserved byte, DLE followed by anything else included. */
  'stray',
] as const
export type CensusSlot = (typeof CENSUS_SLOTS)[number]

/** An instruction set that the native engine has kernels for, slowest first. */
export const TARGETS = ['scalar', 'sse4', 'avx2', 'avx512', 'neon'] as const
export type Target = (typeof TARGETS)[number]
