/**
 * UTF-8 in the plainest way, straight from table 3-7 of the Unicode standard: what each byte may be followed by. Shares
 * nothing with the code under test.
 */

/** A row of the table: first and last lead, and for each byte that follows its first and last value. */
const TABLE: readonly (readonly (readonly [first: number, last: number])[])[] = [
  [[0x00, 0x7f]],
  [
    [0xc2, 0xdf],
    [0x80, 0xbf],
  ],
  [
    [0xe0, 0xe0],
    [0xa0, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xe1, 0xec],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xed, 0xed],
    [0x80, 0x9f],
    [0x80, 0xbf],
  ],
  [
    [0xee, 0xef],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf0, 0xf0],
    [0x90, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf1, 0xf3],
    [0x80, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf4, 0xf4],
    [0x80, 0x8f],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
]

/** A code point and its place; null for a maximal subpart of what is ill-formed (D93b). */
export interface ReferenceCharacter {
  readonly offset: number
  readonly length: number
  readonly codePoint: number | null
}

export function charactersOf(bytes: Uint8Array): ReferenceCharacter[] {
  const characters: ReferenceCharacter[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const row = TABLE.find(([lead]) => isIn(lead, bytes[offset])) ?? []
    let length = 1
    while (length < row.length && isIn(row[length], bytes[offset + length])) length++
    const complete = length === row.length
    characters.push({ offset, length, codePoint: complete ? codePointOf(bytes, offset, length) : null })
    offset += length
  }
  return characters
}

/** The text of `bytes`, with `replacement` for what is ill-formed. */
export function referenceText(bytes: Uint8Array, replacement: string): string {
  return charactersOf(bytes)
    .map(({ codePoint }) => (codePoint === null ? replacement : String.fromCodePoint(codePoint)))
    .join('')
}

/** The offset of the first ill-formed sequence, or null. */
export function referenceError(bytes: Uint8Array): number | null {
  return charactersOf(bytes).find(({ codePoint }) => codePoint === null)?.offset ?? null
}

/** UTF-8 of `text`, U+FFFD for lone surrogates, one code point after the other. */
export function referenceBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (const character of text) {
    let codePoint = character.codePointAt(0) ?? 0
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) codePoint = 0xfffd
    const length = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
    // The lead has as many high bits as there are bytes; each other byte holds six bits.
    const lead = length === 1 ? 0 : 0x100 - 2 ** (8 - length)
    bytes.push(lead + Math.floor(codePoint / 64 ** (length - 1)))
    for (let i = length - 2; i >= 0; i--) bytes.push(0x80 + (Math.floor(codePoint / 64 ** i) % 64))
  }
  return Uint8Array.from(bytes)
}

function isIn([first, last]: readonly [number, number], byte: number | undefined): boolean {
  return byte !== undefined && byte >= first && byte <= last
}

function codePointOf(bytes: Uint8Array, offset: number, length: number): number {
  let codePoint = bytes[offset] % (length === 1 ? 0x80 : 2 ** (7 - length))
  for (let i = 1; i < length; i++) codePoint = codePoint * 64 + (bytes[offset + i] % 64)
  return codePoint
}
