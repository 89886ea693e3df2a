/**
 * The control protocol's table: which C0 control byte means what, and which of them are reserved.
 *
 * This is the one source of it. `scripts/generate.mjs` writes the C++ header and the README's table from here.
 * Source: "Back to Bytes: Revisiting Tokenization Through UTF-8" (arXiv 2510.16987); names as in ISO/IEC 6429.
 */

export interface Control {
  readonly byte: number
  readonly name: string
  readonly use: string
}

export const CONTROLS: readonly Control[] = [
  { byte: 0x00, name: 'NUL', use: 'padding' },
  { byte: 0x01, name: 'SOH', use: 'begin of a message block' },
  { byte: 0x02, name: 'STX', use: 'begin of a text (BOS)' },
  { byte: 0x03, name: 'ETX', use: 'end of a text (EOS)' },
  { byte: 0x04, name: 'EOT', use: 'reserved' },
  { byte: 0x05, name: 'ENQ', use: 'begin of thinking' },
  { byte: 0x06, name: 'ACK', use: 'end of thinking' },
  { byte: 0x07, name: 'BEL', use: 'reserved' },
  { byte: 0x08, name: 'BS', use: 'reserved' },
  { byte: 0x09, name: 'HT', use: 'text (white space)' },
  { byte: 0x0a, name: 'LF', use: 'text (white space)' },
  { byte: 0x0b, name: 'VT', use: 'text (white space)' },
  { byte: 0x0c, name: 'FF', use: 'text (white space)' },
  { byte: 0x0d, name: 'CR', use: 'text (white space)' },
  { byte: 0x0e, name: 'SO', use: 'begin of a span whose bytes attend to each other' },
  { byte: 0x0f, name: 'SI', use: 'end of such a span' },
  { byte: 0x10, name: 'DLE', use: 'escape' },
  { byte: 0x11, name: 'DC1', use: 'begin of a tool definition' },
  { byte: 0x12, name: 'DC2', use: 'reserved' },
  { byte: 0x13, name: 'DC3', use: 'reserved' },
  { byte: 0x14, name: 'DC4', use: 'reserved' },
  { byte: 0x15, name: 'NAK', use: 'reserved' },
  { byte: 0x16, name: 'SYN', use: 'reserved' },
  { byte: 0x17, name: 'ETB', use: 'end of a message block' },
  { byte: 0x18, name: 'CAN', use: 'reserved' },
  { byte: 0x19, name: 'EM', use: 'reserved' },
  { byte: 0x1a, name: 'SUB', use: 'begin of a tool call' },
  { byte: 0x1b, name: 'ESC', use: 'end of a tool call' },
  { byte: 0x1c, name: 'FS', use: 'reserved' },
  { byte: 0x1d, name: 'GS', use: 'reserved' },
  { byte: 0x1e, name: 'RS', use: 'reserved' },
  { byte: 0x1f, name: 'US', use: 'reserved' },
]

/** Begin of a text (BOS). */
export const STX = 0x02
/** End of a text (EOS). */
export const ETX = 0x03
/** Escape: followed by a reserved byte + {@link ESCAPE_OFFSET}. */
export const DLE = 0x10
/** What an escaped byte is raised by, so that it is no control byte any more: NUL becomes DLE '@'. */
export const ESCAPE_OFFSET = 0x40

/** True for the C0 bytes that are not white space (09–0D): in content they would collide with the protocol. */
export function isReserved(byte: number): boolean {
  return byte < 0x20 && (byte < 0x09 || byte > 0x0d)
}

/** What is done with a reserved byte in content. The index of a name is its number in the engines. */
export const RESERVED_POLICIES = ['escape', 'keep', 'picture', 'strip', 'quarantine', 'fail'] as const
export type ReservedPolicy = (typeof RESERVED_POLICIES)[number]

/** What is done with an ill-formed document. */
export const INVALID_POLICIES = ['quarantine', 'replace', 'drop', 'fail'] as const
export type InvalidPolicy = (typeof INVALID_POLICIES)[number]
