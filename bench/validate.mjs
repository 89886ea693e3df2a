// How fast is `validate`, as a whole process, beside a process that only reads the same files in the same chunks?
// One large file, and a folder of many small ones; contenders in turn, several rounds, medians of the ratios of a round.
// Asserts that all say the same. Then what errors cost: text with one at its end, and noise. Ratios to the same reader.
//   node bench/validate.mjs [--size MIB] [--files N] [--rounds N] [--dir DIR] [--quick] [--assert]
// The files lie in memory (/dev/shm) unless --dir says otherwise: the page cache is what is measured, not a disk.
import { spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeCorpus } from './corpus.mjs'
import { median } from './measure.mjs'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1024' },
    files: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '7' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
  },
})
const size = values.quick ? 4 << 20 : Number(values.size) * (1 << 20)
const files = values.quick ? 200 : Number(values.files)
const rounds = values.quick ? 1 : Number(values.rounds)
const here = fileURLToPath(new URL('.', import.meta.url))
const CLI = join(here, '../dist/cli/main.js')
/** The most that native validation may take, with the default number of workers, as ratio to reading. */
const GOAL = 1.3
const MEMORY_GOAL = 256 * 1024 * 1024
const directory = mkdtempSync(join(values.dir, 'utf8-tokenizer-bench-'))
let missed = 0

try {
  const large = join(directory, 'large.txt')
  writeCorpus(large, 'text', size)
  compare(`one file of ${size >> 20} MiB`, large, 0, GOAL)
  appendFileSync(large, Buffer.of(0xff))
  compare('the same with an error at its end', large, 1)
  writeNoise(large, size >> 3)
  compare(`noise, ${size >> 23} MiB`, large, undefined)
  rmSync(large)
  const small = join(directory, 'small')
  writeSmallFiles(small)
  compare(`${files} files`, small, 0, GOAL)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
if (missed > 0) {
  console.log(`\n${missed} goals missed`)
  if (values.assert) process.exit(1)
}

/** `illFormed` is how many sequences must be found, if that is known. */
function compare(title, path, illFormed, goal) {
  const contenders = { read: () => run([join(here, 'read-files.mjs'), path]) }
  for (const engine of ['native', 'javascript']) {
    for (const workers of [2, 1]) {
      contenders[`${engine}, ${workers} worker${workers > 1 ? 's' : ''}`] = () =>
        run([CLI, 'validate', path, '--json', '--engine', engine, '--workers', String(workers)])
    }
  }
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      const result = contender()
      if (round > 0) results[name].push(result) // the first round warms the caches up
    }
  }
  check(title, results, illFormed)

  const bytes = results.read[0].answer.bytes
  console.log(`\n${title} (${(bytes / 1e6).toFixed(0)} MB), medians of ${rounds} rounds`)
  console.log(
    `  ${'contender'.padEnd(24)} ${'seconds'.padStart(8)} ${'GB/s'.padStart(7)} ${'of read'.padStart(8)} ${'goal'.padStart(6)} ${'peak MiB'.padStart(9)}`,
  )
  for (const [name, all] of Object.entries(results)) {
    const seconds = median(all.map((result) => result.seconds))
    const ratio = median(all.map((result, round) => result.seconds / results.read[round].seconds))
    const memory = Math.max(...all.map((result) => result.memory))
    const most = name === 'native, 2 workers' ? goal : undefined
    if (!values.quick && most !== undefined && ratio > most) missed++
    if (name !== 'read' && memory > MEMORY_GOAL) missed++
    console.log(
      `  ${name.padEnd(24)} ${seconds.toFixed(3).padStart(8)} ${(bytes / seconds / 1e9).toFixed(2).padStart(7)} ${ratio.toFixed(2).padStart(8)} ${String(most ?? '').padStart(6)} ${(memory / (1 << 20)).toFixed(0).padStart(9)}`,
    )
  }
}

/** All contenders have read the same bytes, and found the same. */
function check(title, { read, ...validations }, illFormed) {
  const { files: count, bytes } = read[0].answer
  const all = Object.values(validations).flat()
  const counts = illFormed ?? all[0].answer.illFormed
  const reasons = JSON.stringify(all[0].answer.reasons)
  for (const { answer } of all) {
    if (
      answer.files !== count ||
      answer.bytes !== bytes ||
      answer.illFormed !== counts ||
      JSON.stringify(answer.reasons) !== reasons
    ) {
      throw new Error(`${title}: expected ${counts} in ${count} files: ${JSON.stringify(answer)}`)
    }
  }
  if (illFormed === undefined && counts < bytes / 4) throw new Error(`${title}: only ${counts} sequences`)
}

function run(args) {
  const peak = join(directory, 'peak')
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', join(here, 'peak-memory.mjs'), ...args],
    { env: { ...process.env, PEAK_MEMORY_FILE: peak } },
  )
  const seconds = (performance.now() - started) / 1000
  if (stdout.length === 0) throw new Error(`${args.join(' ')} failed: ${status} ${stderr}`)
  return { seconds, answer: JSON.parse(stdout), memory: Number(readFileSync(peak, 'utf8')) }
}

function writeNoise(path, bytes) {
  const block = randomFillSync(Buffer.alloc(1 << 18))
  const descriptor = openSync(path, 'w')
  for (let written = 0; written < bytes; ) written += writeSync(descriptor, block)
  closeSync(descriptor)
}

/** Some kilobytes each, a hundred in a folder. */
function writeSmallFiles(folder) {
  const source = join(directory, 'source.txt')
  writeCorpus(source, 'text', 4 << 20)
  const text = readFileSync(source)
  rmSync(source)
  let at = 0
  for (let i = 0; i < files; i++) {
    const parent = join(folder, String(Math.floor(i / 100)))
    if (i % 100 === 0) mkdirSync(parent, { recursive: true })
    const end = text.indexOf(10, at + 500 * (i % 10)) + 1
    writeFileSync(join(parent, `${i}.txt`), text.subarray(at, end))
    at = text.length - end > 64 * 1024 ? end : 0
  }
}
