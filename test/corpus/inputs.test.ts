/**
 * Which files are inputs, and in which order: names, folders, globs, odd names, and every way in which an input can be
 * wrong.
 */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openDataset, type Plan, plan, prepare, runShard } from '../../dist/corpus/index.js'
import { scratch } from './helpers.js'

const { path, put } = scratch()
let runs = 0

type Options = Partial<Parameters<typeof plan>[0]>

function planned(inputs: readonly (string | Uint8Array)[], options: Options = {}): Plan {
  return plan({ inputs, output: path(`out-${runs++}`), ...options })
}

/** The paths of a plan's inputs below the scratch folder, with their formats. */
function files({ inputs }: Plan): string[] {
  return inputs.map((input) => `${relative(path(), input.path)} ${input.format}`)
}

function failure(action: () => unknown): { code: unknown; file: unknown; offset: unknown; message: string } {
  try {
    action()
  } catch (error) {
    return Object.assign({ code: undefined, file: undefined, offset: undefined }, error, {
      message: String(error),
    })
  }
  throw new Error('expected an error')
}

describe('folders', () => {
  put('tree/b.txt', 'b')
  put('tree/B.TXT', 'B')
  put('tree/a/2.jsonl', '{}')
  put('tree/a/10.ndjson', '{}')
  put('tree/a/x/deep.md', 'deep')
  put('tree/a-b.json', '{}')
  put('tree/é.text', 'é')
  put('tree/picture.png', 'no text')
  put('tree/a/data.parquet', 'no text')
  put('tree/a/other.parquet', 'no text')
  put('tree/README', 'no extension')
  put('tree/.hidden.txt', 'hidden')
  put('tree/.git/config.txt', 'hidden')
  const order = [
    'tree/B.TXT text',
    'tree/a/10.ndjson jsonl',
    'tree/a/2.jsonl jsonl',
    'tree/a/x/deep.md text',
    'tree/a-b.json jsonl',
    'tree/b.txt text',
    'tree/é.text text',
  ]

  it('are walked in byte order of names, and what is passed over is counted', () => {
    const made = planned([path('tree')])
    // In byte order `a` comes before `a-b.json`, and what is in it, too.
    expect(files(made)).toEqual(order)
    expect(made.passedOver).toEqual({ '(none)': 1, '.parquet': 2, '.png': 1 })
    expect(files(planned([path('tree/')]))).toEqual(order)
  })

  it('are taken whole with a format', () => {
    const made = planned([path('tree')], { inputFormat: 'text' })
    expect(made.inputs).toHaveLength(11)
    expect(made.inputs.every(({ format }) => format === 'text')).toBe(true)
    expect(made.passedOver).toEqual({})
  })

  it('keep the given order, and take a file once', () => {
    const made = planned([path('tree/b.txt'), path('tree/a/x'), path('tree'), path('tree/../tree/b.txt')])
    expect(files(made).slice(0, 2)).toEqual(['tree/b.txt text', 'tree/a/x/deep.md text'])
    expect([...files(made)].sort()).toEqual([...order].sort())
  })

  it('are followed through links, but not round in circles', () => {
    put('linked/real/one.txt', 'one')
    symlinkSync(path('tree/b.txt'), path('linked/file.txt'))
    symlinkSync(path('tree/a/x'), path('linked/folder'))
    symlinkSync(path('linked'), path('linked/real/back'))
    expect(files(planned([path('linked')]))).toEqual([
      'linked/file.txt text',
      'linked/folder/deep.md text',
      'linked/real/one.txt text',
    ])
  })

  it('do not give the output as input', async () => {
    put('inside/a.txt', 'a\nill \xff formed\n')
    writeFileSync(path('inside/a.txt'), 'a\nill \xff formed\n', 'latin1')
    symlinkSync(path('inside'), path('link-to-inside'))
    const output = path('inside/shards')
    // Among what the run leaves are manifest.json and quarantine.jsonl.
    const first = await prepare({ inputs: [path('inside')], output, document: 'line' })
    expect(readdirSync(output)).toContain('quarantine.jsonl')
    expect(first.inputs.map((input) => input.path)).toEqual([path('inside/a.txt')])
    for (const input of [
      'inside',
      'inside/**/*',
      'link-to-inside',
      'link-to-inside/**/*',
      'inside/../inside',
    ]) {
      const options = { inputs: [path(input)], output, document: 'line', overwrite: true } as const
      const { inputs } = plan(options)
      expect([input, inputs.length]).toEqual([input, 1])
      await prepare(options)
    }
  })
})

