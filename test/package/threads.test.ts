/**
 * The addon lives in many environments at once: threads load it together, end in the middle of its calls, and come and
 * go. Each test is a process of its own, so that a crash is seen as its signal.
 */
import { describe, expect } from 'vitest'
import { itWith, NEEDS, NODE_24, ROOT } from '../needs.js'
import { run } from './installed.js'

describe.each([
  ['this Node', process.execPath, itWith()],
  ['Node 24', NODE_24, itWith(NEEDS.node24)],
] as const)('on %s', (_name, node, test) => {
  test('eight threads load the addon at once and get the same', () => {
    const { sums, own } = threads('at-once')
    expect(sums).toEqual(Array.from({ length: 8 }, () => own))
  })

  test('threads end in calls and while they load the addon, without harm', () => {
    const { ended, own } = threads('terminate')
    expect(ended).toBe(60)
    expect(own).toBe(threads('at-once').own)
  })

  test('an environment gives back its memory when its thread ends', () => {
    const { early, late } = threads('reload')
    expect(late - early).toBeLessThan(64 * 2 ** 20)
  })

  function threads(what: string) {
    const { status, signal, stdout, stderr } = run(node, [`${ROOT}test/package/threads.mjs`, what])
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    return JSON.parse(stdout)
  }
})
