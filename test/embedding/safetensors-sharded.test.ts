/** Checkpoints of several files: the index, which file is opened, what an index may not say, and how they are written. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadSafetensors, saveSafetensors } from '../../dist/embedding/index.js'
import { ROOT } from '../needs.js'
import { entry, fileOf, scratch, thrownBy } from './safetensors-files.js'

const files = scratch()
const GPT2 = `${ROOT}test/vectors/checkpoints/gpt2-sharded-f16`
const INDEX = 'model.safetensors.index.json'
const numbers = (count: number, first: number) => ({
  dtype: 'F32' as const,
  shape: [count],
  data: Float32Array.from({ length: count }, (_, i) => first + i),
})

describe('a sharded checkpoint of transformers', () => {
  it.each([GPT2, join(GPT2, INDEX)])('is opened by its folder and by its index: %#', (path) => {
    const checkpoint = loadSafetensors(path)
    expect(checkpoint.files).toEqual([1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`))
    expect(checkpoint.index?.metadata).toEqual({ total_parameters: 9912, total_size: 19824 })
    expect(checkpoint.metadata).toEqual({ format: 'pt' })
    let size = 0
    for (const name of checkpoint.names) size += checkpoint.tensor(name).bytes().length
    expect(size).toBe(19824)
    expect(thrownBy(() => checkpoint.tensor('lm_head.weight'))).toMatchObject({
      code: 'ERR_TENSOR_NOT_FOUND',
    })
    expect(thrownBy(() => checkpoint.file('../x'))).toMatchObject({ code: 'ERR_ARGUMENT' })
    checkpoint.close()
    expect(thrownBy(() => checkpoint.tensor('transformer.wte.weight'))).toMatchObject({
      code: 'ERR_ARGUMENT',
    })
  })

  it('opens no file but those with what is asked for', () => {
    const folder = files.path('partial')
    cpSync(GPT2, folder, { recursive: true })
    for (const name of readdirSync(folder)) if (name.includes('00002-of')) rmSync(join(folder, name))
    const checkpoint = loadSafetensors(folder)
    expect(checkpoint.tensor('transformer.wte.weight').shape).toEqual([256, 16])
    expect(thrownBy(() => checkpoint.tensor('transformer.wte.embeddings.weight'))).toMatchObject({
      code: 'ERR_INPUT_NOT_FOUND',
      file: join(folder, 'model-00002-of-00003.safetensors'),
    })
    checkpoint.close()
  })
})

describe('an index', () => {
  const map = (file: unknown) => JSON.stringify({ weight_map: { a: file } })

  it.each([
    ['no JSON', '{'],
    ['no UTF-8', Buffer.from('{"weight_map":{"\xff":"a.safetensors"}}', 'latin1')],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['no map', '{"metadata":{}}'],
    ['a map that is an array', '{"weight_map":[]}'],
    ['a number for a file', map(1)],
    ['a file of another kind', map('pytorch_model.bin')],
    ['a file in another folder', map('../a.safetensors')],
    ['a file from the root', map('/tmp/a.safetensors')],
    ['a file below', map('sub/a.safetensors')],
    ['a path of Windows', map('..\\a.safetensors')],
    ['a drive of Windows', map('c:a.safetensors')],
    ['a NUL', map('a\0.safetensors')],
    ['no name but the ending', map('.safetensors')],
  ])('with %s is refused', (_, text) => {
    const path = files.write(INDEX, text)
    expect(thrownBy(() => loadSafetensors(path))).toMatchObject({ code: 'ERR_SAFETENSORS_INDEX', file: path })
  })

  it('that names a tensor which its file does not have is refused when that is asked for', () => {
    files.write('b.safetensors', fileOf(`{"b":${entry('U8', [1], 0, 1)}}`, 1))
    const path = files.write(INDEX, '{"weight_map":{"a":"b.safetensors","b":"b.safetensors"}}')
    const checkpoint = loadSafetensors(path)
    expect([...checkpoint.tensor('b').bytes()]).toEqual([0])
    expect(thrownBy(() => checkpoint.tensor('a'))).toMatchObject({
      code: 'ERR_SAFETENSORS_INDEX',
      file: path,
    })
    checkpoint.close()
  })
})

describe('saving with a largest size', () => {
  const tensors = {
    a: numbers(10, 0),
    b: numbers(10, 10),
    c: numbers(100, 20),
    d: numbers(1, 120),
    e: numbers(0, 0),
  }

  it.each([
    [1, [['a'], ['b'], ['c'], ['d'], ['e']]],
    [79, [['a'], ['b'], ['c'], ['d', 'e']]],
    [80, [['a', 'b'], ['c'], ['d', 'e']]],
    [
      404,
      [
        ['a', 'b'],
        ['c', 'd', 'e'],
      ],
    ],
    [
      483,
      [
        ['a', 'b', 'c'],
        ['d', 'e'],
      ],
    ],
  ])('of %i bytes fills one file after the other', async (maxShardSize, expected) => {
    const folder = files.path(`sharded-${maxShardSize}`)
    mkdirSync(folder)
    const written = await saveSafetensors(join(folder, 'model.safetensors'), tensors, {
      maxShardSize,
      metadata: { format: 'pt' },
    })
    const total = String(expected.length).padStart(5, '0')
    const names = expected.map((_, i) => `model-${String(i + 1).padStart(5, '0')}-of-${total}.safetensors`)
    expect(readdirSync(folder).sort()).toEqual([...names, INDEX])
    expect(written.map(({ path }) => path)).toEqual(names.map((name) => join(folder, name)))
    const index = JSON.parse(readFileSync(join(folder, INDEX), 'utf8'))
    expect(index).toEqual({
      metadata: { total_size: 484 },
      weight_map: Object.fromEntries(expected.flatMap((group, i) => group.map((name) => [name, names[i]]))),
    })
    const checkpoint = loadSafetensors(folder)
    expect(checkpoint.metadata).toEqual({ format: 'pt' })
    for (const [name, { data }] of Object.entries(tensors))
      expect(checkpoint.tensor(name).array()).toEqual(data)
    checkpoint.close()
  })

  it('writes one file and no index if all fits', async () => {
    const path = files.path('fits.safetensors')
    await saveSafetensors(path, tensors, { maxShardSize: 484 })
    expect(existsSync(path)).toBe(true)
    expect(existsSync(files.path('fits.safetensors.index.json'))).toBe(false)
  })

  it('leaves all as it was if one file cannot be written', async () => {
    const folder = files.path('failing')
    mkdirSync(folder)
    writeFileSync(join(folder, 'model-00001-of-00002.safetensors'), 'old')
    const failing = {
      dtype: 'U8',
      shape: [5],
      read: () => {
        throw new RangeError('cannot be read')
      },
    } as const
    await expect(
      saveSafetensors(join(folder, 'model.safetensors'), { a: numbers(3, 0), failing }, { maxShardSize: 12 }),
    ).rejects.toThrow('cannot be read')
    expect(readdirSync(folder)).toEqual(['model-00001-of-00002.safetensors'])
    expect(readFileSync(join(folder, 'model-00001-of-00002.safetensors'), 'utf8')).toBe('old')
  })
})