describe('globs', () => {
  it('match paths, and give named files', () => {
    put('glob/x.log', 'x')
    put('glob/y.txt', 'y')
    put('glob/in/z.txt', 'z')
    put('glob/in/.hidden.txt', 'h')
    put('glob/in/deep/w.txt', 'w')
    expect(files(planned([path('glob/*')]))).toEqual(['glob/x.log text', 'glob/y.txt text'])
    expect(files(planned([path('glob/**/*.txt')]))).toEqual([
      'glob/in/deep/w.txt text',
      'glob/in/z.txt text',
      'glob/y.txt text',
    ])
    expect(files(planned([path('glob/{in,out}/[z].txt')]))).toEqual(['glob/in/z.txt text'])
    expect(files(planned([path('gl?b/in/*.txt')]))).toEqual(['glob/in/z.txt text'])
    expect(files(planned([path('glob/in/.*.txt')]))).toEqual(['glob/in/.hidden.txt text'])
  })

  it('are names first', () => {
    put('glob-names/[a]*.txt', 'brackets')
    put('glob-names/a1.txt', 'a1')
    expect(files(planned([path('glob-names/[a]*.txt')]))).toEqual(['glob-names/[a]*.txt text'])
  })
})

describe('names', () => {
  const odd = [
    'with space.txt',
    'line\nfeed.txt',
    ' lead',
    'quote\'".txt',
    '-.txt',
    'ünï-文.txt',
    '\\back.txt',
    '{b}.txt',
  ]

  it('may hold anything', async () => {
    for (const name of odd) put(`odd/${name}`, name)
    const dataset = openDataset((await into([path('odd/**')])).output)
    const found = [...dataset.texts()].map((text) => Buffer.from(text).toString())
    dataset.close()
    expect(found.sort()).toEqual([...odd].sort())
    for (const name of odd) {
      expect(planned([path('odd', name)]).inputs.map((input) => input.path)).toEqual([path('odd', name)])
    }
  })

  it('may be no UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(path('bytes/')),
      Buffer.of(0xff, 0x20, 0xe4),
      Buffer.from('.txt'),
    ])
    mkdirSync(path('bytes'))
    writeFileSync(bytes, 'ok \xff', 'latin1')
    for (const input of [bytes, path('bytes'), path('bytes/*.txt')]) {
      const { output, result } = await into([input], { shardSize: 1 })
      expect(result.inputs[0].path).toBe(path('bytes/\ufffd \ufffd.txt'))
      expect(Buffer.from(result.inputs[0].pathBase64 ?? '', 'base64')).toEqual(bytes)
      const line = JSON.parse(execFileSync('cat', [`${output}/quarantine.jsonl`], { encoding: 'utf8' }))
      expect(Buffer.from(line.fileBase64, 'base64')).toEqual(bytes)
      expect(line.file).toBe(path('bytes/\ufffd \ufffd.txt'))
    }
  })

  async function into(inputs: readonly (string | Uint8Array)[], options: Options = {}) {
    const output = path(`out-${runs++}`)
    return { output, result: await prepare({ inputs, output, ...options }) }
  }
})

