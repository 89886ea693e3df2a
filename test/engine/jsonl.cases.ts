/**
 * frameJsonl: lines of JSON of every kind, alone and among others, handed over in every way; then random ones.
 */
import { describe, expect, it } from 'vitest'
import type { Engine, JsonPath } from '../../dist/engine/engine.js'
import type { FramerOptions } from '../../dist/engine/framer.js'
import { jsonPath } from '../../dist/engine/json-path.js'
import { RESERVED_POLICIES } from '../../dist/protocol/controls.js'
import { checkJsonl } from './compare.js'
import type { Level } from './suite.js'
import { bytesOf, ILL_FORMED, Random, SCRIPT_NAMES, SCRIPTS, textOf } from './text.js'

const OPTIONS: FramerOptions = {
  unit: 'line',
  bos: true,
  eos: true,
  reserved: 'escape',
  invalid: 'quarantine',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
}

/** Lines by the field `text`; what each should give is for JSON.parse to say. */
const LINES = {
  documents: [
    '{"text":"a"}',
    '{"text":""}',
    ' \t{ "text" :\r"a b" , "other":[1,2.5e3,-0,true,false,null,{"text":"inner"}] } \r',
    '{"id":17,"text":"x","meta":{"text":"y"}}',
    '{"text":"é文😀\x7f"}',
    '{"text":"\\"\\\\\\/\\b\\f\\n\\r\\t"}',
    '{"text":"\\u0041\\u00e9\\u6587\\uD83D\\ude00"}',
    '{"text":"\\u0000\\u0001\\u0002\\u0010\\u001f\\u007f\\ufffd"}',
    '{"text":"\\\\ud800"}',
    '{"text":"\\ufeff"}',
    '{"te\\u0078t":"escaped key"}',
    '{"text":"first","text":"last"}',
    '{"text":1,"text":"last"}',
    '{"text":"first","t\\u0065xt":"last"}',
    '{"__proto__":{"text":"no"},"text":"own"}',
    '{"":"","text":"among empty keys"}',
    '{"text ":"no","Text":"no","tex":"no","text":"yes","texts":"no"}',
    `{"long":"${'x'.repeat(300)}","text":"${'y文'.repeat(100)}"}`,
    `{"text":"deep","d":${'['.repeat(200)}${']'.repeat(200)}}`,
  ],
  'what JSON.parse takes and another parser may not': [
    '{"text":"a","n":1e999}',
    '{"text":"a","n":-123456789012345678901234567890}',
    '{"text":"a","n":1e-400}',
    '{"text":"a","other":"\\ud800"}',
    '{"text":"a","\\udc00":1}',
    `{"text":"deep","d":${'['.repeat(1500)}${']'.repeat(1500)}}`,
  ],
  'no such string': [
    '{}',
    '{"other":"a"}',
    '{"text":null}',
    '{"text":1}',
    '{"text":true}',
    '{"text":["a"]}',
    '{"text":{"text":"a"}}',
    '{"text":"first","text":1}',
    '{"text":"first","text":{}}',
    '"text"',
    '17',
    'null',
    '["text"]',
    '[{"text":"a"}]',
    '{"__proto__":{"text":"no"}}',
  ],
  'lone surrogates': [
    '{"text":"\\ud800"}',
    '{"text":"\\udc00a"}',
    '{"text":"\\ude00\\ud83d"}',
    '{"text":"\\ud83d\\u0041"}',
    '{"text":"\\ud83d\\ud83d\\ude00"}',
    '{"text":"\\ud83dxx\\ude00"}',
  ],
  'no JSON': [
    '{',
    '{"text"',
    '{"text":',
    '{"text":"a',
    '{"text":"a\\',
    '{"text":"a"',
    '{"text":"a",}',
    '{"text":"a"}}',
    '{"text":"a"} {"text":"b"}',
    '{"text":"a"}x',
    '{"text":"a" "b":1}',
    '{"text":"a","b":01}',
    '{"text":"a","b":.5}',
    '{"text":"a","b":1.}',
    '{"text":"a","b":+1}',
    '{"text":"a","b":NaN}',
    '{"text":"a","b":tru}',
    '{"text":"a","b":"\\x"}',
    '{"text":"a","b":"\\u12g4"}',
    '{"text":"\\u12"}',
    "{'text':'a'}",
    '{text:"a"}',
    '{"text":"a\tb"}',
    '{"text":"a\x01b"}',
    '{"text":"a\x00b"}',
    '{"text":"a"}\x00',
    '{"text":"a"}\x0c',
    '{"text":"a"//\n}',
    '\ufeff{"text":"a"}',
    '\u2028',
  ],
  'ill-formed bytes in the text, in a key, elsewhere': [
    '{"text":"\xff"}',
    '{"text":"\xe4\xb8"}',
    '{"text":"\xed\xa0\x80"}',
    '{"text":"\xc0\x80"}',
    '{"text":"a","other":"\xff"}',
    '{"text":"a","\x80":1}',
    '{"text":"a"}\xff',
    '\xf0\x9f\x98',
  ],
  'blank lines': ['', ' ', '\t \r', '\r'],
}
const ALL_LINES = Object.values(LINES).flat()

