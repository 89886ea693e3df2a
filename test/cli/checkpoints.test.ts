/** `fold` and `table` as users call them. */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadSafetensors } from '../../dist/embedding/index.js'
import { ROOT } from '../needs.js'
import { finished, runCli, scratchFolder, startCli } from './run-cli.js'

const folder = scratchFolder()
const path = (name: string) => join(folder, name)
const CHECKPOINTS = `${ROOT}test/vectors/checkpoints`
const LLAMA = `${CHECKPOINTS}/llama-tied-model-f16.safetensors`

describe('fold', () => {
  it('says what was found, folded and copied', async () => {
    const { code, text, stderr } = await runCli(['fold', LLAMA, '-o', path('folded.safetensors')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(text).toContain(`Folded 1 embedding of ${LLAMA} into ${path('folded.safetensors')}\n`)
    expect(text).toMatch(/folded +model\.embed_tokens\.weight, 256 × 16 F16, stored as lm_head\.weight\n/)
    expect(text).toMatch(
      /removed +model\.embed_tokens\.embeddings\.weight, model\.embed_tokens\.bit_proj_w\n/,
    )
    expect(text).toMatch(/copied +10 tensors as they are\n/)
    expect(text).not.toMatch(/^ +(?:tied|corrected)/m)
  })

  it('prints one JSON object for machines, or nothing', async () => {
    const { code, json } = await runCli([
      'fold',
      `${CHECKPOINTS}/gpt2-sharded-f16`,
      '-o',
      path('gpt2'),
      '--json',
    ])
    expect(code).toBe(0)
    expect(json()).toMatchObject({
      folded: [{ name: 'transformer.wte.weight', dtype: 'F16', dimension: 16 }],
      index: path('gpt2/model.safetensors.index.json'),
      copied: 15,
    })
    const quiet = await runCli(['fold', LLAMA, '-o', path('quiet.safetensors'), '--quiet'])
    expect({ code: quiet.code, text: quiet.text, stderr: quiet.stderr }).toEqual({
      code: 0,
      text: '',
      stderr: '',
    })
  })

  it.each([
    ['its input', LLAMA, LLAMA, 2, 'ERR_ARGUMENT'],
    ['a file for several', `${CHECKPOINTS}/gpt2-sharded-f16`, 'x.safetensors', 2, 'ERR_ARGUMENT'],
    ['what is not there', 'none.safetensors', 'x.safetensors', 1, 'ERR_INPUT_NOT_FOUND'],
    ['what is no safetensors file', `${CHECKPOINTS}/make.py`, 'x.safetensors', 1, 'ERR_SAFETENSORS_HEADER'],
    ['a folder that cannot be', LLAMA, `${LLAMA}/x`, 1, 'ERR_OUTPUT_WRITE'],
  ])('refuses %s', async (_, input, output, exit, expected) => {
    const before = readFileSync(LLAMA)
    const { code, error, text } = await runCli(['fold', input, '-o', output, '--json'], { cwd: folder })
    expect({ code, error: error().code, text }).toEqual({ code: exit, error: expected, text: '' })
    expect(readFileSync(LLAMA).equals(before)).toBe(true)
  })

  it('refuses a checkpoint without a bit bias', async () => {
    await runCli(['fold', LLAMA, '-o', path('once.safetensors')])
    const { code, error } = await runCli([
      'fold',
      path('once.safetensors'),
      '-o',
      path('twice.safetensors'),
      '--json',
    ])
    expect({ code, error: error().code }).toEqual({ code: 1, error: 'ERR_TENSOR_NOT_FOUND' })
    expect(readdirSync(folder)).not.toContain('twice.safetensors')
  })

  const large = 200 * 2 ** 20

  it('copies what is large in little memory', async () => {
    const input = withLargeTensor('large.safetensors', large)
    const before = "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS))"
    const { code, stderr } = await runCli(
      ['fold', input, '-o', path('large-folded.safetensors'), '--quiet'],
      { before },
    )
    expect(code).toBe(0)
    // In KiB: the program itself takes about 60 MiB.
    const peak = Number(/peak (\d+)/.exec(stderr)?.[1])
    expect(peak).toBeGreaterThan(10_000)
    expect(peak).toBeLessThan(160 * 1024)
    const checkpoint = loadSafetensors(path('large-folded.safetensors'))
    expect(checkpoint.tensor('zzz.large').byteLength).toBe(large)
    checkpoint.close()
  })

  it('leaves nothing after an interrupt', async () => {
    const input = withLargeTensor('stopped.safetensors', 2 ** 31)
    const child = startCli(['fold', input, '-o', path('stopped-folded.safetensors')])
    const end = finished(child)
    while (
      !readdirSync(folder).some((name) => name.startsWith('stopped-folded')) &&
      child.exitCode === null
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    child.kill('SIGINT')
    const { code, stderr } = await end
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'utf8-tokenizer: stopped; nothing was written\n' })
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped-folded'))).toEqual([])
  })

  /** The model with a tensor that is a hole in the file. */
  function withLargeTensor(name: string, size: number): string {
    const bytes = readFileSync(LLAMA)
    const length = Number(bytes.readBigUInt64LE())
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length))
    const data = bytes.subarray(8 + length)
    header['zzz.large'] = { dtype: 'U8', shape: [size], data_offsets: [data.length, data.length + size] }
    const json = Buffer.from(JSON.stringify(header))
    const first = Buffer.alloc(8)
    first.writeBigUInt64LE(BigInt(json.length))
    const descriptor = openSync(path(name), 'w')
    writeSync(descriptor, Buffer.concat([first, json, data]))
    ftruncateSync(descriptor, 8 + json.length + data.length + size)
    closeSync(descriptor)
    return path(name)
  }
})

