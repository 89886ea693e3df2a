/**
 * The output folder: resuming, replacing, refusing, locking, and the files that a run leaves.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { merge, type PrepareOptions, plan, prepare, runShard, verify } from '../../dist/corpus/index.js'
import { crc32 } from './crc32.js'
import { contentOf, randomText, scratch } from './helpers.js'

const { path, put } = scratch()
let runs = 0
const input = put('input.txt', randomText(7, 4000, true))
const other = put('other.txt', 'other\n')

function options(more: Partial<PrepareOptions> = {}): PrepareOptions {
  return {
    inputs: [input],
    output: path(`out-${runs++}`),
    inputFormat: 'text',
    document: 'line',
    shardSize: 2000,
    ...more,
  }
}

const code = (error: unknown) => (error as { code?: string }).code

async function failureOf(
  work: Promise<unknown> | (() => unknown),
): Promise<{ code: string; message: string }> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('expected an error')
}

describe('the files', () => {
  it('have the sizes and checksums that the manifest says, and nothing else is left', async () => {
    const first = options({ checksum: 'sha256' })
    const manifest = await prepare(first)
    const records = manifest.shards.flatMap(({ files }) => Object.values(files))
    expect(readdirSync(first.output).sort()).toEqual(
      [...records.map(({ name }) => name), 'SHA256SUMS', 'manifest.json'].sort(),
    )
    for (const { name, size, crc32: crc, sha256 } of records) {
      const bytes = readFileSync(`${first.output}/${name}`)
      expect([name, bytes.length, crc32(bytes)]).toEqual([name, size, crc])
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    }
    execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: first.output })
    const { alreadyComplete, resumedShards, ...written } = manifest
    expect(JSON.parse(readFileSync(`${first.output}/manifest.json`, 'utf8'))).toEqual(written)
  })

  it('are the same in every folder, for every number of workers, and in steps in any order', async () => {
    const first = options()
    await prepare({ ...first, workers: 1 })
    const expected = contentOf(first.output)
    const second = options({ workers: 4 })
    await prepare(second)
    expect(contentOf(second.output)).toEqual(expected)
    const steps = options()
    const { shards } = plan(steps)
    for (const { index } of [...shards].reverse()) await runShard(steps.output, index)
    expect(await runShard(steps.output, 0)).toEqual(await runShard(steps.output, 0))
    merge(steps.output)
    expect(contentOf(steps.output)).toEqual(expected)
    expect(merge(steps.output)).toEqual(JSON.parse(expected.get('manifest.json') ?? ''))
    expect(await runShard(steps.output, 1)).toEqual(merge(steps.output).shards[1])
  })

  it('have plain names if there is one shard, and no quarantine if nothing was set aside', async () => {
    const one = options({ inputs: [other], shardSize: 1e6 })
    await prepare(one)
    expect(readdirSync(one.output).sort()).toEqual(['data.bin', 'data.idx', 'manifest.json'])
  })
})

describe('resuming', () => {
  it('keeps finished shards, and builds those whose files are not as they were', async () => {
    const undisturbed = options()
    await prepare(undisturbed)
    const expected = contentOf(undisturbed.output)

    const resumed = options()
    const { shards } = plan(resumed)
    await runShard(resumed.output, 0)
    await runShard(resumed.output, 2)
    await runShard(resumed.output, 3)
    truncateSync(`${resumed.output}/data-00002-of-0000${shards.length}.bin`, 5)
    writeFileSync(`${resumed.output}/.prepare/shard-00003.json`, '{"half a rec')
    const before = statSync(`${resumed.output}/data-00000-of-0000${shards.length}.bin`)
    const result = await prepare(resumed)
    expect(result).toMatchObject({ alreadyComplete: false, resumedShards: 1 })
    expect(statSync(`${resumed.output}/data-00000-of-0000${shards.length}.bin`).ino).toBe(before.ino)
    expect(contentOf(resumed.output)).toEqual(expected)

    const progress: unknown[] = []
    const again = await prepare({ ...resumed, onProgress: (p) => progress.push(p) })
    expect(again).toMatchObject({ alreadyComplete: true, resumedShards: shards.length })
    expect(contentOf(resumed.output)).toEqual(expected)

    // A finished dataset that lost files gets them back.
    rmSync(`${resumed.output}/data-00001-of-0000${shards.length}.idx`)
    expect(await prepare(resumed)).toMatchObject({ alreadyComplete: false, resumedShards: shards.length - 1 })
    expect(contentOf(resumed.output)).toEqual(expected)
  })

  it('removes what a killed process left in the work folder, and nothing of a living one', async () => {
    const run = options()
    plan(run)
    const dead = await deadPid()
    const work = `${run.output}/.prepare`
    const living = `data.bin.${process.pid}-x-0123456789ab.tmp`
    writeFileSync(`${work}/data.bin.${dead}-1-0123456789ab.tmp`, 'left')
    writeFileSync(`${work}/${living}`, 'in work')
    const abort = new AbortController()
    let seen: string[] = []
    const stopped = prepare({
      ...run,
      signal: abort.signal,
      onProgress: ({ phase }) => {
        if (phase !== 'frame') return
        seen = readdirSync(work).filter((name) => name.startsWith('data.bin.'))
        abort.abort()
      },
    })
    expect((await failureOf(stopped)).code).toBe('ERR_INTERRUPTED')
    expect(seen).toEqual([living])
  })

  it('goes on after it was stopped', async () => {
    const undisturbed = options()
    await prepare(undisturbed)
    const run = options({ workers: 1 })
    const abort = new AbortController()
    const stopped = prepare({
      ...run,
      signal: abort.signal,
      onProgress: ({ phase }) => phase === 'frame' && abort.abort(),
    })
    expect((await failureOf(stopped)).code).toBe('ERR_INTERRUPTED')
    expect(readdirSync(run.output)).not.toContain('manifest.json')
    expect(readdirSync(`${run.output}/.prepare`).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(existsSync(`${run.output}/.prepare/lock`)).toBe(false)
    await prepare(run)
    expect(contentOf(run.output)).toEqual(contentOf(undisturbed.output))
    const never = new AbortController()
    never.abort()
    const unstarted = options({ signal: never.signal })
    expect((await failureOf(prepare(unstarted))).code).toBe('ERR_INTERRUPTED')
    expect(existsSync(unstarted.output)).toBe(false)
  })
})

describe('another plan', () => {
  it.each(['finished', 'unfinished'])('is refused, or replaced with overwrite: %s', async (state) => {
    const run = options({ checksum: 'sha256' })
    if (state === 'finished') await prepare(run)
    else {
      plan(run)
      await runShard(run.output, 1)
    }
    const notes = `${run.output}/notes.txt`
    writeFileSync(notes, 'of the user')
    const before = contentOf(state === 'finished' ? run.output : `${run.output}/.prepare`)
    const changed = { ...run, reserved: 'strip', inputs: [other], shardSize: 5000 } as const
    for (const work of [() => prepare(changed), () => plan(changed)]) {
      const error = await failureOf(work)
      expect(error.code).toBe('ERR_OUTPUT_OTHER_PLAN')
      expect(error.message).toContain('reserved was "escape", and is "strip"')
      expect(error.message).toContain('other.txt')
      expect(error.message).toContain('--overwrite')
    }
    expect(contentOf(state === 'finished' ? run.output : `${run.output}/.prepare`)).toEqual(before)
    const fresh = options({ ...changed, output: path(`out-${runs++}`) })
    await prepare(fresh)
    await prepare({ ...changed, overwrite: true })
    expect(readFileSync(notes, 'utf8')).toBe('of the user')
    rmSync(notes)
    expect(contentOf(run.output)).toEqual(contentOf(fresh.output))
  })

  it('is what a changed input gives', async () => {
    const file = put('changes.txt', 'one\n')
    const run = options({ inputs: [file] })
    await prepare(run)
    put('changes.txt', 'one\ntwo\n')
    const error = await failureOf(prepare(run))
    expect(error.code).toBe('ERR_OUTPUT_OTHER_PLAN')
    expect(error.message).toContain('changed')
    expect((await prepare({ ...run, overwrite: true })).totals.documents).toBe(2)
  })

  it('is replaced even if the replacing was killed half way', async () => {
    const run = options()
    const { shards } = await prepare(run)
    // As if: the old plan in the work folder, the manifest gone, some of the files gone.
    const {
      planHash: hash,
      tool,
      totals,
      shards: receipts,
      ...rest
    } = JSON.parse(readFileSync(`${run.output}/manifest.json`, 'utf8'))
    mkdirSync(`${run.output}/.prepare`)
    const ranges = receipts.map(({ index, ranges }: { index: number; ranges: unknown }) => ({
      index,
      ranges,
    }))
    writeFileSync(`${run.output}/.prepare/plan.json`, JSON.stringify({ ...rest, hash, shards: ranges }))
    rmSync(`${run.output}/manifest.json`)
    rmSync(`${run.output}/${shards[0].files.bin.name}`)
    await prepare({ ...run, bos: false, overwrite: true, shardSize: 1e6 })
    expect(readdirSync(run.output).sort()).toEqual([
      'data.bin',
      'data.idx',
      'manifest.json',
      'quarantine.jsonl',
    ])
  })
})

describe('folders that are not ours', () => {
  it('ERR_OUTPUT_NOT_DIRECTORY', async () => {
    for (const output of [other, `${other}/below`]) {
      expect((await failureOf(prepare(options({ output })))).code).toBe('ERR_OUTPUT_NOT_DIRECTORY')
    }
    expect(readFileSync(other, 'utf8')).toBe('other\n')
  })

  it('are refused, also with overwrite, and left as they are', async () => {
    for (const [name, content] of [
      ['notes.txt', 'x'],
      ['manifest.json', '{"name":"of a web application"}'],
      ['manifest.json', 'no JSON'],
    ]) {
      const run = options({ overwrite: true })
      mkdirSync(run.output)
      writeFileSync(`${run.output}/${name}`, content)
      expect(['ERR_OUTPUT_OTHER_PLAN', 'ERR_DATASET']).toContain((await failureOf(prepare(run))).code)
      expect([...contentOf(run.output)]).toEqual([[name, content]])
    }
  })

  it('are not left behind when there is nothing to put into them', async () => {
    const run = options({ inputs: [path('nowhere')] })
    expect((await failureOf(prepare(run))).code).toBe('ERR_INPUT_NOT_FOUND')
    expect(existsSync(run.output)).toBe(false)
  })

  it('ERR_OUTPUT_WRITE: no permission', () => {
    mkdirSync(path('read-only'), { mode: 0o555 })
    const module = new URL('../../dist/corpus/index.js', import.meta.url).pathname
    const script = `import { prepare } from ${JSON.stringify(module)}
      // Root may write everywhere.
      if (process.getuid() === 0) process.setuid(65534)
      await prepare({ inputs: [${JSON.stringify(other)}], output: ${JSON.stringify(path('read-only/out'))} })
        .catch((error) => console.log(error.code))`
    execFileSync('chmod', ['755', path()])
    const child = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(child).toBe('ERR_OUTPUT_WRITE\n')
  })
})

describe('the lock', () => {
  async function withLock(content: string): Promise<string | undefined> {
    const run = options()
    plan(run)
    writeFileSync(`${run.output}/.prepare/lock`, content)
    try {
      await prepare(run)
      return undefined
    } catch (error) {
      expect(readFileSync(`${run.output}/.prepare/lock`, 'utf8')).toBe(content)
      expect(code(error)).toBe('ERR_OUTPUT_BUSY')
      return String(error)
    }
  }

  it('refuses while its process lives, and names it', async () => {
    const child = spawn('sleep', ['60'])
    try {
      const { pid } = child
      const start = readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[21]
      expect(await withLock(JSON.stringify({ pid, start, host: hostname() }))).toContain(String(pid))
      // The same number, but another process: it started at another time.
      expect(await withLock(JSON.stringify({ pid, start: '1', host: hostname() }))).toBeUndefined()
      expect(await withLock(JSON.stringify({ pid: 1, start: '1', host: 'elsewhere' }))).toContain('elsewhere')
    } finally {
      child.kill()
    }
  })

  it('is taken over when its process is gone, or was never whole', async () => {
    expect(
      await withLock(JSON.stringify({ pid: await deadPid(), start: 'x', host: hostname() })),
    ).toBeUndefined()
    expect(await withLock('{"pid":')).toBeUndefined()
  })

  it('lets one of two runs through', async () => {
    const run = options({ workers: 1 })
    const results = await Promise.allSettled([prepare(run), prepare(run)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const rejected = results.find((result) => result.status === 'rejected')
    expect(code(rejected?.reason)).toBe('ERR_OUTPUT_BUSY')
    expect(await verify(run.output)).toMatchObject({ ok: true })
  })
})

describe('steps that are missing', () => {
  it('ERR_OUTPUT_INCOMPLETE', async () => {
    const run = options()
    expect((await failureOf(() => runShard(run.output, 0))).code).toBe('ERR_OUTPUT_INCOMPLETE')
    expect((await failureOf(() => merge(run.output))).code).toBe('ERR_OUTPUT_INCOMPLETE')
    expect(existsSync(run.output)).toBe(false)
    plan(run)
    await runShard(run.output, 0)
    const error = await failureOf(() => merge(run.output))
    expect(error.code).toBe('ERR_OUTPUT_INCOMPLETE')
    expect(error.message).toContain('1, 2')
    expect((await failureOf(() => runShard(run.output, 999))).code).toBe('ERR_ARGUMENT')
    expect((await failureOf(verify(run.output))).code).toBe('ERR_DATASET')
  })
})

describe('documents that fail the run', () => {
  it('ERR_DOCUMENT_INVALID and ERR_DOCUMENT_RESERVED, with file and offset', async () => {
    const bad = put('bad.txt', Buffer.from('good\nbad \xff\nmore\n', 'latin1'))
    const invalid = options({ inputs: [bad], invalid: 'fail' })
    expect(await failureOf(prepare(invalid))).toMatchObject({
      code: 'ERR_DOCUMENT_INVALID',
      file: bad,
      offset: 9,
    })
    expect(readdirSync(invalid.output)).toEqual(['.prepare'])
    expect(readdirSync(`${invalid.output}/.prepare`)).toEqual(['plan.json'])
    const reserved = put('reserved.txt', 'good\nbad \u0001\n')
    const run = options({ inputs: [reserved], reserved: 'fail' })
    const expected = { code: 'ERR_DOCUMENT_RESERVED', file: reserved, offset: 9 }
    expect(await failureOf(prepare(run))).toMatchObject(expected)
    expect(await failureOf(() => runShard(run.output, 0))).toMatchObject(expected)
    const lines = put('bad.jsonl', '{"text":"a"}\n{"text":1}\n')
    expect(
      await failureOf(prepare(options({ inputs: [lines], inputFormat: 'auto', invalid: 'fail' }))),
    ).toMatchObject({
      code: 'ERR_DOCUMENT_INVALID',
      file: lines,
      offset: 13,
    })
  })
})

it('the first failure stops the other threads', async () => {
  const bad = put(
    'bad-first.txt',
    Buffer.concat([Buffer.from('\xff\n', 'latin1'), Buffer.alloc(100_000, 'good\n')]),
  )
  const run = options({ inputs: [bad], invalid: 'fail', shardSize: 1000, workers: 2 })
  expect((await failureOf(prepare(run))).code).toBe('ERR_DOCUMENT_INVALID')
  const done = readdirSync(run.output).filter((name) => name.endsWith('.bin')).length
  expect(done).toBeLessThan(90)
  expect((await failureOf(prepare(run))).code).toBe('ERR_DOCUMENT_INVALID')
})

describe('progress', () => {
  it('goes up to the whole', async () => {
    const seen: {
      phase: string
      bytesDone: number
      bytesTotal: number
      documents: number
      shardsDone: number
    }[] = []
    const run = options({ onProgress: (progress) => seen.push(progress) })
    const { totals, shards } = await prepare(run)
    expect(seen.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1])).toEqual([
      'plan',
      'frame',
      'merge',
    ])
    const last = seen[seen.length - 1]
    expect(last).toMatchObject({
      bytesDone: totals.inputBytes,
      bytesTotal: totals.inputBytes,
      documents: totals.documents,
      shardsDone: shards.length,
    })
    const bytes = seen.filter(({ phase }) => phase !== 'plan').map(({ bytesDone }) => bytesDone)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
  })
})

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn('true')
  const { pid } = child
  await new Promise((resolve) => child.on('exit', resolve))
  if (pid === undefined) throw new Error('could not start a process')
  return pid
}
