/**
 * frame over longer inputs: whatever ends a document, is reserved, or is ill-formed, at every place around the blocks
 * of the widest vector, in text of every script; and outputs and lengths that are full at every moment.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { MIN_LENGTHS, MIN_OUTPUT } from '../../dist/engine/engine.js'
import type { FramerOptions } from '../../dist/engine/framer.js'
import { checkFrame } from './compare.js'
import type { Plan } from './drive.js'
import { frameOracle } from './oracle.js'
import type { Level } from './suite.js'
import { bytesOf, ILL_FORMED, Random, SCRIPT_NAMES, type Script, textOf } from './text.js'

const LONGEST = 4 * 64 + 1

const ESCAPE: FramerOptions = {
  unit: 'line',
  bos: true,
  eos: true,
  reserved: 'escape',
  invalid: 'quarantine',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
}

/** Options that take different ways through an engine. */
const OPTIONS: readonly FramerOptions[] = [
  ESCAPE,
  { ...ESCAPE, invalid: 'replace', reserved: 'picture' },
  { ...ESCAPE, unit: 'paragraph', reserved: 'quarantine' },
  { ...ESCAPE, unit: 'stream', reserved: 'strip', bos: false, eos: false },
  { ...ESCAPE, unit: 'separator', separator: bytesOf('--'), reserved: 'keep', skipEmpty: true },
  { ...ESCAPE, unit: 'separator', separator: bytesOf('文字'), invalid: 'replace', eos: false },
]

const INSERTS: readonly Uint8Array[] = [
  ...[
    '\n',
    '\r\n',
    '\r',
    '\n\n',
    '\r\n\r\n',
    '\n\r',
    '\x00',
    '\x10',
    '\x03\x02',
    '--',
    '---',
    '-',
    '文字',
    '文',
  ].map(bytesOf),
  ...ILL_FORMED.map(({ bytes }) => bytes),
]

