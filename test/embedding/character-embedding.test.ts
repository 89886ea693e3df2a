/** CharacterEmbedding over every engine: values of the Python reference, ids there and back, what no code point has. */
import { describe, expect, it } from 'vitest'
import { refused } from '../engine/wrong-arguments.js'
import vectors from '../vectors/reference-embedding.json' with { type: 'json' }
import { LAYERS } from './layers.js'
import { detached, gaussian, near } from './tables.js'

describe.each(Object.entries(LAYERS))('CharacterEmbedding, %s', (_, { CharacterEmbedding }) => {
  it.each(vectors.characterEmbedding)('gives the values of the reference, $num_bytes bytes', (vector) => {
    const bytes = vector.num_bytes === 2 ? 2 : 4
    const dimension = vector.encoded[0].length
    const weight = Float32Array.from(vector.weight.flat())
    const embedding = new CharacterEmbedding({ weight, dimension, bytes })
    const ids = vector.ids.flat()
    const encoded = embedding.encode(bytes === 2 ? Uint16Array.from(ids) : Uint32Array.from(ids))
    near(encoded, vector.encoded.flat())
    const decoded = embedding.decode(Float32Array.from(vector.encoded.flat()))
    expect([...decoded.ids]).toEqual(vector.decoded.flat())
  })

  /** Rows of length 1, as the reference starts with: none is as near to another as to itself. */
  const unit = (width: number) => {
    const weight = gaussian(256 * width, 10)
    for (let byte = 0; byte < 256; byte++) {
      const row = weight.subarray(byte * width, (byte + 1) * width)
      const length = Math.hypot(...row)
      for (let j = 0; j < width; j++) row[j] /= length
    }
    return weight
  }

  it('gives back every code unit', () => {
    const embedding = new CharacterEmbedding({ weight: unit(8), dimension: 16, bytes: 2 })
    for (let from = 0; from < 65_536; from += 4096) {
      // Every high byte with every low one: of each block 64 that differ in both.
      const ids = Uint16Array.from({ length: 64 }, (_, i) => from + i * 63 + (from >> 12))
      expect([...embedding.decode(embedding.encode(ids)).ids]).toEqual([...ids])
    }
  })

  it('gives back code points of every size', () => {
    const embedding = new CharacterEmbedding({ weight: unit(8), dimension: 32, bytes: 4 })
    const ids = Uint32Array.of(
      0,
      0x7f,
      0xff,
      0x100,
      0xd7ff,
      0xd800,
      0xffff,
      0x1_0000,
      0x1_f600,
      0xf_ffff,
      0x10_ffff,
    )
    expect([...embedding.decode(embedding.encode(ids)).ids]).toEqual([...ids])
  })

  it('has scalar products as logits, and for UTF-32 none but those of code points', () => {
    for (const bytes of [2, 4] as const) {
      const weight = gaussian(256 * 3, 11)
      const embedding = new CharacterEmbedding({ weight, dimension: 3 * bytes, bytes })
      const vectors = gaussian(5 * 3 * bytes, 12)
      const { ids, logits } = embedding.decode(vectors)
      expect(logits.length).toBe(5 * bytes * 256)
      for (let i = 0; i < logits.length; i++) {
        const [part, byte] = [Math.floor(i / 256), i % 256]
        let product = 0
        for (let j = 0; j < 3; j++) product += vectors[3 * part + j] * weight[3 * byte + j]
        const place = part % bytes
        const never = bytes === 4 && ((place === 2 && byte > 0x10) || (place === 3 && byte > 0))
        expect(logits[i]).toBe(never ? Number.NEGATIVE_INFINITY : Math.fround(product))
      }
      expect([...embedding.logits(vectors)]).toEqual([...logits])
      for (const [i, id] of ids.entries()) {
        for (let place = 0; place < bytes; place++) {
          const at = (i * bytes + place) * 256
          const row = logits.subarray(at, at + 256)
          expect((id >>> (8 * place)) & 0xff).toBe(row.indexOf(Math.max(...row)))
        }
      }
    }
  })

  it('chooses the smallest of equal bytes', () => {
    const embedding = new CharacterEmbedding({
      weight: new Float32Array(256).fill(1),
      dimension: 2,
      bytes: 2,
    })
    expect([...embedding.decode(Float32Array.of(1, 1)).ids]).toEqual([0])
    embedding.weight[9] = embedding.weight[200] = 2
    expect([...embedding.decode(Float32Array.of(1, 0)).ids]).toEqual([9])
  })

  it('reads ids at any place in their memory', () => {
    const weight = Float32Array.from({ length: 256 }, (_, byte) => byte)
    const units = Uint16Array.of(0, 0x1234, 0xabcd, 7).subarray(1, 3)
    const ofUnits = new CharacterEmbedding({ weight, dimension: 2, bytes: 2 })
    expect([...ofUnits.encode(units)]).toEqual([0x34, 0x12, 0xcd, 0xab])
    const points = Uint32Array.of(0, 0x10fedc).subarray(1)
    const ofPoints = new CharacterEmbedding({ weight, dimension: 4, bytes: 4 })
    expect([...ofPoints.encode(points)]).toEqual([0xdc, 0xfe, 0x10, 0])
  })

  it('refuses what is wrong', () => {
    const weight = new Float32Array(256)
    for (const [what, options] of Object.entries({
      'one byte': { weight, dimension: 1, bytes: 1 },
      'three bytes': { weight, dimension: 3, bytes: 3 },
      'no bytes': { weight, dimension: 2 },
      'a dimension that is no multiple': { weight, dimension: 3, bytes: 2 },
      'a weight of the whole dimension': { weight: new Float32Array(512), dimension: 2, bytes: 2 },
      'an unknown option': { weight, dimension: 2, bytes: 2, num_bytes: 2 },
    })) {
      refused(
        () => new CharacterEmbedding(options as { weight: Float32Array; dimension: number; bytes: 2 }),
        what,
      )
    }
    const units = new CharacterEmbedding({ weight, dimension: 2, bytes: 2 })
    const points = new CharacterEmbedding({ weight, dimension: 4, bytes: 4 })
    refused(() => units.encode(Uint32Array.of(1)), 'code points')
    refused(() => points.encode(Uint16Array.of(1)), 'code units')
    refused(() => points.encode(Uint32Array.of(1, 0x110000)), 'no code point')
    refused(() => points.encode(Uint32Array.of(0xffffffff)), 'no code point')
    refused(() => units.encode(detached(new Uint16Array(1))), 'detached ids')
    refused(() => units.logits(new Float32Array(3)), 'half a vector')
    refused(() => units.decode(new Float64Array(2) as unknown as Float32Array), 'doubles')
  })
})
