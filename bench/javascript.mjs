// How far is the JavaScript engine from what V8 does in C++? For each script and length: its time for validation, encoding and
// decoding as a multiple of that of TextEncoder and TextDecoder, measured in turn with it. Asserts that all give the same.
//   node bench/javascript.mjs [--quick] [--assert] [--operation NAME] [--seconds N]
// A string that is still a tree of pieces would leave a part of its cost to whoever reads it first, so that both are read.
import { parseArgs } from 'node:util'
import { javascriptEngine } from '../dist/engine/javascript/index.js'
import { compare } from './measure.mjs'
import { SCRIPTS, textOf } from './scripts.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    operation: { type: 'string' },
    seconds: { type: 'string', default: '0.004' },
  },
})
const UNITS = values.quick ? [50, 4096] : [50, 400, 4096, 65_536, 1 << 20]
const timing = values.quick ? { rounds: 1, seconds: 0.0005 } : { rounds: 7, seconds: Number(values.seconds) }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const fatalDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** Each with how many times as long as its peer it may take, and the contenders for a text. */
const OPERATIONS = {
  isValid: {
    most: 2,
    contendersOf: (text) => {
      const bytes = encoder.encode(text)
      return {
        ours: () => javascriptEngine.isValid(bytes, 0, bytes.length),
        peer: () => fatalDecoder.decode(bytes) !== undefined,
      }
    },
  },
  encodeInto: {
    most: 2,
    contendersOf: (text) => {
      const target = new Uint8Array(3 * text.length)
      return {
        ours: () => javascriptEngine.encodeInto(text, target, 0, target.length),
        peer: () => encoder.encodeInto(text, target).written,
      }
    },
    // Whoever wrote last, this is what is there.
    resultOf: (contender, text) => {
      const target = new Uint8Array(3 * text.length)
      const written =
        contender === 'ours'
          ? javascriptEngine.encodeInto(text, target, 0, target.length)
          : encoder.encodeInto(text, target).written
      return Buffer.from(target.subarray(0, written)).toString('latin1')
    },
  },
  decode: {
    most: 3,
    contendersOf: (text) => {
      const bytes = encoder.encode(text)
      return {
        ours: () => read(javascriptEngine.decode(bytes, 0, bytes.length, 'replace')),
        peer: () => read(decoder.decode(bytes)),
      }
    },
  },
}

console.log(`Node ${process.versions.node}; times as long as TextEncoder or TextDecoder (its nanoseconds)\n`)
let missed = 0
for (const [operation, { most, contendersOf }] of Object.entries(OPERATIONS)) {
  if (values.operation !== undefined && values.operation !== operation) continue
  console.log(
    `${`${operation}, at most ${most}`.padEnd(24)}${UNITS.map((n) => String(n).padStart(16)).join('')}`,
  )
  for (const script of Object.keys(SCRIPTS)) {
    let row = `  ${script.padEnd(22)}`
    for (const units of UNITS) {
      const { ours, peer } = compare(contendersOf(textOf(script, units)), timing)
      const ratio = ours / peer
      if (ratio > most) missed++
      row += `${ratio > most ? '!' : ''}${ratio.toFixed(2)} (${(peer * 1e9).toFixed(0)})`.padStart(16)
    }
    console.log(row)
  }
}

function read(text) {
  text.charCodeAt(0)
  return text
}
