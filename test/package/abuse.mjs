// Calls the addon's functions with what no caller should hand them. Run as a process by abuse.test.ts, which looks at how
// it ends; prints one line of JSON, and exits with 1 and a message at the first answer that is none.
//
//   node abuse.mjs each|state|fuzz SEED CALLS|shared SECONDS
//
// An answer is what the function promises, a negative number (refused) or a JavaScript error. No call may run code of the
// caller, or write outside of the arrays that it was given.
import { isUtf8 } from 'node:buffer'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { FRAME_STATUSES, STATE_SLOTS, TARGETS } from '../../dist/engine/abi.js'
import { SLOT } from '../../dist/engine/framer.js'
import { jsonPath } from '../../dist/engine/json-path.js'
import { loadNative } from '../../dist/engine/native.js'
import { generator } from '../generator.mjs'
import { callerCode, hostileValues, NUMBERS } from './hostile.mjs'

const { binding, why } = loadNative()
if (binding === null) throw new Error(why)
/** All functions, on each instruction set. */
const targets = binding.targets().map((name) => binding.functions(TARGETS.indexOf(name)))

const tally = { calls: 0, refused: 0, thrown: 0, done: 0 }

const TEXT = Buffer.from(
  'one\n{"text":"\u0000zwei Füße"}\n\nтри 四 😀 \ud83e\udd17\n{"text":"\\u00e9\u0010"}\r\n'.repeat(8),
)
/** Bytes in front of and behind an array that no call may change. */
const GUARD = 256
const GUARD_BYTE = 0xa5
const guardedBuffers = new WeakSet()

/** Each function: every hostile value in every place, the other arguments being right. */
function each() {
  for (const [, make] of hostileValues()) {
    const functions = binding.functions(make())
    if (typeof functions !== 'object' && functions !== -1)
      fail('functions', String(make()), String(functions))
  }
  for (const [name, kinds] of Object.entries(KINDS)) {
    for (const target of targets) {
      const right = () => rightArguments(name)
      expectAnswer(target, name, right(), 'right arguments', (result) => !refusal(result))
      for (let count = 0; count < kinds.length; count++) {
        expectAnswer(target, name, right().slice(0, count), `${count} arguments`, refusal)
      }
      kinds.forEach((kind, place) => {
        for (const [label, make, fits] of hostileValues()) {
          const args = right()
          args[place] = make()
          const check = fits.includes(kind) ? () => true : refusal
          expectAnswer(target, name, args, `${label} as argument ${place}`, check)
        }
      })
      const place = kinds.indexOf('number')
      if (kinds[place + 1] !== 'number') continue
      for (const [start, end] of [
        [8, 7],
        [0, 10 ** 6],
        [10 ** 6, 10 ** 6],
        [10 ** 6, 4],
        [-0.5, 4],
        [4, 4.5],
      ]) {
        const args = right()
        args.splice(place, 2, start, end)
        expectAnswer(target, name, args, `range ${start} to ${end}`, refusal)
      }
    }
  }
}

/** Each slot of a framer's state with each odd number, and arrays for output and lengths of every small size. */
function state() {
  for (const name of ['frame', 'frameJsonl']) {
    for (const target of targets) {
      for (let slot = 0; slot < STATE_SLOTS.length; slot++) {
        for (const value of NUMBERS) {
          for (const mode of [0, 1, 2]) {
            const args = rightArguments(name)
            args[0][SLOT.mode] = mode
            args[0][slot] = value
            guarded(target, name, args, `${STATE_SLOTS[slot]} = ${value}, mode ${mode}`)
          }
        }
      }
      for (const [place, sizes] of [
        [6, [0, 1, 2, 3, 15, 63, 64, 65, 191, 4095]],
        [7, [0, 1, 2]],
      ]) {
        for (const size of sizes) {
          for (const policy of [0, 1, 2, 3, 4]) {
            const args = rightArguments(name)
            args[0][SLOT.reservedPolicy] = policy
            args[place] = args[place].subarray(0, size)
            guarded(target, name, args, `argument ${place} of ${size}, policy ${policy}`)
          }
        }
      }
    }
  }
}

/** Random mixtures of right, odd and hostile arguments. */
function fuzz(seed, calls) {
  const random = generator(seed)
  const pick = (values) => values[random(values.length)]
  const hostile = hostileValues()
  const names = Object.entries(KINDS)
  for (let i = 0; i < calls; i++) {
    const [name, kinds] = pick(names)
    const args = rightArguments(name, random)
    const label = [`seed ${seed}, call ${i}`]
    kinds.forEach((kind, place) => {
      if (random(12) === 0) {
        const [what, make] = pick(hostile)
        args[place] = make()
        label.push(`${what} as argument ${place}`)
      } else if (kind === 'state') {
        for (let n = random(6); n > 0; n--) {
          const slot = random(STATE_SLOTS.length)
          args[place][slot] = random(2) === 0 ? pick(NUMBERS) : random(9)
          label.push(`${STATE_SLOTS[slot]} = ${args[place][slot]}`)
        }
      } else if (kind === 'number' && random(8) === 0) {
        args[place] = pick(NUMBERS)
        label.push(`${args[place]} as argument ${place}`)
      }
    })
    if (kinds === FRAMING && random(8) === 0) {
      label.push('arguments in the same memory')
      entangle(args, random)
    }
    guarded(pick(targets), name, args, label.join(', '))
  }
}

