/**
 * The comparison of engines is worth nothing if it cannot find a fault: here engines are broken on purpose, each in
 * another way, and the fault must be found, placed and made small.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CrossCheckOptions, crossCheck } from '../../dist/corpus/cross-check.js'
import { compareEngines, smallestDifference } from '../../dist/engine/cross-check.js'
import type { Engine } from '../../dist/engine/engine.js'
import { type FramerOptions, SLOT } from '../../dist/engine/framer.js'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { runCli, scratchFolder } from './run-cli.js'

const folder = scratchFolder()
const bytes = (text: string) => new TextEncoder().encode(text)
const sound = javascriptEngine
const OPTIONS: FramerOptions = {
  unit: 'line',
  bos: true,
  eos: true,
  reserved: 'escape',
  invalid: 'quarantine',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
}
const FACE = Buffer.from('😀')

/** Writes the last byte of each 😀 wrong. */
const wrongByte: Engine = {
  ...sound,
  frame(state, separator, input, start, end, final, output, lengths) {
    const from = state[SLOT.written]
    const status = sound.frame(state, separator, input, start, end, final, output, lengths)
    for (let at = from; at + 4 <= state[SLOT.written]; at++) {
      if (FACE.every((byte, index) => output[at + index] === byte)) output[at + 3]++
    }
    return status
  },
  frameJsonl(state, path, input, start, end, final, output, lengths) {
    const from = state[SLOT.written]
    const status = sound.frameJsonl(state, path, input, start, end, final, output, lengths)
    for (let at = from; at + 4 <= state[SLOT.written]; at++) {
      if (FACE.every((byte, index) => output[at + index] === byte)) output[at + 3]++
    }
    return status
  },
}

/** Calls what is overlong a surrogate. */
const wrongReason: Engine = {
  ...sound,
  frame(...args) {
    const status = sound.frame(...args)
    if (status === 'rejected' && args[0][SLOT.reason] === 3) args[0][SLOT.reason] = 4
    return status
  },
}

/** Counts two code points too many for three lines or more. */
const wrongCount: Engine = {
  ...sound,
  frame(...args) {
    const status = sound.frame(...args)
    if (args[5] && args[0][SLOT.documents] >= 3) args[0][SLOT.codePoints] += 2
    return status
  },
}

const throwing: Engine = {
  ...sound,
  frame(...args) {
    const [, , input, start, end] = args
    if (input.subarray(start, end).includes(0x21)) throw new RangeError('an exclamation mark')
    return sound.frame(...args)
  },
}

const standing: Engine = {
  ...sound,
  frame(...args) {
    const [state, , input, start, end] = args
    if (!input.subarray(start, end).includes(0x21)) return sound.frame(...args)
    state[SLOT.consumed] = start
    return 'output-full'
  },
}

const wrongChecksum: Engine = {
  ...sound,
  crc32: (input, start, end, previous) =>
    (sound.crc32(input, start, end, previous) ^ (end > 7 ? 1 : 0)) >>> 0,
}

/** Leaves every line of JSON to the caller, which an engine may do. */
const undecided: Engine = {
  ...sound,
  frameJsonl(state, _path, input, start, end, final) {
    let at = start
    for (;;) {
      const found = input.subarray(0, end).indexOf(0x0a, at)
      if (found < 0 && (!final || at === end)) {
        state[SLOT.consumed] = at
        return 'input-used'
      }
      const next = found < 0 ? end : found + 1
      const lineEnd = found < 0 ? end : found
      state[SLOT.consumed] = next
      if (input.subarray(at, lineEnd).every((byte) => byte === 0x20)) {
        state[SLOT.blankLines]++
        at = next
        continue
      }
      state[SLOT.documentInput] = lineEnd - at
      state[SLOT.terminatorLength] = next - lineEnd
      return 'undecided'
    }
  },
}

const TEXT = bytes(
  `${'Größe und 大小, a line of text\n'.repeat(500)}a 😀 here!\n${'and more \x07 text\n'.repeat(500)}`,
)
const ILL_FORMED = Uint8Array.from([...TEXT, 0x41, 0xc0, 0x80, 0x0a, ...TEXT])

describe('comparison of two engines', () => {
  it('finds nothing where nothing is', () => {
    for (const unit of ['stream', 'line', 'paragraph', 'separator'] as const) {
      const options = { ...OPTIONS, unit, separator: bytes('e') }
      for (const input of [TEXT, ILL_FORMED, new Uint8Array(0)]) {
        expect(compareEngines(sound, { ...sound }, { options }, input).difference).toBeNull()
        expect(smallestDifference(sound, { ...sound }, { options }, input)).toBeNull()
      }
    }
  })

  it.each([
    ['a wrong byte', wrongByte, TEXT, '😀', /^output byte \d+: 80 against 81$/],
    [
      'a wrong reason',
      wrongReason,
      ILL_FORMED,
      '\xc0',
      /^refused document 0: overlong .* against surrogate /,
    ],
    ['a wrong count', wrongCount, TEXT, '\n\nG', /^codePoints: 1 against 3$/],
    ['an error', throwing, TEXT, '!', /no error against RangeError: an exclamation mark/],
    ['a standstill', standing, TEXT, '!', /no progress/],
    ['a wrong checksum', wrongChecksum, TEXT, undefined, /^checksum of the input/],
  ] as const)('finds %s and makes it small', (_what, broken, input, smallest, what) => {
    const found = smallestDifference(sound, broken, { options: OPTIONS }, input)
    expect(found?.complete).toBe(true)
    expect(found?.comparison.difference).toMatch(what)
    const text = Buffer.from(found?.input ?? [])
    if (smallest === undefined) expect(text.length).toBe(8)
    else if (smallest === '\xc0') expect([...text]).toEqual([0xc0])
    else expect(text.toString()).toBe(smallest)
    // The range in the input holds what was found, in this order.
    let at = (found?.start ?? 0) - 1
    for (const byte of text) {
      at = input.indexOf(byte, at + 1)
      expect(at).toBeGreaterThanOrEqual(0)
    }
    expect(at).toBeLessThan(found?.end ?? 0)
    // The same the other way round.
    expect(compareEngines(broken, sound, { options: OPTIONS }, input).difference).not.toBeNull()
  })

  it('hands in what it has when its time is over', () => {
    const found = smallestDifference(sound, wrongByte, { options: OPTIONS }, TEXT, 0)
    expect(found?.complete).toBe(false)
    expect(found?.comparison.difference).toMatch(/^output byte/)
    expect(Buffer.from(found?.input ?? []).includes(FACE)).toBe(true)
  })
})

