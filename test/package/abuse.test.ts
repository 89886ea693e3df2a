/**
 * The addon against arguments that nobody should hand it: it answers with a number or a JavaScript error, whatever
 * comes. Each test is a process of its own, so that a crash is seen as its signal.
 */
import { describe, expect } from 'vitest'
import { itWith, NEEDS, NODE_24, ROOT } from '../needs.js'
import { run } from './installed.js'

interface Tally {
  readonly calls: number
  readonly refused: number
  readonly done: number
}

describe.each([
  ['this Node', process.execPath, itWith()],
  ['Node 24', NODE_24, itWith(NEEDS.node24)],
] as const)('the addon on %s', (_name, node, test) => {
  test('refuses every hostile value in every place', () => {
    const { refused, done } = abuse('each')
    expect(refused).toBeGreaterThan(5000)
    expect(done).toBeGreaterThan(100)
  })

  test('stays within its arrays whatever the state says', () => {
    expect(abuse('state').calls).toBeGreaterThan(5000)
  })

  for (const seed of [1, 2, 3]) {
    test(`stands random mixtures, seed ${seed}`, () => {
      const { refused, done } = abuse('fuzz', seed, 10_000)
      expect(refused).toBeGreaterThan(1000)
      expect(done).toBeGreaterThan(1000)
    })
  }

  test('writes what it checked while another thread changes the input', () => {
    expect(abuse('shared', 3).done).toBeGreaterThan(1000)
  })

  test('so do the functions over rows of ids', () => {
    const { refused, done } = abuseOf('abuse-tokens.mjs', 1, 20_000)
    expect(refused).toBeGreaterThan(1000)
    expect(done).toBeGreaterThan(1000)
  })

  function abuse(...args: readonly (string | number)[]): Tally {
    return abuseOf('abuse.mjs', ...args)
  }

  function abuseOf(file: string, ...args: readonly (string | number)[]): Tally {
    const { status, signal, stdout, stderr } = run(node, [
      '--unhandled-rejections=strict',
      `${ROOT}test/package/${file}`,
      ...args.map(String),
    ])
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    return JSON.parse(stdout)
  }
})
