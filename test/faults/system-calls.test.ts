/**
 * Every system call that writes: the process is killed at it, and it fails, one after the other until all have had
 * their turn, as SQLite's tests do. And the order of the calls: what a power loss would keep is decided by it.
 *
 * strace counts the calls first, and says of each fault whether it was injected: one that never came proves nothing.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PrepareOptions } from '../../dist/corpus/index.js'
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
const there = available('strace', () => spawnSync('strace', ['-V']).status === 0)
const log = join(folder, 'strace.log')
const input = join(folder, 'input.txt')
writeFileSync(input, 'one\ntwo \u0001\nthree\nill \xff formed\n', 'latin1')
let runs = 0

function options(): PrepareOptions {
  const output = join(folder, `out-${runs++}`)
  return { inputs: [input], output, inputFormat: 'text', document: 'line', shardSize: 14, checksum: 'sha256' }
}

function strace(...rest: string[]): string[] {
  return ['strace', '-qq', '-y', '-o', log, ...rest]
}

/** How often a run makes a system call. */
function count(call: string, ...rest: string[]): number {
  expect(run(STEPS, options(), strace('-e', `trace=${call}`, ...rest)).code).toBeNull()
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${call}(`)).length
}

const WRITING = ['pwrite64', 'fsync', 'rename', 'ftruncate', 'link'] as const

describe('system calls', () => {
  const undisturbed = options()
  if (there) run(STEPS, undisturbed)
  const expected = there ? finalFiles(undisturbed.output) : new Map<string, Buffer>()

  it.runIf(there)('the undisturbed run has shards and a quarantine', () => {
    expect([...expected.keys()].filter((name) => name.endsWith('.bin'))).toHaveLength(2)
    expect([...expected.keys()].filter((name) => name.startsWith('quarantine'))).toHaveLength(1)
  })

  it.runIf(there).each(['pwrite64', 'fsync', 'rename', 'link'])('killed at each %s', (call) => {
    const total = count(call)
    expect(total).toBeGreaterThan(0)
    for (let when = 1; when <= total; when++) {
      const attempt = options()
      const inject = strace('-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`)
      const place = `${call} ${when} of ${total}`
      expect(run(STEPS, attempt, inject).signal, place).toBe('SIGKILL')
      expectNothingPartial(attempt.output, expected)
      expect(run(STEPS, attempt).code, place).toBeNull()
      expectComplete(attempt.output, expected)
      rmSync(attempt.output, { recursive: true })
    }
  })

  it.runIf(there).each([
    ['pwrite64', 'ENOSPC'],
    ['fsync', 'EIO'],
    ['rename', 'EACCES'],
  ])('%s fails with %s', (call, errno) => {
    const total = count(call)
    for (let when = 1; when <= total; when++) {
      const attempt = options()
      const inject = strace('-e', `trace=${call}`, '-e', `inject=${call}:error=${errno}:when=${when}`)
      const place = `${call} ${when} of ${total}`
      const { code, message } = run(STEPS, attempt, inject)
      expect(readFileSync(log, 'utf8'), place).toContain('(INJECTED)')
      expect([place, code]).toEqual([place, 'ERR_OUTPUT_WRITE'])
      expect(message).toContain(errno)
      expectNothingPartial(attempt.output, expected)
      expectNoTemporaryFiles(attempt.output)
      expect(run(STEPS, attempt).code, place).toBeNull()
      expectComplete(attempt.output, expected)
      rmSync(attempt.output, { recursive: true })
    }
  })

  it.runIf(there)('reading the input fails with EIO', () => {
    const total = count('pread64', '-P', input)
    expect(total).toBeGreaterThan(0)
    for (let when = 1; when <= total; when++) {
      const attempt = options()
      const rest = ['-P', input, '-e', 'trace=pread64', '-e', `inject=pread64:error=EIO:when=${when}`]
      const { code } = run(STEPS, attempt, strace(...rest))
      expect(readFileSync(log, 'utf8')).toContain('(INJECTED)')
      expect(code).toBe('ERR_INPUT_UNREADABLE')
      expectNothingPartial(attempt.output, expected)
      expectNoTemporaryFiles(attempt.output)
      expect(run(STEPS, attempt).code).toBeNull()
      expectComplete(attempt.output, expected)
    }
  })

  it.runIf(there).each(['signal=KILL', 'error=ENOSPC'])(
    'the write of a .bin file, in a thread of its own: %s',
    (fault) => {
      const attempt = options()
      expect(run('corpus.plan(options)', attempt).code).toBeNull()
      // The first write of this process, so that `when`, which counts for each thread, can only mean this one.
      const inject = strace('-f', '-e', 'trace=pwrite64', '-e', `inject=pwrite64:${fault}:when=1`)
      const { signal, code } = run('await corpus.runShard(options.output, 0)', attempt, inject)
      expect(readFileSync(log, 'utf8').split('\n')[0]).toMatch(/^\d+ +pwrite64\(\d+<[^>]*\.bin\./)
      expect([signal, code]).toEqual(fault === 'signal=KILL' ? ['SIGKILL', null] : [null, 'ERR_OUTPUT_WRITE'])
      expectNothingPartial(attempt.output, expected)
      if (signal === null) expectNoTemporaryFiles(attempt.output)
      expect(run(STEPS, attempt).code).toBeNull()
      expectComplete(attempt.output, expected)
    },
  )

  it.runIf(there)('a write-back under way fails with EIO, though the sync at the end does not', () => {
    const large = join(folder, 'large.txt')
    writeFileSync(large, 'a line of a large file\n'.repeat(2_000_000))
    const attempt = { ...options(), inputs: [large], shardSize: 1e9 }
    const inject = strace('-f', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=1')
    const { code, message } = run(STEPS, attempt, inject)
    expect(readFileSync(log, 'utf8')).toContain('(INJECTED)')
    expect(code).toBe('ERR_OUTPUT_WRITE')
    expect(message).toContain('EIO')
    expectNothingPartial(attempt.output, new Map())
    expectNoTemporaryFiles(attempt.output)
  })

  it.runIf(there)('worker threads: the disk is full from some write on', () => {
    // A thread makes 6 writes at least, and each one counts its own.
    for (const when of [1, 2, 3, 4, 6]) {
      const attempt = options()
      const inject = strace('-f', '-e', 'trace=pwrite64', '-e', `inject=pwrite64:error=ENOSPC:when=${when}+`)
      const { code } = run(PREPARE, attempt, inject)
      expect(readFileSync(log, 'utf8')).toContain('(INJECTED)')
      expect(code).toBe('ERR_OUTPUT_WRITE')
      expectNothingPartial(attempt.output, expected)
      expectNoTemporaryFiles(attempt.output)
      expect(run(PREPARE, attempt).code).toBeNull()
      expectComplete(attempt.output, expected)
    }
  })

  it.runIf(there)('come in an order that a power loss cannot undo', () => {
    const attempt = options()
    run(STEPS, attempt, strace('-f', '-e', `trace=${WRITING.join(',')}`))
    const calls = readFileSync(log, 'utf8').split('\n').flatMap(parseCall)
    const written = new Set(calls.filter(({ name }) => name === 'pwrite64').map(({ path }) => path))
    expect([...written].filter((path) => path.includes('.bin.'))).toHaveLength(2)
    const renames = calls.filter(({ name }) => name === 'rename')
    expect(renames.map(({ to }) => basename(to ?? '')).sort()).toEqual(
      [...expected.keys(), 'plan.json', 'shard-00000.json', 'shard-00001.json'].sort(),
    )
    for (const { at, path, to = '' } of renames) {
      // A file is synced after its last write, and before it gets its name.
      const ofFile = calls.filter((call) => call.path === path && call.at < at)
      expect([to, ofFile[ofFile.length - 1]?.name]).toEqual([to, 'fsync'])
      // Its folder is synced before anything that relies on the name: a receipt, the manifest, the end.
      const synced = calls.find((call) => call.at > at && call.name === 'fsync' && call.path === dirname(to))
      const relying = calls.find(
        (call) => call.at > at && call.name === 'rename' && isReceipt(call.to ?? '', to),
      )
      expect(synced, to).toBeDefined()
      if (relying !== undefined) expect(synced?.at, to).toBeLessThan(relying.at)
    }
  })
})

interface Call {
  readonly at: number
  readonly name: string
  readonly path: string
  readonly to?: string
}

/** A line of strace -f -y: process, call, and the file of a descriptor in angle brackets behind it. */
function parseCall(line: string, at: number): Call[] {
  const [, name, rest] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? []
  if (name === undefined) return []
  if (name === 'rename' || name === 'link') {
    const [, path, to] = /^"([^"]*)", "([^"]*)"/.exec(rest) ?? []
    return [{ at, name, path, to }]
  }
  const [, path] = /^\d+<([^>]*)>/.exec(rest) ?? []
  return [{ at, name, path }]
}

/** A receipt relies on the files in front of it, the manifest on all. */
function isReceipt(name: string, of: string): boolean {
  const base = basename(name)
  return base === 'manifest.json' || (base.startsWith('shard-') && !basename(of).startsWith('shard-'))
}
