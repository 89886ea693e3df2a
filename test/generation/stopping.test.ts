/** Utf8StoppingCriteria: every prefix of texts with blocks, whole and broken. */
import { describe, expect, it } from 'vitest'
import { type StoppingByte, Utf8StoppingCriteria } from '../../dist/generation/stopping.js'
import { codeOf } from './codes.js'

const ALL: readonly StoppingByte[] = ['ETX', 'ETB', 'ESC']
const encoder = new TextEncoder()

/** The lengths of the prefixes of `text` that end. */
function endsOf(text: string, on: readonly StoppingByte[]): number[] {
  const bytes = encoder.encode(text)
  const criteria = new Utf8StoppingCriteria({ on })
  const rows = Array.from({ length: bytes.length + 1 }, (_, length) => bytes.subarray(0, length))
  const flags = criteria.process(rows)
  expect(criteria.process(rows.map((row) => Array.from(row, BigInt)))).toEqual(flags)
  return flags.flatMap((flag, length) => (flag ? [length] : []))
}

describe('Utf8StoppingCriteria', () => {
  it.each<[string, string, Partial<Record<StoppingByte, number[]>>]>([
    ['a text', '\x02ab\x03', { ETX: [4] }],
    ['texts one behind the other', '\x02\x03\x02\x03\x03', { ETX: [2, 4, 5] }],
    ['padding', '\0\0\x02a\x03', { ETX: [5] }],
    ['an ETX within a character', '\xc3\x03', { ETX: [3] }],
    ['a message', '\x01assistant\nhi\x17\n\x03', { ETB: [14], ETX: [16] }],
    ['messages', '\x01user\n\x0ehi\x0f\x17\n\x01assistant\nA\x17', { ETB: [11, 25] }],
    ['a tool call', '\x01assistant\n\x1afunction f({})\x1b\x17', { ESC: [27], ETB: [28] }],
    ['two tool calls', '\x01assistant\n\x1aa f(1)\x1b\x1aa f(2)\x1b', { ESC: [19, 27] }],
    ['a tool call of another role', '\x01user\n\x0e\x1aa f()\x1b', { ESC: [14] }],
    ['a generation prompt', '\x01assistant\n', {}],
    ['an ETB outside of messages', 'ab\x17\n\x17', {}],
    ['an ETB within a span', '\x01user\n\x0ehi\x17', {}],
    ['an ETB within a tool call', '\x01assistant\n\x1aa f(\x17', {}],
    ['an ETB that is escaped badly', '\x01assistant\n\x10\x17', {}],
    ['an ESC outside of tool calls', '\x01assistant\n\x1b', {}],
    ['an ESC in front of arguments', '\x01assistant\n\x1aa f\x1b', {}],
    ['an ESC within arguments', '\x01assistant\n\x1aa f(\x1b', {}],
    ['an ETX within a message, which ends all', '\x01assistant\nhi\x03\x17', { ETX: [14] }],
    ['bytes that stand for escaped ones', '\x01assistant\n\x10W\x10[\x10C', {}],
  ])('of %s tells the ends', (_what, text, expected) => {
    for (const byte of ALL) expect(endsOf(text, [byte]), byte).toEqual(expected[byte] ?? [])
    const together = ALL.flatMap((byte) => expected[byte] ?? []).toSorted((a, b) => a - b)
    expect(endsOf(text, ALL)).toEqual(together)
  })

  it('stops on ETX by default, and tells rows apart', () => {
    const rows = [[3], [3, 0], [], [0x17], [259], [2n ** 64n + 3n]]
    expect(new Utf8StoppingCriteria().process(rows)).toEqual([true, false, false, false, false, false])
    expect(new Utf8StoppingCriteria().process([])).toEqual([])
  })

  it('stops at a length, alone or beside bytes', () => {
    const rows = [[1, 1], [1, 1, 1], [1, 1, 1, 1], [3]]
    expect(new Utf8StoppingCriteria({ on: [], max_length: 3 }).process(rows)).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(new Utf8StoppingCriteria({ max_length: 3 }).process(rows)).toEqual([false, true, true, true])
  })

  it.each<[string, unknown]>([
    ['nothing to stop on', { on: [] }],
    ['an unknown byte', { on: ['EOT'] }],
    ['a byte that stands alone', { on: 'ETX' }],
    ['a length of 0', { max_length: 0 }],
    ['a length that is none', { max_length: 1.5 }],
    ['an unknown option', { stop: ['ETX'] }],
  ])('refuses %s', (_what, options) => {
    expect(codeOf(() => new Utf8StoppingCriteria(options as object))).toBe('ERR_ARGUMENT')
  })

  it('refuses what are no rows of ids', () => {
    const criteria = new Utf8StoppingCriteria({ on: ALL })
    for (const rows of [null, [3], [[-1]], [[0.5]], [[-1, 0x1b]], 'a'] as unknown as number[][][]) {
      expect(
        codeOf(() => criteria.process(rows)),
        String(rows),
      ).toBe('ERR_ARGUMENT')
    }
  })
})
