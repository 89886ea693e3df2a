/**
 * JSON lines through `prepare`: which lines are taken, which are refused and why, whatever the engine and the policy;
 * and lines that are larger than any buffer.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Manifest, openDataset, prepare, verify } from '../../dist/corpus/index.js'
import { documentsOf, engines, quarantineOf, scratch } from './helpers.js'

interface Case {
  readonly line: string | Buffer
  /** The document's text, or the reason why there is none, or null for a blank line. */
  readonly text?: string
  readonly reason?: string
  /** What `replace` makes of it, and how many replacements that takes; default: as without. */
  readonly mended?: string
  readonly replaced?: number
  /** Where in the line the error is, if it is not its begin. */
  readonly error?: number
  /** The text field. */
  readonly field?: string
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

const CASES: Case[] = [
  { line: '{"text":"plain"}', text: 'plain' },
  { line: '{"text":""}', text: '' },
  { line: '  {"id": 1, "text" : "spaces \\n\\t\\u00e9\\ud83d\\ude00" }  ', text: 'spaces \n\té😀' },
  { line: '{"text":"first","text":"last wins"}', text: 'last wins' },
  { line: '{"te\\u0078t":"an escaped key"}', text: 'an escaped key' },
  { line: '{"text":"big","n":1e999,"m":123456789012345678901234567890}', text: 'big' },
  { line: `{"text":"deep","x":${'['.repeat(1500)}${']'.repeat(1500)}}`, text: 'deep' },
  { line: '{"text":"\\u0002 control \\u0000"}', text: '\u0002 control \0' },
  { line: '' },
  { line: ' \t\r' },
  { line: '{"text":"CR at the end"}\r', text: 'CR at the end' },
  { line: '{"other":"x"}', reason: 'field-missing' },
  { line: '"text"', reason: 'field-missing' },
  { line: '[{"text":"x"}]', reason: 'field-missing' },
  { line: 'null', reason: 'field-missing' },
  { line: '{"text":null}', reason: 'field-not-string' },
  { line: '{"text":["x"]}', reason: 'field-not-string' },
  { line: '{"text":"x"', reason: 'json-malformed' },
  { line: '{"text":"x"} more', reason: 'json-malformed' },
  { line: "{'text':'x'}", reason: 'json-malformed' },
  { line: '{"text":"raw \0 control"}', reason: 'json-malformed' },
  { line: '{"text":"x",}', reason: 'json-malformed' },
  { line: '\ufeff{"text":"a mark in the middle of a file"}', reason: 'json-malformed' },
  {
    line: latin1('{"text":"ill \xff formed"}'),
    reason: 'invalid-byte',
    error: 13,
    mended: 'ill \ufffd formed',
    replaced: 1,
  },
  {
    line: latin1('{"text":"\xf0\x9f\x98 \xe4\xb8"}'),
    reason: 'truncated',
    error: 9,
    mended: '\ufffd \ufffd',
    replaced: 2,
  },
  {
    line: latin1('{"text":"\xed\xa0\x80"}'),
    reason: 'surrogate',
    error: 9,
    mended: '\ufffd\ufffd\ufffd',
    replaced: 3,
  },
  {
    line: '{"text":"lone \\ud800 and \\udc00"}',
    reason: 'surrogate',
    mended: 'lone \ufffd and \ufffd',
    replaced: 2,
  },
  { line: latin1('{"text":"x",\xff'), reason: 'invalid-byte', error: 12, mended: 'json-malformed' },
  { line: '{"a":{"b":"nested"}}', field: 'a.b', text: 'nested' },
  { line: '{"a":{"b":"no"},"a":{}}', field: 'a.b', reason: 'field-missing' },
  { line: '{"a":[{"b":"x"}]}', field: 'a.b', reason: 'field-missing' },
  { line: '{"a":"x"}', field: 'a.b', reason: 'field-missing' },
  { line: '{"a.b":"a dot in the key"}', field: 'a\\.b', text: 'a dot in the key' },
  { line: '{"__proto__":"own"}', field: '__proto__', text: 'own' },
  { line: '{"x":1}', field: 'toString', reason: 'field-missing' },
  { line: '{"x":1}', field: '__proto__', reason: 'field-missing' },
]

const { path, put } = scratch()
let runs = 0

async function run(
  file: string,
  options: Partial<Parameters<typeof prepare>[0]>,
): Promise<[string, Manifest]> {
  const output = path(`out-${runs++}`)
  return [output, await prepare({ inputs: [file], output, workers: 1, ...options })]
}

function texts(output: string): string[] {
  const dataset = openDataset(output)
  try {
    return [...dataset.texts()].map((text) => Buffer.from(text).toString())
  } finally {
    dataset.close()
  }
}

