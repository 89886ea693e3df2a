/**
 * Ctrl-C: the run stops in good order, and the same command goes on from there to the same bytes.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { finished, runCli, scratchFolder, startCli } from './run-cli.js'

const folder = scratchFolder()
const STOPPED = 'utf8-tokenizer: stopped; run the same command again to go on\n'

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops between two shards, and the next run resumes',
  async (signal) => {
    const source = join(folder, 'source.txt')
    writeFileSync(source, 'Größe, 大小, size: a line of text\n'.repeat(100_000))
    const output = join(folder, signal)
    const args = ['prepare', source, '--document', 'line', '--shard-size', '12KB', '-o']
    const child = startCli([...args, output])
    const end = finished(child)
    while (child.exitCode === null && !(existsSync(output) && readdirSync(output).length > 5)) await sleep(2)
    child.kill(signal)
    const { code, text, stderr } = await end
    expect({ code, text, stderr }).toEqual({ code: 1, text: '', stderr: STOPPED })
    expect(existsSync(join(output, 'manifest.json'))).toBe(false)

    const resumed = await runCli([...args, output, '--json'])
    expect(resumed.code).toBe(0)
    expect(resumed.json().resumedShards).toBeGreaterThan(0)
    const undisturbed = join(folder, `${signal}-undisturbed`)
    await runCli([...args, undisturbed, '--quiet'])
    const names = readdirSync(undisturbed)
    expect(readdirSync(output)).toEqual(names)
    const differing = names.filter(
      (name) => !readFileSync(join(output, name)).equals(readFileSync(join(undisturbed, name))),
    )
    expect(differing).toEqual([])
  },
)

it('stops while standard input has not ended', async () => {
  const child = startCli(['prepare', '-', '-o', join(folder, 'endless'), '--json'])
  const end = finished(child)
  child.stdin?.write('some text')
  while (child.exitCode === null && !existsSync(join(folder, 'endless', '.prepare'))) await sleep(2)
  await sleep(200)
  child.kill('SIGINT')
  const { code, error } = await end
  expect({ code, error: error().code }).toEqual({ code: 1, error: 'ERR_INTERRUPTED' })
})
