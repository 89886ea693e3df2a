// Is Utf8Encoder never slower than TextEncoder, Utf8Decoder than TextDecoder, and what else Node has? For each script and length: how
// many times as fast as the best built-in way, which is measured in turn with ours. Asserts that all give the same.
//   node bench/text.mjs [--quick] [--assert] [--operation NAME] [--seconds N]
// Buffer.from hands out pieces of memory that callers share, which encode must not: it is shown, but is no peer.
import { isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { encodeBatch, isValidUtf8, Utf8Decoder, Utf8Encoder, utf8ByteLength } from '../dist/index.js'
import { compare, least, median } from './measure.mjs'
import { SCRIPTS, textOf } from './scripts.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    operation: { type: 'string' },
    seconds: { type: 'string', default: '0.002' },
  },
})
const UNITS = values.quick ? [5, 50, 4096] : [5, 20, 50, 400, 4096, 65_536, 1 << 20]
const timing = values.quick
  ? { rounds: 1, seconds: 0.0005 }
  : { rounds: 21, seconds: Number(values.seconds), pick: least }
const NODE_20 = process.versions.node.startsWith('20.')

const ran = (operation) => values.operation === undefined || values.operation === operation

const encoder = new Utf8Encoder()
const decoder = new Utf8Decoder()
const builtInEncoder = new TextEncoder()
const builtInDecoder = new TextDecoder()

/** For a text: ours, and its peers. */
const OPERATIONS = {
  encode: (text) => ({
    ours: () => encoder.encode(text),
    TextEncoder: () => builtInEncoder.encode(text),
  }),
  encodeInto: (text) => {
    const target = new Uint8Array(3 * text.length)
    const buffer = Buffer.from(target.buffer)
    return {
      ours: () => encoder.encodeInto(text, target),
      TextEncoder: () => builtInEncoder.encodeInto(text, target),
      'Buffer.write': () => buffer.write(text),
    }
  },
  byteLength: (text) => ({
    ours: () => utf8ByteLength(text),
    'Buffer.byteLength': () => Buffer.byteLength(text),
  }),
  decode: (text) => {
    const bytes = builtInEncoder.encode(text)
    const buffer = Buffer.from(bytes.buffer)
    return {
      ours: () => decoder.decode(bytes),
      TextDecoder: () => builtInDecoder.decode(bytes),
      'Buffer.toString': () => buffer.toString(),
    }
  },
}

// All ways are taken before the first is measured, as in a program that has run for a while: code that V8 has made for one
// kind of text alone is thrown away when another comes, and that is not what is asked here.
for (const [operation, contendersOf] of Object.entries(OPERATIONS)) {
  for (const script of Object.keys(SCRIPTS)) {
    for (const units of UNITS) {
      const contenders = contendersOf(textOf(script, units))
      assertSame(operation, script, units, contenders)
      if (!values.quick)
        for (let i = 0; i < 20; i++) compare({ ours: contenders.ours }, { rounds: 1, seconds: 0.0005 })
    }
  }
}

console.log(`Node ${process.versions.node}; times as fast as the best built-in (its nanoseconds)\n`)
const cells = []
const validity = []
let missed = 0
for (const [operation, contendersOf] of Object.entries(OPERATIONS)) {
  if (!ran(operation)) continue
  console.log(`${operation.padEnd(16)}${UNITS.map((n) => String(n).padStart(16)).join('')}`)
  for (const script of Object.keys(SCRIPTS)) {
    let row = `  ${script.padEnd(14)}`
    for (const units of UNITS) {
      const { ours, ...peers } = compare(contendersOf(textOf(script, units)), timing)
      const best = Math.min(...Object.values(peers))
      const ratio = best / ours
      cells.push({ operation, script, units, ratio })
      row += `${ratio.toFixed(2)} (${(best * 1e9).toFixed(0)})`.padStart(16)
    }
    console.log(row)
  }
}

const of = (test) => cells.filter(test).map(({ ratio }) => ratio)
if (cells.length > 0) goal('slowest cell', Math.min(...of(() => true)), 0.95)
for (const operation of ['encodeInto', 'decode']) {
  if (!NODE_20 || !ran(operation)) continue
  const long = of((c) => c.operation === operation && c.script !== 'ASCII' && c.units >= 50)
  goal(`${operation}, median of non-ASCII of 50 units or more`, median(long), 4)
}
if (ran('encode'))
  goal('encode, median of up to 20 units', median(of((c) => c.operation === 'encode' && c.units <= 20)), 3)
