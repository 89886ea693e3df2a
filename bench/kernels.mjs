// How fast are the kernels of the core alone: the fused framing pass beside its parts (kernel_bench), and validation and
// transcoding beside simdutf (simdutf_bench). simdutf's source comes from crates.io, by cargo; without cargo, or with --quick, it is
// left out, and said so.
//   node bench/kernels.mjs [--quick]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const build = join(root, 'native/build/bench')
const quick = process.argv.includes('--quick') ? ['--quick'] : []
const peer = quick.length > 0 ? undefined : fetchSimdutf(join(root, 'native/build/simdutf'))

run('cmake', ['-S', root, '-B', build, '-DADDON=OFF', `-DSIMDUTF=${peer ?? ''}`], 'ignore')
run('cmake', ['--build', build, '-j', String(availableParallelism())], 'ignore')
run(join(build, 'kernel_bench'), quick)
if (peer !== undefined) run(join(build, 'simdutf_bench'), quick)
else console.log('simdutf is left out')

function run(command, args, stdout = 'inherit') {
  execFileSync(command, args, { stdio: ['ignore', stdout, 'inherit'] })
}

/** The folder with simdutf.cpp, or undefined if cargo is not here. */
function fetchSimdutf(folder) {
  const source = join(folder, 'vendor/simdutf/cpp')
  if (existsSync(source)) return source
  if (spawnSync('cargo', ['--version']).status !== 0) return undefined
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(
    join(folder, 'Cargo.toml'),
    '[package]\nname = "peer"\nversion = "0.0.0"\n\n[dependencies]\nsimdutf = "*"\n\n[workspace]\n',
  )
  writeFileSync(join(folder, 'src/lib.rs'), '')
  execFileSync('cargo', ['vendor', '--quiet', 'vendor'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return source
}
