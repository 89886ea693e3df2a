/** `--byte-model` on the command line: --no-bos and --no-eos are off by default, and must not count as asked for. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { scratch } from '../corpus/helpers.js'
import { runCli } from './run-cli.js'

const { path, put } = scratch()
const input = put('lines.txt', 'Füße\n\x01\n')

it.each([
  ['byt5', [], [70 + 3, 198, 191, 198, 162, 104, 1, 0x13, 0x41 + 3, 1]],
  ['byt5', ['--no-eos'], [70 + 3, 198, 191, 198, 162, 104, 0x13, 0x41 + 3]],
  ['blt', [], [1, 74, 199, 192, 199, 163, 105, 2, 1, 0x14, 0x41 + 4, 2]],
  ['blt', ['--no-bos'], [74, 199, 192, 199, 163, 105, 2, 0x14, 0x41 + 4, 2]],
] as const)('%s %j', async (model, flags, ids) => {
  const output = path(`${model}${flags.join('')}`)
  const options = ['--document', 'line', '--byte-model', model, ...flags, '-o', output]
  expect(await runCli(['prepare', input, ...options])).toMatchObject({ code: 0, stderr: '' })
  const bin = readFileSync(`${output}/data.bin`)
  expect([...new Uint16Array(bin.buffer, bin.byteOffset, bin.length / 2)]).toEqual(ids)
  expect((await runCli(['verify', output])).code).toBe(0)
  expect((await runCli(['verify', output, '--against-source'])).code).toBe(0)
  const decoded = await runCli(['decode', output, '--format', 'raw'])
  expect(decoded.text).toBe('Füße\n\x01\n')
  expect((await runCli(['inspect', output, '--json'])).json()).toMatchObject({
    options: { byteModel: model },
  })
})

it('is refused with what it cannot say, and writes nothing', async () => {
  for (const options of [
    ['--byte-model', 'gpt2'],
    ['--byte-model', 'byt5', '--dtype', 'uint8'],
    ['--byte-model', 'byt5', '--reserved', 'keep'],
  ]) {
    const { code } = await runCli(['prepare', input, ...options, '-o', path('none')])
    expect(code).toBe(2)
  }
  expect(existsSync(path('none'))).toBe(false)
})