describe('table', () => {
  it('prints a line for each byte, and draws them', async () => {
    const svg = path('table.svg')
    const { code, text, stderr } = await runCli(['table', LLAMA, '--svg', svg, '--nearest', '2'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = text.trimEnd().split('\n')
    expect(lines[0]).toBe('model.embed_tokens.weight, 256 × 16 F16, bit bias folded in')
    expect(
      lines.filter((line) =>
        /^[0-9A-F]{2} . {2,}[\d.]+ {2}[\w -]+ {2}.+ -?[01]\.\d{3} {2}.+ -?[01]\.\d{3}$/.test(line),
      ).length,
    ).toBe(256)
    expect(lines.at(-1)).toBe(`Drawn in ${svg}`)
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  })

  it('prints one JSON object for machines', async () => {
    const { code, json } = await runCli(['table', LLAMA, '--tensor', 'lm_head.weight', '--json'])
    expect(code).toBe(0)
    const { bytes, ...rest } = json() as { bytes: { byte: number; norm: number; nearest: unknown[] }[] }
    expect(rest).toMatchObject({
      name: 'model.embed_tokens.weight',
      dimension: 16,
      dtype: 'F16',
      folded: true,
    })
    expect(bytes.map(({ byte }) => byte)).toEqual(Array.from({ length: 256 }, (_, i) => i))
    expect(bytes.every(({ norm, nearest }) => norm > 0 && nearest.length === 4)).toBe(true)
  })

  it('refuses what it cannot show', async () => {
    const none = await runCli(['table', LLAMA, '--tensor', 'model.norm.weight', '--json'])
    expect({ code: none.code, error: none.error().code }).toEqual({ code: 1, error: 'ERR_TENSOR_NOT_FOUND' })
    const many = await runCli(['table', LLAMA, '--nearest', '256', '--json'])
    expect({ code: many.code, error: many.error().code }).toEqual({ code: 2, error: 'ERR_ARGUMENT' })
    writeFileSync(path('file'), '')
    const unwritable = await runCli(['table', LLAMA, '--svg', path('file/x.svg'), '--json'])
    expect({ code: unwritable.code, error: unwritable.error().code }).toEqual({
      code: 1,
      error: 'ERR_OUTPUT_WRITE',
    })
  })
})
