/**
 * Folding whole checkpoints. The checkpoints were made by the Python reference and the libraries that its users save with; what
 * `join_embedding_layers` makes of them stands beside them (test/vectors/checkpoints/make.py).
 */
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldTable } from '../../dist/embedding/checkpoint/fold-table.js'
import { type FloatDtype, readFloats, writeFloats } from '../../dist/embedding/floats.js'
import { foldCheckpoint, loadSafetensors, saveSafetensors } from '../../dist/embedding/index.js'
import type { TensorData, TensorSource } from '../../dist/embedding/safetensors/tensor.js'
import { ROOT } from '../needs.js'
import { Random } from '../seeded.js'
import { scratch } from './safetensors-files.js'

const files = scratch()
const FOLDER = `${ROOT}test/vectors/checkpoints`
const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(`${FOLDER}/expected.json`, 'utf8'),
)

interface Expected {
  readonly sha256?: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly tensors: Readonly<Record<string, string>>
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a checkpoint of the Python reference', () => {
  it.each([
    ['llama-tied-f32', 'model.embed_tokens.weight', 'model.embed_tokens.weight', 'F32', 10],
    ['llama-untied-bf16', 'model.embed_tokens.weight', 'model.embed_tokens.weight', 'BF16', 11],
    ['llama-tied-model-f16', 'model.embed_tokens.weight', 'lm_head.weight', 'F16', 10],
    ['t5-model-bf16', 'decoder.embed_tokens.weight', 'decoder.embed_tokens.weight', 'BF16', undefined],
    ['plain-bf16', 'embedding.weight', 'embedding.weight', 'BF16', 1],
  ] as const)(
    'becomes what join_embedding_layers makes of it: %s',
    async (name, table, storedAs, dtype, copied) => {
      const output = files.path(`${name}.safetensors`)
      const result = await foldCheckpoint(`${FOLDER}/${name}.safetensors`, output)
      const { tensors, metadata, sha256: whole } = EXPECTED[name]
      expect(result.folded).toMatchObject([
        { name: table, storedAs, dtype, dimension: 16, copies: [], correction: 0 },
      ])
      expect(result.copied).toBe(copied ?? Object.keys(tensors).length - 1)
      expect(result.index).toBeUndefined()
      const checkpoint = loadSafetensors(output)
      expect(checkpoint.metadata).toEqual(metadata)
      expect(
        Object.fromEntries(checkpoint.names.map((one) => [one, sha256(checkpoint.tensor(one).bytes())])),
      ).toEqual(tensors)
      checkpoint.close()
      // Several metadata have no order of their own in the reference's writer.
      if (whole !== undefined) expect(sha256(readFileSync(output))).toBe(whole)
      expect(whole === undefined).toBe(name === 't5-model-bf16')
    },
  )

  it('of several files keeps them, with an index that fits', async () => {
    const output = files.path('sharded')
    const result = await foldCheckpoint(`${FOLDER}/gpt2-sharded-f16`, output)
    const { tensors, metadata } = EXPECTED['gpt2-sharded-f16']
    expect(result.index).toBe(join(output, 'model.safetensors.index.json'))
    const checkpoint = loadSafetensors(output)
    expect(checkpoint.index?.metadata).toEqual(metadata)
    expect(
      Object.fromEntries(checkpoint.names.map((one) => [one, sha256(checkpoint.tensor(one).bytes())])),
    ).toEqual(tensors)
    // What the index names is what is there, and nothing else.
    expect(readdirSync(output).sort()).toEqual([...checkpoint.files, 'model.safetensors.index.json'])
    expect(checkpoint.files.flatMap((name) => checkpoint.file(name).names).sort()).toEqual(
      Object.keys(tensors).sort(),
    )
    checkpoint.close()
  })
})

const E16 = table(1)
const P16 = projection(2)
const SUM = naive(E16, P16)

