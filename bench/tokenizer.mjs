// How many times as fast is UTF8Tokenizer as the Python reference, ByT5, and the Rust tokenizers, gigatoken and transformers.js on the
// same ids? Padded batches of 4,096 texts of mixed scripts; masks on the logits of a batch of 64; ids as 64-bit numbers; and what one
// short text costs. Asserts that all give the same ids.
//   node bench/tokenizer.mjs [--quick] [--assert] [--python FILE]
// Peers in Python run in a process of their own, one after the other, for the same texts (bench/tokenizer_peers.py); whichever is not
// installed is named. --python is the interpreter, .venv/bin/python by default.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chooseEngine, nextByteMask, UTF8Tokenizer, Utf8LogitsProcessor } from '../dist/index.js'
import { compare, least } from './measure.mjs'
import { SCRIPTS } from './scripts.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    python: { type: 'string', default: fileURLToPath(new URL('../.venv/bin/python', import.meta.url)) },
  },
})
const timing = values.quick ? { rounds: 1, seconds: 0.001 } : { rounds: 21, seconds: 0.02, pick: least }
const TEXTS = values.quick ? 64 : 4096
/** The least that we must be faster, by peer and batch. */
const GOALS = {
  reference: 10,
  byt5: 500,
  tokenizers: 300,
  gigatoken: 25,
  'transformers.js': 300,
}
const LOGITS_ROWS = 64
let missed = 0

const tokenizer = new UTF8Tokenizer()
const batches = { '6 words': textsOf(6), '75 words': textsOf(75) }
// Single calls first: with all that is kept for the peers V8 collects garbage far longer.
measureOne()
measureIds()
console.log('')
const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-bench-'))
try {
  await tokenizer.save_pretrained(folder)
  await measureBatches()
} finally {
  rmSync(folder, { recursive: true })
}
if (missed > 0 && !values.quick) console.log(`\n${missed} goals missed`)
if (missed > 0 && values.assert) process.exit(1)

async function measureBatches() {
  const ours = {}
  for (const [name, texts] of Object.entries(batches)) {
    ours[name] = compare({ ours: () => tokenizer(texts, { padding: true }) }, timing).ours
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    console.log(
      `${TEXTS} texts of ${name}, padded: ${show(TEXTS / ours[name] / 1e6, 'M texts/s')}, ${show(bytes / ours[name] / 1e6, 'MB/s')}`,
    )
  }
  const histories = Array.from({ length: LOGITS_ROWS }, (_, i) => [
    ...Buffer.from('x文😀é').subarray(0, 1 + (i % 10)),
  ]).map((row) => [...Array(10 - row.length).fill(0x20), ...row])
  const logits = new Float32Array(256 * LOGITS_ROWS)
  const processor = new Utf8LogitsProcessor({ controls: 'all' })
  ours.logits = compare({ ours: () => processor.process(histories, logits) }, timing).ours
  console.log(`logits of ${LOGITS_ROWS} rows: ${show(ours.logits * 1e6, 'µs')}`)
  const expected = Object.fromEntries(
    Object.entries(batches).map(([name, texts]) => [
      name,
      rowsOf(tokenizer(texts, { padding: true }).input_ids),
    ]),
  )
  const masks = histories.map((ids) => [...nextByteMask(ids, { controls: 'all' })])

  const answers = {
    ...pythonPeers(expected, [histories, masks]),
    'transformers.js': await transformersPeer(expected),
  }
  console.log('\ntimes as fast as')
  for (const [peer, answer] of Object.entries(answers)) {
    if (answer.missing) console.log(`  ${peer}: not installed (${answer.missing})`)
    else {
      for (const [what, seconds] of Object.entries(answer)) {
        goal(`${peer}, ${what}`, seconds / ours[what], what === 'logits' ? 50 : GOALS[peer])
      }
    }
  }
}

