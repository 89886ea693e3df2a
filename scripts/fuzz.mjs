// Builds libFuzzer's targets (native/test/fuzz/, needs Clang) and runs them, each for a bounded time.
//   npm run fuzz [-- [--seconds N] [--update-corpus] [--emulate-avx512] [TARGET ...]]
// What a run learns stays in native/build/fuzz-corpus and is where the next one begins; the committed corpus is the least
// of it that reaches all branches, which --update-corpus makes anew. Inputs that fail stand in native/build/fuzz-findings.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../', import.meta.url))
const LEARNT = 'native/build/fuzz-corpus'
const FINDINGS = 'native/build/fuzz-findings'
const COMMITTED = 'native/test/fuzz/corpus'
const known = readdirSync(`${root}native/test/fuzz`)
  .filter((name) => name.endsWith('.cc'))
  .map((name) => name.slice(0, -'.cc'.length))

const { seconds, updateCorpus, emulateAvx512, targets } = options()
const BUILD = emulateAvx512 ? 'native/build/fuzz-avx512' : 'native/build/fuzz'
build()
const failed = targets.filter((target) => !fuzz(target))
if (failed.length > 0) {
  console.error(`\nfuzz: ${failed.join(', ')} failed`)
  process.exit(1)
}
if (updateCorpus) for (const target of targets) minimise(target)

function options() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        'update-corpus': { type: 'boolean', default: false },
        'emulate-avx512': { type: 'boolean', default: false },
      },
      allowPositionals: true,
    })
    const seconds = Number(values.seconds)
    if (!Number.isInteger(seconds) || seconds < 1) {
      throw new Error(`expected a whole number of seconds, received ${values.seconds}`)
    }
    const unknown = positionals.filter((name) => !known.includes(name))
    if (unknown.length > 0) throw new Error(`expected ${known.join(', ')}, received ${unknown.join(', ')}`)
    return {
      seconds,
      updateCorpus: values['update-corpus'],
      emulateAvx512: values['emulate-avx512'],
      targets: positionals.length > 0 ? positionals : known,
    }
  } catch (error) {
    console.error(`fuzz: ${error.message}`)
    process.exit(2)
  }
}

function build() {
  const configure = ['-S', '.', '-B', BUILD, '-DADDON=OFF', '-DFUZZ=ON', '-DCMAKE_CXX_COMPILER=clang++']
  if (emulateAvx512) configure.push('-DEMULATE_AVX512=ON')
  const wanted = targets.map((target) => `fuzz_${target}`)
  for (const args of [
    configure,
    ['--build', BUILD, '-j', String(availableParallelism()), '--target', ...wanted],
  ]) {
    const { status, stdout, error } = spawnSync('cmake', args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (status === 0) continue
    if (stdout) process.stdout.write(stdout)
    console.error(`fuzz: cmake ${args.join(' ')} failed (${error?.message ?? `exit code ${status}`})`)
    process.exit(1)
  }
}

/** Runs one target; false if it found something. */
function fuzz(target) {
  const program = `${BUILD}/fuzz_${target}`
  const learnt = `${LEARNT}/${target}`
  for (const folder of [FINDINGS, learnt]) mkdirSync(`${root}${folder}`, { recursive: true })
  const seeds = unpack(target)
  console.log(`\n== ${target}, ${seconds} s`)
  const { status, stderr, error } = spawnSync(
    program,
    [
      `-max_total_time=${seconds}`,
      '-timeout=10',
      '-dict=native/test/fuzz/tokens.dict',
      `-artifact_prefix=${FINDINGS}/${target}-`,
      '-print_final_stats=1',
      learnt,
      seeds,
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  if (status === 0) {
    const runs = /number_of_executed_units: (\d+)/.exec(stderr)?.[1]
    const reached = stderr.match(/cov: \d+ ft: \d+/g)?.at(-1)
    console.log(`${runs} inputs, ${reached}`)
    return true
  }
  // The log up to the first finding is progress, of no use.
  const lines = stderr?.split('\n') ?? []
  const first = lines.findIndex((line) => /^FAILED|ERROR|runtime error/.test(line))
  console.error(lines.slice(Math.max(first, 0)).join('\n'))
  if (error !== undefined) console.error(error.message)
  const finding = /Test unit written to (\S+)/.exec(stderr)?.[1]
  if (finding !== undefined) console.error(`Again: ${program} ${finding}`)
  return false
}

/** Writes the inputs of the committed corpus as files, which is how libFuzzer reads them; returns their folder. */
function unpack(target) {
  const folder = `${LEARNT}/${target}.committed`
  rmSync(`${root}${folder}`, { recursive: true, force: true })
  mkdirSync(`${root}${folder}`)
  const lines = readFileSync(`${root}${COMMITTED}/${target}.hex`, 'utf8').trimEnd().split('\n')
  for (const [number, line] of lines.entries()) {
    const input = Buffer.from(line, 'hex')
    if (input.toString('hex') !== line) throw new Error(`${target}.hex:${number + 1}: no hexadecimal bytes`)
    writeFileSync(`${root}${folder}/${number + 1}`, input)
  }
  return folder
}

/** Makes the committed corpus anew: the fewest and smallest of all known inputs that reach the same branches. */
function minimise(target) {
  const least = `${LEARNT}/${target}.least`
  rmSync(`${root}${least}`, { recursive: true, force: true })
  mkdirSync(`${root}${least}`)
  const merge = ['-merge=1', '-use_counters=0', least, `${LEARNT}/${target}.committed`, `${LEARNT}/${target}`]
  const { status } = spawnSync(`${BUILD}/fuzz_${target}`, merge, { cwd: root, stdio: 'ignore' })
  if (status !== 0) throw new Error(`${target}: merging the corpus failed`)
  const inputs = readdirSync(`${root}${least}`)
    .map((name) => readFileSync(`${root}${least}/${name}`))
    .sort((a, b) => a.length - b.length || Buffer.compare(a, b))
  const to = `${COMMITTED}/${target}.hex`
  writeFileSync(`${root}${to}`, inputs.map((input) => `${input.toString('hex')}\n`).join(''))
  console.log(`${target}: ${inputs.length} inputs in ${to}`)
}
