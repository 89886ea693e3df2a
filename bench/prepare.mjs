// How fast is `prepare`, as a whole process, beside `cp` of the same file, and beside the plain way in Node?
// Runs the contenders in turn, several rounds, and prints medians, ratios to cp of the same round, and peak memory. Asserts
// that all engines and worker counts wrote the same bytes and that verify accepts them. Says what a second core is worth.
//   node bench/prepare.mjs [--size MIB] [--rounds N] [--dir DIR] [--quick] [--assert]
// The files lie in memory (/dev/shm) unless --dir says otherwise: the page cache is what is measured, not a disk.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeCorpus } from './corpus.mjs'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '5' },
    dir: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
  },
})
const size = values.quick ? 4 << 20 : Number(values.size) * (1 << 20)
const rounds = values.quick ? 1 : Number(values.rounds)
const here = fileURLToPath(new URL('.', import.meta.url))
const CLI = join(here, '../dist/cli/main.js')
const directory = mkdtempSync(join(values.dir, 'utf8-tokenizer-bench-'))

/** What must be reached, as ratio to cp; for `plain`, as ratio to the plain way. */
const GOALS = {
  text: { 'native, 1 worker': 0.6, 'native, 2 workers': 0.9, 'javascript, 1 worker': 0.1 },
  jsonl: { 'native, 1 worker': 0.35, 'javascript, 1 worker': 0.04 },
}
const PLAIN_GOAL = 8
const MEMORY_GOAL = 256 * 1024 * 1024
let missed = 0

try {
  for (const format of ['text', 'jsonl']) run(format)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
if (missed > 0) {
  console.log(`\n${missed} goals missed`)
  if (values.assert) process.exit(1)
}

function run(format) {
  const input = join(directory, format === 'text' ? 'corpus.txt' : 'corpus.jsonl')
  writeCorpus(input, format, size)
  const bytes = statSync(input).size
  const contenders = {
    cp: () => timed('cp', [input, join(directory, 'copy')], join(directory, 'copy')),
    ...(format === 'jsonl' ? { 'plain Node': () => plain(input) } : {}),
  }
  for (const engine of ['native', 'javascript']) {
    for (const workers of [1, 2]) {
      contenders[`${engine}, ${workers} worker${workers > 1 ? 's' : ''}`] = () =>
        prepare(input, engine, workers)
    }
  }
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      if (round > 1 && name.startsWith('javascript') && !values.quick) continue // slow, and far from its goal
      const result = contender()
      if (round > 0) results[name].push(result) // the first round warms the caches up
    }
  }

  const scaling = parallelScaling(input)
  const checksums = new Set(
    Object.values(results).flatMap((all) => all.map((r) => r.checksum).filter(Boolean)),
  )
  if (checksums.size !== 1) throw new Error(`engines or worker counts differ: ${[...checksums].join(' ')}`)

  const cp = results.cp.map((r) => r.seconds)
  console.log(
    `\n${format}: ${(bytes / (1 << 20)).toFixed(0)} MiB in ${values.dir}, medians of ${rounds} rounds`,
  )
  console.log(
    `  ${'contender'.padEnd(24)} ${'seconds'.padStart(8)} ${'GB/s'.padStart(7)} ${'of cp'.padStart(7)} ${'goal'.padStart(6)} ${'peak MiB'.padStart(9)}`,
  )
  for (const [name, all] of Object.entries(results)) {
    const seconds = median(all.map((r) => r.seconds))
    const ratio = median(all.map((r, i) => cp[i] / r.seconds))
    const memory = Math.max(...all.map((r) => r.memory ?? 0))
    const goal = GOALS[format][name]
    if (!values.quick && goal !== undefined && ratio < goal) missed++
    if (name !== 'plain Node' && memory > MEMORY_GOAL) missed++
    console.log(
      `  ${name.padEnd(24)} ${seconds.toFixed(3).padStart(8)} ${(bytes / seconds / 1e9).toFixed(2).padStart(7)} ${ratio.toFixed(3).padStart(7)} ${String(goal ?? '').padStart(6)} ${memory > 0 ? (memory / (1 << 20)).toFixed(0).padStart(9) : ''}`,
    )
  }
  if (format === 'jsonl') {
    const ratio = median(
      results['plain Node'].map((r, i) => r.seconds / results['native, 1 worker'][i].seconds),
    )
    console.log(
      `  native, 1 worker, is ${ratio.toFixed(1)} times as fast as plain Node (goal: ${PLAIN_GOAL})`,
    )
    if (!values.quick && ratio < PLAIN_GOAL) missed++
  }
  console.log(
    `  two cp at once take ${scaling.toFixed(2)} times as long as one: 1 on two free cores, 2 on one`,
  )
  rmSync(input)
}

/**
 * Takes as much memory as an output needs, and gives it back: a virtual machine may have lost what it freed a moment ago
 * to its host, and whoever comes first then pays for getting it back.
 */
function touchMemory() {
  const primer = join(directory, 'primer')
  execFileSync('dd', ['if=/dev/zero', `of=${primer}`, 'bs=1M', `count=${size >> 20}`, 'status=none'])
  rmSync(primer)
}

/** How much longer two copies at once take than one: what a second worker can gain on this machine at this moment. */
function parallelScaling(input) {
  const copies = [join(directory, 'copy1'), join(directory, 'copy2')]
  const seconds = (script) => {
    for (const copy of copies) rmSync(copy, { force: true })
    touchMemory()
    const started = performance.now()
    execFileSync('sh', ['-c', script, 'sh', input, ...copies])
    return (performance.now() - started) / 1000
  }
  const ratios = Array.from(
    { length: rounds },
    () => seconds('cp "$1" "$2" & cp "$1" "$3" & wait') / seconds('cp "$1" "$2"'),
  )
  for (const copy of copies) rmSync(copy, { force: true })
  return median(ratios)
}

function timed(command, args, output) {
  rmSync(output, { recursive: true, force: true })
  touchMemory()
  const peak = join(directory, 'peak')
  rmSync(peak, { force: true })
  const nodeArgs = command === process.execPath ? ['--import', join(here, 'peak-memory.mjs')] : []
  const started = performance.now()
  const { status, stderr } = spawnSync(command, [...nodeArgs, ...args], {
    env: { ...process.env, PEAK_MEMORY_FILE: peak },
  })
  const seconds = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`)
  return { seconds, memory: existsSync(peak) ? Number(readFileSync(peak, 'utf8')) : undefined }
}

function plain(input) {
  const output = join(directory, 'plain')
  const result = timed(process.execPath, [join(here, 'plain-node.mjs'), input, output], output)
  rmSync(output)
  return result
}

function prepare(input, engine, workers) {
  const output = join(directory, 'shards')
  // Shards small enough that two workers end at about the same time.
  const shard = Math.max(1 << 20, Math.ceil(size / 8))
  const result = timed(
    process.execPath,
    [
      CLI,
      'prepare',
      input,
      '-o',
      output,
      '--document',
      'line',
      '--engine',
      engine,
      '--workers',
      String(workers),
      '--shard-size',
      String(shard),
      '--quiet',
    ],
    output,
  )
  const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'))
  const checksum = JSON.stringify(manifest.shards.map((s) => s.files))
  execFileSync(process.execPath, [CLI, 'verify', output, '--quiet'])
  rmSync(output, { recursive: true })
  return { ...result, checksum }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