/** Seconds of each peer in Python for each batch. */
function pythonPeers(expected, logits) {
  if (!existsSync(values.python)) return { Python: { missing: `no ${values.python}` } }
  const question = {
    rounds: values.quick ? 1 : 5,
    folder,
    batches: Object.fromEntries(Object.keys(batches).map((name) => [name, [batches[name], expected[name]]])),
    logits,
  }
  const script = fileURLToPath(new URL('tokenizer_peers.py', import.meta.url))
  const answer = execFileSync(values.python, [script], {
    input: JSON.stringify(question),
    maxBuffer: 1 << 28,
    // One thread each, as ours.
    env: { ...process.env, RAYON_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false', OMP_NUM_THREADS: '1' },
    stdio: ['pipe', 'pipe', values.quick ? 'ignore' : 'inherit'],
  })
  return JSON.parse(answer.toString().trim().split('\n').at(-1))
}

async function transformersPeer(expected) {
  let module
  try {
    module = createRequire(new URL('../test/peers/package.json', import.meta.url))(
      '@huggingface/transformers',
    )
  } catch (error) {
    return { missing: error.message.split('\n')[0] }
  }
  const peer = await module.AutoTokenizer.from_pretrained(folder, { local_files_only: true })
  return Object.fromEntries(
    Object.entries(batches).map(([name, texts]) => {
      const work = () => peer(texts, { padding: true })
      const got = work()
        .input_ids.tolist()
        .map((row) => row.map(Number))
      if (JSON.stringify(got) !== JSON.stringify(expected[name])) throw new Error(`transformers.js, ${name}`)
      return [name, compare({ work }, values.quick ? timing : { rounds: 3, seconds: 0.1, pick: least }).work]
    }),
  )
}

function measureIds() {
  const ids = tokenizer(batches['75 words'], { padding: true }).input_ids.data
  const { engine } = chooseEngine()
  const output = new BigInt64Array(ids.length)
  const { ours, plain } = compare(
    { ours: () => engine.widen(ids, output), plain: () => BigInt64Array.from(ids, BigInt) },
    { ...timing, rounds: Math.min(5, timing.rounds) },
  )
  if (output.some((id, i) => id !== BigInt(ids[i]))) throw new Error('widen')
  goal('int64 fill, times BigInt64Array.from(ids, BigInt)', plain / ours, 20)
}

function measureOne() {
  const texts = ['Hello, world', 'Größe und Maß', 'Привет, мир', '人人生而自由', '🎉🚀🌍🦊']
  const encoded = texts.map((text) => tokenizer.encode(text))
  for (const [i, ids] of encoded.entries()) {
    if (tokenizer.decode(ids, { skip_special_tokens: true }) !== texts[i]) throw new Error(texts[i])
  }
  const each = { rounds: timing.rounds, seconds: timing.seconds / 4 }
  for (const [what, one] of Object.entries({
    'tokenizer(text)': (i) => tokenizer(texts[i]),
    'decode(ids)': (i) => tokenizer.decode(encoded[i]),
  })) {
    let next = 0
    const work = () => {
      next = next === texts.length - 1 ? 0 : next + 1
      return one(next)
    }
    // The compiler, which has a thread of its own, is to be done with it.
    if (!values.quick) compare({ ours: work }, { rounds: 10, seconds: 0.05 })
    const { ours } = compare({ ours: work }, each)
    const micros = ours * 1e6
    if (micros >= 1) missed++
    console.log(`${verdict(micros < 1)} ${what}: ${show(micros, 'µs')} (below 1)`)
  }
}

/** Texts of so many words, each of another script. */
function textsOf(words) {
  const pools = Object.entries(SCRIPTS).map(([script, text]) =>
    script === 'CJK' || script === 'emoji'
      ? Array.from({ length: 20 }, (_, i) => [...text].slice(i % 9, (i % 9) + 1 + (i % 4)).join(''))
      : text.trim().split(' '),
  )
  return Array.from({ length: TEXTS }, (_, t) => {
    const pool = pools[t % pools.length]
    return Array.from({ length: words }, (_, w) => pool[(7 * t + 3 * w) % pool.length]).join(' ')
  })
}

function rowsOf({ dims: [rows, width], data }) {
  return Array.from({ length: rows }, (_, r) => [...data.subarray(r * width, (r + 1) * width)])
}

function goal(name, ratio, limit) {
  if (ratio < limit) missed++
  console.log(
    `${verdict(ratio >= limit)} ${name}: ${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(1)} (${limit})`,
  )
}

/** Small input says nothing about speed. */
function verdict(reached) {
  return values.quick ? '' : reached ? 'ok    ' : 'MISSED'
}

function show(number, unit) {
  return `${number >= 100 ? number.toFixed(0) : number.toPrecision(3)} ${unit}`
}
