// The main job on real data, from a fresh clone: install, build, prepare a corpus, verify it, look at a document.
// Prints each command as one would type it.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const CLI = 'dist/cli/main.js'

step('npm', ['ci', '--no-audit', '--no-fund'])
step('npm', ['run', 'build'])
step('node', ['scripts/udhr.mjs', 'corpus/udhr'])
// A second quickstart shows the same as the first.
rmSync(`${root}shards/udhr`, { recursive: true, force: true })
step('utf8-tokenizer', ['prepare', 'corpus/udhr', '-o', 'shards/udhr'])
step('utf8-tokenizer', ['verify', 'shards/udhr', '--against-source'])
step('utf8-tokenizer', ['inspect', 'shards/udhr', '--document', '100'])
console.log('\nYour turn: npx utf8-tokenizer prepare YOUR_FILES -o shards/mine   (npx utf8-tokenizer --help)')

function step(command, args) {
  console.log(`\n$ ${[command, ...args].join(' ')}`)
  const [file, ...rest] = command === 'utf8-tokenizer' ? ['node', CLI, ...args] : [command, ...args]
  try {
    execFileSync(file, rest, { cwd: root, stdio: 'inherit' })
  } catch (error) {
    console.error(`\nquickstart stopped: the command above failed (exit code ${error.status ?? error.code})`)
    process.exit(1)
  }
}