describe.each(engines())('$engine $target', (engine) => {
  it.each(['text', 'a.b', 'a\\.b', '__proto__', 'toString'])(
    'takes and refuses what it shall: %s',
    async (textField) => {
      const cases = CASES.filter(({ field = 'text' }) => field === textField)
      const lines = cases.map(({ line }) => Buffer.from(line))
      // The last line has no line feed.
      const content = Buffer.concat(lines.flatMap((line) => [Buffer.from('\n'), line]).slice(1))
      const file = put('cases.jsonl', content)
      const starts = lines.map((_, i) => lines.slice(0, i).reduce((sum, { length }) => sum + length + 1, 0))
      const [output, manifest] = await run(file, { textField, inputFormat: 'jsonl', ...engine })
      expect(texts(output)).toEqual(cases.flatMap(({ text }) => text ?? []))
      expect(quarantineOf(output, manifest)).toEqual(
        cases.flatMap(({ reason, error = 0 }, i) =>
          reason === undefined
            ? []
            : {
                file,
                offset: starts[i],
                length: lines[i].length,
                reason,
                errorOffset: starts[i] + error,
                bytes: lines[i].toString('base64'),
              },
        ),
      )
      expect(manifest.totals.blankLines).toBe(
        cases.filter(({ text, reason }) => text === undefined && reason === undefined).length,
      )
      expect(await verify(output, { againstSource: true })).toMatchObject({ ok: true })

      const [mended, of] = await run(file, { textField, inputFormat: 'jsonl', invalid: 'replace', ...engine })
      expect(texts(mended)).toEqual(
        cases.flatMap(({ text, mended, replaced }) => text ?? (replaced === undefined ? [] : (mended ?? []))),
      )
      expect(of.totals.replaced).toBe(cases.reduce((sum, { replaced = 0 }) => sum + replaced, 0))
      expect(quarantineOf(mended, of).map(({ reason }) => reason)).toEqual(
        cases.flatMap(({ reason, mended, replaced }) =>
          reason === undefined || replaced !== undefined ? [] : (mended ?? reason),
        ),
      )
    },
  )

  it('sets lines with reserved bytes in their text aside as a whole', async () => {
    const file = put('reserved.jsonl', '{"text":"a"}\n{"text":"b\\u0001"}\n{"text":"c","x":"\\u0001"}\n')
    const [output, manifest] = await run(file, { reserved: 'quarantine', invalid: 'drop', ...engine })
    expect(texts(output)).toEqual(['a', 'c'])
    const bytes = Buffer.from('{"text":"b\\u0001"}').toString('base64')
    expect(quarantineOf(output, manifest)).toEqual([
      { file, offset: 13, length: 18, reason: 'reserved-byte', errorOffset: 13, bytes },
    ])
  })

  it('takes lines larger than its buffers', async () => {
    const sizes = [10, 300_000, 5, 3_000_000, 262_144, 1, 12_000_000, 7, 700_000]
    const expected = sizes.map((size, i) => '文a\u0001é'.repeat(Math.ceil(size / 8)) + i)
    const file = put('large.jsonl', `${expected.map((text) => JSON.stringify({ text })).join('\n')}\n`)
    const [output, manifest] = await run(file, { reserved: 'picture', shardSize: 1_000_000, ...engine })
    const documents = documentsOf(output, manifest)
    expect(documents).toHaveLength(expected.length)
    for (const [i, document] of documents.entries()) {
      const content = expected[i].replaceAll('\u0001', '\u2401')
      expect(document.equals(Buffer.from(`\x02${content}\x03`))).toBe(true)
    }
  })
})

it('gives the same files with every engine, and for every number of shards', async () => {
  const lines = CASES.filter(({ field }) => field === undefined).map(({ line }) => Buffer.from(line))
  const content = Buffer.concat(
    Array.from({ length: 40 }, () => lines)
      .flat()
      .flatMap((l) => [l, Buffer.from('\n')]),
  )
  const file = put('many.jsonl', Buffer.concat([Buffer.from('\ufeff'), content]))
  const manifests: Manifest[] = []
  for (const engine of engines()) {
    const [, manifest] = await run(file, { ...engine, inputFormat: 'jsonl', shardSize: 40_000 })
    manifests.push(manifest)
  }
  for (const manifest of manifests) expect(manifest).toEqual(manifests[0])
  const [one, whole] = await run(file, { inputFormat: 'jsonl' })
  expect(whole.totals.bom).toBe(1)
  for (const shards of [7, 50]) {
    const shardSize = Math.ceil(content.length / shards)
    const [output, manifest] = await run(file, { inputFormat: 'jsonl', shardSize, workers: 2 })
    expect(manifest.shards.length).toBeGreaterThanOrEqual(7)
    expect(documentsOf(output, manifest)).toEqual(documentsOf(one, whole))
    expect(quarantineOf(output, manifest)).toEqual(quarantineOf(one, whole))
    expect(manifest.totals).toEqual(whole.totals)
  }
})

it('refuses a line above the limit and goes on behind it, in bounded memory', async () => {
  const limit = 128 * 1024 * 1024
  const file = path('limit.jsonl')
  const before = '{"text":"before"}\n'
  // The longest line that is taken has limit - 1 bytes and a line feed.
  const longest = Buffer.alloc(limit - 1, ' ')
  longest.write('{"text":"longest"}')
  writeFileSync(file, before)
  writeFileSync(file, longest, { flag: 'a' })
  writeFileSync(file, '\n', { flag: 'a' })
  writeFileSync(file, longest, { flag: 'a' })
  writeFileSync(file, ' \r\n{"text":"after"}', { flag: 'a' })
  const [output, manifest] = await run(file, { invalid: 'drop' })
  expect(texts(output)).toEqual(['before', 'longest', 'after'])
  expect(manifest.totals.dropped).toEqual({ 'line-too-long': 1 })
  const [aside, of] = await run(file, { invalid: 'quarantine' })
  const quarantine = of.shards[0].files.quarantine
  const text = readFileSync(`${aside}/${quarantine?.name}`, 'latin1')
  const { bytes, ...fields } = JSON.parse(text)
  const offset = before.length + limit
  expect(fields).toEqual({
    file,
    offset,
    length: limit + 1,
    reason: 'line-too-long',
    errorOffset: offset + limit,
  })
  expect(Buffer.from(bytes, 'base64').equals(Buffer.concat([longest, Buffer.from(' \r')]))).toBe(true)
  expect(await verify(aside)).toMatchObject({ ok: true })
})
