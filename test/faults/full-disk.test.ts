/**
 * A disk that is full for real: a small tmpfs. What was committed stays, what was not is removed, and with more space
 * the same command goes on.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { PrepareOptions } from '../../dist/corpus/index.js'
import { randomText } from '../corpus/helpers.js'
import {
  available,
  expectComplete,
  expectNoTemporaryFiles,
  expectNothingPartial,
  finalFiles,
  PREPARE,
  run,
  STEPS,
  scratchFolder,
} from './child.js'

const folder = scratchFolder()
const mounted = join(folder, 'small')
mkdirSync(mounted)

const there = available('a tmpfs (root, or the right to mount)', () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mounted], { stdio: 'ignore' })
  return true
})
afterAll(() => {
  if (there) execFileSync('umount', [mounted])
})

describe('a disk of 1 MiB', () => {
  it.runIf(there).each([
    ['in worker threads', PREPARE, {}],
    ['in steps', STEPS, {}],
    ['in one shard', PREPARE, { shardSize: 1e9 }],
    ['with much set aside', STEPS, { document: 'file', reserved: 'quarantine' }],
  ] as const)('%s', (name, work, more) => {
    const input = join(folder, `${name}.txt`)
    writeFileSync(input, randomText(3, 600_000, true))
    const options = (output: string): PrepareOptions => ({
      inputs: [input],
      output,
      inputFormat: 'text',
      document: 'line',
      shardSize: 60_000,
      ...more,
    })
    const undisturbed = options(join(folder, `out ${name}`))
    expect(run(PREPARE, undisturbed).code).toBeNull()
    const expected = finalFiles(undisturbed.output)

    execFileSync('rm', ['-rf', join(mounted, 'out')])
    execFileSync('mount', ['-o', 'remount,size=1m', mounted])
    const starved = options(join(mounted, 'out'))
    const { code, message } = run(work, starved)
    expect(code).toBe('ERR_OUTPUT_WRITE')
    expect(message).toContain('free some space')
    expect(message).toContain(mounted)
    expectNothingPartial(starved.output, expected)
    expectNoTemporaryFiles(starved.output)
    if (expected.size > 10) expect(readdirSync(starved.output).length).toBeGreaterThan(1)

    execFileSync('mount', ['-o', 'remount,size=32m', mounted])
    expect(run(work, starved).code).toBeNull()
    expectComplete(starved.output, expected)
  })
})
