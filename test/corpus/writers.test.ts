/**
 * The writers of `.bin` and `.idx` on their own, over a file in memory: sizes that no test wants on a disk, and every
 * way to go back.
 */
import { describe, expect, it } from 'vitest'
import { BinWriter } from '../../dist/corpus/output/bin-writer.js'
import { IndexWriter } from '../../dist/corpus/output/megatron-index.js'
import type { OutputFile } from '../../dist/corpus/output/output-file.js'
import { TokenCoding } from '../../dist/corpus/token-coding.js'
import { chooseEngine } from '../../dist/engine/choose.js'
import { crc32 } from './crc32.js'
import { random } from './helpers.js'

const { engine } = chooseEngine()

class MemoryFile implements OutputFile {
  bytes = Buffer.alloc(0)

  write(bytes: Uint8Array, length: number, position: number): void {
    if (position + length > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(position + length - this.bytes.length)])
    }
    this.bytes.set(bytes.subarray(0, length), position)
  }
  writeBehind(bytes: Uint8Array, length: number, position: number): undefined {
    this.write(bytes, length, position)
  }
  read(target: Uint8Array, length: number, position: number): void {
    expect(position + length).toBeLessThanOrEqual(this.bytes.length)
    target.set(this.bytes.subarray(position, position + length))
  }
  truncate(size: number): void {
    expect(size).toBeLessThanOrEqual(this.bytes.length)
    this.bytes = this.bytes.subarray(0, size)
  }
}

describe('IndexWriter', () => {
  function write(dtype: 'uint8' | 'uint16', all: readonly number[], block: number) {
    const file = new MemoryFile()
    const writer = new IndexWriter(file, engine, dtype, 'crc32')
    for (let i = 0; i < all.length; i += block) {
      const part = all.slice(i, i + block)
      // More room than numbers: only as many as are said count.
      writer.append(Int32Array.from([...part, 99, 99]), part.length)
    }
    const steps = writer.finish('x.idx')
    let step = steps.next()
    while (!step.done) step = steps.next()
    return { bytes: file.bytes, record: step.value }
  }

  it.each(['uint8', 'uint16'] as const)('writes lengths and offsets above 2^32: %s', (dtype) => {
    const most = 2 ** 31 - 1
    const all = [most, 1, most, most, 0, 7, most, most, most, most, most, 3]
    const { bytes, record } = write(dtype, all, 5)
    const width = dtype === 'uint8' ? 1n : 2n
    const expected = Buffer.alloc(34 + 20 * all.length + 8)
    expected.write('MMIDIDX\0\0', 'latin1')
    expected.writeBigUInt64LE(1n, 9)
    expected.writeUInt8(dtype === 'uint8' ? 1 : 8, 17)
    expected.writeBigUInt64LE(BigInt(all.length), 18)
    expected.writeBigUInt64LE(BigInt(all.length + 1), 26)
    let offset = 0n
    for (const [i, length] of all.entries()) {
      expected.writeInt32LE(length, 34 + 4 * i)
      expected.writeBigInt64LE(offset, 34 + 4 * all.length + 8 * i)
      offset += BigInt(length) * width
    }
    for (let i = 0; i <= all.length; i++) expected.writeBigInt64LE(BigInt(i), 34 + 12 * all.length + 8 * i)
    expect(bytes).toEqual(expected)
    expect(record).toEqual({ name: 'x.idx', size: expected.length, crc32: crc32(expected) })
  })

  it.each([0, 1, 32_767, 32_768, 32_769, 65_536, 100_001])('writes %i documents', (count) => {
    const next = random(count)
    const all = Array.from({ length: count }, () => 2 + next(1000))
    const { bytes, record } = write('uint8', all, 10_007)
    expect(bytes.length).toBe(34 + 20 * count + 8)
    let offset = 0
    let wrong = 0
    for (let i = 0; i < count; i++) {
      if (bytes.readInt32LE(34 + 4 * i) !== all[i]) wrong++
      if (Number(bytes.readBigInt64LE(34 + 4 * count + 8 * i)) !== offset) wrong++
      offset += all[i]
    }
    for (let i = 0; i <= count; i++) if (Number(bytes.readBigInt64LE(34 + 12 * count + 8 * i)) !== i) wrong++
    expect(wrong).toBe(0)
    expect(record.crc32).toBe(crc32(bytes))
  })
})

describe('BinWriter', () => {
  it.each([
    ['uint8', 'crc32'],
    ['uint16', 'sha256'],
  ] as const)('goes back over any number of writes: %s, %s', (dtype, checksum) => {
    for (let seed = 0; seed < 200; seed++) {
      const next = random(seed)
      const file = new MemoryFile()
      const writer = new BinWriter(file, engine, new TokenCoding({ dtype, bos: true, eos: true }), checksum)
      /** Bytes of accepted documents; bytes that wait to be written. */
      let expected = Buffer.alloc(0)
      let waiting = Buffer.alloc(0)
      const flush = (underWay: number) => {
        // The buffer is larger than what is in it.
        writer.write(
          Buffer.concat([waiting, Buffer.alloc(8, 0xee)]),
          waiting.length,
          waiting.length - underWay,
        )
        waiting = Buffer.alloc(0)
      }
      for (let count = 0; count < 10; count++) {
        let document = Buffer.alloc(0)
        let left = 0
        for (let piece = next(5); piece >= 0; piece--) {
          const bytes = Buffer.alloc(1 + next(9), 1 + next(200))
          document = Buffer.concat([document, bytes])
          waiting = Buffer.concat([waiting, bytes])
          if (next(2) === 0) {
            flush(document.length)
            left = document.length
          }
        }
        if (next(3) === 0) {
          // Refused: what waits goes, what was written is taken back.
          waiting = waiting.subarray(0, waiting.length - (document.length - left))
          if (left > 0) writer.takeBack(left)
        } else {
          expected = Buffer.concat([expected, document])
        }
      }
      flush(0)
      const wide = dtype === 'uint8' ? expected : Buffer.from(Uint16Array.from(expected).buffer)
      const record = writer.finish('x.bin')
      expect(file.bytes.equals(wide), `seed ${seed}`).toBe(true)
      expect(record).toMatchObject({ name: 'x.bin', size: wide.length, crc32: crc32(wide) })
      expect(writer.tokens).toBe(expected.length)
    }
  })

  it('refuses to go back to a place that it does not know', () => {
    const writer = new BinWriter(
      new MemoryFile(),
      engine,
      new TokenCoding({ dtype: 'uint8', bos: true, eos: true }),
      'crc32',
    )
    writer.write(Buffer.from('abcdef'), 6, 2)
    expect(() => writer.takeBack(3)).toThrow('4')
  })
})
