// How fast is UTF8Tokenizer: padded and ragged batches of 4,096 texts in texts/s, single short texts in ns a call. Contenders
// take turns; the least of the rounds counts, for machines that others use as well. Asserts what is measured.
//   node bench/tokenizer.mjs [--quick]
// The goals are those of batches with padding (ten times the Python reference's torch() on the machine that docs/decisions.md
// names), and of a microsecond for single calls.
import { deepStrictEqual } from 'node:assert'
import { parseArgs } from 'node:util'
import { chooseEngine } from '../dist/engine/choose.js'
import { textLayer } from '../dist/text/layer.js'
import { textEngineOfNode } from '../dist/text/node.js'
import { tokenizerLayer } from '../dist/tokenizer/layer.js'
import { compare, least } from './measure.mjs'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const count = values.quick ? 64 : 4096
const timing = values.quick ? { rounds: 1, seconds: 0.001 } : { rounds: 25, seconds: 0.05, pick: least }

const { engine } = chooseEngine()
const { UTF8Tokenizer } = tokenizerLayer(textLayer(textEngineOfNode()), engine)
const tokenizer = new UTF8Tokenizer()
console.log(`engine: ${engine.name}, ${engine.target}; Node ${process.versions.node}`)

const GOALS = { 6: 9.2, 75: 1 }
for (const words of [6, 75]) {
  const texts = makeTexts(count, words)
  check(texts)
  const seconds = compare(
    {
      padded: () => tokenizer(texts, { padding: true }),
      'cut to 64': () => tokenizer(texts, { padding: true, truncation: true, max_length: 64 }),
      'cut to 64, whole characters': () =>
        tokenizer(texts, { padding: true, truncation: 'character', max_length: 64 }),
      ragged: () => tokenizer(texts),
    },
    timing,
  )
  for (const [name, time] of Object.entries(seconds)) {
    const goal = name === 'padded' ? ` (goal ${GOALS[words]})` : ''
    console.log(
      `${count} texts of ${words} words, ${name}: ${(count / time / 1e6).toFixed(2)} M texts/s${goal}`,
    )
  }
}

const [short] = makeTexts(1, 8)
const other = 'Съешь ещё этих мягких булок'
const ids = tokenizer.encode(short)
const otherIds = tokenizer.encode(other)
const singles = compare(
  {
    'tokenizer(text)': () => tokenizer(short),
    'tokenizer(text), Cyrillic': () => tokenizer(other),
    'tokenizer(text), padded': () => tokenizer(short, { padding: true }),
    encode: () => tokenizer.encode(short),
    decode: () => tokenizer.decode(ids),
    'decode, without special ids': () => tokenizer.decode(ids, { skip_special_tokens: true }),
    'decode, Cyrillic': () => tokenizer.decode(otherIds),
  },
  timing,
)
for (const [name, time] of Object.entries(singles)) console.log(`${name}: ${Math.round(time * 1e9)} ns`)

/** Texts of words, the same in each run. */
function makeTexts(texts, words) {
  const vocabulary = 'the quick brown fox jumps over lazy dogs while seven wizards brew strong potions'.split(
    ' ',
  )
  let state = 7
  const word = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return vocabulary[(state >> 8) % vocabulary.length]
  }
  return Array.from({ length: texts }, () => Array.from({ length: words }, word).join(' '))
}

/** That what is measured is right: rows of a batch are what single calls give. */
function check(texts) {
  const { input_ids, attention_mask } = tokenizer(texts, { padding: true })
  const [, width] = input_ids.dims
  for (const [i, text] of texts.entries()) {
    const row = Buffer.alloc(width)
    const length = row.write(`\x02${text}\x03`)
    deepStrictEqual(Buffer.from(input_ids.data.subarray(i * width, (i + 1) * width)), row)
    const mask = attention_mask.data.subarray(i * width, (i + 1) * width)
    deepStrictEqual(mask.indexOf(0), length === width ? -1 : length)
  }
}
