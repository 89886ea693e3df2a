/**
 * The oracle's own test, against what Node has: TextDecoder for UTF-8, and the shared vectors. What documents are is
 * shown on examples small enough to be checked by eye.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FramerOptions } from '../../dist/engine/framer.js'
import { jsonLines } from './jsonl-oracle.js'
import { censusOracle, charactersOf, findInvalidOracle, frameOracle } from './oracle.js'
import { BOUNDARY_BYTES, bytesOf, ILL_FORMED, SCRIPT_NAMES, textOf } from './text.js'

interface Vector {
  readonly hex: string
  readonly valid: boolean
  readonly error_offset: number | null
  readonly replaced_codepoints_hex: readonly string[]
  readonly fffd: number
}

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../vectors/utf8_cases.json', import.meta.url), 'utf8'),
)

const PLAIN: FramerOptions = {
  unit: 'line',
  bos: false,
  eos: false,
  reserved: 'keep',
  invalid: 'replace',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
}

describe('the oracle for UTF-8', () => {
  it('agrees with the vectors', () => {
    expect(VECTORS.length).toBe(83)
    for (const vector of VECTORS) {
      const bytes = Buffer.from(vector.hex, 'hex')
      expect(findInvalidOracle(bytes, 0, bytes.length)?.offset ?? null, vector.hex).toBe(vector.error_offset)
      const framed = frameOracle(bytes, { ...PLAIN, unit: 'stream' })
      const codePoints = [...Buffer.from(framed.bytes).toString()].map((character) =>
        (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0'),
      )
      expect(codePoints, vector.hex).toEqual(vector.replaced_codepoints_hex)
    }
  })

  it('agrees with TextDecoder over all words of 4 boundary bytes, and their beginnings', () => {
    expect(BOUNDARY_BYTES.length ** 4).toBe(531_441)
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    const word = new Uint8Array(4)
    let different = 0
    const compare = (length: number) => {
      const text = charactersOf(word, 0, length).map(({ offset, length: size, reason }) =>
        reason === 'none' ? Buffer.from(word.subarray(offset, offset + size)).toString() : '\ufffd',
      )
      if (text.join('') !== decoder.decode(word.subarray(0, length))) different++
    }
    for (const a of BOUNDARY_BYTES) {
      word[0] = a
      compare(1)
      for (const b of BOUNDARY_BYTES) {
        word[1] = b
        compare(2)
        for (const c of BOUNDARY_BYTES) {
          word[2] = c
          compare(3)
          for (const d of BOUNDARY_BYTES) {
            word[3] = d
            compare(4)
          }
        }
      }
    }
    expect(different).toBe(0)
  })

  it('says why, for each table entry', () => {
    for (const { bytes, length, reason } of ILL_FORMED) {
      const padded = Buffer.concat([Buffer.from('é'), bytes, Buffer.from('a')])
      expect(findInvalidOracle(padded, 0, padded.length), bytes.toString()).toEqual({
        offset: 2,
        length,
        reason,
      })
    }
    for (const script of SCRIPT_NAMES) expect(findInvalidOracle(textOf(script, 300), 0, 300)).toBe(null)
  })
})

describe('the oracle for framing', () => {
  const show = (text: string, options: Partial<FramerOptions>) => {
    const { bytes, rejected, totals } = frameOracle(bytesOf(text), {
      ...PLAIN,
      bos: true,
      eos: true,
      ...options,
    })
    const framed = Buffer.from(bytes).toString('latin1').replaceAll('\x02', '<').replaceAll('\x03', '>')
    return [framed, totals.blankLines, rejected.length]
  }

  it('finds documents', () => {
    expect(show('', { unit: 'stream' })).toEqual(['<>', 0, 0])
    expect(show('a\n', { unit: 'stream' })).toEqual(['<a\n>', 0, 0])
    expect(show('', {})).toEqual(['', 0, 0])
    expect(show('a\nb', {})).toEqual(['<a><b>', 0, 0])
    expect(show('a\r\n\n\rb\r', {})).toEqual(['<a><><\rb\r>', 0, 0])
    expect(show('a\r\nb\n\r\n\n\rc\n', { unit: 'paragraph' })).toEqual(['<a\r\nb><\rc>', 2, 0])
    const separator = bytesOf('aab')
    expect(show('aaabxaabaaba', { unit: 'separator', separator })).toEqual(['<a><x><><a>', 0, 0])
  })

  it('treats reserved bytes and lengths', () => {
    expect(show('a\x10\x00b', { reserved: 'escape' })).toEqual(['<a\x10P\x10@b>', 0, 0])
    expect(show('a\x1f', { reserved: 'picture' })).toEqual(['<a\xe2\x90\x9f>', 0, 0])
    expect(show('a\x1f\tb\nc', { reserved: 'quarantine' })).toEqual(['<c>', 0, 1])
    const { rejected } = frameOracle(bytesOf('abcd\r\nabc\n\xff'), {
      ...PLAIN,
      eos: true,
      invalid: 'drop',
      maxLength: 4,
    })
    expect(rejected).toEqual([
      { offset: 0, length: 4, terminatorLength: 2, reason: 'too-long', errorOffset: 3 },
      { offset: 10, length: 1, terminatorLength: 0, reason: 'invalid-byte', errorOffset: 0 },
    ])
  })

  it('counts framed bytes', () => {
    const bytes = bytesOf('\x02é文\x10@\x10A\x10a\x10\x10P\x03\x1b\x10'.replace('é', '\xc3\xa9'))
    expect(censusOracle(bytes, 0, bytes.length)).toEqual({
      invalidAt: -1,
      codePoints: 15,
      stx: 1,
      etx: 1,
      escapes: 3,
      stray: 4,
    })
  })

  it('judges lines of JSON', () => {
    const lines = jsonLines(
      bytesOf('{"a":"x"}\r\n \t\n{"a":1}\n["x"]\n{"a":"\\ud800"}\n{"a":"y","b":"\\ud800"}\n{"a":"z"'),
      ['a'],
      PLAIN,
    )
    expect(lines.map(({ verdict, hard }) => (hard ? 'hard' : verdict))).toEqual([
      'document',
      'blank',
      'undecided',
      'undecided',
      'undecided',
      'hard',
      'undecided',
    ])
  })
})
