/**
 * What is ill-formed in files, and where: against an oracle that decodes the whole text at once, and counts lines and
 * columns the obvious way. The sizes of chunks and orders are made small, so that every place is a cut once.
 */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  type IllFormedFile,
  type IllFormedSequence,
  type Progress,
  type ValidateOptions,
  type ValidateReport,
  validate,
} from '../../dist/corpus/index.js'
import { resolveValidateOptions } from '../../dist/corpus/options.js'
import { countThrough } from '../../dist/corpus/validate/automaton.js'
import { runValidation, type ValidationSizes } from '../../dist/corpus/validate.js'
import { REASONS } from '../../dist/engine/abi.js'
import { charactersOf } from '../engine/oracle.js'
import { engines, random, randomText, scratch } from './helpers.js'

const { path, put } = scratch()

/** No thread, and all in one piece. */
const WHOLE: ValidationSizes = { chunk: 256 * 1024, order: 2 ** 30, thread: Number.POSITIVE_INFINITY }

interface Outcome {
  readonly report: ValidateReport
  readonly findings: IllFormedSequence[]
  readonly files: IllFormedFile[]
}

async function run(
  options: ValidateOptions,
  sizes: Partial<ValidationSizes> = {},
  stdin?: () => Readable,
): Promise<Outcome> {
  const findings: IllFormedSequence[] = []
  const files: IllFormedFile[] = []
  const callbacks = {
    onFinding: (finding: IllFormedSequence) => findings.push(finding),
    onFile: (file: IllFormedFile) => files.push(file),
  }
  const resolved = resolveValidateOptions({ ...callbacks, ...options })
  const report = await runValidation(resolved, { ...WHOLE, ...sizes }, stdin)
  return { report, findings, files }
}

/** What must be found in a text. */
function expected(text: Uint8Array, file: string): IllFormedSequence[] {
  const all = charactersOf(text).map(({ offset, length, reason }) => {
    const bytes = Uint8Array.from(text.subarray(offset, offset + length))
    return {
      offset,
      length,
      reason,
      bytes,
      shown: reason === 'none' ? Buffer.from(bytes).toString() : '\ufffd',
    }
  })
  const first = all[0]?.shown === '\ufeff' ? 1 : 0
  let line = 1
  let lineStart = first
  const findings: IllFormedSequence[] = []
  for (const [index, { offset, length, reason, bytes, shown }] of all.entries()) {
    if (reason !== 'none') {
      const before = all.slice(lineStart, index).map((character) => character.shown)
      const end = all.findIndex((character, at) => at > index && character.shown === '\n')
      const after = all.slice(index + 1, end === -1 ? undefined : end).map((character) => character.shown)
      if (end !== -1 && after.at(-1) === '\r') after.pop()
      findings.push({
        file,
        line,
        column: index - lineStart + 1,
        offset,
        length,
        reason: reason as IllFormedSequence['reason'],
        bytes,
        context: {
          before: before.slice(-16).join(''),
          after: after.slice(0, 16).join(''),
          cutBefore: before.length > 16,
          cutAfter: after.length > 16,
        },
      })
    }
    if (shown === '\n') {
      line++
      lineStart = index + 1
    }
  }
  return findings
}

function reasonsOf(findings: readonly { readonly reason: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reason } of findings) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

/** Each kind of ill-formed sequence at the start, in the middle and at the end, between characters of every length. */
const HARD = Buffer.concat(
  [
    '\xef\xbb\xbf\x80a',
    '\xc3\xa9\xf0\x9f\x98\n',
    '\xc0\xaf\xe4\xbd\xa0\xed\xa0\x80\r\n',
    '\n\xf4\x90\x80\x80\xf0\x9f\x98\x80\xff\xe2\x82\xc3',
    '\n\xf0\x80\x80\xe0\x80\xf8abc\xf1\x80\x80',
  ].map((part) => Buffer.from(part, 'latin1')),
)

