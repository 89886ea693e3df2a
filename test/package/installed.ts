/**
 * The package as users have it: packed by npm, and installed from the tarball into an empty folder without any script
 * being run. Tests run it from there, as processes of their own that know nothing of the checkout.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../needs.js'

export interface Packed {
  readonly tarball: string
  /** Bytes of the tarball, and of what is in it. */
  readonly size: number
  readonly unpackedSize: number
  /** Paths within the package. */
  readonly files: readonly string[]
}

export interface Finished {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'utf8-tokenizer-package-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export function pack(folder: string): Packed {
  const json = npm(['pack', '--json', '--pack-destination', folder], ROOT)
  const [{ filename, size, unpackedSize, files }] = JSON.parse(json)
  return {
    tarball: join(folder, filename),
    size,
    unpackedSize,
    files: files.map(({ path }: { path: string }) => path).sort(),
  }
}

/** Installs the tarball into the new folder `app`; returns the folder of the installed package. */
export function install(tarball: string, app: string, scripts: 'scripts on' | 'scripts off'): string {
  mkdirSync(app, { recursive: true })
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(['install', '--prefer-offline', `--ignore-scripts=${scripts === 'scripts off'}`, tarball], app)
  return join(app, 'node_modules', 'utf8-tokenizer')
}

/** Runs Node `node` on a script. */
export function run(
  node: string,
  args: readonly string[],
  settings: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Finished {
  const { cwd, env } = settings
  const { status, signal, stdout, stderr } = spawnSync(node, args, {
    cwd,
    encoding: 'utf8',
    env: { ...cleanEnvironment(), ...env },
    maxBuffer: 2 ** 28,
  })
  return { status, signal, stdout, stderr }
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Without what leads back to the checkout, or forces an engine. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(NODE_PATH|NODE_OPTIONS|INIT_CWD|UTF8_TOKENIZER_.*|npm_(package|lifecycle|config_local_prefix).*|VITEST.*)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}
