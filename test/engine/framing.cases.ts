/**
 * frame over small inputs: every unit, policy, mark and limit over every input in which something can go wrong, handed
 * over in every way. What is exhaustive here is the logic; the sweeps take care of places and lengths.
 */
import { describe, expect, it } from 'vitest'
import { UNITS, type Unit } from '../../dist/engine/abi.js'
import type { Engine } from '../../dist/engine/engine.js'
import type { FramerOptions } from '../../dist/engine/framer.js'
import { INVALID_POLICIES, RESERVED_POLICIES } from '../../dist/protocol/controls.js'
import { checkFrame } from './compare.js'
import type { Plan } from './drive.js'
import { frameOracle } from './oracle.js'
import type { Level } from './suite.js'
import { bytesOf } from './text.js'

/** Characters up to FF are bytes, see bytesOf. */
const INPUTS = [
  ...['', 'a', '\n', 'a\n', '\r', '\r\n', 'a\r', 'a\r\n', '\na', '\ra', '\r\na', '\n\r', '\r\r\n', 'a\rb\n'],
  ...['\n\n', 'a\n\nb', 'a\nb', 'a\nb\n\nc\n', '\n\na\n\n', '\n\n\na', 'a\n\n\n', 'a\n \nb', 'a\n\rb\n\n\r'],
  ...[
    '\r\n\r\n',
    'a\r\n\r\nb\r\n',
    'a\n\r\nb',
    'a\r\n\nb',
    'a\r\nb\r\n\r\n\r\nc',
    'a\r\n\r',
    '\r\n\n\ra',
    'a\n\r\r\n',
  ],
  ...['\xc3\xa9\n', '文\n文', '😀\n', '\xef\xbb\xbfa\n', '文\r\n\r\n😀'],
  ...['\x01', 'a\x02b\nc', '\x10\n\x00', '\x03', 'a\x01\n\nb', '\x1f\r\n', '\x00\x00', '\x7f\x10@'],
  ...[
    '\x80',
    'a\xff\nb',
    '\xe4\xb8\n文',
    '\xf0\x9f',
    'a\n\xf0\x9f\x98',
    '\xe4\xb8\r\nx',
    '\xc3\r',
    '\xed\xa0\x80\nb',
  ],
  ...[
    'a\x01\xff\nb',
    '\xff\x01\nb',
    'a\xff\r\nb\r\n',
    '\xff\n\n\nb',
    '\xff\r',
    'b\xff\r\n\ra',
    '\xe0\x80\x80',
    '\xf4\x90\r\n',
  ],
  ...['\xff\r\r\na\n\n\xf0\x9f\x98\x80\n', 'a\nb\xc3\n\nc\xc3', '\xc0\x81\n\n\xf0\x80'],
]

const SEPARATORS = [
  'a',
  'aa',
  'aab',
  'aba',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\xc3\xa9',
  '文',
  'x😀',
  '\x01',
  '\x02x\x03',
  '--------',
]

export function describeFraming(create: () => Engine, level: Level): void {
  const engine = create()
  const every = level === 'full' ? 1 : 4

  describe('frame', () => {
    it.each(UNITS.filter((unit) => unit !== 'separator'))('unit %s: all options, inputs and cuts', (unit) => {
      for (const [index, options] of allOptions(unit).entries()) {
        if (index % every === 0) for (const input of INPUTS) checkAllPlans(engine, options, bytesOf(input))
      }
    })

    it.each(SEPARATORS)('separator %j: all options, inputs and cuts', (text) => {
      const separator = bytesOf(text)
      // Every second combination, beginning with the other one for the next separator.
      const turn = SEPARATORS.indexOf(text)
      for (const [index, options] of allOptions('separator', separator).entries()) {
        if ((index + turn) % (2 * every) !== 0) continue
        for (const input of separatorInputs(text)) checkAllPlans(engine, options, bytesOf(input))
      }
    })

    it.each(UNITS)('unit %s: every limit of length', (unit) => {
      const separator = bytesOf('\n\n')
      for (const [index, options] of allOptions(unit, separator).entries()) {
        if (index % every !== 0 || options.skipEmpty) continue
        for (let maxLength = 2; maxLength <= 10; maxLength++) {
          for (const input of INPUTS) {
            const bytes = bytesOf(`${input}abc`)
            const cut: Plan = { cuts: [(maxLength + index) % (bytes.length + 1)], emptying: 'always' }
            checkPlans(engine, { ...options, maxLength }, bytes, [{ cuts: [] }, cut])
          }
        }
      }
    })

    it.each(['line', 'paragraph'] as const)('unit %s: all words over the bytes that matter', (unit) => {
      checkAllWords(engine, { ...PLAIN, unit }, ['a', '\n', '\r', '\x01', '\xff', '\xc3', '\xa9'], level)
      const strict = { ...PLAIN, unit, reserved: 'quarantine', invalid: 'drop', skipEmpty: true } as const
      checkAllWords(
        engine,
        { ...strict, maxLength: 4 },
        ['a', '\n', '\r', '\x01', '\xff', '\xc3', '\xa9'],
        level,
      )
    })

    it.each(['aab', 'aa', '\x01b', '\xc3\xa9a'])(
      'separator %j: all words over the bytes that matter',
      (text) => {
        const separator = bytesOf(text)
        const alphabet = [...new Set([...text, 'a', 'b', '\xc3', '\xa9', '\x01'])]
        checkAllWords(engine, { ...PLAIN, unit: 'separator', separator }, alphabet, level)
        checkAllWords(
          engine,
          { ...PLAIN, unit: 'separator', separator, reserved: 'fail', invalid: 'fail', maxLength: 4 },
          alphabet,
          level,
        )
      },
    )

    it('counts framed lengths and code points of every kind of document', () => {
      // One example by hand, so that an oracle gone wrong is seen here too.
      const input = bytesOf('a\x01\xc3\xa9\r\n\n\xff文\nx\xf0\x9f\n')
      const { lengths, bytes, rejected, totals } = checkFrame(engine, PLAIN, input, { cuts: [3] })
      expect(Buffer.from(bytes).toString('latin1')).toBe(
        '\x02a\x10A\xc3\xa9\x03\x02\x03\x02\xef\xbf\xbd\xe6\x96\x87\x03\x02x\xef\xbf\xbd\x03',
      )
      expect([...lengths]).toEqual([7, 2, 8, 6])
      expect(rejected).toEqual([])
      expect(totals).toEqual({
        documents: 4,
        codePoints: 7,
        reserved: 1,
        replaced: 2,
        skippedEmpty: 0,
        crlf: 1,
        blankLines: 0,
      })
      const strict = checkFrame(engine, { ...PLAIN, invalid: 'quarantine' }, input, { cuts: [8] })
      expect(strict.rejected).toEqual([
        { offset: 7, length: 4, terminatorLength: 1, reason: 'invalid-byte', errorOffset: 0 },
        { offset: 12, length: 3, terminatorLength: 1, reason: 'truncated', errorOffset: 1 },
      ])
    })
  })
}