describe('folding', () => {
  const patched = (sum: Float32Array | undefined): Record<string, TensorData> => ({
    'p.embeddings.weight': f32([256, 16], E16),
    'p.bit_proj_w': f32([16, 8], P16),
    ...(sum === undefined ? {} : { 'p.weight': f32([256, 16], sum) }),
    other: f32([3], Float32Array.of(1, 2, 3)),
  })

  it('goes by the parameters where the sum that was stored is out of date, and tied copies follow', async () => {
    const old = E16
    const { result, checkpoint } = await folded({
      ...patched(old),
      'head.weight': f32([256, 16], old),
      'unlike.weight': f32([256, 16], naive(E16, projection(9))),
    })
    expect(result.folded[0]).toMatchObject({
      copies: ['head.weight'],
      removed: ['p.embeddings.weight', 'p.bit_proj_w'],
    })
    const largest = Math.max(...SUM.map((value, i) => Math.abs(value - E16[i])))
    expect(result.folded[0].correction).toBeCloseTo(largest, 6)
    expect(checkpoint.names).toEqual(['head.weight', 'other', 'p.weight', 'unlike.weight'])
    for (const name of ['p.weight', 'head.weight']) expect(checkpoint.tensor(name).array()).toEqual(SUM)
    expect(checkpoint.tensor('unlike.weight').array()).toEqual(naive(E16, projection(9)))
    expect(result.copied).toBe(2)
  })

  it('adds the sum where none was stored', async () => {
    const { result, checkpoint } = await folded(patched(undefined))
    expect(result.folded[0]).toMatchObject({ storedAs: 'p.weight', correction: 0, copies: [] })
    expect(checkpoint.names).toEqual(['other', 'p.weight'])
    expect(checkpoint.tensor('p.weight').array()).toEqual(SUM)
  })

  it('does all embeddings, and one without a prefix', async () => {
    const { result, checkpoint } = await folded({
      weight: f32([256, 16], E16),
      bit_proj: f32([16, 8], P16),
      ...patched(SUM),
      'a.b.bit_proj_w': f32([16, 8], new Float32Array(128)),
      'a.b.embeddings.weight': f32([256, 16], E16),
    })
    expect(result.folded.map(({ name }) => name).sort()).toEqual(['a.b.weight', 'p.weight', 'weight'])
    expect(checkpoint.names).toEqual(['a.b.weight', 'other', 'p.weight', 'weight'])
    expect(checkpoint.tensor('weight').array()).toEqual(SUM)
    // Adding 0 makes +0 of -0, as the reference does.
    expect(checkpoint.tensor('a.b.weight').array()).toEqual(E16.map((value) => value + 0))
  })

  it('leaves out names that stood for what is gone', async () => {
    const metadata = { 'q.bit_proj_w': 'p.bit_proj_w', 'q.weight': 'p.weight', format: 'pt' }
    const { checkpoint } = await folded(patched(SUM), metadata)
    expect(checkpoint.metadata).toEqual({ 'q.weight': 'p.weight', format: 'pt' })
    const alone = await folded(patched(SUM), { 'q.bit_proj_w': 'p.bit_proj_w' })
    expect(alone.checkpoint.file('out.safetensors').metadata).toBeUndefined()
  })

  it('drops a file of which nothing is left, and keeps tensors that the index does not name', async () => {
    const source = files.path('shards')
    mkdirSync(source)
    await saveSafetensors(join(source, 'model.safetensors'), patched(SUM), { maxShardSize: 1 })
    const extra = join(source, 'model-00004-of-00004.safetensors')
    await saveSafetensors(extra, {
      other: f32([3], Float32Array.of(1, 2, 3)),
      unnamed: f32([1], Float32Array.of(7)),
    })
    const output = files.path('fewer')
    await foldCheckpoint(source, output)
    const checkpoint = loadSafetensors(output)
    expect(checkpoint.files).toEqual(['model-00003-of-00004.safetensors', 'model-00004-of-00004.safetensors'])
    expect(checkpoint.tensor('unnamed').array()).toEqual(Float32Array.of(7))
    expect(checkpoint.index?.metadata).toEqual({ total_size: 4 * (256 * 16 + 3) })
    checkpoint.close()
  })

  it.each([
    ['nothing is patched', { weight: f32([256, 16], E16) }, {}],
    ['the base is missing', { 'p.bit_proj_w': f32([16, 8], P16), 'p.weight': f32([256, 16], E16) }, {}],
    ['the plain table is missing', { 'p.bit_proj': f32([16, 8], P16) }, {}],
    [
      'the table has other rows',
      { ...patched(undefined), 'p.embeddings.weight': f32([128, 16], E16.subarray(0, 2048)) },
      {},
    ],
    ['the projection has another width', { ...patched(undefined), 'p.bit_proj_w': f32([8, 16], P16) }, {}],
    [
      'the types differ',
      {
        ...patched(undefined),
        'p.bit_proj_w': { dtype: 'F16', shape: [16, 8], data: new Uint16Array(128) } as const,
      },
      {},
    ],
    ['the sum has another shape', { ...patched(undefined), 'p.weight': f32([16, 256], E16) }, {}],
    [
      'numbers are whole',
      {
        weight: { dtype: 'I32', shape: [256, 1], data: new Int32Array(256) },
        bit_proj: { dtype: 'I32', shape: [1, 8], data: new Int32Array(8) },
      } as const,
      {},
    ],
    [
      'a plain table is shared',
      { 'p.weight': f32([256, 16], E16), 'p.bit_proj': f32([16, 8], P16) },
      { 'head.weight': 'p.weight' },
    ],
  ])('refuses a checkpoint of which %s', async (_, tensors, metadata) => {
    const input = files.path('refused.safetensors')
    await saveSafetensors(input, tensors as Record<string, TensorSource | TensorData>, { metadata })
    await expect(foldCheckpoint(input, files.path('unwritten.safetensors'))).rejects.toMatchObject({
      code: 'ERR_TENSOR_NOT_FOUND',
      file: input,
    })
  })

  it('never writes to its input, under whatever name', async () => {
    const input = files.path('input.safetensors')
    copyFileSync(`${FOLDER}/plain-bf16.safetensors`, input)
    const before = sha256(readFileSync(input))
    linkSync(input, files.path('hard.safetensors'))
    symlinkSync(input, files.path('soft.safetensors'))
    for (const path of [
      input,
      relative('.', input),
      files.path('hard.safetensors'),
      files.path('soft.safetensors'),
    ]) {
      await expect(foldCheckpoint(input, path), path).rejects.toMatchObject({ code: 'ERR_ARGUMENT' })
    }
    const shards = files.path('input-shards')
    cpSync(`${FOLDER}/gpt2-sharded-f16`, shards, { recursive: true })
    await expect(foldCheckpoint(shards, shards)).rejects.toMatchObject({ code: 'ERR_ARGUMENT' })
    await expect(foldCheckpoint(shards, files.path('one.safetensors'))).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    })
    await expect(foldCheckpoint(input, '')).rejects.toMatchObject({ code: 'ERR_ARGUMENT' })
    expect(sha256(readFileSync(input))).toBe(before)
  })

  it('writes nothing if its input changes meanwhile, or it is stopped', async () => {
    const input = files.path('changes.safetensors')
    await saveSafetensors(input, {
      ...patched(SUM),
      much: { dtype: 'U8', shape: [3_000_000], data: new Uint8Array(3_000_000) },
    })
    const output = files.path('never.safetensors')
    const bytes = readFileSync(input)
    // The same bytes, but later.
    const changed = foldCheckpoint(input, output, { onProgress: () => writeFileSync(input, bytes) })
    await expect(changed).rejects.toMatchObject({ code: 'ERR_INPUT_CHANGED', file: input })
    await expect(foldCheckpoint(input, output, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
    })
    await expect(foldCheckpoint(input, output, { force: true } as never)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
    })
    expect(readdirSync(files.path('.')).filter((name) => /never|\.tmp$/.test(name))).toEqual([])
  })

  async function folded(tensors: Record<string, TensorData>, metadata?: Record<string, string>) {
    const input = files.path('in.safetensors')
    const output = files.path('out.safetensors')
    await saveSafetensors(input, tensors, { metadata })
    const result = await foldCheckpoint(input, output)
    return { result, checkpoint: loadSafetensors(output) }
  }
})