/** Paths, and what may stand for them. */
const NESTED: readonly (readonly [path: string, lines: readonly string[]])[] = [
  [
    'a.b',
    [
      '{"a":{"b":"x"}}',
      '{"a":{"c":{},"b":"x"},"b":"no"}',
      '{"a":{"b":"x"},"a":{"b":"y"}}',
      '{"a":{"b":"x"},"a":{}}',
      '{"a":{"b":"x"},"a":1}',
      '{"a":1,"a":{"b":"x"}}',
      '{"a":{"b":"x","b":"y"}}',
      '{"a":"b"}',
      '{"a":["b"]}',
      '{"a":[{"b":"x"}]}',
      '{"a":null}',
      '{"a":{}}',
      '{"a.b":"x"}',
      '{"b":{"a":"x"}}',
      '{"\\u0061":{"\\u0062":"x"}}',
    ],
  ],
  ['a\\.b', ['{"a.b":"x"}', '{"a":{"b":"x"}}']],
  ['a\\\\b', ['{"a\\\\b":"x"}', '{"ab":"x"}', '{"a\\u005cb":"y"}']],
  ['"', ['{"\\"":"x"}', '{"\\u0022":"x"}']],
  ['文.é', ['{"文":{"é":"x"}}', '{"\\u6587":{"\\u00e9":"x"}}', '{"文":{"é":"x"}}']],
  ['😀', ['{"😀":"x"}', '{"\\ud83d\\ude00":"x"}', '{"\\ud83d":"x"}']],
  ['\n', ['{"\\n":"x"}', '{"\\u000a":"x"}']],
  ['\0', ['{"\\u0000":"x"}', '{"":"x"}', '{"\\u0000\\u0000":"x"}']],
  ['0', ['{"0":"x"}', '["x"]', '"x"']],
  ['length', ['{"length":"x"}', '["x"]', '"x"', '{}']],
  ['__proto__', ['{"__proto__":"x"}', '{}', '{"__proto__":{}}', '{"a":{"__proto__":"x"}}']],
  ['__proto__.a', ['{"__proto__":{"a":"x"}}', '{"a":"x"}']],
  ['constructor.name', ['{}', '{"constructor":{"name":"x"}}', '{"constructor":{}}']],
  ['toString', ['{}', '{"toString":"x"}']],
  ['a.b.c.d', ['{"a":{"b":{"c":{"d":"x"}}}}', '{"a":{"b":{"c":"d"}}}']],
]

