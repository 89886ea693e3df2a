/**
 * Standard input, in a process of its own: spooled, planned by its content, resumed, and gone afterwards.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type PrepareOptions, verify } from '../../dist/corpus/index.js'
import { contentOf, documentsOf, randomText, scratch } from './helpers.js'

const { path, put } = scratch()
let runs = 0
const text = randomText(21, 5000, false)
const module = new URL('../../dist/corpus/index.js', import.meta.url).pathname

function script(work: string, options: PrepareOptions): string[] {
  return [
    '--input-type=module',
    '-e',
    `import * as corpus from ${JSON.stringify(module)}
     const options = ${JSON.stringify(options)}
     try {
       const { inputs, totals, shards, alreadyComplete } = await (${work})(corpus, options)
       console.log(JSON.stringify({ inputs, totals, shards, alreadyComplete }))
     } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })) }`,
  ]
}

function run(work: string, options: PrepareOptions, stdin: Buffer) {
  const { stdout, stderr, status } = spawnSync(process.execPath, script(work, options), { input: stdin })
  expect([stderr.toString(), status]).toEqual(['', 0])
  return JSON.parse(stdout.toString())
}

const PREPARE = '(corpus, options) => corpus.prepare(options)'
const STEPS = `async (corpus, options) => {
  const { shards } = corpus.plan(options)
  for (const { index } of shards) await corpus.runShard(options.output, index)
  return corpus.merge(options.output)
}`

describe('standard input', () => {
  const options = { inputs: ['-'], document: 'line', inputFormat: 'text', shardSize: 4000 } as const

  it.each([PREPARE, STEPS])('gives what a file gives: %s', async (work) => {
    const output = path(`out-${runs++}`)
    const manifest = run(work, { ...options, output }, text)
    expect(manifest.inputs).toEqual([
      {
        path: '-',
        size: text.length,
        mtimeMs: 0,
        format: 'text',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
    const file = put('same.txt', text)
    const other = path(`out-${runs++}`)
    const ofFile = run(PREPARE, { ...options, inputs: [file], output: other }, Buffer.alloc(0))
    expect(manifest.shards.length).toBeGreaterThan(3)
    const full = (folder: string) => JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8'))
    expect(documentsOf(output, full(output))).toEqual(documentsOf(other, full(other)))
    expect(manifest.totals).toEqual(ofFile.totals)
    expect(existsSync(`${output}/.prepare`)).toBe(false)

    // The same bytes are the same plan; others are not.
    expect(run(PREPARE, { ...options, output }, text).alreadyComplete).toBe(true)
    expect(existsSync(`${output}/.prepare`)).toBe(false)
    const before = contentOf(output)
    expect(run(work, { ...options, output }, text.subarray(1)).code).toBe('ERR_OUTPUT_OTHER_PLAN')
    expect(contentOf(output)).toEqual(before)
    expect(await verify(output)).toMatchObject({ ok: true })
    const report = await verify(output, { againstSource: true })
    expect(report.problems).toEqual([
      expect.objectContaining({ code: 'ERR_INPUT_NOT_FOUND', file: 'standard input' }),
    ])
  })

  it('is kept for the shards, and JSON lines when told so', () => {
    const output = path(`out-${runs++}`)
    const lines = Buffer.from('\ufeff{"text":"one"}\n{"text":"two"}\n')
    const planOnly = '(corpus, options) => corpus.plan(options)'
    const made = run(planOnly, { ...options, inputFormat: 'jsonl', output }, lines)
    expect(made.inputs[0].format).toBe('jsonl')
    expect(readFileSync(`${output}/.prepare/stdin`)).toEqual(lines)
    expect(run(PREPARE, { ...options, inputFormat: 'jsonl', output }, lines).totals.documents).toBe(2)
    expect(readdirSync(output).sort()).toEqual(['data.bin', 'data.idx', 'manifest.json'])
  })

  it('may be empty, and stands where it was named', () => {
    const output = path(`out-${runs++}`)
    const file = put('named.txt', 'named\n')
    const { totals, inputs } = run(PREPARE, { ...options, inputs: [file, '-'], output }, Buffer.alloc(0))
    expect(totals.documents).toBe(1)
    expect(inputs.map((input: { path: string }) => input.path)).toEqual([file, '-'])
  })

  it('can be stopped while it is awaited', async () => {
    const output = path(`out-${runs++}`)
    const work = `(corpus, options) => {
      const abort = new AbortController()
      setTimeout(() => abort.abort(), 100)
      return corpus.prepare({ ...options, signal: abort.signal })
    }`
    const child = spawn(process.execPath, script(work, { ...options, output }), {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.write('some\n')
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    await once(child, 'close')
    expect(JSON.parse(said).code).toBe('ERR_INTERRUPTED')
    expect(existsSync(output)).toBe(false)
  })
})