for (const [script, units, limit] of !ran('encodeBatch')
  ? []
  : [
      ['ASCII', 20, 1.4],
      ['CJK', 20, 1.4],
      ['CJK', 400, 3],
    ]) {
  const texts = Array.from({ length: 1024 }, (_, i) =>
    textOf(script, units + 8).slice(i % 8, (i % 8) + units),
  )
  const into = new Uint8Array(3 * 1024 * units)
  const offsets = new Uint32Array(1025)
  const { ours, loop } = compare(
    {
      ours: () => encodeBatch(texts, { into }),
      loop: () => {
        let at = 0
        for (let i = 0; i < texts.length; i++) {
          at += builtInEncoder.encodeInto(texts[i], into.subarray(at)).written
          offsets[i + 1] = at
        }
        return at
      },
    },
    timing,
  )
  goal(`encodeBatch of 1,024 strings of ${units} units, ${script}`, loop / ours, limit)
}
/** npm's utf-8-validate, where the peers are installed (npm ci --prefix test/peers --force --ignore-scripts). */
const utf8Validate = peerPackage('utf-8-validate')
const SIZES = values.quick ? [16, 4096] : [16, 64, 256, 1024, 4096, 65_536, 1 << 20, 64 << 20, 256 << 20]
if (ran('isValid')) {
  console.log(`\nisValidUtf8     ${SIZES.map((n) => String(n).padStart(18)).join('')}`)
  for (const script of Object.keys(SCRIPTS)) {
    let row = `  ${script.padEnd(14)}`
    for (const size of SIZES) {
      const bytes = bytesOf(script, size)
      const contenders = { ours: () => isValidUtf8(bytes), 'buffer.isUtf8': () => isUtf8(bytes) }
      if (utf8Validate) contenders['utf-8-validate'] = () => utf8Validate(bytes)
      if (Object.values(contenders).some((work) => work() !== true)) throw new Error(`${script}, ${size}`)
      const { ours, ...peers } = compare(
        contenders,
        size > 1 << 20 ? { rounds: 5, seconds: 0.01, pick: least } : timing,
      )
      const ratio = Math.min(...Object.values(peers)) / ours
      validity.push(ratio)
      row += `${ratio.toFixed(2)} (${(bytes.length / ours / 1e9).toFixed(1)} GB/s)`.padStart(18)
    }
    console.log(row)
  }
  goal(
    `isValidUtf8${utf8Validate ? '' : ' (utf-8-validate is not installed)'}, slowest`,
    Math.min(...validity),
    0.95,
  )
}

if (missed > 0 && !values.quick) console.log(`\n${missed} goals missed`)
if (missed > 0 && values.assert) process.exit(1)

/** Text of whole characters, `size` bytes; what is left is spaces. */
function bytesOf(script, size) {
  const text = builtInEncoder.encode(textOf(script, Math.min(size, 1 << 20)))
  const bytes = new Uint8Array(size).fill(0x20)
  let end = Math.min(size, text.length)
  while (end < text.length && (text[end] & 0xc0) === 0x80) end--
  const whole = text.subarray(0, end)
  for (let at = 0; at + whole.length <= size; at += whole.length) bytes.set(whole, at)
  return bytes
}

function peerPackage(name) {
  try {
    return createRequire(new URL('../test/peers/package.json', import.meta.url))(name)
  } catch {
    return undefined
  }
}

function goal(name, ratio, limit) {
  if (ratio < limit) missed++
  if (!values.quick)
    console.log(`${ratio < limit ? 'MISSED' : 'ok    '} ${name}: ${ratio.toFixed(2)} (${limit})`)
}

function assertSame(operation, script, units, { ours, ...peers }) {
  const expected = normal(ours())
  for (const [name, peer] of Object.entries(peers)) {
    const got = normal(peer())
    if (got !== expected) throw new Error(`${operation} of ${units} units of ${script}: ${name} differs`)
  }
}

/** Bytes, text, a length, or how much was read and written, as something to compare. */
function normal(result) {
  if (result instanceof Uint8Array) return Buffer.from(result).toString('latin1')
  return typeof result === 'object' ? result.written : result
}