export function describeJsonl(create: () => Engine, level: Level): void {
  const engine = create()
  const text = jsonPath('text')

  describe('frameJsonl', () => {
    it.each(Object.entries(LINES))('%s: alone and among others', (_, lines) => {
      for (const line of lines) {
        checkCutEverywhere(engine, OPTIONS, bytesOf(line), text)
        checkCutEverywhere(engine, OPTIONS, bytesOf(`${line}\n`), text)
        checkCutEverywhere(engine, OPTIONS, bytesOf(`{"text":"1"}\r\n${line}\r\n\n{"text":"2"}`), text)
      }
    })

    it('the lines one after the other, under every policy', () => {
      const input = bytesOf(ALL_LINES.join('\n'))
      for (const reserved of RESERVED_POLICIES) {
        for (const invalid of ['replace', 'drop'] as const) {
          for (const marks of [0, 1, 2, 3, 4, 5, 6, 7]) {
            const [bos, eos, skipEmpty] = [(marks & 1) > 0, (marks & 2) > 0, (marks & 4) > 0]
            const options = { ...OPTIONS, reserved, invalid, bos, eos, skipEmpty }
            checkJsonl(engine, options, input, { cuts: [marks * 200, 2000], path: text })
            checkJsonl(engine, options, input, { cuts: [1700], path: text, emptying: 'always' })
          }
        }
      }
    })

    it('every limit of length', () => {
      const input = bytesOf('{"text":"a\\u0001é文😀b"}\n{"text":""}\n{"text":"abcdefgh"}\n')
      for (const reserved of RESERVED_POLICIES) {
        for (const marks of [0, 1, 2, 3]) {
          for (let maxLength = 2; maxLength < 24; maxLength++) {
            const options = { ...OPTIONS, reserved, maxLength, bos: (marks & 1) > 0, eos: (marks & 2) > 0 }
            checkJsonl(engine, options, input, { cuts: [maxLength], path: text })
          }
        }
      }
    })

    it.each(NESTED)('the path %j', (dotted, lines) => {
      const path = jsonPath(dotted)
      for (const line of lines) checkCutEverywhere(engine, OPTIONS, bytesOf(line), path)
      checkJsonl(engine, OPTIONS, bytesOf(lines.join('\n')), { cuts: [], path })
    })

    it('decides what it should', () => {
      // By hand, so that neither engine nor oracle can leave everything undecided.
      const input = bytesOf('{"text":"a\\u0001"}\n\n{"text":2}\r\n{"n":[],"text":"文"}')
      const got = checkJsonl(engine, OPTIONS, input, { cuts: [20], path: text })
      expect(Buffer.from(got.bytes).toString()).toBe('\x02a\x10A\x03\x02文\x03')
      expect([...got.lengths]).toEqual([5, 5])
      expect(got.undecided).toEqual([{ offset: 20, length: 11, terminatorLength: 1 }])
      expect(got.totals).toEqual({
        documents: 2,
        codePoints: 3,
        reserved: 1,
        replaced: 0,
        skippedEmpty: 0,
        crlf: 0,
        blankLines: 1,
      })
    })

    it('text of every length and script, and each error at every place of it', () => {
      let turn = 0
      for (const script of SCRIPT_NAMES) {
        for (let length = 0; length <= 257; length += level === 'full' ? 1 : 6) {
          const content = Buffer.from(textOf(script, length)).toString().replaceAll('\t', '\\t')
          const place = turn++ % (length + 1)
          const line = Buffer.from(`{"id":${turn},"text":"${content}"}\n`)
          const broken = Buffer.concat([
            Buffer.from('{"text":"'),
            textOf('cjk', place),
            ILL_FORMED[turn % ILL_FORMED.length].bytes,
            Buffer.from('"}\n'),
          ])
          const input = Buffer.concat([line, broken, line])
          const alignment = turn % 64
          checkJsonl(engine, OPTIONS, input, { cuts: [], path: text, alignment })
          checkJsonl(engine, OPTIONS, input, { cuts: [place, line.length + place], path: text, alignment })
        }
      }
    })

    it('goes on where output or lengths are full', () => {
      const line = '{"text":"ab\\u0002文"}\n'
      const input = bytesOf(`${line.repeat(1500)}{"text":""}\n{"text":1}\n`)
      const statuses = new Set<string>()
      for (const prefilled of [0, 1, 4000, 4096]) {
        for (const prefilledLengths of [0, 1000, 1024]) {
          const plan = { cuts: [7777], prefilled, prefilledLengths, path: text }
          for (const status of checkJsonl(engine, OPTIONS, input, plan).statuses.keys()) statuses.add(status)
        }
      }
      // The room that a line needs is had only where the output is empty.
      const long = bytesOf(`{"text":"${'文'.repeat(2000)}"}\n`.repeat(5))
      for (const status of checkJsonl(engine, OPTIONS, long, { cuts: [], path: text }).statuses.keys()) {
        statuses.add(status)
      }
      expect([...statuses].sort()).toEqual(['input-used', 'lengths-full', 'output-full', 'undecided'])
    })

    it('random lines', () => {
      for (let seed = 0; seed < (level === 'full' ? 1500 : 200); seed++) {
        const random = new Random(70_000 + seed)
        const path = random.chance(0.5) ? text : jsonPath('a.text')
        const lines = Array.from({ length: random.below(8) }, () => randomLine(random))
        const input = bytesOf(
          lines.join(random.chance(0.2) ? '\r\n' : '\n') + (random.chance(0.5) ? '\n' : ''),
        )
        const cuts = Array.from({ length: random.below(4) }, () => random.below(input.length + 1))
        const options: FramerOptions = {
          ...OPTIONS,
          reserved: random.pick(RESERVED_POLICIES),
          bos: random.chance(0.5),
          eos: random.chance(0.5),
          skipEmpty: random.chance(0.5),
          maxLength: random.chance(0.2) ? 2 + random.below(60) : 2 ** 31 - 1,
        }
        const plan = {
          cuts: cuts.sort((a, b) => a - b),
          emptying: 'random',
          alignment: random.below(64),
          random,
          path,
        } as const
        checkJsonl(engine, options, input, plan, undefined, seed)
      }
    })
  })
}