/** Puts some of a framing call's arrays into the same memory, at places that overlap. */
function entangle(args, random) {
  const memory = new ArrayBuffer(4096)
  const at = (unit) => unit * random(512 / unit)
  const views = {
    0: () => new Float64Array(memory, at(8), STATE_SLOTS.length),
    1: () => new Uint8Array(memory, at(1), 7),
    2: () => new Uint8Array(memory, at(1), 3000),
    6: () => new Uint8Array(memory, at(1), 3000),
    7: () => new Int32Array(memory, at(4), 256),
  }
  new Uint8Array(memory).set(TEXT)
  for (const [place, view] of Object.entries(views)) if (random(2) === 0) args[place] = view()
}

/** Calls on memory that another thread writes all the time: what was checked must be what is written. */
async function shared(seconds) {
  const memory = new SharedArrayBuffer(4096)
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: memory })
  await new Promise((resolve) => worker.once('message', resolve))
  const input = new Uint8Array(memory)
  const everywhere = {
    0: () => new Float64Array(memory, 0, STATE_SLOTS.length),
    1: () => new Uint8Array(memory, 100, 7),
    6: () => new Uint8Array(memory, 512, 2048),
    7: () => new Int32Array(memory, 1024, 256),
  }
  const end = performance.now() + seconds * 1000
  for (let i = 0; performance.now() < end; i++) {
    for (const target of targets) {
      for (const name of ['frame', 'frameJsonl']) {
        const args = rightArguments(name)
        args[2] = input
        args[4] = input.length
        args[6] = new Uint8Array(8 * input.length)
        args[0][SLOT.unit] = i % 2
        args[0][SLOT.reservedPolicy] = (i >> 1) % 4
        args[0][SLOT.replaceInvalid] = i % 3 === 0 ? 1 : 0
        while (args[3] < input.length && performance.now() < end) {
          const result = expectAnswer(target, name, args, 'shared input', (status) => status >= 0)
          const { [SLOT.written]: written, [SLOT.consumed]: consumed } = args[0]
          if (!isUtf8(args[6].subarray(0, written))) fail(name, 'shared input', 'wrote ill-formed UTF-8')
          if (FRAME_STATUSES[result] === 'input-used' || consumed <= args[3]) break
          args[3] = consumed
          args[0][SLOT.written] = 0
          args[0][SLOT.lengthCount] = 0
        }
        for (const [place, make] of Object.entries(everywhere)) {
          const more = rightArguments(name)
          more[2] = input
          more[place] = make()
          expectAnswer(target, name, more, `shared argument ${place}`, () => true)
        }
      }
      for (const [name, kinds] of Object.entries(KINDS)) {
        if (kinds === FRAMING || name === 'decodeBatch') continue
        const args = rightArguments(name)
        kinds.forEach((kind, place) => {
          if (!['input', 'output', 'sampled'].includes(kind)) return
          args[place] = input
          if (kinds[place + 2] === 'number') args.splice(place + 1, 2, 0, input.length)
        })
        expectAnswer(target, name, args, 'shared input', (result) => !refusal(result))
      }
      const places = new Uint32Array(memory, 0, 8)
      expectAnswer(target, 'decodeBatch', [new Uint8Array(9), places], 'shared offsets', refusal)
    }
    if (i % 16 === 0) await setTimeout(0)
  }
  await worker.terminate()
}

/** The other thread: writes text, pieces of characters and JSON all over the shared memory. */
async function scribble() {
  const { parentPort } = await import('node:worker_threads')
  const bytes = new Uint8Array(workerData)
  const random = generator(1)
  const pieces = ['文字', 'é', '😀', 'a', '\n', '{"text":"', '"}\n', '\\u0000', '\u0001'].map((piece) =>
    Buffer.from(piece),
  )
  for (let i = 0; ; i++) {
    const piece = random(4) === 0 ? Uint8Array.of(random(256)) : pieces[random(pieces.length)]
    bytes.set(piece, random(bytes.length - 16))
    if (i === 2000) parentPort.postMessage('begun')
  }
}

/** The kinds of each function's arguments. */
const FRAMING = ['state', 'bytes', 'input', 'number', 'number', 'boolean', 'output', 'lengths']
const RANGE = ['input', 'number', 'number']
const KINDS = {
  frame: FRAMING,
  frameJsonl: FRAMING,
  findInvalid: [...RANGE, 'state'],
  crc32: [...RANGE, 'number'],
  census: [...RANGE, 'state'],
  isValid: RANGE,
  countCodePoints: RANGE,
  utf16Length: RANGE,
  byteLength: ['text'],
  encodeInto: ['text', 'output', 'number', 'number'],
  decode: [...RANGE, 'boolean'],
  isValidAll: ['sampled'],
  encodeFrom: ['text', 'sampled', 'number'],
  decodeAll: ['sampled'],
  encodeJoined: ['text', 'count', 'output', 'number', 'places', 'number'],
  decodeBatch: ['batch', 'places'],
  sampleOffsets: ['sampled', 'every', 'places'],
}

