/** Utf8Streamer: however ids come, the pieces together are the text of all of them, and none ends within a character. */
import { describe, expect, it } from 'vitest'
import type { Utf8StreamerOptions } from '../../dist/generation/utf8-streamer.js'
import { Utf8Decoder } from '../../dist/index.js'
import { BOUNDARY_BYTES, Random } from '../seeded.js'
import { codeOf } from './codes.js'
import { LAYERS } from './layers.js'

const SAMPLES = [
  '',
  'a',
  'aé文😀z',
  '\ufeffa\ufeff',
  '\x02naïve 文字\x03\0\0',
  '\x01assistant\n😀\x17\n',
].map((text) => new TextEncoder().encode(text))
const BROKEN = ['c3', 'f09f98', '80', 'c341', 'f09f41', 'eda080', 'c0af', 'e2828a', 'ff61c3'].map((hex) =>
  Uint8Array.from(Buffer.from(hex, 'hex')),
)
const ERRORS = ['ignore', 'replace'] as const

function decoded(bytes: Uint8Array, errors: 'ignore' | 'replace', skips: boolean): string {
  const kept = skips ? bytes.filter((byte) => ![0, 2, 3].includes(byte)) : bytes
  return new Utf8Decoder('utf-8', { errors, ignoreBOM: true }).decode(kept)
}

describe.each(LAYERS)('Utf8Streamer on the engine %s', (_engine, { Utf8Streamer }) => {
  /** The pieces of each of the rows that `steps` bring. */
  function pieces(
    steps: readonly (readonly ArrayLike<number | bigint>[])[],
    options: Partial<Utf8StreamerOptions>,
  ): string[][] {
    const rows = (steps[0] ?? []).map((): string[] => [])
    const streamer = new Utf8Streamer({ ...options, callback: (text, row) => rows[row].push(text) })
    for (const step of steps) streamer.put(step)
    streamer.end()
    return rows
  }

  it('gives the whole text for every place at which the ids are cut, and for each id by itself', () => {
    for (const bytes of [...SAMPLES, ...BROKEN]) {
      for (const errors of ERRORS) {
        for (const skip_special_tokens of [true, false]) {
          const whole = decoded(bytes, errors, skip_special_tokens)
          const options = { errors, skip_special_tokens }
          for (let first = 0; first <= bytes.length; first++) {
            for (let second = first; second <= bytes.length; second++) {
              const steps = [
                [bytes.subarray(0, first)],
                [bytes.subarray(first, second)],
                [bytes.subarray(second)],
              ]
              expect(pieces(steps, options)[0].join('')).toBe(whole)
            }
          }
          expect(
            pieces(
              Array.from(bytes, (byte) => [[BigInt(byte)]]),
              options,
            )[0]?.join('') ?? '',
          ).toBe(whole)
        }
      }
    }
  })

  it('shows each character when its last byte comes, and never a half', () => {
    const text = 'aé文😀z'
    const steps = Array.from(new TextEncoder().encode(text), (byte) => [[byte]])
    expect(pieces(steps, {})).toEqual([[...text]])
  })

  it('keeps rows apart, whatever their lengths, and gives no empty piece', () => {
    const random = new Random(1)
    for (let round = 0; round < 300; round++) {
      const rows = Array.from({ length: 1 + random.below(4) }, () => {
        return Uint8Array.from({ length: random.below(12) }, () => random.pick(BOUNDARY_BYTES))
      })
      const at = rows.map(() => 0)
      const steps: Uint8Array[][] = []
      while (rows.some((row, index) => at[index] < row.length)) {
        steps.push(
          rows.map((row, index) => {
            const start = at[index]
            at[index] = Math.min(row.length, start + random.below(4))
            return row.subarray(start, at[index])
          }),
        )
      }
      for (const errors of ERRORS) {
        const found = pieces(steps.length > 0 ? steps : [rows], { errors })
        expect(found.map((row) => row.join(''))).toEqual(rows.map((row) => decoded(row, errors, true)))
        expect(found.flat()).not.toContain('')
      }
    }
  })

  it('leaves the prompt out, and is new after the end', () => {
    const found: string[] = []
    const streamer = new Utf8Streamer({
      callback: (text, row) => found.push(`${row}${text}`),
      skip_prompt: true,
    })
    for (let round = 0; round < 2; round++) {
      streamer.put([[0x61], [0x62, 0xc3]])
      streamer.put([[0x63], [0xa9]])
      streamer.put([[0xc3], [0x64]])
      streamer.end()
    }
    // What the prompt of the second row has cut is left out with it; what the end cuts is ill-formed.
    expect(found).toEqual(['0c', '1d', '0c', '1d'])
    streamer.end()
    streamer.put([[0x61]])
    streamer.put([[0x62]])
    expect(found.slice(4)).toEqual(['0b'])
  })

  it('throws with strict, with the place, and at the end for what is cut', () => {
    const streamer = new Utf8Streamer({ callback: () => {}, errors: 'strict' })
    streamer.put([[0x61, 0xe6]])
    const error = thrownBy(() => streamer.put([[0x62]]))
    expect(error).toMatchObject({ code: 'ERR_UTF8_INVALID', offset: 1 })
    streamer.put([[0xe6]])
    expect(codeOf(() => streamer.end())).toBe('ERR_UTF8_INVALID')
    // It is as new: another number of rows is fine.
    streamer.put([[0x61], [0x62]])
    streamer.end()
  })

  it('refuses ids that are no bytes and another number of rows, and reads nothing then', () => {
    const found: string[] = []
    const streamer = new Utf8Streamer({ callback: (text) => found.push(text) })
    streamer.put([[0x61], [0x62]])
    for (const rows of [[[0x63]], [[0x63], [256]], [[0x63], [-1]], [[0x63], 3], null, [[0x63], 'b']]) {
      expect(
        codeOf(() => streamer.put(rows as number[][])),
        String(rows),
      ).toBe('ERR_ARGUMENT')
    }
    streamer.put([[0x64], []])
    expect(found).toEqual(['a', 'b', 'd'])
  })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no callback', {}],
    ['a callback that is none', { callback: 'x' }],
    ['an unknown option', { callback() {}, skipPrompt: true }],
    ['a flag that is none', { callback() {}, skip_prompt: 1 }],
    ['another flag that is none', { callback() {}, skip_special_tokens: 'no' }],
    ['unknown errors', { callback() {}, errors: 'throw' }],
  ])('refuses %s', (_what, options) => {
    expect(codeOf(() => new Utf8Streamer(options as Utf8StreamerOptions))).toBe('ERR_ARGUMENT')
  })
})

function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
