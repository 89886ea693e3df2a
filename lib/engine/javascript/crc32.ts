/**
 * CRC-32 (IEEE 802.3: reflected polynomial EDB88320), sixteen bytes a step: table k holds the remainder of each byte
 * that has k more zero bytes behind it, so that the sixteen look-ups of a step do not wait for each other. Source:
 * Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation" (2008).
 */

/** See Engine.crc32; over all of `bytes`. */
export function crc32(bytes: Uint8Array, previous: number): number {
  tables ??= makeTables()
  const table = tables
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = bytes.length
  let crc = ~previous
  let at = 0
  for (; at <= end - 16; at += 16) {
    const a = view.getInt32(at, true) ^ crc
    const b = view.getInt32(at + 4, true)
    const c = view.getInt32(at + 8, true)
    const d = view.getInt32(at + 12, true)
    crc =
      table[0xf00 | (a & 0xff)] ^
      table[0xe00 | ((a >>> 8) & 0xff)] ^
      table[0xd00 | ((a >>> 16) & 0xff)] ^
      table[0xc00 | (a >>> 24)] ^
      table[0xb00 | (b & 0xff)] ^
      table[0xa00 | ((b >>> 8) & 0xff)] ^
      table[0x900 | ((b >>> 16) & 0xff)] ^
      table[0x800 | (b >>> 24)] ^
      table[0x700 | (c & 0xff)] ^
      table[0x600 | ((c >>> 8) & 0xff)] ^
      table[0x500 | ((c >>> 16) & 0xff)] ^
      table[0x400 | (c >>> 24)] ^
      table[0x300 | (d & 0xff)] ^
      table[0x200 | ((d >>> 8) & 0xff)] ^
      table[0x100 | ((d >>> 16) & 0xff)] ^
      table[d >>> 24]
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]) & 0xff]
  return ~crc >>> 0
}

const POLYNOMIAL = 0xedb88320

/** Sixteen tables of 256, one behind the other; made when first needed. */
let tables: Int32Array | undefined

function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
    made[byte] = crc
  }
  for (let i = 256; i < made.length; i++) {
    const shorter = made[i - 256]
    made[i] = (shorter >>> 8) ^ made[shorter & 0xff]
  }
  return made
}