/** Arguments that a function takes; what is written to lies between guard bytes. */
function rightArguments(name, random = () => 0) {
  const input = Uint8Array.from(TEXT)
  for (let n = random(3); n > 0; n--) input[random(input.length)] = random(256)
  const start = random(40)
  const end = input.length - random(40)
  const text = Buffer.from(input).toString(['utf8', 'latin1', 'utf16le'][random(3)])
  const output = guardedArray(random(3) === 2 ? random(300) : 8192)
  const places = (count) => new Uint32Array(guardedArray(4 * count).buffer, GUARD, count)
  switch (name) {
    case 'crc32':
      return [input, start, end, random(2 ** 32)]
    case 'findInvalid':
    case 'census':
      return [input, start, end, new Float64Array(8)]
    case 'isValid':
    case 'countCodePoints':
    case 'utf16Length':
      return [input, start, end]
    case 'byteLength':
      return [text]
    case 'encodeInto':
      return [text, output, Math.min(start, output.length), output.length]
    case 'decode':
      return [input, start, end, random(2) === 0]
    case 'encodeFrom':
      return [text, output, Math.min(start, output.length)]
    case 'isValidAll':
    case 'decodeAll':
      return [input]
    case 'encodeJoined': {
      const texts = text.split('\0')
      return [
        texts.join('\0'),
        texts.length,
        guardedArray(3 * text.length + start),
        start,
        places(40),
        random(20),
      ]
    }
    case 'decodeBatch': {
      const offsets = places(8)
      for (let i = 0; i < 8; i++) offsets[i] = Math.floor((i / 7) * input.length)
      return [input, offsets]
    }
    case 'sampleOffsets':
      return [input, 64 * (1 + random(4)), places(2 * (4096 / 64) + 2)]
  }
  const state = new Float64Array(STATE_SLOTS.length)
  state[SLOT.unit] = name === 'frameJsonl' ? 1 : random(4)
  state[SLOT.reservedPolicy] = random(6)
  state[SLOT.bos] = random(2)
  state[SLOT.maxLength] = random(3) === 2 ? random(200) : 2 ** 31 - 1
  const extra = name === 'frameJsonl' ? jsonPath('text').packed : Uint8Array.of(10)
  const lengths = new Int32Array(guardedArray(4 * 1024).buffer, GUARD, 1024)
  return [state, extra, input, start, end, random(2) === 0, output, lengths]
}

function guardedArray(size) {
  const bytes = new Uint8Array(size + 2 * GUARD).fill(GUARD_BYTE)
  guardedBuffers.add(bytes.buffer)
  return bytes.subarray(GUARD, GUARD + size)
}

/** A call after which the guard bytes around what it may write must be as they were. */
function guarded(target, name, args, label) {
  const places = args
    .filter((view) => ArrayBuffer.isView(view) && guardedBuffers.has(view.buffer))
    .map((view) => [view.buffer, GUARD + view.byteLength])
  expectAnswer(target, name, args, label, () => true)
  for (const [buffer, end] of places) {
    const bytes = new Uint8Array(buffer)
    const isWhole = (part) => part.every((byte) => byte === GUARD_BYTE)
    if (!isWhole(bytes.subarray(0, GUARD))) fail(name, label, 'wrote in front of an array')
    if (!isWhole(bytes.subarray(end))) fail(name, label, 'wrote behind an array')
  }
}

function refusal(result) {
  return typeof result === 'number' && result < 0
}

/** What the functions that do not answer with a whole number answer with. */
const ANSWERS = {
  isValid: (result) => typeof result === 'boolean',
  isValidAll: (result) => typeof result === 'boolean',
  decode: (result) => typeof result === 'string',
  decodeAll: (result) => typeof result === 'string',
  decodeBatch: (result) => Array.isArray(result) && result.every((text) => typeof text === 'string'),
}

/** Calls, and checks that what comes back is an answer, and the right one. */
function expectAnswer(target, name, args, label, right) {
  tally.calls++
  const { ran } = callerCode
  let result
  try {
    result = target[name](...args)
  } catch (error) {
    if (!(error instanceof Error)) fail(name, label, `threw ${String(error)}`)
    tally.thrown++
    return Number.NaN
  }
  if (callerCode.ran !== ran) fail(name, label, 'ran code of the caller')
  const answers = refusal(result) ? Number.isSafeInteger : (ANSWERS[name] ?? Number.isSafeInteger)
  if (!answers(result)) fail(name, label, `returned ${String(result)}`)
  if (!right(result)) fail(name, label, `returned ${result}`)
  if (refusal(result)) tally.refused++
  else tally.done++
  return result
}

function fail(name, label, what) {
  console.error(`${name} with ${label}: ${what}`)
  process.exit(1)
}

if (isMainThread) {
  const [what, ...numbers] = process.argv.slice(2)
  await { each, state, fuzz, shared }[what](...numbers.map(Number))
  console.log(JSON.stringify(tally))
} else {
  scribble()
}
