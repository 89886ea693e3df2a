// The native engine's NEON and scalar kernels against the JavaScript engine. A plain script, because it runs where a test
// runner does not: under an emulator of the processor, or on a small ARM machine. neon.test.ts starts it.
//
//   node neon.mjs [CASES]
//
// Prints the number of cases; exits with 1 and the first difference: seed, target, length, offset, first differing byte.
import { readFileSync } from 'node:fs'
import { CENSUS_SLOTS, UNITS } from '../../dist/engine/abi.js'
import { MIN_LENGTHS, MIN_OUTPUT } from '../../dist/engine/engine.js'
import { Framer } from '../../dist/engine/framer.js'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { jsonPath } from '../../dist/engine/json-path.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { RESERVED_POLICIES } from '../../dist/protocol/controls.js'
import { generator } from '../generator.mjs'

const RANDOM_CASES = Number(process.argv[2] ?? 6000)
const LONGEST_SWEEP = 4 * 64 + 1

const { binding, why, path } = loadNative()
if (binding === null) throw new Error(why)
const targets = binding.targets()
if (targets.join() !== 'scalar,neon') throw new Error(`expected scalar and neon, received ${targets.join()}`)
const engines = targets.map((target) => createNativeEngine(binding, target))

const PIECES = [
  'a',
  'plain text of some length. ',
  'é',
  'мир',
  '文字',
  '😀',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '--',
  '\t',
  '\0',
  '\x02',
  '\x10',
  '\x1f',
  '\x7f',
]
const ILL_FORMED = ['80', 'ff', 'c2', 'c080', 'e4b8', 'e09f80', 'eda080', 'f09f98', 'f4908080', 'f8'].map(
  (hex) => Buffer.from(hex, 'hex'),
)
const JSON_PIECES = [
  'plain text. ',
  '文字',
  '😀',
  '\\n',
  '\\u0000',
  '\\u00e9',
  '\\ud83d\\ude00',
  '\\\\',
  '\\"',
  '\\ud800',
  '\x01',
  '"',
]

let cases = 0
vectors()
alone()
sweeps()
for (let seed = 0; seed < RANDOM_CASES; seed++) randomCase(seed)
console.log(`${path}: ${targets.join(' and ')} agree with JavaScript in ${cases} cases`)

/** Validation, with the published answers: what every engine must say. */
function vectors() {
  const utf8 = JSON.parse(readFileSync(new URL('../vectors/utf8_cases.json', import.meta.url), 'utf8'))
  for (const { hex, valid, error_offset: offset } of utf8) {
    const bytes = Buffer.from(hex, 'hex')
    for (const engine of [javascriptEngine, ...engines]) {
      const found = engine.findInvalid(bytes, 0, bytes.length)
      if ((found === null) !== valid || (!valid && found.offset !== offset)) {
        differ(
          'vector',
          engine,
          bytes,
          found?.offset ?? -1,
          JSON.stringify(found),
          `valid ${valid}, error at ${offset}`,
        )
      }
    }
    compare('vector', bytes, {}, [])
  }
}

/** Every length up to four blocks and one byte, with an error or a control byte at places throughout. */
function sweeps() {
  for (let length = 0; length <= LONGEST_SWEEP; length++) {
    const text = Buffer.from('a€ж😀z'.repeat(40)).subarray(0, length)
    compare(`sweep ${length}`, text, { unit: 'line' }, [])
    for (const [step, piece] of [
      [5, 'ff'],
      [7, 'f09f98'],
      [9, '01'],
      [11, '0d0a'],
      [13, 'eda080'],
    ]) {
      for (let at = length % step; at < length; at += step) {
        const bytes = Uint8Array.from(text)
        bytes.set(Buffer.from(piece, 'hex').subarray(0, length - at), at)
        compare(
          `sweep ${length}, ${piece} at ${at}`,
          bytes,
          { unit: 'line', invalid: at % 2 === 0 ? 'replace' : 'fail' },
          [],
        )
      }
    }
  }
}

/** One thing that is special, at every place of text that else takes the shortest way. */
function alone() {
  for (const piece of ['00', '10', '1f', '0a', '0d0a', '0d', '80', 'c3a9', 'ff', 'f09f9880', 'f09f98']) {
    for (let at = 0; at < 3 * 64; at++) {
      const bytes = new Uint8Array(3 * 64 + 1).fill(0x61)
      bytes.set(Buffer.from(piece, 'hex').subarray(0, bytes.length - at), at)
      compare(`${piece} alone at ${at}`, bytes, { unit: 'line', invalid: 'replace' }, [])
    }
  }
}

