/**
 * What a byte is in UTF-8 text, for pictures and tables: the classes, their colours, and a short name of each byte.
 */

export interface ByteClass {
  readonly name: string
  /** As CSS writes it. Told apart with the common colour blindnesses too; neighbours in the list differ in lightness. */
  readonly color: string
  /** The bytes, as ranges from first to last. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** Each byte is in exactly one (RFC 3629 for those from 80h on). */
export const BYTE_CLASSES: readonly ByteClass[] = [
  {
    name: 'control',
    color: '#555555',
    ranges: [
      [0x00, 0x08],
      [0x0e, 0x1f],
      [0x7f, 0x7f],
    ],
  },
  {
    name: 'white space',
    color: '#e7a11b',
    ranges: [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  },
  { name: 'capital letter', color: '#08519c', ranges: [[0x41, 0x5a]] },
  { name: 'small letter', color: '#4a9fe0', ranges: [[0x61, 0x7a]] },
  { name: 'digit', color: '#d7301f', ranges: [[0x30, 0x39]] },
  {
    name: 'punctuation',
    color: '#8c5a2b',
    ranges: [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  },
  { name: 'continuation', color: '#7cb518', ranges: [[0x80, 0xbf]] },
  { name: 'lead of two', color: '#00734d', ranges: [[0xc2, 0xdf]] },
  { name: 'lead of three', color: '#c06ad0', ranges: [[0xe0, 0xef]] },
  { name: 'lead of four', color: '#6a1b9a', ranges: [[0xf0, 0xf4]] },
  {
    name: 'never in UTF-8',
    color: '#b5b5b5',
    ranges: [
      [0xc0, 0xc1],
      [0xf5, 0xff],
    ],
  },
]

export function byteClassOf(byte: number): ByteClass {
  return CLASS_OF[byte]
}

/** The character of a visible ASCII byte, else two hexadecimal digits. */
export function byteName(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hexOf(byte)
}

/** As in 0A. */
export function hexOf(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

const CLASS_OF: ByteClass[] = []
for (const one of BYTE_CLASSES) {
  for (const [first, last] of one.ranges) for (let byte = first; byte <= last; byte++) CLASS_OF[byte] = one
}
