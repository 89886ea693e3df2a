/**
 * Runs the command line as users do, as a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: Buffer
  /** stdout as text, and as JSON. */
  readonly text: string
  json(): Record<string, unknown>
  readonly stderr: string
  /** The error that --json prints on stderr. */
  error(): { code: string; message: string; file?: string; offset?: number }
}

export interface RunSettings {
  readonly input?: string | Uint8Array
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Code that runs before the program: how a test pretends that there is a terminal. */
  readonly before?: string
}

export function runCli(args: readonly string[], settings: RunSettings = {}): Promise<Finished> {
  const child = startCli(args, settings)
  child.stdin?.on('error', () => {})
  child.stdin?.end(settings.input ?? '')
  return finished(child)
}

export function startCli(args: readonly string[], { cwd, env, before }: RunSettings = {}): ChildProcess {
  const node = before === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(before)}`]
  return spawn(process.execPath, [...node, MAIN, ...args], {
    cwd,
    env: { ...process.env, UTF8_TOKENIZER_ENGINE: '', UTF8_TOKENIZER_TARGET: '', ...env },
    stdio: 'pipe',
  })
}

export function finished(child: ChildProcess): Promise<Finished> {
  const parts: Buffer[] = []
  let stderr = ''
  child.stdout?.on('data', (part: Buffer) => parts.push(part))
  child.stderr?.on('data', (part: Buffer) => {
    stderr += part.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const stdout = Buffer.concat(parts)
      resolve({
        code,
        stdout,
        text: stdout.toString(),
        json: () => JSON.parse(stdout.toString()),
        stderr,
        error: () => JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error,
      })
    })
  })
}

/** A folder for the tests of a file, which is gone after them. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-cli-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
