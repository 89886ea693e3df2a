/**
 * Every option is honoured or refused: a wrong value or an unknown name is ERR_ARGUMENT, before anything is touched.
 */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openDataset, plan, prepare, runShard, verify } from '../../dist/corpus/index.js'
import { scratch } from './helpers.js'

const { path, put } = scratch()
const input = put('input.txt', 'text\n')
const output = path('out')

const WRONG: Record<string, unknown[]> = {
  inputs: [
    undefined,
    [],
    'input.txt',
    [''],
    ['a\0b'],
    [1],
    [new Uint8Array()],
    [Uint8Array.of(0)],
    ['-', '-'],
  ],
  output: [undefined, '', 5, 'a\0b'],
  inputFormat: ['csv', 1, null],
  document: ['word', 1, 'separator'],
  separator: ['', 5, 'x'.repeat(4097), '\ud800'],
  textField: ['', 'a..b', '.a', 'a.', 'a\\', 5, '\ud800'],
  bos: ['yes', 0],
  eos: ['yes', null],
  dtype: ['int32', 8],
  invalid: ['ignore', 1],
  reserved: ['ignore', 1],
  skipEmpty: [1],
  shardSize: [0, -1, 1.5, '1MiB', Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
  checksum: ['md5', 1],
  workers: [0, -1, 1.5, 257, '2'],
  engine: ['fast', 1],
  target: ['mmx', 1],
  overwrite: [1, 'yes'],
  signal: [{}, true],
  onProgress: ['log', {}],
  shardsize: [5],
  bogus: [undefined],
}

describe.each(Object.entries(WRONG))('%s', (name, values) => {
  it.each(values.map((value) => [value]))('is not %o', async (value) => {
    const options = { inputs: [input], output, [name]: value }
    const error = expect.objectContaining({ code: 'ERR_ARGUMENT' })
    await expect(prepare(options)).rejects.toThrow(error)
    expect(() => plan(options)).toThrow(error)
    expect(existsSync(output)).toBe(false)
  })
})

it('a separator is for the unit separator, and no other', () => {
  const error = expect.objectContaining({ code: 'ERR_ARGUMENT' })
  expect(() => plan({ inputs: [input], output, separator: '--', document: 'line' })).toThrow(error)
  const made = plan({ inputs: [input], output: path('implied'), separator: '--' })
  expect(made.options.document).toBe('separator')
})

it('wrong arguments of the other functions', async () => {
  const error = expect.objectContaining({ code: 'ERR_ARGUMENT' })
  await expect(verify(output, { bogus: 1 } as object)).rejects.toThrow(error)
  await expect(verify(output, { againstSource: 1 } as object)).rejects.toThrow(error)
  await expect(verify(5 as never)).rejects.toThrow(error)
  await expect(prepare(undefined as never)).rejects.toThrow(error)
  expect(() => openDataset('')).toThrow(error)
  plan({ inputs: [input], output })
  for (const index of [-1, 1, 0.5, '0']) {
    await expect(runShard(output, index as number)).rejects.toThrow(error)
  }
  await expect(runShard(output, 0, { workers: 1 } as object)).rejects.toThrow(error)
})

it('undefined is as if it were not there', () => {
  const names = Object.keys(WRONG).filter(
    (name) => !['inputs', 'output', 'shardsize', 'bogus'].includes(name),
  )
  const none = Object.fromEntries(names.map((name) => [name, undefined]))
  const made = plan({ inputs: [input], output: path('defaults'), ...none })
  expect(made.options).toEqual({
    document: 'file',
    separator: null,
    textField: 'text',
    bos: true,
    eos: true,
    dtype: 'uint8',
    invalid: 'quarantine',
    reserved: 'escape',
    skipEmpty: false,
    shardSize: 512 * 1024 * 1024,
    checksum: 'crc32',
  })
})
