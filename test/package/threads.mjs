// The addon in many threads, each an environment of its own. Run as a process by threads.test.ts, which looks at how it
// ends; prints one line of JSON.
//
//   node threads.mjs at-once|terminate|reload
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { STATE_SLOTS, TARGETS } from '../../dist/engine/abi.js'
import { SLOT } from '../../dist/engine/framer.js'
import { jsonPath } from '../../dist/engine/json-path.js'
import { loadNative } from '../../dist/engine/native.js'

const LINES = 4000
const LINE_BYTES = 60

if (isMainThread) {
  console.log(JSON.stringify(await { 'at-once': atOnce, terminate, reload }[process.argv[2]]()))
} else {
  const { binding } = loadNative()
  const { rounds, padding, shortCalls } = workerData
  if (shortCalls) {
    parentPort.postMessage('begun')
    for (;;) binding.targets()
  }
  for (let round = 0; round < rounds; round++) {
    const sum = work(binding, padding)
    parentPort.postMessage(sum)
  }
}

/** Eight threads load the addon at the same time and do the same. */
async function atOnce() {
  const sums = await Promise.all(
    Array.from({ length: 8 }, () => firstMessage(start({ rounds: 5, padding: 0 }))),
  )
  return { sums, own: work(loadNative().binding, 0) }
}

/** Threads are ended in long calls, between many short ones, and while they load the addon. */
async function terminate() {
  let ended = 0
  for (let i = 0; i < 20; i++) {
    const long = start({ rounds: Number.POSITIVE_INFINITY, padding: 2 ** 20 })
    const short = start({ shortCalls: true })
    await Promise.all([long, short].map(firstMessage))
    const loading = start({ rounds: 1, padding: 0 })
    // At 20 different moments.
    await setTimeout((i * 23) % 120)
    await Promise.all([long, short, loading].map((worker) => worker.terminate()))
    ended += 3
  }
  return { ended, own: work(loadNative().binding, 0) }
}

/**
 * Threads come and go one after the other. Each parses a line of many values, which takes some 14 bytes of memory for
 * each of its bytes, and is short enough for the parser to keep that memory.
 */
async function reload() {
  const memory = []
  for (let i = 0; i < 30; i++) {
    const worker = start({ rounds: 1, padding: 1_000_000 })
    const exit = once(worker, 'exit')
    await firstMessage(worker)
    await exit
    memory.push(process.memoryUsage.rss())
  }
  return { early: Math.max(...memory.slice(2, 8)), late: Math.min(...memory.slice(-5)) }
}

function start(data) {
  return new Worker(fileURLToPath(import.meta.url), { workerData: data })
}

async function firstMessage(worker) {
  const [message] = await Promise.race([
    once(worker, 'message'),
    once(worker, 'error').then(([error]) => Promise.reject(error)),
  ])
  return message
}

/** Calls every function; returns a checksum of what came of it. One line is `padding` bytes longer than the others. */
function work(binding, padding) {
  const functions = binding.functions(TARGETS.indexOf(binding.targets().at(-1)))
  const lines = Array.from({ length: LINES }, (_, i) =>
    JSON.stringify({ text: `${i} Füße мир 文字 😀 \u0000` }).padEnd(LINE_BYTES),
  )
  lines.push(`{"text":"","values":[${'1,'.repeat(padding / 2)}1]}`)
  const input = Buffer.from(`${lines.join('\n')}\n`)
  const output = new Uint8Array(6 * input.length + 4096)
  const lengths = new Int32Array(LINES + 1025)
  let sum = 0
  for (const call of ['frame', 'frameJsonl']) {
    const state = new Float64Array(STATE_SLOTS.length)
    state[SLOT.unit] = 1
    state[SLOT.bos] = 1
    state[SLOT.eos] = 1
    state[SLOT.maxLength] = 2 ** 31 - 1
    const extra = call === 'frame' ? Uint8Array.of(10) : jsonPath('text').packed
    const status = functions[call](state, extra, input, 0, input.length, true, output, lengths)
    if (status !== 0 || state[SLOT.documents] !== LINES + 1) throw new Error(`${call}: status ${status}`)
    const written = state[SLOT.written]
    const counts = new Float64Array(5)
    if (functions.census(output, 0, written, counts) <= written) throw new Error(`${call}: ill-formed output`)
    if (functions.findInvalid(output, 0, written, counts) <= written)
      throw new Error(`${call}: ill-formed output`)
    sum = functions.crc32(output, 0, written, sum)
    const text = functions.decode(output, 0, written, false)
    if (functions.encodeInto(text.slice(0, 60_000), output, 0, output.length) <= 120_000)
      throw new Error('short text')
  }
  return sum
}