describe('every ill-formed sequence with its place', () => {
  it('of texts with everything in them, with every engine', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const text = randomText(seed, 400, true)
      const file = put(`random/${seed}.txt`, text)
      for (const engine of engines()) {
        const { report, findings } = await run({ inputs: [file], ...engine })
        const wanted = expected(text, file)
        expect([seed, engine, findings]).toEqual([seed, engine, wanted])
        expect(report).toEqual({
          ok: wanted.length === 0,
          files: 1,
          bytes: text.length,
          illFormed: wanted.length,
          reasons: reasonsOf(wanted),
          illFormedFiles: wanted.length > 0 ? 1 : 0,
          problems: [],
          passedOver: {},
        })
      }
    }
  })

  it('of noise, which has all reasons', async () => {
    const next = random(99)
    const text = Uint8Array.from({ length: 12_000 }, () => next(256))
    const file = put('noise.txt', text)
    const wanted = expected(text, file)
    expect(Object.keys(reasonsOf(wanted))).toHaveLength(6)
    for (const engine of engines()) {
      const { report, findings } = await run({ inputs: [file], ...engine }, { chunk: 1024, order: 2500 })
      expect(findings).toEqual(wanted)
      expect(report.reasons).toEqual(reasonsOf(wanted))
    }
  })

  it('wherever chunks and orders are cut', async () => {
    const file = put('hard.txt', HARD)
    const wanted = expected(HARD, file)
    expect(Object.keys(reasonsOf(wanted))).toHaveLength(6)
    for (const engine of [engines()[0], engines().at(-1)]) {
      for (let order = 1; order <= HARD.length; order++) {
        for (const chunk of [4, 8, 12, 64]) {
          const { report, findings } = await run({ inputs: [file], ...engine }, { chunk, order })
          expect([engine, order, chunk, findings]).toEqual([engine, order, chunk, wanted])
          expect(report.bytes).toBe(HARD.length)
        }
      }
    }
  })

  it('wherever a chunk of 256 KiB ends', async () => {
    const size = 256 * 1024
    for (let at = size - HARD.length; at <= size; at++) {
      const text = Buffer.concat([Buffer.alloc(at, 'ab\n'), HARD, Buffer.alloc(1000, 'c')])
      const file = put('chunk.txt', text)
      const { findings } = await run({ inputs: [file] })
      // The text in front is ASCII: what the oracle says of the end holds with the place moved.
      const lines = Math.floor(at / 3) - 1
      const start = 3 * lines
      const wanted = expected(text.subarray(start), file).map((finding) => ({
        ...finding,
        line: finding.line + lines,
        offset: finding.offset + start,
      }))
      expect([at, findings]).toEqual([at, wanted])
    }
  })

  it('only counted where nobody asks for places, which gives the same counts', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const text = Buffer.concat([
        randomText(seed, 300, true),
        HARD,
        randomText(seed + 100, 100, seed % 2 === 0),
      ])
      const file = put('counted.txt', text)
      const wanted = reasonsOf(expected(text, file))
      for (const engine of engines()) {
        for (const order of [7, 100, 2 ** 20]) {
          const resolved = resolveValidateOptions({ inputs: [file], ...engine })
          const report = await runValidation(resolved, { ...WHOLE, chunk: 64, order })
          expect([seed, engine, order, report.reasons]).toEqual([seed, engine, order, wanted])
        }
      }
    }
  })

  it('of several files, each from its own line 1', async () => {
    const texts = [1, 2, 3].map((seed) => Buffer.concat([randomText(seed, 50, true), HARD]))
    const inputs = texts.map((text, index) => put(`several/${index}.txt`, text))
    const wanted = texts.flatMap((text, index) => expected(text, inputs[index]))
    for (const order of [11, 2 ** 20]) expect((await run({ inputs }, { order })).findings).toEqual(wanted)
  })

  it('between characters of four bytes, of which enough is shown', async () => {
    const text = Buffer.from(`${'😀'.repeat(40)}?${'🚀'.repeat(40)}?${'x'.repeat(20)}`)
    for (const at of [text.indexOf('?'), text.lastIndexOf('?')]) text[at] = 0xff
    const file = put('wide.txt', text)
    const { findings } = await run({ inputs: [file] })
    expect(findings).toEqual(expected(text, file))
    const stream = await run({ inputs: ['-'] }, { chunk: 16 }, () => Readable.from([text]))
    expect(stream.findings).toEqual(expected(text, '-'))
  })

  it('with lines and columns beyond a chunk', async () => {
    const text = Buffer.from(`${'é'.repeat(700)}\n${'文\n'.repeat(500)}${'x😀'.repeat(300)}?y?z`)
    const places = [text.indexOf('?'), text.lastIndexOf('?')]
    for (const at of places) text[at] = 0xff
    const file = put('far.txt', text)
    const { findings } = await run({ inputs: [file] }, { chunk: 64, order: 1000 })
    expect(findings.map(({ line, column, offset }) => [line, column, offset])).toEqual([
      [502, 601, places[0]],
      [502, 603, places[1]],
    ])
  })
})

