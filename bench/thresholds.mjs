// From which length on is the addon faster than V8? Measures the crossings for lib/text/thresholds.ts on this machine and this
// version of Node, and prints what to put into that table. A crossing is the length from which on the addon won for every
// script of its kind, and at every longer length tried. Where V8 is the faster one for long input, that is printed instead.
//   node bench/thresholds.mjs [--quick] [--rounds N]
import { isUtf8 } from 'node:buffer'
import { parseArgs } from 'node:util'
import { chooseEngine } from '../dist/index.js'
import { compare, least } from './measure.mjs'
import { SCRIPTS, textOf } from './scripts.mjs'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
})
const timing = values.quick
  ? { rounds: 1, seconds: 0.0002 }
  : { rounds: Number(values.rounds), seconds: 0.002, pick: least }
const LENGTHS = values.quick
  ? [16, 4096]
  : [
      12,
      16,
      24,
      32,
      48,
      64,
      96,
      128,
      256,
      512,
      1024,
      2048,
      4096,
      6144,
      8192,
      16_384,
      65_536,
      2 ** 19,
      2 ** 20,
    ]
/** The addon has to be faster by so much, for what the choice itself costs. */
const MARGIN = 1.05
const KINDS = {
  ascii: ['ASCII'],
  other: Object.keys(SCRIPTS).filter((script) => script !== 'ASCII'),
  any: Object.keys(SCRIPTS),
}

const { engine } = chooseEngine({ engine: 'native' })
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const { utf8Slice } = Buffer.prototype

/** By operation: the kinds of text that the table tells apart, and for a text the addon and V8's ways. */
const OPERATIONS = {
  encode: [
    ['ascii', 'other'],
    (text) => {
      const target = new Uint8Array(3 * text.length)
      return {
        addon: () => engine.encodeInto(text, target, 0, target.length),
        TextEncoder: () => encoder.encodeInto(text, target).written,
      }
    },
  ],
  byteLength: [
    ['ascii', 'other'],
    (text) => ({ addon: () => engine.byteLength(text), Buffer: () => Buffer.byteLength(text) }),
  ],
  decode: [
    ['any'],
    (text) => {
      const bytes = encoder.encode(text)
      return {
        addon: () => engine.decode(bytes, 0, bytes.length, 'replace'),
        TextDecoder: () => decoder.decode(bytes),
        Buffer: () => utf8Slice.call(bytes, 0, bytes.length),
      }
    },
  ],
  validate: [
    ['any'],
    (text) => {
      const bytes = encoder.encode(text)
      return { addon: () => engine.isValid(bytes, 0, bytes.length), Buffer: () => isUtf8(bytes) }
    },
  ],
}

console.log(`// Node ${process.versions.node}, ${engine.target}`)
for (const [operation, [kinds, contendersOf]] of Object.entries(OPERATIONS)) {
  for (const kind of kinds) {
    // For each length the least gain of all scripts.
    const gains = LENGTHS.map((units) => {
      const ofScripts = KINDS[kind].map((script) => {
        const contenders = contendersOf(textOf(script, units))
        assertSame(operation, script, contenders)
        const { addon, ...builtIns } = compare(contenders, timing)
        return Math.min(...Object.values(builtIns)) / addon
      })
      return Math.min(...ofScripts)
    })
    const cells = LENGTHS.map((units, i) => `${units}: ${gains[i].toFixed(2)}`)
    if (!values.quick) console.error(`${operation}, ${kind}: ${cells.join('  ')}`)
    const lastLoss = gains.findLastIndex((gain) => gain < MARGIN)
    const crossing = lastLoss + 1 < LENGTHS.length ? LENGTHS[lastLoss + 1] : Number.POSITIVE_INFINITY
    console.log(`${operation}, ${kind}: from ${crossing} on`)
  }
}

function assertSame(operation, script, contenders) {
  const [expected, ...others] = Object.values(contenders).map((work) => work())
  if (others.some((got) => got !== expected)) throw new Error(`${operation} of ${script} differs`)
}