function checkCutEverywhere(engine: Engine, options: FramerOptions, input: Uint8Array, path: JsonPath): void {
  const emptying = 'always'
  checkJsonl(engine, options, input, { cuts: [], path })
  const step = Math.max(1, Math.floor(input.length / 40))
  for (let cut = 0; cut <= input.length; cut += step) {
    checkJsonl(engine, options, input, { cuts: [cut], path, emptying, alignment: cut % 64 })
  }
  if (input.length <= 100) checkJsonl(engine, options, input, { cuts: [...input.keys()], path })
}

/** A line of JSON, sometimes with a byte too much, too little, or another one. */
function randomLine(random: Random): string {
  if (random.chance(0.1)) return ' '.repeat(random.below(3))
  let line = random.chance(0.9) ? randomObject(random, 3) : randomValue(random, 2)
  while (random.chance(0.15)) {
    const at = random.below(line.length + 1)
    const other = random.pick(['', '"', '\\', '{', '}', ',', ':', '\x01', '\xff', 'a', '0', ' ', '\xe4'])
    line = line.slice(0, at) + other + line.slice(at + random.below(2))
  }
  return line
}

function randomObject(random: Random, depth: number): string {
  const key = () => random.pick(['"text"', '"text"', '"a"', '"b"', '"te\\u0078t"', '""', '"文"'])
  const space = () => random.pick(['', '', '', ' ', '\t', '\r', '  '])
  const fields = Array.from({ length: random.below(5) }, () =>
    [space(), key(), space(), ':', space(), randomValue(random, depth - 1), space()].join(''),
  )
  return `{${fields.join(',')}}`
}

function randomValue(random: Random, depth: number): string {
  const kind = random.below(depth > 0 ? 10 : 8)
  if (kind < 5) return randomString(random)
  if (kind === 5) return random.pick(['0', '-1', '2.5', '1e3', '-0.0E-2', '123456789', '12345678901'])
  if (kind === 6) return random.pick(['true', 'false', 'null', '1e999', '99999999999999999999'])
  if (kind === 7) return '[]'
  if (kind === 8) return `[${randomValue(random, depth - 1)},${randomValue(random, depth - 1)}]`
  return randomObject(random, depth)
}

function randomString(random: Random): string {
  let text = ''
  for (let i = random.below(random.chance(0.2) ? 60 : 6); i > 0; i--) {
    text += random.chance(0.5)
      ? random.pick([...SCRIPTS.mixed.replaceAll('\t', ''), '\x7f'])
      : random.pick([
          '\\n',
          '\\"',
          '\\\\',
          '\\/',
          '\\u0001',
          '\\u0000',
          '\\ud83d\\ude00',
          '\\u6587',
          '\\ud800',
        ])
  }
  // Characters up to FF stand for bytes in these inputs.
  return `"${Buffer.from(text).toString('latin1')}"`
}
