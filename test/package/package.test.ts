/**
 * The package as npm delivers it: what is in it, and that it installs without a script or a compiler and then runs
 * natively, falls back to JavaScript where the addon is missing or broken, and gives the same bytes each time.
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { itWith, NEEDS, NODE_24, ROOT } from '../needs.js'
import { type Finished, install, type Packed, pack, removeFolder, run, scratchFolder } from './installed.js'

const PLATFORM = `${process.platform}-${process.arch}`
const MINUTES = 60_000

const folder = scratchFolder()
const corpus = join(folder, 'corpus')
let packed: Packed
/** The installed package. */
let home: string
/** Checksums of what the installed package makes of the corpus. */
let expected: Map<string, string>

beforeAll(() => {
  packed = pack(folder)
  home = install(packed.tarball, join(folder, 'app'), 'scripts off')
  mkdirSync(corpus)
  writeFileSync(join(corpus, 'lines.txt'), 'one\nzwei Füße\nтри\n四\n😀\n'.repeat(500))
  const texts = ['plain', 'a\u0000b \u0002', 'two\nlines', '', '文字😀'.repeat(50)]
  writeFileSync(join(corpus, 'texts.jsonl'), texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
  writeFileSync(join(corpus, 'broken.jsonl'), '{"text":"fine"}\n{"text":1}\n{"text":"\\ud800"}\nno json\n')
  expected = makeAndCheck(process.execPath, home, 'expected')
}, 3 * MINUTES)
afterAll(() => removeFolder(folder))

describe('the tarball', () => {
  it('holds the compiled library, the prebuilds, README and licence, and nothing else', () => {
    console.log(`${packed.tarball}: ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`)
    const modules = readdirSync(`${ROOT}lib`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `dist/${path.slice(0, -'.ts'.length)}`)
    const prebuilds = readdirSync(`${ROOT}prebuilds`).map((name) => `prebuilds/${name}/utf8-tokenizer.node`)
    expect(prebuilds).toContain(`prebuilds/${PLATFORM}/utf8-tokenizer.node`)
    expect(packed.files).toEqual(
      [
        'LICENSE',
        'README.md',
        'package.json',
        ...prebuilds,
        ...modules.flatMap((path) => [`${path}.js`, `${path}.d.ts`]),
      ].sort(),
    )
  })

  it('stays small', () => {
    expect(packed.size).toBeLessThan(4 * 2 ** 20)
    expect(packed.unpackedSize).toBeLessThan(12 * 2 ** 20)
  })
})

describe('an install', () => {
  // npm runs node-gyp for a package with a binding.gyp, whether it has an install script or not.
  it('runs no compiler where scripts are allowed either', () => {
    const other = install(packed.tarball, join(folder, 'app-scripts'), 'scripts on')
    expect(existsSync(join(other, 'build'))).toBe(false)
    expect(info(process.execPath, other).engine).toBe('native')
  })

  it('needs few and small packages', () => {
    const files = readdirSync(join(folder, 'app', 'node_modules'), { recursive: true, withFileTypes: true })
    const bytes = files
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length, 0)
    expect(bytes).toBeLessThan(16 * 2 ** 20)
  })

  it('has types that compile with those of Node alone', () => {
    const app = join(folder, 'app')
    writeFileSync(
      join(app, 'consumer.ts'),
      `import { type Manifest, openDataset, prepare } from 'utf8-tokenizer/corpus'
export const result: Promise<Manifest> = prepare({ inputs: ['a'], output: 'b', workers: 1 })
export const first: Uint8Array = openDataset('b').document(0)
// @ts-expect-error an unknown option
prepare({ inputs: ['a'], output: 'b', worker: 1 })
${TEXT_CONSUMER}`,
    )
    const types = ['--typeRoots', join(ROOT, 'node_modules', '@types'), '--types', 'node']
    compile(app, 'consumer.ts', ['--module', 'nodenext', ...types])
  })

  it('has types for browsers that compile with those of browsers alone', () => {
    const app = join(folder, 'app')
    writeFileSync(join(app, 'page.ts'), TEXT_CONSUMER)
    const modules = ['--module', 'esnext', '--moduleResolution', 'bundler', '--customConditions', 'browser']
    compile(app, 'page.ts', [...modules, '--lib', 'es2022,dom', '--types', ''])
  })

  it('puts the command on the path', () => {
    const command = join(folder, 'app', 'node_modules', '.bin', 'utf8-tokenizer')
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
    expect(succeeded(run(command, ['--version'])).stdout.trim()).toBe(version)
  })
})

