// `npm run check`: installs, builds and runs every test that this machine can run, in one command; names what it could
// not run, with the line that installs it. `--require-all` makes any omission an error (what CI asks for).
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const requireAll = process.argv.includes('--require-all')
const unknown = process.argv.slice(2).filter((argument) => argument !== '--require-all')
if (unknown.length > 0) {
  console.error(`expected --require-all or nothing, received ${unknown.join(' ')}`)
  process.exit(2)
}

/** Tools that some tests need, each with what goes without it and how to get it. */
const TOOLS = {
  clang: { probe: 'clang++', without: 'sanitizers with Clang, fuzzing', install: 'apt-get install clang' },
  simde: {
    probe: '/usr/include/simde/x86/avx512.h',
    without: 'AVX-512 under emulation',
    install: 'apt-get install libsimde-dev',
  },
  cross: {
    probe: 'aarch64-linux-gnu-g++',
    without: 'the linux-arm64 prebuild and NEON',
    install: 'apt-get install g++-aarch64-linux-gnu',
  },
  qemu: { probe: 'qemu-aarch64', without: 'tests on NEON', install: 'apt-get install qemu-user' },
  strace: { probe: 'strace', without: 'fault injection', install: 'apt-get install strace' },
  chromium: { probe: 'chromium', without: 'the browser entry', install: 'apt-get install chromium' },
  python: {
    probe: '.venv/bin/python',
    without: 'Megatron, Hugging Face and the Python reference as judges',
    install: 'python3 -m venv .venv && .venv/bin/pip install --no-deps -r test/interop/requirements.txt',
  },
}
const have = Object.fromEntries(Object.entries(TOOLS).map(([name, tool]) => [name, isThere(tool.probe)]))
const missing = Object.entries(TOOLS).filter(([name]) => !have[name])
if (requireAll && missing.length > 0) {
  reportMissing()
  process.exit(1)
}

const steps = []
const CORE = 'native/build/core'
const jobs = String(availableParallelism())

step('install', 'npm', ['ci'])
step('install peers', 'npm', ['ci', '--prefix', 'test/peers', '--force', '--ignore-scripts'])
step('install examples', 'npm', ['ci', '--prefix', 'examples/train-bit-bias'])
step('build', 'node', ['scripts/build.mjs', ...(have.cross ? ['--arm64'] : [])])
step('generated files', 'node', ['scripts/generate.mjs', '--check'])
step('lint and format', 'npx', ['biome', 'ci', '.'])
step('types', 'npx', ['tsc', '-p', 'tsconfig.json'])
core('core', CORE, [])
if (have.clang) {
  // What the processor lacks runs under emulation here; what it has ran at full speed above.
  core(have.simde ? 'core, sanitizers, AVX-512 emulated' : 'core, sanitizers', `${CORE}-sanitize`, [
    '-DSANITIZE=ON',
    `-DEMULATE_AVX512=${have.simde ? 'ON' : 'OFF'}`,
    '-DCMAKE_CXX_COMPILER=clang++',
  ])
  step('fuzz', 'node', ['scripts/fuzz.mjs', '--seconds', '3'])
}
if (have.cross && have.qemu) {
  core('core, NEON', `${CORE}-arm64`, ['-DCMAKE_TOOLCHAIN_FILE=native/aarch64-linux.cmake'])
}
step('tests', 'npx', ['vitest', 'run'])
for (const bench of [
  'prepare',
  'validate',
  'javascript',
  'text',
  'thresholds',
  'kernels',
  'tokenizer',
  'embedding',
]) {
  step(`bench ${bench}, small`, 'node', [`bench/${bench}.mjs`, '--quick'])
}

console.log('\nAll checks passed.')
for (const { name, seconds } of steps) console.log(`  ${name.padEnd(36)} ${seconds.toFixed(0).padStart(5)} s`)
reportMissing()

/** Configures, builds and tests the C++ core. */
function core(name, directory, options) {
  step(`${name}: configure`, 'cmake', ['-S', '.', '-B', directory, '-DADDON=OFF', ...options], {
    quiet: true,
  })
  step(`${name}: build`, 'cmake', ['--build', directory, '-j', jobs], { quiet: true })
  step(name, 'ctest', ['--test-dir', directory, '--output-on-failure', '--no-tests=error'])
}

function step(name, command, args, { quiet = false } = {}) {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`)
  const started = performance.now()
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', 'inherit'],
    maxBuffer: 1 << 28,
    env: { ...process.env, ...(requireAll ? { UTF8_TOKENIZER_REQUIRE_ALL: '1' } : {}) },
  })
  if (result.status !== 0) {
    if (quiet && result.stdout) process.stdout.write(result.stdout)
    console.error(`\ncheck failed at: ${name} (${result.error?.message ?? `exit code ${result.status}`})`)
    process.exit(1)
  }
  steps.push({ name, seconds: (performance.now() - started) / 1000 })
}

function isThere(probe) {
  if (probe.includes('/')) return existsSync(resolve(root, probe))
  try {
    execFileSync('sh', ['-c', `command -v ${probe}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function reportMissing() {
  if (missing.length === 0) return
  console.log('\nNot run here, for want of a tool:')
  for (const [, tool] of missing) console.log(`  ${tool.without}: ${tool.install}`)
}
