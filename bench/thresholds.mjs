// From which length on is the addon faster than V8? Measures the crossings for lib/text/thresholds.ts on this machine and this
// version of Node, and prints a row for that table. A crossing is the length from which on the addon won for every script of
// its kind, and at every longer length tried.
//   node bench/thresholds.mjs [--rounds N]
import { isUtf8 } from 'node:buffer'
import { parseArgs } from 'node:util'
import { chooseEngine } from '../dist/index.js'
import { compare } from './measure.mjs'
import { SCRIPTS, textOf } from './scripts.mjs'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const timing = { rounds: Number(values.rounds), seconds: 0.004 }
const LENGTHS = [8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536, 1 << 20]
/** The addon has to be faster by so much, for what the choice itself costs. */
const MARGIN = 1.05
const KINDS = { ascii: ['ASCII'], other: Object.keys(SCRIPTS).filter((script) => script !== 'ASCII') }

const { engine } = chooseEngine({ engine: 'native' })
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const result = new Float64Array(3)

const OPERATIONS = {
  encode: (text) => {
    const target = new Uint8Array(3 * text.length)
    return {
      addon: () => engine.encodeInto(text, target, 0, target.length, result),
      builtIn: () => encoder.encodeInto(text, target),
    }
  },
  byteLength: (text) => ({
    addon: () => engine.byteLength(text),
    builtIn: () => Buffer.byteLength(text),
  }),
  decode: (text) => {
    const bytes = encoder.encode(text)
    return {
      addon: () => engine.decode(bytes, 0, bytes.length, 'replace'),
      builtIn: () => decoder.decode(bytes),
    }
  },
  validate: (text) => {
    const bytes = encoder.encode(text)
    return { addon: () => engine.isValid(bytes, 0, bytes.length), builtIn: () => isUtf8(bytes) }
  },
}

console.log(`// Node ${process.versions.node}, ${engine.target}`)
for (const [operation, contendersOf] of Object.entries(OPERATIONS)) {
  const crossings = Object.entries(KINDS).map(([kind, scripts]) => {
    let crossing = Number.POSITIVE_INFINITY
    for (const units of [...LENGTHS].reverse()) {
      const gains = scripts.map((script) => {
        const { addon, builtIn } = compare(contendersOf(textOf(script, units)), timing)
        return builtIn / addon
      })
      console.error(`${operation} ${kind} ${units}: ${gains.map((gain) => gain.toFixed(2)).join(' ')}`)
      if (Math.min(...gains) < MARGIN) break
      crossing = units
    }
    return `${kind}: ${crossing}`
  })
  console.log(`${operation}: { ${crossings.join(', ')} },`)
}
