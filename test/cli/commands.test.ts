/**
 * Each command as a user calls it: what it prints, where, and its exit code. Errors are told apart by their codes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAIN, runCli, scratchFolder } from './run-cli.js'

const folder = scratchFolder()
const path = (name: string) => join(folder, name)
const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(path(name), content)
  return path(name)
}
const ILL_FORMED = Uint8Array.from([0x61, 0xff, 0x62, 0x0a, 0xe4, 0xbd])
/** Each reserved byte but NUL, which a file may not begin with, and text of every length of UTF-8. */
const CONTROLS = '\x01\x02\x03\x10\x1b[31m ASCII, Größe, 大小, 😀\x1f\n'

beforeAll(async () => {
  mkdirSync(path('corpus'))
  write('corpus/one.txt', `first\n${CONTROLS}third\n`)
  write('corpus/two.txt', 'zwei\n')
  write('corpus/lines.jsonl', '{"text":"from \\u0001 JSON"}\n{"other":1}\n')
  write('corpus/picture.png', 'PNG')
  const { code, stderr } = await runCli(['prepare', path('corpus'), '-o', path('shards')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

describe('prepare', () => {
  it('sums up what it did, with only the lines that say something', async () => {
    const { code, text, stderr } = await runCli(['prepare', path('corpus'), '-o', 'out'], { cwd: folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(text).toMatch(/^Prepared 3 documents from 3 files \(\d+ bytes\) into 1 shard in out\/\n/)
    expect(text).toMatch(/quarantined {2}1 document: no such field 1 → out\/quarantine\.jsonl/)
    expect(text).toMatch(/reserved +7 control bytes escaped/)
    expect(text).toMatch(/passed over +1 file: \.png 1/)
    expect(text).toMatch(/\nTook .*, engine .*, 2 workers\.\nCheck it with: utf8-tokenizer verify out\n$/)
    expect(text).not.toMatch(/dropped|replaced|blank|empty/)
  })

  it('says so when there is nothing to do', async () => {
    const { code, text } = await runCli(['prepare', path('corpus'), '-o', path('shards')])
    expect(code).toBe(0)
    expect(text).toMatch(/^Nothing to do/)
  })

  it('prints one JSON object for machines', async () => {
    const input = write('three.txt', 'a\nb\n\n')
    const args = ['prepare', input, '--document', 'line', '--no-bos', '-o', path('json'), '--json']
    const { code, text, json, stderr } = await runCli(args)
    expect({ code, stderr, lines: text.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 })
    expect(json()).toMatchObject({
      output: path('json'),
      shards: 1,
      alreadyComplete: false,
      totals: { documents: 3, inputBytes: 5, tokens: 5 },
    })
    expect(readFileSync(path('json/data.bin'), 'latin1')).toBe('a\x03b\x03\x03')
  })

  it('prints nothing with --quiet', async () => {
    const { code, text, stderr } = await runCli(['prepare', path('corpus'), '-o', path('quiet'), '--quiet'])
    expect({ code, text, stderr }).toEqual({ code: 0, text: '', stderr: '' })
  })

  it('honours every option', async () => {
    const input = write('all.dat', 'a\x01b%%%%\n\nlast')
    const args = [
      'prepare',
      input,
      '-o',
      path('all'),
      '--separator',
      String.raw`%\x25`,
      '--reserved',
      'strip',
    ]
    args.push('--skip-empty', '--no-eos', '--dtype', 'uint16', '--checksum', 'sha256', '--invalid', 'drop')
    args.push('--shard-size', '4', '--workers', '1', '--engine', 'javascript', '--input-format', 'text')
    const { code, json } = await runCli([...args, '--json'])
    expect(code).toBe(0)
    expect(json()).toMatchObject({ totals: { documents: 2, skippedEmpty: 1, reservedBytes: 1, tokens: 10 } })
    const sums = spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: path('all') })
    expect(sums.status).toBe(0)
    const { options } = JSON.parse(readFileSync(path('all/manifest.json'), 'utf8'))
    expect(options).toMatchObject({ separator: '%%', dtype: 'uint16', invalid: 'drop', shardSize: 4 })
  })

  it('reads standard input', async () => {
    const args = ['prepare', '-', '--document', 'line', '-o', path('stdin')]
    const { code, text } = await runCli(args, { input: 'one\ntwo\n' })
    expect(code).toBe(0)
    expect(text).toContain('2 documents from standard input')
  })

  it('finds files whose names are not UTF-8, hold a line feed or a space', async () => {
    mkdirSync(path('names'))
    // A name that is not UTF-8 cannot be handed over by Node: the shell makes it and passes it on.
    const script = `cd "$1" && printf x > "$(printf 'n\\344me.txt')" && printf y > 'a b
c.txt' && exec "$2" "$3" prepare *.txt -o ../named --json`
    const args = ['-c', script, 'sh', path('names'), process.execPath, MAIN]
    const { stdout, status, stderr } = spawnSync('sh', args)
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout.toString()).totals.documents).toBe(2)
  })
})

describe('wrong usage', () => {
  it('without arguments prints the help', async () => {
    const { code, text, stderr } = await runCli([])
    expect({ code, text }).toEqual({ code: 2, text: '' })
    for (const command of ['prepare', 'verify', 'decode', 'cross-check', 'info']) {
      expect(stderr).toContain(`\n  ${command}`)
    }
  })

  it.each([
    ['an unknown command', ['prepair']],
    ['an unknown option', ['prepare', 'x', '-o', 'y', '--shards', '3']],
    ['no inputs', ['prepare', '-o', 'y']],
    ['no output', ['prepare', 'x']],
    ['an option without its value', ['prepare', 'x', '-o']],
    ['an unknown policy', ['prepare', 'x', '-o', 'y', '--invalid', 'ignore']],
    ['an unknown unit', ['prepare', 'x', '-o', 'y', '--document', 'word']],
    ['a size that is none', ['prepare', 'x', '-o', 'y', '--shard-size', '12 parsecs']],
    ['no workers', ['prepare', 'x', '-o', 'y', '--workers', '0']],
    ['too many workers', ['prepare', 'x', '-o', 'y', '--workers', '100000']],
    ['an empty separator', ['prepare', 'x', '-o', 'y', '--separator', '']],
    ['a separator without --separator', ['prepare', 'x', '-o', 'y', '--document', 'separator']],
    ['a separator for lines', ['prepare', 'x', '-o', 'y', '--document', 'line', '--separator', '|']],
    ['an empty key', ['prepare', 'x', '-o', 'y', '--text-field', 'a..b']],
    ['no shard', ['run', 'x']],
    ['two folders', ['verify', 'x', 'y']],
    ['a range backwards', ['decode', 'x', '--documents', '7..3']],
    ['standard input twice', ['cross-check', '-']],
  ])('%s: exit code 2, one line and where to look', async (_what, args) => {
    const { code, text, stderr } = await runCli(args, { cwd: folder })
    expect({ code, text }).toEqual({ code: 2, text: '' })
    expect(stderr).toMatch(/^utf8-tokenizer: [^\n]+\nSee: utf8-tokenizer [^\n]*--help\n$/)
    const asJson = await runCli([args[0], '--json', ...args.slice(1)], { cwd: folder })
    expect({ code: asJson.code, text: asJson.text }).toEqual({ code: 2, text: '' })
    expect(asJson.error().code).toBe('ERR_ARGUMENT')
    expect(existsSync(path('y'))).toBe(false)
  })
})

describe('failures', () => {
  it.each([
    ['a missing file', ['prepare', 'nowhere.txt', '-o', 'y'], 'ERR_INPUT_NOT_FOUND', 'nowhere.txt'],
    ['a glob without a match', ['prepare', '*.nothing', '-o', 'y'], 'ERR_INPUT_EMPTY', '*.nothing'],
    ['an empty folder', ['prepare', 'empty', '-o', 'y'], 'ERR_INPUT_EMPTY', 'empty'],
    ['a binary file', ['prepare', 'binary.txt', '-o', 'y'], 'ERR_INPUT_BINARY', 'binary.txt'],
    ['a file as output', ['prepare', 'corpus', '-o', 'file'], 'ERR_OUTPUT_NOT_DIRECTORY', 'file'],
    ['somebody else’s folder', ['prepare', 'corpus', '-o', 'corpus'], 'ERR_OUTPUT_OTHER_PLAN', 'corpus'],
    [
      'ill-formed UTF-8 under fail',
      ['prepare', 'ill.txt', '--document', 'line', '--invalid', 'fail', '-o', 'y'],
      'ERR_DOCUMENT_INVALID',
      'ill.txt',
    ],
    [
      'a reserved byte under fail',
      ['prepare', 'corpus/one.txt', '--reserved', 'fail', '-o', 'z'],
      'ERR_DOCUMENT_RESERVED',
      'one.txt',
    ],
    ['a run without a plan', ['run', 'empty', '--shard', '0'], 'ERR_OUTPUT_INCOMPLETE', 'empty'],
    ['a merge without a plan', ['merge', 'nowhere'], 'ERR_OUTPUT_INCOMPLETE', 'nowhere'],
    ['decode of no dataset', ['decode', 'corpus'], 'ERR_DATASET', 'corpus'],
    ['inspect of no dataset', ['inspect', 'nowhere'], 'ERR_DATASET', 'nowhere'],
    ['verify of no dataset', ['verify', 'nowhere'], 'ERR_DATASET', 'nowhere'],
    ['cross-check of a missing file', ['cross-check', 'nowhere.txt'], 'ERR_INPUT_NOT_FOUND', 'nowhere.txt'],
  ])('%s: exit code 1, one line with the name', async (_what, args, errorCode, name) => {
    mkdirSync(path('empty'), { recursive: true })
    write('binary.txt', Uint8Array.from([0x50, 0x4b, 0x03, 0x04]))
    write('file', '')
    write('ill.txt', ILL_FORMED)
    const { code, text, stderr } = await runCli(args, { cwd: folder })
    expect({ code, text }).toEqual({ code: 1, text: '' })
    expect(stderr).toMatch(/^utf8-tokenizer: [^\n]+\n$/)
    expect(stderr).toContain(name)
    const asJson = args[0] === 'decode' ? undefined : await runCli([...args, '--json'], { cwd: folder })
    expect(asJson?.error().code ?? errorCode).toBe(errorCode)
  })

  it('tells the place of a refused document, and a stack only on request', async () => {
    const args = ['prepare', write('ill.txt', ILL_FORMED), '--document', 'line', '--invalid', 'fail']
    args.push('-o', path('refused'))
    const { error } = await runCli([...args, '--json'])
    expect(error()).toMatchObject({ code: 'ERR_DOCUMENT_INVALID', file: path('ill.txt'), offset: 1 })
    const { stderr } = await runCli(args, { env: { UTF8_TOKENIZER_DEBUG: '1' } })
    expect(stderr).toMatch(/\n +at /)
  })

  it('keeps what another plan has made, and replaces it on request', async () => {
    const args = ['prepare', path('corpus/two.txt'), '-o', path('kept'), '--json']
    await runCli(args)
    const before = readFileSync(path('kept/data.bin'))
    const refused = await runCli([...args, '--no-eos'])
    expect({ code: refused.code, error: refused.error().code }).toEqual({
      code: 1,
      error: 'ERR_OUTPUT_OTHER_PLAN',
    })
    expect(readFileSync(path('kept/data.bin'))).toEqual(before)
    expect((await runCli([...args, '--no-eos', '--overwrite'])).code).toBe(0)
    expect(readFileSync(path('kept/data.bin'), 'latin1')).toBe('\x02zwei\n')
  })
})

describe('plan, run, merge', () => {
  it('give what prepare gives', async () => {
    const args = [path('corpus'), '--shard-size', '16', '-o']
    const planned = await runCli(['plan', ...args, path('steps')])
    expect(planned.text).toMatch(/^Planned \d+ shards of 3 inputs/)
    const again = await runCli(['plan', ...args, path('steps'), '--json'])
    const shards = Number(again.json().shards)
    expect(shards).toBeGreaterThan(2)
    const early = await runCli(['merge', path('steps'), '--json'])
    expect({ code: early.code, error: early.error().code }).toEqual({
      code: 1,
      error: 'ERR_OUTPUT_INCOMPLETE',
    })
    for (let shard = shards - 1; shard >= 0; shard--) {
      const { code, text } = await runCli(['run', path('steps'), '--shard', String(shard)])
      expect(code).toBe(0)
      expect(text).toMatch(/^Shard \d+ of .* is done/)
    }
    const beyond = await runCli(['run', path('steps'), '--shard', String(shards), '--json'])
    expect(beyond.code).toBe(2)
    const merged = await runCli(['merge', path('steps')])
    expect(merged.text).toMatch(/^Prepared 3 documents from 3 files .*\n/)
    expect((await runCli(['prepare', ...args, path('at-once'), '--quiet'])).code).toBe(0)
    const names = readdirSync(path('at-once'))
    expect(readdirSync(path('steps'))).toEqual(names)
    for (const name of names) {
      expect(readFileSync(path(`steps/${name}`))).toEqual(readFileSync(path(`at-once/${name}`)))
    }
  })
})

describe('verify', () => {
  it('says that a dataset is sound', async () => {
    const { code, text } = await runCli(['verify', path('shards')])
    expect(code).toBe(0)
    expect(text).toMatch(/is sound: 3 documents, \d+ tokens in 1 shard\.\n/)
    const compared = await runCli(['verify', path('shards'), '--against-source', '--json'])
    expect(compared.json()).toMatchObject({ ok: true, againstSource: true, documents: 3 })
  })

  it('names each problem, with exit code 1', async () => {
    await runCli(['prepare', path('corpus'), '-o', path('broken')])
    const bytes = readFileSync(path('broken/data.bin'))
    bytes[3] = 0xff
    write('broken/data.bin', bytes)
    const { code, text, stderr } = await runCli(['verify', path('broken')])
    expect({ code, text }).toEqual({ code: 1, text: '' })
    expect(stderr).toMatch(/is not sound: \d+ problems?\n {2}data\.bin/)
    const asJson = await runCli(['verify', path('broken'), '--json'])
    expect({ code: asJson.code, ok: asJson.json().ok }).toEqual({ code: 1, ok: false })
  })
})

describe('decode', () => {
  const SOURCES: readonly (readonly [name: string, source: string, args: readonly string[]])[] = [
    ['a file', `\uFEFF${CONTROLS}`.slice(1), []],
    ['lines', `${CONTROLS}\n\n  x  \nlast\n`, ['--document', 'line']],
    ['paragraphs', `one\nline\n\n${CONTROLS}\nthree\n`, ['--document', 'paragraph']],
    ['a separator', `a<|end|>${CONTROLS}<|end|><|end|>\n<|end|>`, ['--separator', '<|end|>']],
  ]

  it.each(SOURCES)('gives the bytes of the source: %s', async (name, source, args) => {
    const output = path(`decoded ${name}`)
    await runCli(['prepare', write('source.txt', source), ...args, '-o', output])
    const { code, stdout } = await runCli(['decode', output, '--format', 'raw'])
    expect({ code, text: stdout.toString() }).toEqual({ code: 0, text: source })
  })

  it('gives documents as lines of JSON, some or all', async () => {
    const documents = ['a', CONTROLS, 'c\u2028\u0085', '', 'e"\\']
    const source = documents.map((text) => `${JSON.stringify({ text })}\n`).join('')
    const args = ['prepare', write('source.jsonl', source), '--dtype', 'uint16', '--shard-size', '20']
    await runCli([...args, '-o', path('numbered')])
    const decoded = async (...range: string[]) => {
      const { code, text } = await runCli(['decode', path('numbered'), ...range])
      expect(code).toBe(0)
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).text)
    }
    expect(await decoded()).toEqual(documents)
    expect(await decoded('--documents', '1..3')).toEqual(documents.slice(1, 4))
    expect(await decoded('--documents', '4')).toEqual(documents.slice(4))
    expect(await decoded('--documents', '2..')).toEqual(documents.slice(2))
    expect(await decoded('--documents', '..0')).toEqual(documents.slice(0, 1))
    for (const range of ['5', '3..5', '9..']) {
      expect((await runCli(['decode', path('numbered'), '--documents', range])).code).toBe(2)
    }
  })

  it('ends quietly when its reader has seen enough', async () => {
    const line = `${'x'.repeat(999)}\n`
    await runCli(['prepare', write('long.txt', line.repeat(3000)), '--document', 'line', '-o', path('long')])
    const script = '"$1" "$2" decode "$3" | head -n 1; echo "$PIPESTATUS"'
    const output = execFileSync('bash', ['-c', script, 'bash', process.execPath, MAIN, path('long')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    expect(output.toString().split('\n').slice(1)).toEqual(['0', ''])
  })

  it('says so when its output cannot be written', () => {
    const script = '"$1" "$2" decode "$3" > /dev/full'
    const args = ['-c', script, 'sh', process.execPath, MAIN, path('shards')]
    const { status, stderr } = spawnSync('sh', args)
    expect(status).toBe(1)
    expect(stderr.toString()).toMatch(/^utf8-tokenizer: could not write to standard output .*ENOSPC.*\n$/)
  })

  it('shows control characters as pictures on a terminal, and only there', async () => {
    const terminal = { before: 'process.stdout.isTTY = true' }
    const source = write('terminal.txt', 'a\x1b[31mb\u009bc\n')
    await runCli(['prepare', source, '-o', path('terminal')])
    const raw = ['decode', path('terminal'), '--format', 'raw']
    expect((await runCli(raw, terminal)).text).toBe('a␛[31mb\\u009bc\n')
    expect((await runCli(raw)).text).toBe('a\x1b[31mb\u009bc\n')
    const lines = ['decode', path('terminal')]
    expect((await runCli(lines, terminal)).text).toBe('{"text":"a\\u001b[31mb\\u009bc\\n"}\n')
  })
})

describe('inspect', () => {
  it('shows totals and a document with its control bytes', async () => {
    const { code, text } = await runCli(['inspect', path('shards'), '--document', '1'])
    expect(code).toBe(0)
    expect(text).toMatch(/holds 3 documents\n/)
    expect(text).toContain('␂first\n␐A␐B␐C␐P␐[[31m ASCII, Größe, 大小, 😀␐_\nthird\n␃\n')
    expect((await runCli(['inspect', path('shards'), '--document', '3'])).code).toBe(2)
  })

  it('cuts a long document at a character', async () => {
    await runCli(['prepare', write('wide.txt', '大'.repeat(5000)), '-o', path('wide')])
    const { text } = await runCli(['inspect', path('wide')])
    expect(text).toContain(`\n␂${'大'.repeat(999)}\n…\n`)
    const { json } = await runCli(['inspect', path('wide'), '--json'])
    expect(json()).toMatchObject({ document: { number: 0, tokens: 15_002, truncated: true } })
  })

  it('shows a dataset without documents', async () => {
    await runCli(['prepare', write('none.txt', ''), '--document', 'line', '-o', path('none')])
    const { code, text } = await runCli(['inspect', path('none')])
    expect(code).toBe(0)
    expect(text).toMatch(/holds 0 documents\n/)
    expect((await runCli(['decode', path('none')])).text).toBe('')
  })
})

describe('info', () => {
  it('says which engine runs, and why', async () => {
    const { code, json } = await runCli(['info', '--json'])
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(code).toBe(0)
    expect(json()).toMatchObject({ version, node: process.version, environment: {} })
    const { text } = await runCli(['info'])
    expect(text).toMatch(/\n {2}engine +(native \(\w+\)|javascript)\n {2}why +\S/)
  })

  it('names what the environment forces', async () => {
    const forced = await runCli(['info'], { env: { UTF8_TOKENIZER_ENGINE: 'javascript' } })
    expect(forced.text).toMatch(/\n {2}engine +javascript\n/)
    expect(forced.text).toMatch(/\n {2}UTF8_TOKENIZER_ENGINE +javascript\n/)
    const { code, text } = await runCli(['info'], { env: { UTF8_TOKENIZER_TARGET: 'mmx' } })
    expect(code).toBe(1)
    expect(text).toMatch(/\n {2}engine +none\n/)
  })
})

describe('progress', () => {
  it('is a bar on a terminal, and is taken away at the end', async () => {
    const before = 'process.stderr.isTTY = true; process.stderr.columns = 90'
    // Many shards, so that it takes longer than the time between two pictures of the bar.
    const lines = write('lines.txt', 'a line\n'.repeat(500))
    const args = ['prepare', lines, '--document', 'line', '--shard-size', '7', '-o', path('bar')]
    const { code, stderr } = await runCli(args, { before })
    expect(code).toBe(0)
    expect(stderr).toMatch(/Preparing \[[=-]+\] +\d+ % /)
    // The last thing is to erase the line.
    expect(stderr.endsWith('\x1b[2K')).toBe(true)
    // No other setting of the terminal was touched.
    expect(stderr).not.toContain('\x1b[?')
    const quiet = await runCli([...args, '--overwrite', '--no-bos', '--quiet'], { before })
    expect(quiet.stderr).toBe('')
  })
})
