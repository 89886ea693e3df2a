/**
 * The Python package `utf8-tokenizer` is the reference for ids: its `tokenizer([text], add_special_tokens=True)` gives
 * STX, the text's UTF-8, ETX. Our documents are the same bytes, for text without reserved control bytes under every
 * policy, and for all text under `keep`. test/vectors/reference-encode.json holds what the package answered.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDataset, prepare } from '../../dist/corpus/index.js'
import { RESERVED_POLICIES, type ReservedPolicy } from '../../dist/protocol/controls.js'
import { ROOT } from '../needs.js'

interface Case {
  readonly text: string
  readonly input_ids: readonly number[]
}

const { cases }: { cases: readonly Case[] } = JSON.parse(
  readFileSync(`${ROOT}test/vectors/reference-encode.json`, 'utf8'),
)
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const plain = cases.filter(({ text }) => !/[\0-\x08\x0e-\x1f]/.test(text))

const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-reference-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['native', 'javascript'] as const)('documents made by the %s engine', (engine) => {
  it('have cases of both kinds to be compared with', () => {
    expect(plain.length).toBeGreaterThan(20)
    expect(cases.length - plain.length).toBeGreaterThan(20)
  })

  it.each(RESERVED_POLICIES)(
    'are the ids of the reference for text without control bytes, under %s',
    async (reserved) => {
      expect(await idsOf(plain, reserved)).toEqual(plain.map(({ input_ids }) => input_ids))
    },
  )

  it('are the ids of the reference for all text, under keep', async () => {
    expect(await idsOf(cases, 'keep')).toEqual(cases.map(({ input_ids }) => input_ids))
  })

  async function idsOf(texts: readonly Case[], reserved: ReservedPolicy): Promise<number[][]> {
    const input = join(folder, 'texts.jsonl')
    const output = join(folder, 'out')
    writeFileSync(input, texts.map(({ text }) => `${JSON.stringify({ text })}\n`).join(''))
    await prepare({ inputs: [input], output, reserved, engine, overwrite: true })
    const dataset = openDataset(output)
    const ids = [...dataset.documents()].map((document) => [...document])
    dataset.close()
    return ids
  }
})
