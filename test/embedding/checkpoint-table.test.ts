/** Byte tables taken out of checkpoints and put into others. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { writeFloats } from '../../dist/embedding/floats.js'
import {
  extractTable,
  foldCheckpoint,
  loadSafetensors,
  saveSafetensors,
  transplantTable,
} from '../../dist/embedding/index.js'
import type { TensorData } from '../../dist/embedding/safetensors/tensor.js'
import { ROOT } from '../needs.js'
import { Random } from '../seeded.js'
import { scratch, thrownBy } from './safetensors-files.js'

const files = scratch()
const FOLDER = `${ROOT}test/vectors/checkpoints`
const CHECKPOINTS = [
  ['llama-tied-f32.safetensors', 'model.embed_tokens.weight', 'F32'],
  ['llama-untied-bf16.safetensors', 'model.embed_tokens.weight', 'BF16'],
  ['llama-tied-model-f16.safetensors', 'model.embed_tokens.weight', 'F16'],
  ['t5-model-bf16.safetensors', 'decoder.embed_tokens.weight', 'BF16'],
  ['plain-bf16.safetensors', 'embedding.weight', 'BF16'],
  ['gpt2-sharded-f16', 'transformer.wte.weight', 'F16'],
] as const

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)

describe('extractTable', () => {
  it.each(CHECKPOINTS)('finds the table of %s, before it is folded and after', async (name, table, dtype) => {
    const before = extractTable(`${FOLDER}/${name}`)
    expect(before).toMatchObject({ name: table, dtype, dimension: 16, folded: true })
    const output = files.path(name)
    await foldCheckpoint(`${FOLDER}/${name}`, output)
    const after = extractTable(output)
    expect(after).toMatchObject({ dtype, dimension: 16, folded: false })
    expect(sha256(bytesOf(after.weight))).toBe(sha256(bytesOf(before.weight)))
    expect(extractTable(output, { tensor: table }).weight).toEqual(after.weight)
    expect(extractTable(`${FOLDER}/${name}`, { tensor: table }).weight).toEqual(before.weight)
  })

  it('takes the base of a patched embedding when asked for it', () => {
    const path = `${FOLDER}/llama-tied-f32.safetensors`
    const base = extractTable(path, { tensor: 'model.embed_tokens.embeddings.weight' })
    expect(base.folded).toBe(false)
    expect(base.weight).not.toEqual(extractTable(path).weight)
  })

  it.each([
    [['wte.weight'], 'wte.weight'],
    [['embed_tokens.weight', 'lm_head.weight'], 'embed_tokens.weight'],
    [['layers.0.k_proj.weight', 'model.embed_tokens.weight'], 'model.embed_tokens.weight'],
    [['anything'], 'anything'],
    [['my_embed_tokens.weight', 'wte.weight.scale'], undefined],
    [['a.weight', 'b.weight'], undefined],
    [['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight'], undefined],
    [[], undefined],
  ])('of tensors %o takes %s', async (names, expected) => {
    const path = files.path('named.safetensors')
    await saveSafetensors(path, [
      ...names.map((name, i) => [name, table(i)] as const),
      ['bias', { ...table(1), shape: [4, 256] }],
    ])
    if (expected === undefined) {
      expect(thrownBy(() => extractTable(path))).toMatchObject({ code: 'ERR_TENSOR_NOT_FOUND', file: path })
    } else {
      expect(extractTable(path)).toMatchObject({
        name: expected,
        weight: table(names.indexOf(expected)).data,
      })
    }
  })

  it('takes one of several that are the same', async () => {
    const path = files.path('same.safetensors')
    await saveSafetensors(path, { 'shared.weight': table(3), 'encoder.embed_tokens.weight': table(3) })
    expect(extractTable(path).weight).toEqual(table(3).data)
  })

  it.each([['none'], ['bias'], ['whole'], [7]])('refuses %o for the table', async (tensor) => {
    const path = files.path('refused.safetensors')
    await saveSafetensors(path, {
      'wte.weight': table(1),
      bias: { ...table(1), shape: [1024] },
      whole: { dtype: 'I32', shape: [256, 4], data: new Int32Array(1024) },
    })
    const code = tensor === 7 ? 'ERR_ARGUMENT' : 'ERR_TENSOR_NOT_FOUND'
    expect(thrownBy(() => extractTable(path, { tensor: tensor as string }))).toMatchObject({ code })
    expect(thrownBy(() => extractTable(path, { name: 'x' } as never))).toMatchObject({ code: 'ERR_ARGUMENT' })
  })
})

describe('transplantTable', () => {
  it.each(CHECKPOINTS)(
    'puts a table of the same width into %s, rounded to its type',
    async (name, tensor, dtype) => {
      const donor = { weight: table(7, 16).data, dimension: 16 }
      const input = `${FOLDER}/${name}`
      const output = files.path(`transplanted-${name}`)
      const result = await transplantTable(donor, input, output)
      expect(result).toMatchObject({ name: tensor, copies: [] })
      const got = extractTable(output)
      expect(got).toMatchObject({ name: tensor, folded: true, dtype })
      expect(sha256(writeFloats(got.weight, dtype))).toBe(sha256(writeFloats(donor.weight, dtype)))
      // All other tensors are what they were.
      const [before, after] = [loadSafetensors(input), loadSafetensors(output)]
      expect([...after.names].sort()).toEqual([...before.names].sort())
      const changed = before.names.filter(
        (one) => sha256(before.tensor(one).bytes()) !== sha256(after.tensor(one).bytes()),
      )
      expect(changed.every((one) => /embed|wte|lm_head\.weight/.test(one))).toBe(true)
      expect(changed.some((one) => /bit_proj/.test(one))).toBe(true)
      // Folding it gives the table: the projection is 0.
      const folded = files.path(`folded-${name}`)
      expect((await foldCheckpoint(output, folded)).folded[0].correction).toBe(0)
      expect(extractTable(folded).weight).toEqual(got.weight)
    },
  )

  it('takes tied copies along, and leaves other layers', async () => {
    const input = files.path('tied.safetensors')
    const output = files.path('tied-new.safetensors')
    await saveSafetensors(input, {
      'wte.weight': table(1),
      'lm_head.weight': table(1),
      'other.weight': table(2),
    })
    const result = await transplantTable({ weight: table(5).data, dimension: 4 }, input, output)
    expect(result).toMatchObject({ copies: ['lm_head.weight'], copied: 1 })
    const checkpoint = loadSafetensors(output)
    expect(checkpoint.tensor('wte.weight').array()).toEqual(table(5).data)
    expect(checkpoint.tensor('lm_head.weight').array()).toEqual(table(5).data)
    expect(checkpoint.tensor('other.weight').array()).toEqual(table(2).data)
    checkpoint.close()
  })

  it('of another width is what a linear map can bring together', async () => {
    // The table that is there is a linear image of the donor: the map finds it again.
    const donor = table(4, 3)
    const map = [
      [1, 0, -2, 0.5],
      [0, 3, 1, -1],
      [2, -1, 0, 0.25],
    ]
    const image = Float32Array.from({ length: 256 * 4 }, (_, i) => {
      const row = Math.floor(i / 4) * 3
      return map.reduce((sum, line, k) => sum + donor.data[row + k] * line[i % 4], 0)
    })
    const input = files.path('image.safetensors')
    const output = files.path('image-new.safetensors')
    await saveSafetensors(input, { 'wte.weight': { dtype: 'F32', shape: [256, 4], data: image } })
    const result = await transplantTable({ weight: donor.data, dimension: 3 }, input, output)
    expect(result.relativeResidual).toBeLessThan(1e-6)
    const { weight } = extractTable(output)
    expect(Math.max(...weight.map((value, i) => Math.abs(value - image[i])))).toBeLessThan(1e-5)
    const ridged = await transplantTable({ weight: donor.data, dimension: 3 }, input, output, { ridge: 100 })
    expect(ridged.relativeResidual).toBeGreaterThan(result.relativeResidual)
  })

  it.each([
    ['no table', null, {}],
    ['too few numbers', { weight: new Float32Array(1023), dimension: 4 }, {}],
    ['numbers that are none', { weight: new Float32Array(1024).fill(Number.NaN), dimension: 4 }, {}],
    ['a width of 0', { weight: new Float32Array(0), dimension: 0 }, {}],
    ['an unknown option', { weight: table(1).data, dimension: 4 }, { scale: 2 }],
  ])('refuses %s', async (_, donor, options) => {
    const input = files.path('into.safetensors')
    await saveSafetensors(input, { 'wte.weight': table(1) })
    const run = transplantTable(donor as never, input, files.path('unwritten.safetensors'), options as never)
    await expect(run).rejects.toMatchObject({ code: 'ERR_ARGUMENT' })
    await expect(
      transplantTable({ weight: table(2).data, dimension: 4 }, input, input),
    ).rejects.toMatchObject({ code: 'ERR_ARGUMENT' })
  })
})

function table(seed: number, dimension = 4): TensorData & { data: Float32Array } {
  const random = new Random(seed)
  const data = Float32Array.from({ length: 256 * dimension }, () => (random.below(2001) - 1000) / 500)
  return { dtype: 'F32', shape: [256, dimension], data }
}
