/**
 * SIGKILL at random moments of a run with worker threads: nothing partial is ever visible under a final name, and the
 * same command, started again and again, ends with the bytes of an undisturbed run. UTF8_TOKENIZER_KILLS says how many
 * kills must land (default 50).
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { PrepareOptions } from '../../dist/corpus/index.js'
import { random, randomText } from '../corpus/helpers.js'
import {
  expectComplete,
  expectNothingPartial,
  finalFiles,
  PREPARE,
  run,
  scratchFolder,
  start,
} from './child.js'

const KILLS = Number(process.env.UTF8_TOKENIZER_KILLS ?? 50)
const folder = scratchFolder()

it(`${KILLS} kills`, async () => {
  const input = join(folder, 'input.txt')
  writeFileSync(input, randomText(99, 200_000, true))
  const options = (name: string): PrepareOptions => ({
    inputs: [input],
    output: join(folder, name),
    inputFormat: 'text',
    document: 'line',
    checksum: 'sha256',
    shardSize: 60_000,
    workers: 2,
  })
  const before = performance.now()
  expect(run(PREPARE, options('undisturbed')).code).toBeNull()
  const duration = performance.now() - before
  const expected = finalFiles(options('undisturbed').output)
  expect(expected.size).toBeGreaterThan(20)

  const seed = 20_251_016
  const next = random(seed)
  let landed = 0
  /** Kills after which the run had finished some shards, but not all: those that try the resuming. */
  let halfway = 0
  for (let round = 0; landed < KILLS; round++) {
    const attempt = options(`round-${round}`)
    for (;;) {
      const { child, end } = start(PREPARE, attempt)
      const delay = next(Math.ceil(duration))
      const timer = setTimeout(() => child.kill('SIGKILL'), delay)
      const { signal, code } = await end
      clearTimeout(timer)
      expectNothingPartial(attempt.output, expected)
      if (signal === null) {
        expect([code, `seed ${seed}, round ${round}`]).toEqual([null, `seed ${seed}, round ${round}`])
        break
      }
      landed++
      const files = finalFiles(attempt.output).size
      if (files > 0 && files < expected.size) halfway++
    }
    expectComplete(attempt.output, expected)
  }
  expect(halfway).toBeGreaterThan(0)
})
