/** sampleOffsets. */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { fail } from './compare.js'
import { STRING_SCRIPTS, stringOf } from './strings.js'
import type { Level } from './suite.js'
import { Random, textOf } from './text.js'
import { encodeOracle, sampleOracle } from './text-oracle.js'

const EVERY = [64, 128, 192, 256, 512]
const UNTOUCHED = 0xa5a5a5a5

export function describeSamples(create: () => Engine, level: Level): void {
  const engine = create()

  describe('sampleOffsets', () => {
    it('counts in front of every block of text of every length', () => {
      const memory = new Uint8Array(2048)
      for (const script of STRING_SCRIPTS) {
        const encoded = encodeOracle(stringOf(script, 600))
        for (let length = 0; length <= 600; length += level === 'full' ? 1 : 3) {
          const view = memory.subarray(length % 64, (length % 64) + length)
          let end = Math.min(length, encoded.length)
          while ((encoded[end] & 0xc0) === 0x80) end--
          view.fill(0x2e).set(encoded.subarray(0, end))
          for (const every of EVERY) checkSamples(engine, view, every)
        }
      }
    })

    it('gives the totals that the other counts give', () => {
      for (const script of STRING_SCRIPTS) {
        const bytes = encodeOracle(stringOf(script, 300_000))
        const codePoints = engine.countCodePoints(bytes, 0, bytes.length)
        const units = engine.utf16Length(bytes, 0, bytes.length)
        for (const every of [...EVERY, 4096, 2 ** 20, 2 ** 32]) {
          const samples = checkSamples(engine, bytes, every)
          expect([...samples.slice(-2)]).toEqual([codePoints, units])
        }
      }
    })

    it('counts nothing of nothing', () => {
      expect([...checkSamples(engine, new Uint8Array(0), 64)]).toEqual([0, 0])
    })

    it('leaves the numbers behind its own as they are, and any bytes do no harm', () => {
      const random = new Random(45)
      for (let seed = 0; seed < 200; seed++) {
        const bytes = seed % 2 === 0 ? textOf('mixed', random.below(1000)) : random.bytes(random.below(1000))
        const every = random.pick(EVERY)
        const count = 2 * Math.ceil(bytes.length / every) + 2
        const samples = new Uint32Array(count + 20).fill(UNTOUCHED)
        engine.sampleOffsets(bytes, every, samples)
        if (samples.subarray(count).some((one) => one !== UNTOUCHED)) {
          fail(engine, 'wrote behind the samples', { seed, every, length: bytes.length })
        }
      }
    })
  })
}

/** Returns the samples. */
function checkSamples(engine: Engine, bytes: Uint8Array, every: number): Uint32Array {
  const expected = sampleOracle(bytes, every)
  const samples = new Uint32Array(expected.length).fill(UNTOUCHED)
  engine.sampleOffsets(bytes, every, samples)
  for (const [i, one] of expected.entries()) {
    if (samples[i] === one) continue
    const hex = Buffer.from(bytes.subarray(0, 600)).toString('hex')
    fail(engine, 'sampleOffsets', { every, length: bytes.length, i, got: samples[i], expected: one, hex })
  }
  return samples
}