describe('the arithmetic', () => {
  const cases = (['F64', 'F32', 'F16', 'BF16'] as const).flatMap((dtype) =>
    [1, 2, 15, 64].flatMap((dimension) =>
      [true, false].map((roundsBias) => ({ dtype, dimension, roundsBias })),
    ),
  )

  it.each(cases)(
    'is a sum over the bits, most significant first: $dtype, d = $dimension, $roundsBias',
    ({ dtype, dimension, roundsBias }) => {
      const base = writeFloats(table(5, dimension), dtype)
      const bits = writeFloats(projection(6, dimension), dtype)
      const result = foldTable({ dtype, dimension, base, projection: bits, roundsBias })
      if (dtype === 'F64') {
        const sums = new Float64Array(result.buffer)
        const [e, p] = [new Float64Array(base.buffer), new Float64Array(bits.buffer)]
        for (let byte = 0; byte < 256; byte++) {
          for (let j = 0; j < dimension; j++) {
            let sum = 0
            for (let bit = 0; bit < 8; bit++) if ((byte >> (7 - bit)) & 1) sum += p[8 * j + bit]
            expect(sums[byte * dimension + j]).toBe(e[byte * dimension + j] + sum)
          }
        }
        return
      }
      const rounded = (values: Float32Array) =>
        roundsBias ? readFloats(writeFloats(values, dtype), dtype) : values
      const expected = naive(readFloats(base, dtype), readFloats(bits, dtype), rounded)
      expect(sha256(result)).toBe(sha256(writeFloats(expected, dtype as FloatDtype)))
    },
  )
})

function f32(shape: number[], data: Float32Array): TensorData {
  return { dtype: 'F32', shape, data }
}

function table(seed: number, dimension = 16): Float32Array {
  const random = new Random(seed)
  return Float32Array.from({ length: 256 * dimension }, () => (random.below(20_001) - 10_000) / 7_000)
}

function projection(seed: number, dimension = 16): Float32Array {
  return table(seed, dimension).slice(0, 8 * dimension)
}

/** E + U · Pᵀ with 32-bit sums, one number at a time. */
function naive(
  base: Float32Array,
  projection: Float32Array,
  rounded = (values: Float32Array) => values,
): Float32Array {
  const dimension = base.length / 256
  const bias = new Float32Array(base.length)
  for (let byte = 0; byte < 256; byte++) {
    for (let j = 0; j < dimension; j++) {
      let sum = 0
      for (let bit = 0; bit < 8; bit++)
        sum = Math.fround(sum + ((byte >> (7 - bit)) & 1) * projection[8 * j + bit])
      bias[byte * dimension + j] = sum
    }
  }
  return rounded(bias).map((value, i) => Math.fround(base[i] + value))
}