describe('what is wrong with an input', () => {
  it.each(['nowhere.txt', 'tree/b.txt/below'])('ERR_INPUT_NOT_FOUND: %s', (name) => {
    const input = path(name)
    expect(failure(() => planned([input]))).toMatchObject({ code: 'ERR_INPUT_NOT_FOUND', file: input })
    expect(failure(() => planned([Buffer.from(input)]))).toMatchObject({ code: 'ERR_INPUT_NOT_FOUND' })
  })

  it('ERR_INPUT_NOT_FOUND: a pattern that says what not to take', () => {
    expect(failure(() => planned(['!*.txt']))).toMatchObject({ code: 'ERR_INPUT_NOT_FOUND', file: '!*.txt' })
  })

  it('ERR_INPUT_EMPTY', () => {
    mkdirSync(path('empty'))
    put('only-pictures/a.png', 'x')
    put('only-pictures/b.PNG', 'x')
    expect(failure(() => planned([path('empty')]))).toMatchObject({
      code: 'ERR_INPUT_EMPTY',
      file: path('empty'),
    })
    const pictures = failure(() => planned([path('only-pictures')]))
    expect(pictures).toMatchObject({ code: 'ERR_INPUT_EMPTY', file: path('only-pictures') })
    expect(pictures.message).toContain('.png')
    for (const pattern of ['empty/*.txt', 'nowhere/**', 'only-pictures/*.txt']) {
      expect(failure(() => planned([path(pattern)]))).toMatchObject({
        code: 'ERR_INPUT_EMPTY',
        file: path(pattern),
      })
    }
  })

  const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  it.each([
    ['gzip', gzipSync('text')],
    ['zstd', Buffer.from('28b52ffd2400', 'hex')],
    ['zip', Buffer.from('PK\x03\x04')],
    ['xz', Buffer.from('fd377a585a00', 'hex')],
    ['bzip2', Buffer.from('BZh91AY')],
    ['parquet', Buffer.from('PAR1\x15')],
    ['png', png],
    ['pdf', Buffer.from('%PDF-1.7')],
    ['utf-16le', Buffer.from('\ufefftext', 'utf16le')],
    ['utf-16be', Buffer.from('feff0041', 'hex')],
    ['utf-32be', Buffer.from('0000feff', 'hex')],
  ])('ERR_INPUT_BINARY: %s', (name, content) => {
    const file = put(`binary/${name}/file.txt`, content)
    const expected = { code: 'ERR_INPUT_BINARY', file, offset: 0 }
    expect(failure(() => planned([file]))).toMatchObject(expected)
    expect(failure(() => planned([path('binary', name)]))).toMatchObject(expected)
    expect(files(planned([file], { inputFormat: 'text' }))).toHaveLength(1)
  })

  it('ERR_INPUT_BINARY: a NUL byte in the first 8 KiB', () => {
    const inside = put('binary/nul.txt', Buffer.concat([Buffer.alloc(8191, 'x'), Buffer.of(0)]))
    expect(failure(() => planned([inside]))).toMatchObject({
      code: 'ERR_INPUT_BINARY',
      file: inside,
      offset: 8191,
    })
    const behind = put('binary/late.txt', Buffer.concat([Buffer.alloc(8192, 'x'), Buffer.of(0)]))
    expect(files(planned([behind]))).toHaveLength(1)
  })

  it('ERR_INPUT_UNREADABLE: no regular file', () => {
    execFileSync('mkfifo', [path('fifo')])
    expect(failure(() => planned([path('fifo')]))).toMatchObject({
      code: 'ERR_INPUT_UNREADABLE',
      file: path('fifo'),
    })
    mkdirSync(path('with-fifo'))
    execFileSync('mkfifo', [path('with-fifo/fifo.txt')])
    put('with-fifo/a.txt', 'a')
    expect(planned([path('with-fifo')]).passedOver).toEqual({ '(no regular file)': 1 })
  })

  it('ERR_INPUT_UNREADABLE: no permission', () => {
    put('closed/a.txt', 'a')
    const file = put('closed-file.txt', 'a')
    chmodSync(path('closed'), 0)
    chmodSync(file, 0)
    const child = (input: string) => {
      const module = new URL('../../dist/corpus/index.js', import.meta.url).pathname
      const code = `import { plan } from ${JSON.stringify(module)}
        // Root may read everything.
        if (process.getuid() === 0) process.setuid(65534)
        try { plan({ inputs: [${JSON.stringify(input)}], output: ${JSON.stringify(path('open', String(runs++)))} }) }
        catch (error) { console.log(JSON.stringify([error.code, error.file])) }`
      return JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
      )
    }
    mkdirSync(path('open'))
    chmodSync(path('open'), 0o777)
    chmodSync(path(), 0o755)
    expect(child(path('closed'))).toEqual(['ERR_INPUT_UNREADABLE', path('closed')])
    expect(child(path('closed/a.txt'))).toEqual(['ERR_INPUT_UNREADABLE', path('closed/a.txt')])
    expect(child(file)).toEqual(['ERR_INPUT_UNREADABLE', file])
    chmodSync(path('closed'), 0o755)
  })

  it('ERR_INPUT_CHANGED', async () => {
    const file = put('changing.txt', 'one\ntwo\n')
    const output = path('changing-out')
    plan({ inputs: [file], output, document: 'line' })
    utimesSync(file, 1, 1)
    await expect(runShard(output, 0)).rejects.toMatchObject({ code: 'ERR_INPUT_CHANGED', file })
    plan({ inputs: [file], output, document: 'line', overwrite: true })
    await runShard(output, 0)
    const other = path('changing-out-2')
    plan({ inputs: [file], output: other, document: 'line' })
    appendFileSync(file, 'three\n')
    await expect(runShard(other, 0)).rejects.toMatchObject({ code: 'ERR_INPUT_CHANGED', file })
  })
})

it('takes files of 0 bytes: one empty document, or none', async () => {
  const inputs = [put('zero/a.txt', ''), put('zero/b.jsonl', ''), put('zero/c.txt', '')]
  for (const [document, expected] of [
    ['file', 2],
    ['line', 0],
    ['paragraph', 0],
  ] as const) {
    const output = path(`out-${runs++}`)
    const { totals, shards } = await prepare({ inputs, output, document, shardSize: 1 })
    expect(totals.documents).toBe(expected)
    expect(shards).toHaveLength(1)
  }
})

it('does not end a shard in front of nothing but empty files', async () => {
  const inputs = [
    put('tail/a.txt', 'aaaa'),
    put('tail/b.txt', 'bbbb'),
    put('tail/c.txt', ''),
    put('tail/d.txt', ''),
  ]
  const { shards } = planned(inputs, { shardSize: 4 })
  expect(shards.map(({ ranges }) => ranges)).toEqual([
    [{ input: 0, start: 0, end: 4 }],
    [
      { input: 1, start: 0, end: 4 },
      { input: 2, start: 0, end: 0 },
      { input: 3, start: 0, end: 0 },
    ],
  ])
})

it('refuses more shards than five digits number', () => {
  const file = put('many.txt', 'a\n'.repeat(60_000))
  expect(failure(() => planned([file], { document: 'line', shardSize: 1 }))).toMatchObject({
    code: 'ERR_ARGUMENT',
  })
})