describe.each([
  ['this Node', process.execPath, it],
  ['Node 24', NODE_24, itWith(NEEDS.node24)],
] as const)('installed, on %s', (_name, node, test) => {
  test('runs natively', () => {
    const { engine, target, addon, addonError, node: version } = info(node, home)
    expect(engine).toBe('native')
    expect(target).not.toBeNull()
    expect(addon).toBe(join(home, 'prebuilds', PLATFORM, 'utf8-tokenizer.node'))
    expect(addonError).toBeNull()
    expect(version).toBe(run(node, ['--version']).stdout.trim())
  })

  test('gives what its entries promise', () => {
    const script = join(folder, 'app', 'entries.mjs')
    writeFileSync(
      script,
      `import * as root from 'utf8-tokenizer'
import * as corpus from 'utf8-tokenizer/corpus'
import about from 'utf8-tokenizer/package.json' with { type: 'json' }
const functions = ['prepare', 'plan', 'runShard', 'merge', 'verify', 'openDataset']
const text = 'plain, \u00e9, \u6587'
const dataset = corpus.openDataset(process.argv[2])
console.log(JSON.stringify({
  missing: functions.filter((name) => typeof corpus[name] !== 'function'),
  root: typeof root,
  text: new root.Utf8Decoder().decode(new root.Utf8Encoder().encode(text)) === text,
  name: about.name,
  length: dataset.length,
  texts: [...dataset.texts()].slice(0, 2).map((text) => Buffer.from(text).toString()),
}))
`,
    )
    const found = JSON.parse(succeeded(run(node, [script, join(folder, 'expected')])).stdout)
    expect(found.missing).toEqual([])
    expect(found.root).toBe('object')
    expect(found.text).toBe(true)
    expect(found.name).toBe('utf8-tokenizer')
    // Of broken.jsonl one document is written, of lines.txt and texts.jsonl all.
    expect(found.length).toBe(1 + 5 * 500 + 5)
    expect(found.texts).toEqual(['fine', 'one'])
  })

  test('prepares, verifies and decodes; the result is the same everywhere', () => {
    expect(makeAndCheck(node, home, `out-${node === NODE_24 ? 24 : 'this'}`)).toEqual(expected)
  })

  test('refuses an instruction set that the processor lacks', () => {
    const foreign = process.arch === 'arm64' ? 'avx2' : 'neon'
    const env = { UTF8_TOKENIZER_TARGET: foreign }
    const asked = run(node, [main(home), 'info', '--json'], { env })
    expect(asked.status).toBe(1)
    expect(JSON.parse(asked.stdout).engine).toBeNull()
    expect(JSON.parse(asked.stdout).why).toContain(foreign)
    const output = join(folder, 'refused')
    const refused = run(node, [main(home), 'prepare', corpus, '-o', output, '--json'], { env })
    expect(refused.status).toBe(1)
    expect(JSON.parse(refused.stderr).error.code).toBe('ERR_ENGINE_UNAVAILABLE')
    expect(existsSync(output)).toBe(false)
  })

  test('falls back to JavaScript where there is no prebuild, with the same result', () => {
    const other = copyOf(`missing-${node === NODE_24 ? 24 : 'this'}`)
    rmSync(join(other, 'prebuilds'), { recursive: true })
    const { engine, target, why, addon, addonError } = info(node, other)
    expect([engine, target, addon]).toEqual(['javascript', 'javascript', null])
    expect(why).toContain(PLATFORM)
    expect(addonError).toBe(why)
    expect(makeAndCheck(node, other, `out-missing-${node === NODE_24 ? 24 : 'this'}`)).toEqual(expected)
    const forced = run(node, [main(other), 'info'], { env: { UTF8_TOKENIZER_ENGINE: 'native' } })
    expect(forced.status).toBe(1)
  })

  test('falls back to JavaScript where the prebuild is broken, and says why', () => {
    const other = copyOf(`broken-${node === NODE_24 ? 24 : 'this'}`)
    const addonPath = join(other, 'prebuilds', PLATFORM, 'utf8-tokenizer.node')
    writeFileSync(addonPath, 'this is no shared library')
    const { engine, why, addon, addonError } = info(node, other)
    expect([engine, addon]).toEqual(['javascript', null])
    expect(why).toContain(addonPath)
    expect(addonError).toBe(why)
    expect(makeAndCheck(node, other, `out-broken-${node === NODE_24 ? 24 : 'this'}`)).toEqual(expected)
    const output = join(folder, 'forced')
    const args = [main(other), 'prepare', corpus, '-o', output, '--json', '--engine', 'native']
    const forced = run(node, args)
    expect(forced.status).toBe(1)
    expect(JSON.parse(forced.stderr).error.code).toBe('ERR_ENGINE_UNAVAILABLE')
  })
})