describe('the automaton that counts', () => {
  /** Bytes on both sides of every bound of table 3-7. */
  const BOUNDS = [
    0x00, 0x0a, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
    0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
  ]

  function compare(bytes: Uint8Array): void {
    const counts = REASONS.map(() => 0)
    const found = { end: countThrough(bytes, 0, bytes.length, counts), counts }
    const wanted = { end: bytes.length, counts: REASONS.map(() => 0) }
    for (const { offset, length, reason } of charactersOf(bytes)) {
      // A character that the end cuts is left.
      if (reason === 'truncated' && offset + length === bytes.length) wanted.end = offset
      else if (reason !== 'none') wanted.counts[REASONS.indexOf(reason)]++
    }
    // Many thousand times: expect() takes its time.
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      expect({ bytes, ...found }).toEqual({ bytes, ...wanted })
  }

  it('does what the oracle does with all sequences of two bytes, and of four at the bounds', () => {
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) compare(Uint8Array.of(first, second))
    }
    for (const a of BOUNDS) {
      for (const b of BOUNDS) {
        for (const c of BOUNDS)
          for (const d of [0x0a, 0x80, 0x9f, 0xbf, 0xc2, 0xf4, 0xff]) compare(Uint8Array.of(a, b, c, d))
      }
    }
  })

  it('ends behind bytes that are well-formed, where a character begins', () => {
    for (let shift = 0; shift < 8; shift++) {
      const text = Buffer.concat([Buffer.alloc(shift + 1, 0xff), Buffer.from('😀文é'.repeat(100))])
      const counts = REASONS.map(() => 0)
      const end = countThrough(text, 0, text.length, counts)
      expect(counts[REASONS.indexOf('invalid-byte')]).toBe(shift + 1)
      expect(end).toBeLessThan(text.length)
      expect(end).toBeGreaterThan(shift + 100)
      expect(text[end] & 0xc0).not.toBe(0x80)
    }
  })
})

describe('threads', () => {
  it('change nothing: places, counts, order, limits', async () => {
    for (let i = 0; i < 30; i++) put(`threads/${i}.txt`, randomText(i, i * 20, i % 3 === 0))
    put('threads/large.txt', Buffer.concat([randomText(77, 4000, false), HARD, randomText(78, 4000, true)]))
    for (const limits of [{}, { maxFindings: 9, maxFindingsPerFile: 4 }, { maxFindings: 0 }]) {
      const options = { inputs: [path('threads')], ...limits }
      const alone = await run(options)
      expect(alone.report.illFormed).toBeGreaterThan(100)
      for (const engine of engines()) {
        const shared = await run({ ...options, ...engine, workers: 3 }, { thread: 1, order: 500, chunk: 256 })
        expect(shared).toEqual(alone)
      }
    }
  })

  it('work while inputs are still being found, and wait for them', async () => {
    for (let i = 0; i < 1200; i++) {
      put(`found/${i % 7}/${i}.txt`, i % 50 === 0 ? Buffer.of(0x61, 0xff, i & 0x7f) : `${i}`)
    }
    const alone = await run({ inputs: [path('found')] })
    expect(alone.report).toMatchObject({ files: 1200, illFormedFiles: 24, illFormed: 24 })
    // Orders of one file and of some hundred: threads have nothing to do for a while, or all that there is.
    for (const order of [1, 2 ** 23]) {
      const shared = await run({ inputs: [path('found')], workers: 4 }, { thread: 1, order })
      expect(shared).toEqual(alone)
    }
  })

  it('end when the caller throws, and with the signal', async () => {
    const inputs = [path('threads')]
    const sizes = { thread: 1, order: 500 }
    const onFinding = () => {
      throw new RangeError('enough')
    }
    await expect(run({ inputs, workers: 3, onFinding }, sizes)).rejects.toThrow(RangeError)
    const controller = new AbortController()
    const aborting = () => controller.abort()
    const { signal } = controller
    await expect(run({ inputs, workers: 3, onFinding: aborting, signal }, sizes)).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
    })
    await expect(run({ inputs, signal })).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
  })

  it('do not go on with what nobody wants any more', async () => {
    const inputs = [put('endless/a.txt', Buffer.of(0xff)), put('endless/b.txt', '')]
    // Without a byte on the disk, and more than could be read in minutes.
    truncateSync(inputs[1], 2 ** 38)
    const onFinding = () => {
      throw new RangeError('enough')
    }
    const started = performance.now()
    const sizes = { thread: 1, order: 2 ** 20 }
    await expect(run({ inputs, engine: 'javascript', onFinding }, sizes)).rejects.toThrow(RangeError)
    expect(performance.now() - started).toBeLessThan(30_000)
  })
})

