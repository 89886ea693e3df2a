/**
 * Runs of the corpus in processes of their own, which tests kill, starve and lie to; and what must hold whatever was
 * done to them.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { PrepareOptions } from '../../dist/corpus/index.js'

const CORPUS = new URL('../../dist/corpus/index.js', import.meta.url).pathname

/** In worker threads, as users run it. */
export const PREPARE = 'await corpus.prepare(options)'
/** All in the main thread, so that the n-th system call is the same one each time. */
export const STEPS = `{
  const { shards } = corpus.plan(options)
  for (const { index } of shards) await corpus.runShard(options.output, index)
  corpus.merge(options.output)
}`

export interface Ended {
  readonly signal: NodeJS.Signals | null
  /** Code of the error that the run ended with; null if there was none, or if it was killed. */
  readonly code: string | null
  readonly message: string
}

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-faults-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function nodeArguments(work: string, options: PrepareOptions): string[] {
  const code = `import * as corpus from ${JSON.stringify(CORPUS)}
    const options = ${JSON.stringify(options)}
    try { ${work} } catch (error) { console.log(JSON.stringify({ code: error.code ?? 'none', message: String(error) })) }`
  return ['--input-type=module', '-e', code]
}

/** Runs to the end, behind `prefix` (a command and its arguments). */
export function run(work: string, options: PrepareOptions, prefix: readonly string[] = []): Ended {
  const [command, ...rest] = [...prefix, process.execPath, ...nodeArguments(work, options)]
  const { stdout, stderr, signal, status, error } = spawnSync(command, rest, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (error !== undefined) throw error
  if (signal === null && (stderr !== '' || status !== 0)) throw new Error(`status ${status}: ${stderr}`)
  return ended(stdout, signal)
}

export function start(work: string, options: PrepareOptions): { child: ChildProcess; end: Promise<Ended> } {
  const child = spawn(process.execPath, nodeArguments(work, options), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  const end = once(child, 'close').then(([status, signal]) => {
    if (signal === null) expect(status).toBe(0)
    return ended(stdout, signal)
  })
  return { child, end }
}

function ended(stdout: string, signal: NodeJS.Signals | null): Ended {
  const { code = null, message = '' } = signal === null && stdout !== '' ? JSON.parse(stdout) : {}
  return { signal, code, message }
}

/** The files of an output folder that are under a final name. */
export function finalFiles(output: string): Map<string, Buffer> {
  const names = existsSync(output) ? readdirSync(output).filter((name) => name !== '.prepare') : []
  return new Map(names.sort().map((name) => [name, readFileSync(join(output, name))]))
}

/** Whatever happened: what is under a final name is what it shall be, and a manifest names only what is there. */
export function expectNothingPartial(output: string, expected: ReadonlyMap<string, Buffer>): void {
  const files = finalFiles(output)
  for (const [name, bytes] of files) {
    expect(expected.get(name)?.equals(bytes), `${name} is whole`).toBe(true)
  }
  if (files.has('manifest.json')) expect([...files.keys()]).toEqual([...expected.keys()])
}

/** Nothing unfinished is left in the work folder. */
export function expectNoTemporaryFiles(output: string): void {
  const work = join(output, '.prepare')
  if (!existsSync(work)) return
  expect(readdirSync(work).filter((name) => name.endsWith('.tmp') || name === 'lock')).toEqual([])
}

/** The output is complete, and the work folder gone. */
export function expectComplete(output: string, expected: ReadonlyMap<string, Buffer>): void {
  expect(readdirSync(output).sort()).toEqual([...expected.keys()])
  expectNothingPartial(output, expected)
}

/** What a machine may lack: where everything is required its lack is a failure, elsewhere its tests do not run. */
export function available(what: string, probe: () => boolean): boolean {
  let there = false
  try {
    there = probe()
  } catch {
    // Not there.
  }
  if (process.env.UTF8_TOKENIZER_REQUIRE_ALL === '1') {
    it(`${what} is there`, () => expect(there).toBe(true))
  }
  return there
}