/** Uses the text layer as TypeScript's users do, in Node and in browsers. */
const TEXT_CONSUMER = `
import { encodeBatch, OffsetMap, Utf8Decoder, Utf8DecoderStream, Utf8Encoder } from 'utf8-tokenizer'
import type { ByteSource, Utf8Batch } from 'utf8-tokenizer'
export const encoder: Utf8Encoder = new Utf8Encoder({ errors: 'throw' })
export const decoder: Utf8Decoder = new Utf8Decoder('utf-8', { fatal: true })
// They stand where the standard ones stood.
export const standard: [TextEncoder, TextDecoder] = [encoder, decoder]
export const bytes: Uint8Array = encoder.encode('text')
export const source: ByteSource = new SharedArrayBuffer(8)
export const text: string = decoder.decode(source, { stream: true })
export const batch: Utf8Batch = encodeBatch(['a'], { into: bytes })
export const map: OffsetMap = new OffsetMap('text')
export const offsets: Float64Array = map.convertAll([1], 'utf16', 'byte', { into: new Float64Array(1) })
export const texts: ReadableStream<string> = new ReadableStream<Uint8Array>().pipeThrough(new Utf8DecoderStream())
// @ts-expect-error an unknown option
new Utf8Encoder({ error: 'throw' })
// @ts-expect-error an unknown unit
map.convert(1, 'bytes', 'utf16')
export * from 'utf8-tokenizer'
`

function compile(app: string, file: string, options: readonly string[]): void {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = ['--noEmit', '--strict', '--target', 'es2022', ...options]
  const compiled = run(process.execPath, [tsc, ...args, file], { cwd: app })
  expect(compiled.stdout).toBe('')
  expect(compiled.status).toBe(0)
}

interface Info {
  readonly engine: string | null
  readonly target: string | null
  readonly why: string
  readonly addon: string | null
  readonly addonError: string | null
  readonly node: string
}

function info(node: string, of: string): Info {
  return JSON.parse(succeeded(run(node, [main(of), 'info', '--json'])).stdout)
}

function main(of: string): string {
  return join(of, 'dist', 'cli', 'main.js')
}

function succeeded(finished: Finished): Finished {
  expect(finished.stderr).toBe('')
  expect(finished.status).toBe(0)
  return finished
}

/** The installed app once more, to be damaged. */
function copyOf(name: string): string {
  const app = join(folder, name)
  cpSync(join(folder, 'app'), app, { recursive: true })
  return join(app, 'node_modules', 'utf8-tokenizer')
}

/** Prepares the corpus, verifies the result and decodes it; returns SHA-256 of each file, and of what was decoded. */
function makeAndCheck(node: string, of: string, name: string): Map<string, string> {
  const output = join(folder, name)
  const program = main(of)
  const made = run(node, [
    program,
    'prepare',
    corpus,
    '-o',
    output,
    '--document',
    'line',
    '--shard-size',
    '8KB',
    '--json',
  ])
  expect(made.status).toBe(0)
  const checked = run(node, [program, 'verify', output, '--against-source', '--json'])
  expect(checked.status).toBe(0)
  expect(JSON.parse(checked.stdout).ok).toBe(true)
  const decoded = run(node, [program, 'decode', output])
  expect(decoded.status).toBe(0)
  const sums = readdirSync(output)
    .sort()
    .map((file): [string, string] => [file, sha256(readFileSync(join(output, file)))])
  return new Map([...sums, ['decoded', sha256(decoded.stdout)]])
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