describe('cross-check of inputs', () => {
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const check = (options: CrossCheckOptions, broken: Engine = wrongByte) =>
    crossCheck({ ...options, engines: [sound, broken] })

  it('names the file and the place', async () => {
    const first = write('first.txt', 'nothing here\n')
    const second = write('second.txt', `\ufeff${'a line\n'.repeat(1000)}and 😀\nmore\n`)
    const { difference, bytes: compared } = await check({ inputs: [first, second], document: 'line' })
    const place = 3 + 7000 + 4
    expect(difference).toMatchObject({ file: second, start: place, end: place + 4, smallest: true })
    expect(Buffer.from(difference?.input ?? []).toString()).toBe('😀')
    expect(difference?.outputs.map((output) => Buffer.from(output).toString())).toEqual([
      '\x02😀\x03',
      '\x02😁\x03',
    ])
    expect(compared).toBeGreaterThan(7000)
  })

  it('finds it in a document that is longer than a piece', async () => {
    const at = 17 * 1024 * 1024
    const content = Buffer.alloc(18 * 1024 * 1024, 'x')
    content.set(FACE, at)
    const { difference } = await check({ inputs: [write('long.txt', content)] })
    expect(difference).toMatchObject({ start: at, end: at + 4 })
  })

  it('finds it in JSON lines', async () => {
    const lines = `{"a":{"text":"plain"}}\n`.repeat(300)
    const source = write('lines.jsonl', `${lines}{"a":{"text":"b 😀"}}\n${lines}`)
    const { difference } = await check({ inputs: [source], textField: 'a.text' })
    expect(Buffer.from(difference?.input ?? []).toString()).toBe('{"a":{"text":"😀"}}')
  })

  it('takes no difference in what an engine leaves undecided for one in the result', async () => {
    const lines = [
      '{"text":"a"}',
      '{"text":"\\ud800"}',
      '  ',
      '{"no":1}',
      '{"text":1}',
      '{"text":"b\\u0001"}\r',
    ]
    lines.push('nonsense', '{"text":""}', '{"text":"x","text":"y"}', '{"text":"大小 😀"}', '{"text":"last"}')
    const content = Buffer.concat([Buffer.from(lines.join('\n')), Uint8Array.from([0x0a, 0x22, 0xff])])
    const source = write('hard.jsonl', content)
    for (const invalid of ['quarantine', 'replace'] as const) {
      for (const reserved of ['escape', 'quarantine'] as const) {
        for (const skipEmpty of [true, false]) {
          const report = await check({ inputs: [source], invalid, reserved, skipEmpty }, undecided)
          expect(report).toMatchObject({ difference: null, bytes: content.length })
          expect(report.documents + report.refused + (skipEmpty ? 1 : 0)).toBe(11)
        }
      }
    }
  })

  it('takes a line of JSON that is longer than a step, and one that is cut', async () => {
    const text = 'Größe 大小 😀 '.repeat(300_000)
    const source = write('wide.jsonl', `{"text":"a"}\n${JSON.stringify({ text })}\n{"text":"b"}\n`)
    const report = await crossCheck({ inputs: [source], engines: [sound, { ...sound }] })
    expect(report).toMatchObject({ difference: null, documents: 3, refused: 0 })
    const cut = write('wider.jsonl', JSON.stringify({ text: text.repeat(3) }))
    const parts = await crossCheck({ inputs: [cut], engines: [sound, { ...sound }] })
    expect(parts).toMatchObject({ difference: null, documents: 0, refused: 2 })
  })

  it('stops on its signal', async () => {
    const signal = AbortSignal.abort()
    const found = check({ inputs: [write('stop.txt', 'x')], signal }, sound)
    await expect(found).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' })
  })

  it('is a command', async () => {
    mkdirSync(join(folder, 'corpus'))
    write('corpus/a.txt', TEXT)
    write('corpus/b.jsonl', '{"text":"x"}\n{"text":"\\ud83d\\ude00"}\n[]\n')
    const args = ['cross-check', join(folder, 'corpus'), '--document', 'line']
    const { code, text, stderr } = await runCli(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(text).toMatch(
      /^Both engines give the same bytes for 2 files \(.* kB\): 1,003 documents, 1 refused\n/,
    )
    expect(text).toMatch(/\n {2}native \(\w+\) +.*B\/s\n {2}javascript +.*B\/s\n$/)
    const { json } = await runCli([...args, '--json'])
    expect(json()).toMatchObject({ files: 2, documents: 1003, refused: 1, difference: null })
  })
})
