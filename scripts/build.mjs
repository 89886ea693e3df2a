// Builds everything that this machine can build: TypeScript to dist/, what is generated from its tables, and the addon to
// prebuilds/. With --arm64 a second prebuild for linux-arm64, if Debian's cross compiler is there.
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'

const root = new URL('../', import.meta.url)

function run(command, args, env = {}) {
  execFileSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
}

const ARM64 = {
  CC: 'aarch64-linux-gnu-gcc',
  CXX: 'aarch64-linux-gnu-g++',
  AR: 'aarch64-linux-gnu-ar',
  PREBUILD_STRIP_BIN: 'aarch64-linux-gnu-strip',
}
const prebuildify = ['prebuildify', '--napi', '--strip', '--quiet']
const jobs = { JOBS: String(availableParallelism()) }

// What was renamed or deleted must not stay, and be packed.
rmSync(new URL('dist/', root), { recursive: true, force: true })
run('npx', ['tsc', '-p', 'tsconfig.build.json'])
run('node', ['scripts/generate.mjs'])
chmodSync(new URL('dist/cli/main.js', root), 0o755)
if (!process.argv.includes('--no-native')) {
  run('npx', prebuildify, jobs)
  if (process.argv.includes('--arm64')) run('npx', [...prebuildify, '--arch', 'arm64'], { ...jobs, ...ARM64 })
}
