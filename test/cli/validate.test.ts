/**
 * `validate` as a user calls it: what it prints and where, its exit codes, and its object for machines.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { finished, MAIN, runCli, scratchFolder, startCli } from './run-cli.js'

const folder = scratchFolder()
const path = (name: string) => join(folder, name)
const put = (name: string, latin1: string) => writeFileSync(path(name), latin1, 'latin1')
const cwd = { cwd: folder }

beforeAll(() => {
  mkdirSync(path('corpus/in'), { recursive: true })
  put('corpus/a.txt', 'first\nna\xefve caf\xe9\r\n')
  put('corpus/good.txt', 'fine\n')
  put('corpus/in/b.jsonl', '{"text":"\xc3"}\n')
  put('corpus/in/c.png', '\x89PNG')
  put('many.txt', 'x\xff\n'.repeat(250))
})

describe('the lines that it prints', () => {
  it('are file, line, column, offset, reason and bytes, and a summary', async () => {
    const { code, text, stderr } = await runCli(['validate', 'corpus'], cwd)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const lines = text.split('\n')
    expect(lines.slice(0, 3)).toEqual([
      'corpus/a.txt:2:3: byte 8: truncated: na<EF>ve caf\ufffd',
      'corpus/a.txt:2:10: byte 15: truncated: na\ufffdve caf<E9>',
      'corpus/in/b.jsonl:1:10: byte 9: truncated: {"text":"<C3>"}',
    ])
    expect(lines[3]).toMatch(/^3 ill-formed sequences in 2 of 3 files: truncated 3$/)
    expect(lines[4]).toMatch(/^ {2}passed over {2}1 file: \.png 1 \(.*--all-files.*\)$/)
    expect(lines[5]).toMatch(/^Read 36 bytes in .*\.$/)
    expect(lines).toHaveLength(7)
  })

  it('are short where all is well', async () => {
    const { code, text, stderr } = await runCli(['validate', 'corpus/good.txt'], cwd)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(text).toMatch(/^No ill-formed UTF-8 in 1 file\.\nRead 5 bytes in .*\.\n$/)
  })

  it('do nothing to a terminal, and stay lines', async () => {
    const name = 'e\x1b[31m\nvil.txt'
    put(name, '\x1b[31m\t\xff\0\x7f\xc2\x9b31m\xe2\x80\xaetxt\n')
    const { text } = await runCli(['validate', name, '--quiet'], cwd)
    expect(text).toBe('e␛[31m␊vil.txt:1:7: byte 6: invalid byte: ␛[31m␉<FF>␀␡\\u009b31m\\u202etxt\n')
  })

  it('name what is below the working folder by the way from there, and all else in full', async () => {
    const { text } = await runCli(['validate', path('corpus/a.txt'), '--quiet'], { cwd: path('corpus/in') })
    expect(text).toMatch(new RegExp(`^${path('corpus/a.txt')}:2:3: `))
    const inside = await runCli(['validate', path('corpus/a.txt'), '--quiet'], { cwd: path('corpus') })
    expect(inside.text).toMatch(/^a\.txt:2:3: /)
  })

  it('say what a file is instead', async () => {
    const { text } = await runCli(['validate', 'corpus', '--all-files'], cwd)
    expect(text).toMatch(/^corpus\/in\/c\.png:1:1: byte 0: unexpected continuation: <89>PNG$/m)
    expect(text).toMatch(/^corpus\/in\/c\.png: looks like a PNG image; /m)
    expect(text).not.toMatch(/passed over/)
  })

  it('are cut off, and then say how many there are', async () => {
    const lines = async (...args: string[]) => {
      const { code, text } = await runCli(['validate', ...args], cwd)
      expect(code).toBe(1)
      return { shown: text.match(/^many[^:]*:\d+:\d+: /gm)?.length ?? 0, text }
    }
    const usual = await lines('many.txt')
    expect(usual.shown).toBe(10)
    expect(usual.text).toMatch(/^many\.txt: … and 240 more, in all 250 sequences: invalid byte 250$/m)
    expect(usual.text).toMatch(/^ {2}not shown {2}240 sequences \(/m)
    expect((await lines('many.txt', '--max-errors', '300')).shown).toBe(250)
    const none = await lines('many.txt', '--max-errors', '0')
    expect(none.shown).toBe(0)
    expect(none.text).toMatch(
      /^250 ill-formed sequences in 1 file: invalid byte 250\n {2}not shown {2}250 sequences, among/,
    )
    for (let i = 0; i < 14; i++) put(`many-${i}.txt`, '\xff'.repeat(20))
    const files = await lines('many-*.txt')
    expect(files.shown).toBe(100)
    expect(files.text).toMatch(/^ {2}not shown {2}180 sequences, among them all of 4 files /m)
    const { json } = await runCli(['validate', 'many-*.txt', '--max-errors', '2', '--json'], cwd)
    expect(json()).toMatchObject({ illFormed: 280 })
    expect(json().findings).toHaveLength(20)
    expect(json().illFormedFiles).toHaveLength(14)
  })

  it('are but the errors with --quiet', async () => {
    const bad = await runCli(['validate', 'corpus', '--quiet'], cwd)
    expect({ code: bad.code, lines: bad.text.split('\n').length }).toEqual({ code: 1, lines: 4 })
    const good = await runCli(['validate', 'corpus/good.txt', '--quiet'], cwd)
    expect(good).toMatchObject({ code: 0, text: '', stderr: '' })
    const counted = await runCli(['validate', 'corpus', '--quiet', '--max-errors', '0'], cwd)
    expect(counted).toMatchObject({ code: 1, text: '', stderr: '' })
  })
})

it('prints one JSON object for machines', async () => {
  for (const engine of ['native', 'javascript']) {
    const args = ['validate', 'corpus', '--json', '--engine', engine, '--workers', '1']
    const { code, text, json, stderr } = await runCli(args, cwd)
    expect({ code, stderr, lines: text.split('\n').length }).toEqual({ code: 1, stderr: '', lines: 2 })
    const finding = { reason: 'truncated', length: 1 }
    const reasons = { truncated: 2 }
    expect(json()).toEqual({
      ok: false,
      files: 3,
      bytes: 36,
      illFormed: 3,
      reasons: { truncated: 3 },
      illFormedFiles: [
        { file: path('corpus/a.txt'), illFormed: 2, reasons, findings: 2 },
        { file: path('corpus/in/b.jsonl'), illFormed: 1, reasons: { truncated: 1 }, findings: 1 },
      ],
      findings: [
        { file: path('corpus/a.txt'), line: 2, column: 3, offset: 8, bytes: 'ef', ...finding },
        { file: path('corpus/a.txt'), line: 2, column: 10, offset: 15, bytes: 'e9', ...finding },
        { file: path('corpus/in/b.jsonl'), line: 1, column: 10, offset: 9, bytes: 'c3', ...finding },
      ],
      problems: [],
      passedOver: { '.png': 1 },
      seconds: expect.any(Number),
    })
  }
  const { code, json } = await runCli(['validate', 'corpus/good.txt', '--json'], cwd)
  expect(code).toBe(0)
  expect(json()).toMatchObject({ ok: true, illFormed: 0, findings: [], illFormedFiles: [] })
})

describe('standard input', () => {
  it('is read once there is a -', async () => {
    const { code, text } = await runCli(['validate', '-'], { input: Buffer.of(0x61, 0x0a, 0xff) })
    expect(code).toBe(1)
    expect(text).toMatch(/^standard input:2:1: byte 2: invalid byte: <FF>\n/)
    const { json } = await runCli(['validate', '-', '--json'], { input: '' })
    expect(json()).toMatchObject({ ok: true, files: 1, bytes: 0 })
  })

  it('may be a file, or large', async () => {
    const script = '"$1" "$2" validate - --json < "$3"'
    const args = ['-c', script, 'sh', process.execPath, MAIN, path('many.txt')]
    const { stdout, status } = spawnSync('sh', args)
    expect(status).toBe(1)
    expect(JSON.parse(stdout.toString())).toMatchObject({ illFormed: 250, bytes: 750 })
    const input = Buffer.concat([Buffer.alloc(3_000_000, 'é\n'), Buffer.of(0xc0)])
    const { json } = await runCli(['validate', '-', '--json'], { input })
    expect(json()).toMatchObject({ findings: [{ line: 1_000_001, column: 1, offset: 3_000_000 }] })
  })

  it('tells of what it has seen while it goes on, and stops on Ctrl-C', async () => {
    const child = startCli(['validate', '-'])
    const end = finished(child)
    let seen = ''
    child.stdout?.on('data', (part: Buffer) => {
      seen += part
    })
    child.stdin?.write(Buffer.concat([Buffer.of(0xff), Buffer.alloc(200, 'x')]))
    while (child.exitCode === null && !seen.includes('1:1')) await sleep(5)
    child.kill('SIGINT')
    expect(await end).toMatchObject({ code: 1, stderr: 'utf8-tokenizer: stopped\n' })
    expect(seen).toMatch(/^standard input:1:1: byte 0: /)
  })
})

describe('exit codes', () => {
  it.each([
    ['no input', []],
    ['an option that there is none', ['corpus', '--invalid', 'drop']],
    ['a number that is none', ['corpus', '--max-errors', 'ten']],
    ['standard input twice', ['-', '-']],
    ['an unknown engine', ['corpus', '--engine', 'wasm']],
  ])('2 for %s', async (_what, args) => {
    const { code, text, stderr } = await runCli(['validate', ...args], cwd)
    expect({ code, text }).toEqual({ code: 2, text: '' })
    expect(stderr).toMatch(/^utf8-tokenizer: [^\n]+\nSee: utf8-tokenizer validate --help\n$/)
  })

  it('1 for what is not there', async () => {
    for (const [name, wanted] of [
      ['nowhere.txt', 'ERR_INPUT_NOT_FOUND'],
      ['*.nothing', 'ERR_INPUT_EMPTY'],
    ]) {
      const { code, text, error } = await runCli(['validate', 'corpus', name, '--json'], cwd)
      expect({ code, text, error: error().code }).toEqual({ code: 1, text: '', error: wanted })
    }
  })

  it('1 for what cannot be read, after everything else was read', async () => {
    mkdirSync(path('links'))
    put('links/good.txt', 'good')
    symlinkSync('nowhere.txt', path('links/link.txt'))
    const { code, text, stderr } = await runCli(['validate', 'links'], cwd)
    expect(code).toBe(1)
    expect(text).toMatch(/^No ill-formed UTF-8 in 1 file\.\n {2}not read {2}1 file or folder\n/)
    expect(stderr).toMatch(/^utf8-tokenizer: [^\n]*link\.txt[^\n]*\n$/)
    const { json } = await runCli(['validate', 'links', '--json'], cwd)
    expect(json()).toMatchObject({ ok: false, problems: [{ code: 'ERR_INPUT_NOT_FOUND' }] })
  })

  it('1 for many errors into a pipe that is closed is no complaint', () => {
    const script = '"$1" "$2" validate --max-errors 1000 "$3" | head -n 1'
    const args = ['-c', script, 'bash', process.execPath, MAIN, path('many.txt')]
    const output = execFileSync('bash', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    expect(output.toString()).toMatch(/:1:2: byte 1: invalid byte: x<FF>\n$/)
  })
})

it('shows on a terminal how far it is, and takes that away before it prints', async () => {
  const before = 'process.stderr.isTTY = true; process.stderr.columns = 90'
  const large = Buffer.alloc(60_000_000, 'é\n')
  large[50_000_000] = 0xff
  writeFileSync(path('large.txt'), large)
  const args = ['validate', path('large.txt'), '--engine', 'javascript', '--workers', '1']
  const { code, stderr } = await runCli(args, { before })
  expect(code).toBe(1)
  expect(stderr).toMatch(/Validating \[[=-]+\] +\d+ % /)
  expect(stderr.endsWith('\x1b[2K')).toBe(true)
})