export function describeSweeps(create: () => Engine, level: Level): void {
  const engine = create()

  describe('frame around blocks', () => {
    it.each(SCRIPT_NAMES)('%s: each event at every place', (script) => {
      let turn = 0
      for (let place = 0; place <= LONGEST; place += level === 'full' ? 1 : 3) {
        for (const insert of INSERTS) {
          const input = withEvent(script, place, insert, 70)
          const options = OPTIONS[turn++ % OPTIONS.length]
          checkFrame(engine, options, input, { cuts: [], alignment: turn % 64 })
        }
      }
    })

    it.each(SCRIPT_NAMES)('%s: each event near the end, in text of every length', (script) => {
      let turn = 0
      for (let length = 0; length <= LONGEST; length += level === 'full' ? 1 : 5) {
        for (const insert of INSERTS) {
          const input = withEvent(script, length, insert, turn % 7)
          const options = OPTIONS[turn++ % OPTIONS.length]
          const cuts = [(turn * 37) % (input.length + 1)]
          checkFrame(engine, options, input, { cuts, alignment: turn % 64, emptying: 'always' })
        }
      }
    })

    it('every cut of a text with all kinds of events', () => {
      const input = Buffer.concat([
        ...SCRIPT_NAMES.flatMap((script, index) => [textOf(script, 40), INSERTS[index], bytesOf('\x01')]),
        ...INSERTS.flatMap((insert) => [insert, textOf('mixed', 9), bytesOf('\n')]),
      ])
      for (const options of OPTIONS) {
        const expected = frameOracle(input, options)
        for (let cut = 0; cut <= input.length; cut++) {
          const second = Math.min(input.length, cut + 1 + (cut % 64))
          checkFrame(engine, options, input, { cuts: [cut], alignment: cut % 64 }, expected)
          checkFrame(engine, options, input, { cuts: [cut, second], emptying: 'always' }, expected)
        }
      }
    })

    it('every pair of events within a block', () => {
      const pieces = ['\n', '\r\n', '\x01', '\xff', '--', '\xe4\xb8'].map(bytesOf)
      let turn = 0
      for (const first of pieces) {
        for (const second of pieces) {
          for (let distance = 0; distance < 70; distance += level === 'full' ? 1 : 4) {
            const script = SCRIPT_NAMES[turn % SCRIPT_NAMES.length]
            const parts = [textOf(script, 50), first, textOf('ascii', distance), second, textOf(script, 30)]
            checkFrame(engine, OPTIONS[turn++ % OPTIONS.length], Buffer.concat(parts), { cuts: [] })
          }
        }
      }
    })

    it('many short documents in one block', () => {
      for (const [turn, options] of OPTIONS.entries()) {
        for (let length = 0; length < 20; length++) {
          const end = options.separator ?? bytesOf(options.unit === 'paragraph' ? '\n\n' : '\n')
          const one = Buffer.concat([textOf('mixed', length), end])
          const input = Buffer.concat(Array.from({ length: 60 }, () => one))
          const cuts = [(100 + turn) % input.length]
          checkFrame(engine, options, input, { cuts, alignment: length })
        }
      }
    })

    it('the limit of length at every place', () => {
      for (const script of SCRIPT_NAMES) {
        for (const options of OPTIONS) {
          const input = withEvent(script, 150, bytesOf('\x01\n'), 100)
          for (let maxLength = 2; maxLength < 260; maxLength += level === 'full' ? 1 : 7) {
            const limited = { ...options, maxLength }
            const expected = frameOracle(input, limited)
            checkFrame(engine, limited, input, { cuts: [] }, expected)
            checkFrame(engine, limited, input, { cuts: [maxLength % 100, 120], emptying: 'always' }, expected)
          }
        }
      }
    })
  })

  describe('frame near the limit of length', () => {
    it.each(SCRIPT_NAMES)('%s: documents of many blocks, each limit', (script) => {
      const long = [textOf(script, 700), bytesOf('\x01'), textOf(script, 300), Buffer.alloc(200, '\x10')]
      const input = Buffer.concat([...long, textOf('mixed', 400), bytesOf('\n\nshort--\r\n'), ...long])
      for (const options of OPTIONS) {
        for (let maxLength = 300; maxLength < 2300; maxLength += level === 'full' ? 17 : 61) {
          const limited = { ...options, maxLength }
          const expected = frameOracle(input, limited)
          checkFrame(engine, limited, input, { cuts: [], alignment: maxLength % 64 }, expected)
          checkFrame(engine, limited, input, { cuts: [maxLength >> 2, 999], emptying: 'always' }, expected)
        }
      }
    })
  })

  describe('frame with full sinks', () => {
    it('goes on from any fill of output and lengths', () => {
      const input = Buffer.concat(
        INSERTS.flatMap((insert) => [textOf('mixed', 25), insert, bytesOf('a\x01\n')]),
      )
      for (const options of OPTIONS) {
        const expected = frameOracle(input, options)
        for (let back = 0; back < 700; back += level === 'full' ? 3 : 23) {
          const cuts = [input.length >> 1]
          checkFrame(engine, options, input, { cuts, prefilled: MIN_OUTPUT - back }, expected)
          const prefilledLengths = MIN_LENGTHS - (back % 100)
          checkFrame(engine, options, input, { cuts, prefilledLengths, prefilled: 5 }, expected)
        }
      }
    })

    it('says output-full and lengths-full, and loses nothing', () => {
      const statuses = new Set<string>()
      const inputs = [
        Buffer.alloc(5000, '\n'),
        Buffer.alloc(5000, 'a\n'),
        Buffer.alloc(9000, '\x01'),
        Buffer.alloc(9000, '\xff', 'latin1'),
        Buffer.alloc(20_000, '--'),
        Buffer.concat([
          Buffer.alloc(9000, 'a'),
          bytesOf('\xff\nb\n\n'),
          Buffer.alloc(9000, '文'),
          bytesOf('\xc3'),
        ]),
      ]
      for (const input of inputs) {
        for (const options of OPTIONS) {
          const expected = frameOracle(input, options)
          const plans: Plan[] = [{ cuts: [] }, { cuts: [4095, 4096, 4999, 4999], emptying: 'always' }]
          for (const plan of plans) {
            const got = checkFrame(engine, options, input, plan, expected)
            for (const status of got.statuses.keys()) statuses.add(status)
          }
        }
      }
      expect([...statuses].sort()).toEqual(['input-used', 'lengths-full', 'output-full', 'rejected'])
    })

    it('takes back what had left the output', () => {
      for (const { bytes: wrong } of ILL_FORMED) {
        const parts = [textOf('cjk', 700), bytesOf('\n'), textOf('mixed', 5000), wrong, bytesOf('a\r\nb\n')]
        const input = Buffer.concat(parts)
        for (const cuts of [[], [100, 1000, 5000], [5701], [5700, 5702, 5704]]) {
          for (const emptying of ['always', 'full'] as const) {
            const got = checkFrame(engine, ESCAPE, input, { cuts, emptying })
            expect(got.rejected.length).toBe(1)
          }
        }
      }
    })
  })

  describe('a hot loop', () => {
    it('gives the same result 20,000 times in the same memory', () => {
      const random = new Random(48_995)
      const inputs = ['a\n文b\n', 'a\n\x80b\n', '\xf0\x9f\n', '😀\r\n'].map(bytesOf)
      const cases = inputs.map((input) => ({ input, expected: frameOracle(input, ESCAPE) }))
      for (let i = 0; i < (level === 'full' ? 20_000 : 2_000); i++) {
        const { input, expected } = random.pick(cases)
        checkFrame(engine, ESCAPE, input, { cuts: [] }, expected)
      }
    })
  })
}

/** `place` bytes of text, `insert`, and `behind` more bytes of text. */
function withEvent(script: Script, place: number, insert: Uint8Array, behind: number): Uint8Array {
  return Buffer.concat([textOf(script, place), insert, textOf(script, behind)])
}
