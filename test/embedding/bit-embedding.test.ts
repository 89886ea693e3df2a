/** BitEmbedding and fold over every engine: values and gradients of the Python reference, and of plain sums. */
import { describe, expect, it } from 'vitest'
import { fold } from '../../dist/embedding/bit-bias.js'
import { detachedBytes, refused } from '../engine/wrong-arguments.js'
import vectors from '../vectors/reference-embedding.json' with { type: 'json' }
import { LAYERS } from './layers.js'
import { detached, gaussian, near, randomTable } from './tables.js'

describe.each(Object.entries(LAYERS))('BitEmbedding, %s', (_, { BitEmbedding }) => {
  it.each(vectors.bitEmbedding)('gives the values of the reference, $dimension numbers', (vector) => {
    const { dimension } = vector
    const embedding = new BitEmbedding({
      weight: Float32Array.from(vector.table.flat()),
      projection: Float32Array.from(vector.projection.flat()),
      dimension,
    })
    near(embedding.fold().weight, vector.folded.flat())
    near(fold(embedding).weight, vector.folded.flat())
    const ids = Uint8Array.from(vector.ids.flat())
    near(
      embedding.forward(ids),
      [...ids].flatMap((id) => vector.folded[id]),
    )
    embedding.backward(ids, Float32Array.from(vector.output_gradient.flat()))
    near(embedding.weightGradient, vector.table_gradient.flat())
    near(embedding.projectionGradient, vector.projection_gradient.flat())
  })

  it('starts as its table, and stands for E + U · Pᵀ with the most significant bit first', () => {
    const { weight, dimension } = randomTable(5, 2)
    const embedding = new BitEmbedding({ weight, dimension })
    expect([...embedding.fold().weight]).toEqual([...weight])
    for (let bit = 0; bit < 8; bit++) {
      embedding.projection.fill(0)
      for (let j = 0; j < 5; j++) embedding.projection[j * 8 + bit] = 2 + j
      const expected = Array.from(weight, (value, i) => {
        const set = (Math.floor(i / 5) & (0x80 >> bit)) !== 0
        return Math.fround(value + (set ? 2 + (i % 5) : 0))
      })
      expect([...embedding.fold().weight]).toEqual(expected)
    }
  })

  it('follows its parameters', () => {
    const embedding = new BitEmbedding({ weight: new Float32Array(256), dimension: 1 })
    expect([...embedding.forward(Uint8Array.of(0x80, 1))]).toEqual([0, 0])
    embedding.weight[1] = 5
    embedding.projection[0] = 3
    expect([...embedding.forward(Uint8Array.of(0x80, 1))]).toEqual([3, 5])
  })

  it('has the gradients that differences of the loss have', () => {
    const dimension = 3
    const { weight } = randomTable(dimension, 5)
    const embedding = new BitEmbedding({ weight, projection: gaussian(24, 6), dimension })
    const ids = Uint8Array.from({ length: 40 }, (_, i) => (i * i * 7 + 3) % 256)
    const outputGradient = gaussian(40 * dimension, 7)
    const loss = () => embedding.forward(ids).reduce((sum, value, i) => sum + value * outputGradient[i], 0)
    embedding.backward(ids, outputGradient)
    for (const [parameters, gradient] of [
      [embedding.weight, embedding.weightGradient],
      [embedding.projection, embedding.projectionGradient],
    ]) {
      for (let i = 0; i < parameters.length; i++) {
        // The loss is linear in each, so that a step of 1 gives the gradient.
        const [before, was] = [loss(), parameters[i]]
        parameters[i] = was + 1
        expect(loss() - before).toBeCloseTo(gradient[i], 4)
        parameters[i] = was
      }
    }
  })

  it('adds up over calls until it is cleared, and takes the gradient of a tied table', () => {
    const { weight, dimension } = randomTable(4, 8)
    const [once, twice, tied] = [1, 2, 3].map(() => new BitEmbedding({ weight, dimension }))
    const ids = Uint8Array.of(1, 200, 1, 77)
    const gradient = gaussian(16, 9)
    once.backward(ids, gradient)
    twice.backward(ids, gradient)
    twice.backward(ids, gradient)
    near(
      twice.weightGradient,
      [...once.weightGradient].map((value) => 2 * value),
    )
    near(
      twice.projectionGradient,
      [...once.projectionGradient].map((value) => 2 * value),
    )
    tied.backwardTable(once.weightGradient)
    near(tied.weightGradient, [...once.weightGradient])
    near(tied.projectionGradient, [...once.projectionGradient])
    twice.clearGradients()
    expect([...twice.weightGradient, ...twice.projectionGradient].every((value) => value === 0)).toBe(true)
  })

  it('refuses what is wrong, and adds nothing then', () => {
    const weight = new Float32Array(512)
    refused(() => new BitEmbedding({ weight, dimension: 3 }), 'weight')
    refused(() => new BitEmbedding({ weight, projection: new Float32Array(8), dimension: 2 }), 'projection')
    refused(
      () =>
        new BitEmbedding({ weight, dimension: 2, bits: 8 } as { weight: Float32Array; dimension: number }),
      'bits',
    )
    refused(() => fold({ weight, projection: new Float32Array(15), dimension: 2 }), 'fold')
    const embedding = new BitEmbedding({ weight, dimension: 2 })
    refused(() => embedding.backward(Uint8Array.of(1, 2), new Float32Array(3).fill(1)), 'gradient')
    refused(() => embedding.backward(detachedBytes(0), new Float32Array(0)), 'ids')
    refused(() => embedding.backwardTable(new Float32Array(511).fill(1)), 'table gradient')
    expect([...embedding.weightGradient, ...embedding.projectionGradient].every((value) => value === 0)).toBe(
      true,
    )
    detached(embedding.projection)
    refused(() => embedding.forward(Uint8Array.of(1)), 'a detached projection')
    refused(() => embedding.fold(), 'a detached projection')
  })
})

it('fold sums in double precision and rounds once, for every width', () => {
  for (const dimension of [1, 2, 3, 4, 17, 64]) {
    const { weight } = randomTable(dimension, 3)
    const projection = gaussian(8 * dimension, 4)
    const { weight: folded } = fold({ weight, projection, dimension })
    const wrong = [...folded.keys()].filter((i) => {
      const [byte, j] = [Math.floor(i / dimension), i % dimension]
      let sum = weight[i]
      for (let bit = 0; bit < 8; bit++) sum += byte & (0x80 >> bit) ? projection[j * 8 + bit] : 0
      return !(Math.abs(folded[i] - sum) <= Math.abs(sum) * 2 ** -24 + 1e-14)
    })
    expect(wrong).toEqual([])
  }
})
