// The addon's functions over rows of ids, called with what no caller should hand them. As abuse.mjs, of which it is a part: a
// process of its own, which prints one line of JSON, and exits with 1 and a message at the first answer that is none.
//
//   node abuse-tokens.mjs SEED CALLS
//
// Arguments are right, hostile, of random content, shared, or in the same memory; whatever they are, the answer is 0 or a
// refusal, no code of the caller runs, and nothing is written outside of the arrays that are written.
import { TARGETS } from '../../dist/engine/abi.js'
import { loadNative } from '../../dist/engine/native.js'
import { generator } from '../generator.mjs'
import { callerCode, hostileValues, NUMBERS } from './hostile.mjs'

const { binding, why } = loadNative()
if (binding === null) throw new Error(why)
const targets = binding.targets().map((name) => binding.functions(TARGETS.indexOf(name)))
const tally = { calls: 0, refused: 0, done: 0 }
const hostile = hostileValues()

/** Bytes around an array that no call may change. */
const GUARD = 256
const GUARD_BYTE = 0xa5
const IDS = [Uint8Array, Uint16Array, Uint32Array]

/** For each function its arguments, and the places of those that it writes. */
function rightArguments(name, random) {
  const Kind = IDS[random(3)]
  const rows = random(5)
  const ranges = Array.from({ length: rows }, () => {
    const start = random(50)
    return [start, start + random(50)]
  }).flat()
  const marks = () => [-1, 0, 3, 255][random(4)]
  const offsets = Array.from({ length: 1 + rows }, () => random(101)).sort((a, b) => a - b)
  const values = () => numbers(Kind, 100, () => random(2 ** 32))
  const bytes = () => numbers(Uint8Array, 100, () => random(32))
  const width = random(70) + 48
  switch (name) {
    case 'padRows':
      return [
        values(),
        words(ranges),
        marks(),
        marks(),
        width + 4,
        random(256),
        random(2) === 0,
        array(Kind, rows * (width + 4)),
        array(Uint8Array, rows * (width + 4)),
      ]
    case 'joinRows':
      return [values(), words(ranges), marks(), marks(), array(Kind, rows * 52), array(Uint32Array, rows + 1)]
    case 'includesReplacement':
      return [bytes()]
    case 'widen':
      return [values(), array(BigInt64Array, 100)]
    case 'translate':
      return [bytes(), numbers(Uint16Array, 256, random), array(Uint16Array, 100)]
    case 'lossMask':
      return [bytes(), words(offsets), array(Uint8Array, 100)]
    case 'attentionSpans':
      return [bytes(), words(offsets), array(Uint32Array, 100)]
    case 'attentionMask':
      return [
        numbers(Uint32Array, rows * width, () => random(3)),
        numbers(Uint32Array, rows * width, () => random(3)),
        rows,
        width,
        array(Uint8Array, rows * width * width),
        random(2) === 0,
      ]
    case 'placePieces':
      return [
        values(),
        words(Array.from({ length: rows }, () => [random(50), 50 + random(50), random(200)]).flat()),
        words(ranges),
        ...[Kind, Uint32Array, Uint32Array].map((one) => array(one, 300)),
      ]
    case 'maskLogits':
      return [
        array(Float32Array, rows * 300),
        300,
        numbers(Uint8Array, 1024, random),
        words(Array.from({ length: rows }, () => random(4))),
      ]
  }
}
const NAMES = [
  'padRows',
  'joinRows',
  'includesReplacement',
  'widen',
  'translate',
  'lossMask',
  'attentionSpans',
  'attentionMask',
  'placePieces',
  'maskLogits',
]

function fuzz(seed, calls) {
  const random = generator(seed)
  for (let i = 0; i < calls; i++) {
    const name = NAMES[random(NAMES.length)]
    const args = rightArguments(name, random)
    const label = [`seed ${seed}, call ${i}`]
    for (let place = 0; place < args.length; place++)
      if (random(6) === 0) label.push(spoil(args, place, random))
    call(targets[random(targets.length)], name, args, label.join(', '))
  }
}

/** Makes something else of an argument, and says what. */
function spoil(args, place, random) {
  const was = args[place]
  const how = random(5)
  if (!ArrayBuffer.isView(was) || how === 0) {
    const [what, make] =
      random(2) === 0 ? hostile[random(hostile.length)] : ['a number', () => NUMBERS[random(NUMBERS.length)]]
    args[place] = make()
    return `${what} as argument ${place}`
  }
  if (how === 1) {
    args[place] = was.subarray(0, random(was.length + 1))
    return `argument ${place} cut`
  }
  if (how === 2 && was instanceof Uint32Array && was.length > 0) {
    was[random(was.length)] = [2 ** 32 - 1, 2 ** 31, random(400), 0][random(4)]
    return `argument ${place} changed`
  }
  if (how === 3) {
    args[place] = new was.constructor(new SharedArrayBuffer(was.byteLength))
    args[place].set(was)
    return `argument ${place} shared`
  }
  const other = args[random(args.length)]
  if (!ArrayBuffer.isView(other) || other.byteLength === 0) return 'nothing'
  const size = was.BYTES_PER_ELEMENT
  const at = other.byteOffset - (other.byteOffset % size)
  const room = Math.floor((other.byteOffset + other.byteLength - at) / size)
  if (at < other.byteOffset && other.byteOffset === GUARD) return 'nothing'
  args[place] = new was.constructor(other.buffer, at, Math.min(room, was.length))
  return `argument ${place} in the memory of another`
}

function array(Kind, length) {
  const memory = new ArrayBuffer(length * Kind.BYTES_PER_ELEMENT + 2 * GUARD)
  new Uint8Array(memory).fill(GUARD_BYTE)
  return new Kind(memory, GUARD, length)
}

function numbers(Kind, length, number) {
  const made = array(Kind, length)
  for (let i = 0; i < length; i++) made[i] = number(256)
  return made
}

function words(list) {
  const made = array(Uint32Array, list.length)
  made.set(list)
  return made
}

function call(target, name, args, label) {
  tally.calls++
  const { ran } = callerCode
  const buffers = new Set(args.filter((one) => ArrayBuffer.isView(one)).map(({ buffer }) => buffer))
  const guards = [...buffers].filter(
    (buffer) => buffer instanceof ArrayBuffer && buffer.byteLength >= 2 * GUARD && !buffer.resizable,
  )
  const before = guards.map(edges)
  const result = target[name](...args)
  if (callerCode.ran !== ran) fail(name, label, 'ran code of the caller')
  if (!Number.isSafeInteger(result) || result > 0) fail(name, label, `returned ${String(result)}`)
  guards.forEach((buffer, i) => {
    // What hostile.mjs makes is all array, without a guard.
    if (
      before[i].every((byte) => byte === GUARD_BYTE) &&
      !edges(buffer).every((byte) => byte === GUARD_BYTE)
    ) {
      fail(name, label, 'wrote outside of an array')
    }
  })
  tally[result < 0 ? 'refused' : 'done']++
}

function edges(buffer) {
  return [...new Uint8Array(buffer, 0, GUARD), ...new Uint8Array(buffer, buffer.byteLength - GUARD)]
}

function fail(name, label, what) {
  console.error(`${name} with ${label}: ${what}`)
  process.exit(1)
}

fuzz(...process.argv.slice(2).map(Number))
console.log(JSON.stringify(tally))