describe('limits', () => {
  it('hold for a file and for all; everything is counted', async () => {
    const names = ['a', 'b', 'c'].map((name) => put(`limits/${name}.txt`, Buffer.alloc(10, 0xff)))
    const { report, findings, files } = await run({ inputs: names, maxFindingsPerFile: 4, maxFindings: 6 })
    expect(findings.map(({ file, offset }) => [file, offset])).toEqual([
      ...[0, 1, 2, 3].map((offset) => [names[0], offset]),
      ...[0, 1].map((offset) => [names[1], offset]),
    ])
    const file = { illFormed: 10, reasons: { 'invalid-byte': 10 } }
    expect(files).toEqual([
      { file: names[0], findings: 4, ...file },
      { file: names[1], findings: 2, ...file },
      { file: names[2], findings: 0, ...file },
    ])
    expect(report).toMatchObject({ ok: false, files: 3, illFormed: 30, illFormedFiles: 3 })
  })

  it('are whole numbers, and other options are what they should be', async () => {
    const inputs = [put('one.txt', 'one')]
    for (const options of [
      { inputs: [] },
      { inputs: 'one.txt' },
      { inputs: ['-', '-'] },
      { inputs, maxFindings: -1 },
      { inputs, maxFindingsPerFile: 1.5 },
      { inputs, workers: 0 },
      { inputs, allFiles: 'yes' },
      { inputs, onFinding: true },
      { inputs, onFile: {} },
      { inputs, engine: 'wasm' },
      { inputs, output: 'x' },
    ]) {
      await expect(validate(options as unknown as ValidateOptions)).rejects.toMatchObject({
        code: 'ERR_ARGUMENT',
      })
    }
    expect(await validate({ inputs })).toMatchObject({ ok: true, files: 1, bytes: 3 })
  })
})

