// How far is the JavaScript engine from what V8 does in C++? For each script and length: its time for validation, encoding and
// decoding as a multiple of that of TextEncoder and TextDecoder, measured in turn with it. Asserts that all give the same.
//   node bench/javascript.mjs [--quick] [--assert] [--operation NAME] [--seconds N] [--reading]
// --reading shows, below encodeInto, what it costs to ask the string for its code units alone: nothing in JavaScript gives them but
// charCodeAt, so that a goal below that is out of reach.
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { javascriptEngine as engine } from '../dist/engine/javascript/index.js'
import { compare, least } from './measure.mjs'
import { SCRIPTS, textOf } from './scripts.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    operation: { type: 'string' },
    seconds: { type: 'string', default: '0.002' },
    reading: { type: 'boolean', default: false },
  },
})
const UNITS = values.quick ? [50, 4096] : [50, 400, 4096, 65_536, 1 << 20]
const timing = values.quick
  ? { rounds: 1, seconds: 0.0005 }
  : { rounds: 25, seconds: Number(values.seconds), pick: least }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const fatalDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** For a text: what is timed. `results` of ours and its peer must be the same. */
const OPERATIONS = {
  isValid: {
    /** Times the peer's that ours may take. */
    most: 2,
    of(text) {
      const bytes = encoder.encode(text)
      const wrong = bytes.with(bytes.length - 1, 0xe4)
      return {
        ours: () => engine.isValid(bytes, 0, bytes.length),
        peer: () => fatalDecoder.decode(bytes),
        results: () => [
          [engine.isValid(bytes, 0, bytes.length), engine.isValid(wrong, 0, wrong.length)],
          [isDecoded(bytes), isDecoded(wrong)],
        ],
      }
    },
  },
  encodeInto: {
    most: 2,
    of(text) {
      const ours = new Uint8Array(3 * text.length)
      const peers = new Uint8Array(3 * text.length)
      return {
        ours: () => engine.encodeInto(text, ours, 0, ours.length),
        peer: () => encoder.encodeInto(text, peers).written,
        reading: () => readUnits(text),
        results() {
          const lengths = [
            engine.encodeInto(text, ours, 0, ours.length),
            encoder.encodeInto(text, peers).written,
          ]
          return [ours, peers].map((bytes, i) =>
            Buffer.from(bytes.subarray(0, lengths[i])).toString('latin1'),
          )
        },
      }
    },
  },
  decode: {
    most: 3,
    of(text) {
      const bytes = encoder.encode(text)
      return {
        ours: () => read(engine.decode(bytes, 0, bytes.length, 'replace')),
        peer: () => read(decoder.decode(bytes)),
        results: () => [engine.decode(bytes, 0, bytes.length, 'replace'), decoder.decode(bytes)],
      }
    },
  },
}

console.log(`Node ${process.versions.node}; times as long as TextEncoder or TextDecoder (its nanoseconds)\n`)
let missed = 0
for (const [operation, { most, of }] of Object.entries(OPERATIONS)) {
  if (values.operation !== undefined && values.operation !== operation) continue
  // The compiler, which has a thread of its own, is to be done with every kind of text before the first one is timed.
  for (const units of values.quick ? [50] : [50, 400]) {
    for (const script of Object.keys(SCRIPTS)) {
      const { ours, peer } = of(textOf(script, units))
      compare({ ours, peer }, values.quick ? timing : { rounds: 20, seconds: 0.002 })
    }
  }
  if (!values.quick) await setTimeout(300)
  const reads = values.reading && operation === 'encodeInto'
  const title = `${operation}, at most ${most}`
  console.log(`${title.padEnd(26)}${UNITS.map((n) => String(n).padStart(18)).join('')}`)
  for (const script of Object.keys(SCRIPTS)) {
    const rows = { ours: `  ${script.padEnd(24)}`, reading: '    reading alone         ' }
    for (const units of UNITS) {
      const { results, reading, ...contenders } = of(textOf(script, units))
      const [ours, peers] = results()
      if (String(ours) !== String(peers))
        throw new Error(`${operation} of ${units} units of ${script} differs`)
      const times = compare(reads ? { ...contenders, reading } : contenders, timing)
      const ratio = times.ours / times.peer
      if (ratio > most) missed++
      rows.ours +=
        `${ratio > most ? 'MISSED ' : ''}${ratio.toFixed(2)} (${(times.peer * 1e9).toFixed(0)})`.padStart(18)
      rows.reading += (times.reading / times.peer).toFixed(2).padStart(18)
    }
    console.log(rows.ours)
    if (reads) console.log(rows.reading)
  }
}
if (missed > 0) console.log(`\n${missed} goals missed`)
if (missed > 0 && values.assert) process.exit(1)

function isDecoded(bytes) {
  try {
    fatalDecoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** A string that is still a sum of pieces leaves a part of its cost to whoever reads it first. */
function read(text) {
  text.charCodeAt(0)
  return text
}

function readUnits(text) {
  let all = 0
  const last = text.length - 4
  for (let i = 0; i <= last; i += 4) {
    all |= text.charCodeAt(i) | text.charCodeAt(i + 1) | text.charCodeAt(i + 2) | text.charCodeAt(i + 3)
  }
  return all
}