/** Everything at random: text, unit, policies, chunks; and lines of JSON. */
function randomCase(seed) {
  const random = generator(seed)
  const pick = (values) => values[random(values.length)]
  const jsonl = seed % 4 === 3
  const ill = random(3) === 0
  const parts = []
  // Long runs of one piece as well, so that whole blocks are alike.
  for (let n = random(60); n > 0; n--) {
    const piece =
      ill && random(10) === 0 ? pick(ILL_FORMED) : Buffer.from(jsonl ? jsonLine(random) : pick(PIECES))
    for (let times = random(8) === 0 ? random(50) : 1; times > 0; times--) parts.push(piece)
  }
  const input = Buffer.concat(parts)
  const options = {
    unit: jsonl ? 'line' : pick(UNITS),
    separator: Buffer.from(pick(['--', '\n\n', 'a', '文'])),
    bos: random(4) > 0,
    eos: random(4) > 0,
    reserved: pick(RESERVED_POLICIES),
    invalid: random(2) === 0 ? 'replace' : 'quarantine',
    skipEmpty: random(2) === 0,
    maxLength: random(4) === 0 ? 3 + random(400) : 2 ** 31 - 1,
  }
  const cuts =
    random(3) === 0
      ? []
      : Array.from({ length: random(6) }, () => random(input.length + 1)).sort((a, b) => a - b)
  compare(
    `seed ${seed}`,
    input,
    options,
    cuts,
    jsonl ? jsonPath(pick(['text', 'a.text'])) : undefined,
    random(64),
  )
}

function jsonLine(random) {
  const pieces = Array.from(
    { length: random(12) },
    () => JSON_PIECES[random(random(6) === 0 ? JSON_PIECES.length : 9)],
  )
  const text = `"${pieces.join('')}"`
  const forms = [
    `{"text":${text}}`,
    `{"id":1.5e3,"text":${text} , "more":[true,null]}`,
    `{"a":{"text":${text}}}`,
    `{"text":1,"text":${text}}`,
    '  ',
    '{',
  ]
  return `${forms[random(forms.length)]}${random(5) === 0 ? '\r\n' : '\n'}`
}

/** Runs all engines over the input, handed over in chunks that end at `cuts`, and compares all that they give. */
function compare(label, input, more, cuts, path, alignment = 0) {
  const options = {
    unit: 'stream',
    bos: true,
    eos: true,
    reserved: 'escape',
    invalid: 'quarantine',
    skipEmpty: false,
    maxLength: 2 ** 31 - 1,
    ...more,
  }
  // At an odd place of a larger buffer, with bytes behind it that would complete a cut character.
  const buffer = new Uint8Array(alignment + input.length + 64).fill(0x80)
  buffer.set(input, alignment)
  const whole = buffer.subarray(alignment)
  const expected = outcome(javascriptEngine, whole, input.length, options, cuts, path)
  for (const engine of engines) {
    const found = outcome(engine, whole, input.length, options, cuts, path)
    for (const name of ['output', 'lengths', 'events', 'totals', 'checks']) {
      const [one, two] = [found[name], expected[name]]
      for (let i = 0; i < Math.max(one.length, two.length); i++) {
        if (one[i] !== two[i])
          differ(
            `${label}, ${name}, ${JSON.stringify({ ...options, cuts })}`,
            engine,
            input,
            i,
            one[i],
            two[i],
          )
      }
    }
    cases++
  }
}

/** What an engine makes of whole[0, length): output, framed lengths, refusals, totals, and its other functions' answers. */
function outcome(engine, whole, length, options, cuts, path) {
  const framer = new Framer(engine, options)
  const output = []
  const sink = {
    output: new Uint8Array(MIN_OUTPUT + (path === undefined ? 0 : 3 * length)),
    written: 0,
    lengths: new Int32Array(MIN_LENGTHS),
    lengthCount: 0,
  }
  const lengths = []
  const events = []
  const empty = () => {
    for (let i = 0; i < sink.written; i++) output.push(sink.output[i])
    lengths.push(...sink.lengths.subarray(0, sink.lengthCount))
    sink.written = 0
    sink.lengthCount = 0
  }
  let at = 0
  for (const end of [...cuts, length]) {
    const final = end === length
    // Empty after every other chunk only, so that a refused document has left the output at times.
    if (end % 2 === 0) empty()
    for (let done = false; !done; ) {
      const status =
        path === undefined
          ? framer.push(whole, at, end, final, sink)
          : framer.pushJsonl(path, whole, at, end, final, sink)
      at = framer.consumed
      if (status === 'output-full' || status === 'lengths-full') empty()
      if (status === 'rejected' || status === 'undecided') {
        if (framer.takeBack > 0 && status === 'rejected') output.length -= framer.takeBack
        const where = `${status} ${at} ${framer.documentInput} ${framer.terminatorLength}`
        events.push(status === 'rejected' ? `${where} ${framer.reason} ${framer.errorOffset}` : where)
      }
      done = status === 'input-used' || (status === 'rejected' && final && options.unit === 'stream')
    }
    if (final) break
  }
  empty()
  const framed = Uint8Array.from(output)
  const counts = new Float64Array(CENSUS_SLOTS.length)
  const invalid = engine.findInvalid(whole, 0, length)
  const censusInvalid = engine.census(framed, 0, framed.length, counts)
  return {
    output,
    lengths,
    events,
    totals: Object.values(framer.totals),
    checks: [
      invalid === null ? 'well-formed' : `${invalid.reason}, ${invalid.length} at ${invalid.offset}`,
      engine.crc32(whole, 0, length, 7),
      censusInvalid,
      ...(censusInvalid < 0 ? counts : []),
    ],
  }
}

function differ(label, { target }, input, offset, received, expected) {
  console.error(
    `${label}: target ${target}, input of ${input.length} bytes ${Buffer.from(input).toString('hex')}\n` +
      `first difference at ${offset}: expected ${expected}, received ${received}`,
  )
  process.exit(1)
}
