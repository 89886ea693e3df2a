// Embeddings at the speed of memory: look-up beside a plain copy of as many bytes (TypedArray.prototype.set, which is memcpy,
// and slice into fresh memory), fold beside the sums written down plainly, and how long tables take to align and draw.
// Asserts that all give the same.
//   node bench/embedding.mjs [--quick] [--assert]
import { parseArgs } from 'node:util'
import { align, ByteEmbedding, fold, tableSvg } from '../dist/embedding/index.js'
import { compare, least } from './measure.mjs'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, assert: { type: 'boolean', default: false } },
})
const timing = values.quick ? { rounds: 1, seconds: 0.0005 } : { rounds: 31, seconds: 0.004, pick: least }
const DIMENSIONS = values.quick ? [8, 256] : [64, 256, 768, 1024, 4096]
/** Bytes of output: within the processor's caches, and far beyond. */
const SIZES = values.quick ? [1 << 16] : [1 << 18, 1 << 20, 1 << 24, 1 << 27]
let missed = 0

console.log('look-up: GB/s of output (part of the speed of a plain copy)')
console.log(
  `${'d'.padEnd(8)}${SIZES.map((size) => `${size >> 10} KiB into`.padStart(22)).join('')}${'fresh'.padStart(22)}`,
)
for (const dimension of DIMENSIONS) {
  const embedding = new ByteEmbedding({ weight: numbers(256 * dimension), dimension })
  let row = String(dimension).padEnd(8)
  const show = (bytes, ours, peer) => {
    row += `${(bytes / ours / 1e9).toFixed(1)} (${(peer / ours).toFixed(2)})`.padStart(22)
    return peer / ours
  }
  const parts = []
  for (const size of SIZES) {
    const ids = bytes(Math.max(1, Math.floor(size / 4 / dimension)))
    const output = new Float32Array(ids.length * dimension)
    const source = new Float32Array(output.length).fill(1)
    assertRows(embedding, ids, output)
    const { ours, copy } = compare(
      { ours: () => embedding.lookupInto(ids, output), copy: () => output.set(source) },
      timing,
    )
    parts.push(show(output.byteLength, ours, copy))
  }
  const ids = bytes(Math.max(1, Math.floor(2 ** 22 / dimension)))
  const source = new Float32Array(ids.length * dimension).fill(1)
  const { ours, copy } = compare({ ours: () => embedding.lookup(ids), copy: () => source.slice() }, timing)
  parts.push(show(source.byteLength, ours, copy))
  console.log(row)
  if (dimension >= 256) goal(`look-up, d = ${dimension}, slowest`, Math.min(...parts), 0.7)
  if (dimension === 1024) {
    const { ids: sent, vectors, table } = embedding.bytesToDevice(8 * 2048)
    console.log(
      `        a batch of 8 × 2,048 to a device: ${sent} bytes of ids, or ${vectors} of vectors; the table once, ${table}`,
    )
  }
}

for (const dimension of values.quick ? [64] : [1024, 4096]) {
  const biased = { weight: numbers(256 * dimension), projection: numbers(8 * dimension), dimension }
  assertFolded(biased)
  const { ours, plain } = compare({ ours: () => fold(biased), plain: () => foldPlainly(biased) }, timing)
  console.log(
    `fold of 256 × ${dimension}: ${(ours * 1e3).toFixed(2)} ms, the sums as they are written ${(plain * 1e3).toFixed(2)} ms`,
  )
  if (dimension === 4096) goal('5 ms for fold of 256 × 4,096, times as fast', 0.005 / ours, 1)
}

for (const dimension of values.quick ? [8] : [64, 256, 768, 4096]) {
  const [a, b] = [0, 1].map(() => ({ weight: numbers(256 * dimension), dimension }))
  const seconds = [() => align(a, b), () => tableSvg(a)].map((work) => {
    const started = performance.now()
    work()
    return ((performance.now() - started) / 1e3).toFixed(2)
  })
  console.log(`d = ${dimension}: align ${seconds[0]} s, tableSvg ${seconds[1]} s`)
}

if (missed > 0 && !values.quick) console.log(`\n${missed} goals missed`)
if (missed > 0 && values.assert) process.exit(1)

function numbers(count) {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 2)
}

function bytes(count) {
  return Uint8Array.from({ length: count }, (_, i) => (i * i * 31 + i * 7) >> 3)
}

function assertRows(embedding, ids, output) {
  const { weight, dimension } = embedding
  const written = embedding.lookupInto(ids, output)
  if (written !== ids.length * dimension) throw new Error(`wrote ${written} numbers`)
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0; j < dimension; j += 1 + (dimension >> 3)) {
      if (output[i * dimension + j] !== weight[ids[i] * dimension + j])
        throw new Error(`d = ${dimension}: id ${i} differs`)
    }
  }
}

function assertFolded(biased) {
  const [ours, plain] = [fold(biased).weight, foldPlainly(biased)]
  const wrong = ours.findIndex((value, i) => !(Math.abs(value - plain[i]) <= 1e-5))
  if (wrong !== -1) throw new Error(`fold: number ${wrong} is ${ours[wrong]}, expected ${plain[wrong]}`)
}

/** E + U · Pᵀ, eight products a number. */
function foldPlainly({ weight, projection, dimension }) {
  const folded = new Float32Array(256 * dimension)
  for (let byte = 0; byte < 256; byte++) {
    for (let j = 0; j < dimension; j++) {
      let sum = weight[byte * dimension + j]
      for (let bit = 0; bit < 8; bit++) sum += ((byte >> (7 - bit)) & 1) * projection[j * 8 + bit]
      folded[byte * dimension + j] = sum
    }
  }
  return folded
}

function goal(name, ratio, limit) {
  if (ratio < limit) missed++
  if (!values.quick)
    console.log(`${ratio < limit ? 'MISSED' : 'ok    '} ${name}: ${ratio.toFixed(2)} (${limit})`)
}