describe('inputs', () => {
  it('are those of prepare, and what is in them is no reason to refuse them', async () => {
    put('tree/a.txt', 'fine')
    put('tree/b.jsonl', '{"text":"\xff"}')
    put('tree/empty.md', '')
    put('tree/nul.txt', '\0\0')
    put('tree/utf16.txt', Buffer.from('\ufeffUTF-16', 'utf16le'))
    put('tree/in/picture.txt', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
    put('tree/in/picture.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
    put('tree/.hidden.txt', Buffer.of(0xff))
    writeFileSync(path('tree/b.jsonl'), '{"text":"\xff"}', 'latin1')
    const { report, files } = await run({ inputs: [path('tree')] })
    expect(files.map(({ file, looksLike }) => [file, looksLike?.what])).toEqual([
      [path('tree/b.jsonl'), undefined],
      [path('tree/in/picture.txt'), 'a PNG image'],
      [path('tree/utf16.txt'), 'UTF-16 text'],
    ])
    expect(report).toMatchObject({ files: 6, illFormed: 4, illFormedFiles: 3, passedOver: { '.png': 1 } })
    const all = await run({ inputs: [path('tree')], allFiles: true })
    expect(all.report).toMatchObject({ files: 7, illFormedFiles: 4, passedOver: {} })
    for (const named of ['tree/in/picture.png', 'tree/in/*.png', 'tree/in/*']) {
      const { report } = await run({ inputs: [path(named)] })
      expect([named, report.illFormedFiles]).toEqual([named, report.files])
    }
  })

  it('are told by their bytes if their names are no UTF-8', async () => {
    mkdirSync(path('bytes'))
    const name = Buffer.concat([Buffer.from(path('bytes/')), Buffer.of(0xe4), Buffer.from('.txt')])
    writeFileSync(name, Buffer.of(0xff))
    for (const input of [name, path('bytes'), path('bytes/*')]) {
      const { findings, files } = await run({ inputs: [input] })
      for (const { file, fileBase64 } of [...findings, ...files]) {
        expect(file).toBe(path('bytes/\ufffd.txt'))
        expect(Buffer.from(fileBase64 ?? '', 'base64')).toEqual(name)
      }
      expect([findings.length, files.length]).toEqual([1, 1])
    }
  })

  it('that are not there are an error, before anything is read', async () => {
    const inputs = [put('there.txt', Buffer.of(0xff)), path('nowhere.txt')]
    const findings: unknown[] = []
    const onFinding = (finding: unknown) => findings.push(finding)
    await expect(run({ inputs, onFinding })).rejects.toMatchObject({ code: 'ERR_INPUT_NOT_FOUND' })
    await expect(run({ inputs: [path('*.none')], onFinding })).rejects.toMatchObject({
      code: 'ERR_INPUT_EMPTY',
    })
    mkdirSync(path('nothing'))
    await expect(run({ inputs: [path('nothing')] })).rejects.toMatchObject({ code: 'ERR_INPUT_EMPTY' })
    expect(findings).toEqual([])
  })

  it('that cannot be read are told, and the others read', async () => {
    const closed = put('rights/closed.txt', 'closed')
    put('rights/folder/a.txt', 'in a closed folder')
    put('rights/open.txt', Buffer.of(0xff))
    symlinkSync('nowhere', path('rights/link.txt'))
    chmodSync(path(), 0o755)
    chmodSync(closed, 0)
    chmodSync(path('rights/folder'), 0)
    const module = new URL('../../dist/corpus/validate.js', import.meta.url).pathname
    const code = `import { runValidation } from ${JSON.stringify(module)}
      // Root may read everything.
      if (process.getuid() === 0) process.setuid(65534)
      const options = { allFiles: false, maxFindings: 0, maxFindingsPerFile: 0, workers: 2, run: {} }
      const [input, sizes] = ${JSON.stringify([path('rights'), { chunk: 64, order: 1 }])}
      for (const inputs of [[input], [input + '/*'], [input + '/folder']])
        for (const thread of [1, 2 ** 40])
          console.log(JSON.stringify(await runValidation({ inputs, ...options }, { ...sizes, thread })))`
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    chmodSync(path('rights/folder'), 0o755)
    const problem = (name: string, code = 'ERR_INPUT_UNREADABLE') =>
      expect.objectContaining({ code, file: path('rights', name) })
    const link = problem('link.txt', 'ERR_INPUT_NOT_FOUND')
    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const [folder, , glob, , only] = reports
    expect(reports).toEqual([folder, folder, glob, glob, only, only])
    expect(folder).toMatchObject({ ok: false, files: 2, illFormed: 1, bytes: 1 })
    expect(folder.problems).toEqual([problem('folder'), link, problem('closed.txt')])
    expect(glob.problems).toEqual([link, problem('closed.txt')])
    expect(only).toMatchObject({ ok: false, files: 0 })
    expect(only.problems).toEqual([problem('folder')])
  })

  it('that change while they are read are told', async () => {
    const first = put('changing/a.txt', Buffer.of(0xff))
    const second = path('changing/b.txt')
    const content = Buffer.concat([Buffer.alloc(5000, 'x'), Buffer.of(0xff), Buffer.alloc(5000, 'y')])
    const changes: [change: () => void, code: string, bytes: number][] = [
      [() => appendFileSync(second, 'more'), 'ERR_INPUT_CHANGED', 1],
      [() => truncateSync(second, 10), 'ERR_INPUT_CHANGED', 1],
      [() => utimesSync(second, 1, 1), 'ERR_INPUT_CHANGED', 1],
      [() => unlinkSync(second), 'ERR_INPUT_NOT_FOUND', 1],
    ]
    // While the file before is read, and while it is read itself.
    for (const changing of [first, second]) {
      for (const [change, code] of changes) {
        if (changing === second && code === 'ERR_INPUT_NOT_FOUND') continue
        put('changing/b.txt', content)
        const onFinding = ({ file }: IllFormedSequence) => {
          if (file === changing) change()
        }
        const { report } = await run({ inputs: [first, second], onFinding }, { chunk: 1000 })
        expect([changing, report]).toMatchObject([
          changing,
          { ok: false, bytes: 1, problems: [{ code, file: second }] },
        ])
        expect(report.problems).toHaveLength(1)
      }
    }
    // Each file for itself.
    put('changing/b.txt', content)
    const third = put('changing/c.txt', content)
    const onFinding = ({ file }: IllFormedSequence) => appendFileSync(file, 'more')
    const { report } = await run({ inputs: [second, third], onFinding })
    expect(report.problems.map(({ file }) => file)).toEqual([second, third])
    // A file that comes with one read is looked at as it is then.
    for (const change of [() => appendFileSync(second, 'more'), () => truncateSync(second, 2)]) {
      put('changing/b.txt', 'small')
      const { report } = await run({ inputs: [first, second], onFinding: change })
      expect(report).toMatchObject({ bytes: 1, problems: [{ code: 'ERR_INPUT_CHANGED', file: second }] })
    }
  })
})

describe('standard input', () => {
  const pieces = (bytes: Uint8Array, size: number) => () =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      ),
    )

  it('gives what a file gives, in whatever pieces it comes', async () => {
    const padding = Buffer.from('é\n'.repeat(100))
    const text = Buffer.concat([HARD, padding, HARD, padding])
    const wanted = expected(text, '-')
    for (const chunk of [4, 64, 1024]) {
      for (let size = 1; size <= 300; size += size < 20 ? 1 : 23) {
        const { report, findings, files } = await run({ inputs: ['-'] }, { chunk }, pieces(text, size))
        expect([chunk, size, findings]).toEqual([chunk, size, wanted])
        expect(report).toMatchObject({ files: 1, bytes: text.length, illFormed: wanted.length })
        expect(files).toMatchObject([{ file: '-', illFormed: wanted.length }])
      }
    }
  })

  it('may be empty, limited, and stand between files', async () => {
    const before = put('between/a.txt', Buffer.of(0xff))
    const behind = put('between/b.txt', Buffer.of(0x80))
    const inputs = [before, '-', behind]
    for (const sizes of [{}, { thread: 1, order: 1 }]) {
      const { report, findings } = await run({ inputs }, sizes, pieces(Buffer.from('ab\xc3', 'latin1'), 2))
      expect(findings.map(({ file, reason }) => [file, reason])).toEqual([
        [before, 'invalid-byte'],
        ['-', 'truncated'],
        [behind, 'unexpected-continuation'],
      ])
      expect(report).toMatchObject({ files: 3, bytes: 5, illFormedFiles: 3 })
    }
    const nothing = await run({ inputs: ['-'] }, {}, pieces(Buffer.alloc(0), 1))
    expect(nothing.report).toMatchObject({ ok: true, files: 1, bytes: 0 })
    const noise = pieces(Buffer.alloc(1000, 0xff), 7)
    const limited = await run({ inputs: ['-'], maxFindings: 3 }, { chunk: 64 }, noise)
    expect(limited.findings.map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect(limited.report.illFormed).toBe(1000)
  })

  it('stops with the signal, and fails with the stream', async () => {
    const controller = new AbortController()
    const endless = new Readable({ read() {} })
    endless.push(Buffer.alloc(200, 0xff))
    const onFinding = () => controller.abort()
    const { signal } = controller
    await expect(run({ inputs: ['-'], signal, onFinding }, {}, () => endless)).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
    })
    // While it waits, too.
    const silent = new Readable({ read() {} })
    const waiting = run({ inputs: ['-'], signal: AbortSignal.timeout(100) }, {}, () => silent)
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('broken'), { code: 'EIO' }))
      },
    })
    await expect(run({ inputs: ['-'] }, {}, () => broken)).rejects.toMatchObject({
      code: 'ERR_INPUT_UNREADABLE',
    })
  })
})

it('tells how far it is', async () => {
  const inputs = [
    put('progress/a.txt', Buffer.alloc(5000, 'a')),
    put('progress/b.txt', Buffer.alloc(5000, 0xff)),
  ]
  for (const sizes of [{ order: 1000 }, { order: 1000, thread: 1 }]) {
    const seen: Progress[] = []
    await run({ inputs, onProgress: (progress) => seen.push(progress) }, { chunk: 64, ...sizes })
    expect(seen.at(-1)).toMatchObject({ phase: 'validate', bytesDone: 10_000, bytesTotal: 10_000 })
    for (const [index, { bytesDone }] of seen.entries()) {
      expect(bytesDone).toBeGreaterThanOrEqual(seen[index - 1]?.bytesDone ?? 0)
    }
  }
})