const PLAIN: FramerOptions = {
  unit: 'line',
  bos: true,
  eos: true,
  reserved: 'escape',
  invalid: 'replace',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
}

/** Every combination of options. Of the policies for ill-formed bytes an engine sees only whether it is `replace`. */
function allOptions(unit: Unit, separator?: Uint8Array): FramerOptions[] {
  const both = [true, false]
  return both.flatMap((bos) =>
    both.flatMap((eos) =>
      both.flatMap((skipEmpty) =>
        INVALID_POLICIES.slice(0, 2).flatMap((invalid) =>
          RESERVED_POLICIES.map((reserved) => {
            const options = { ...PLAIN, unit, bos, eos, skipEmpty, invalid, reserved }
            return separator === undefined ? options : { ...options, separator }
          }),
        ),
      ),
    ),
  )
}

function separatorInputs(separator: string): string[] {
  const bytes = Buffer.from(bytesOf(separator)).toString('latin1')
  const cut = bytes.slice(0, -1)
  return ['', separator, `a${separator}`, `${separator}${separator}b`, cut, `${cut}${separator}`].concat(
    [`x${cut}y${separator}`, `\xff${separator}z`, `z${separator}\xff${cut}`, `\x01${separator}\r\n`],
    [
      `${cut}\xff${separator}${separator}`,
      `\xe4\xb8${separator}文${separator.repeat(3)}`,
      `${separator}${cut}${cut}`,
    ],
  )
}

function bytewise(input: Uint8Array): Plan {
  return { cuts: [...input.keys()], emptying: 'always' }
}

/** Whole, byte by byte, cut once at every place, and, if it is tiny, cut twice at every pair of places. */
function allPlans(input: Uint8Array): Plan[] {
  const places = [...Array(input.length + 1).keys()]
  const plans: Plan[] = [{ cuts: [] }, bytewise(input)]
  for (const place of places) {
    plans.push({ cuts: [place], emptying: place % 2 === 0 ? 'always' : 'full', alignment: place % 5 })
    if (input.length > 4) continue
    for (const second of places.slice(place)) plans.push({ cuts: [place, second], emptying: 'always' })
  }
  return plans
}

const plansByLength = new Map<number, Plan[]>()

function checkAllPlans(engine: Engine, options: FramerOptions, input: Uint8Array): void {
  let plans = plansByLength.get(input.length)
  if (plans === undefined) {
    plans = allPlans(input)
    plansByLength.set(input.length, plans)
  }
  checkPlans(engine, options, input, plans)
}

function checkPlans(engine: Engine, options: FramerOptions, input: Uint8Array, plans: readonly Plan[]): void {
  const expected = frameOracle(input, options)
  for (const plan of plans) checkFrame(engine, options, input, plan, expected)
}

/**
 * All inputs up to a length over an alphabet: alone, and in the middle of a longer text, where an engine that takes
 * whole blocks meets them.
 */
function checkAllWords(
  engine: Engine,
  options: FramerOptions,
  alphabet: readonly string[],
  level: Level,
): void {
  const longest = level === 'full' ? 5 : 4
  const letters = alphabet.map((letter) => letter.charCodeAt(0))
  const word = new Uint8Array(longest)
  const text = new Uint8Array(160)
  const unlimited = { ...options, maxLength: PLAIN.maxLength }
  for (let length = 0; length <= longest; length++) {
    const input = word.subarray(0, length)
    for (let number = 0; number < letters.length ** length; number++) {
      for (let i = 0, rest = number; i < length; i++) {
        input[i] = letters[rest % letters.length]
        rest = Math.floor(rest / letters.length)
      }
      const cut: Plan = number % 2 === 0 ? { cuts: [(number >> 1) % (length + 1)] } : bytewise(input)
      checkPlans(engine, options, input, [{ cuts: [] }, cut])
      if (length > 4 && number % 3 !== 0) continue
      text.fill(0x78)
      text.set(input, 58 + (number % 9))
      checkPlans(engine, unlimited, text, [{ cuts: [], alignment: number % 64 }])
    }
  }
}
