import { describe, expect, it } from 'vitest'
import { harmless } from '../../dist/cli/print.js'
import { byReason, quoted } from '../../dist/cli/report.js'
import { approximately, byteRate, byteSize, counted, duration } from '../../dist/cli/units.js'
import { parseCount, parseDocuments, parseSeparator, parseSize } from '../../dist/cli/values.js'

const ARGUMENT = expect.objectContaining({ code: 'ERR_ARGUMENT' })

describe('values of options', () => {
  it.each([
    ['1', 1],
    ['4096', 4096],
    ['4096B', 4096],
    ['1KB', 1000],
    ['1KiB', 1024],
    ['512MiB', 536_870_912],
    ['512 mib', 536_870_912],
    ['1.5GB', 1_500_000_000],
    ['2TiB', 2_199_023_255_552],
  ])('takes the size %s', (text, bytes) => {
    expect(parseSize(text, '--shard-size')).toBe(bytes)
  })

  it.each(['', '0', '-1', '5x', 'MiB', '1e3', '0.5', '1..5MB', '99999999TiB', '1 2'])(
    'refuses the size %j',
    (text) => {
      expect(() => parseSize(text, '--shard-size')).toThrow(ARGUMENT)
    },
  )

  it.each([
    ['3..7', 3, 7],
    ['5', 5, 5],
    ['3..', 3, Number.POSITIVE_INFINITY],
    ['..7', 0, 7],
    ['0..0', 0, 0],
  ])('takes the documents %s', (text, first, last) => {
    expect(parseDocuments(text, '--documents')).toEqual({ first, last })
  })

  it.each(['', '..', '7..3', '-1', '1-2', 'a', '1...2', '99999999999999999999'])(
    'refuses the documents %j',
    (text) => {
      expect(() => parseDocuments(text, '--documents')).toThrow(ARGUMENT)
    },
  )

  it.each([
    [String.raw`\n%%\n`, '\n%%\n'],
    [String.raw`\t\r\\`, '\t\r\\'],
    [String.raw`\\n`, '\\n'],
    [String.raw`\x00\xE4\xBD\xa0`, '\0你'],
    ['— ', '— '],
    ['', ''],
  ])('takes the separator %j', (text, separator) => {
    expect(parseSeparator(text, '--separator')).toBe(separator)
  })

  it.each([String.raw`\q`, '\\', String.raw`\x1`, String.raw`\xe4`, String.raw`a\xff`])(
    'refuses the separator %j',
    (text) => {
      expect(() => parseSeparator(text, '--separator')).toThrow(ARGUMENT)
    },
  )

  it('takes whole numbers from the least on', () => {
    expect(parseCount('0', '--shard', 0)).toBe(0)
    for (const text of ['0', '-1', '1.5', 'x', '', '1e9']) {
      expect(() => parseCount(text, '--workers', 1)).toThrow(ARGUMENT)
    }
  })
})

describe('words for people', () => {
  it('counts in the right number', () => {
    expect([counted(0, 'file'), counted(1, 'file'), counted(1234567, 'file')]).toEqual([
      '0 files',
      '1 file',
      '1,234,567 files',
    ])
  })

  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [7_912_345, '7.9 MB'],
    [9_960_000, '10 MB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [4.2e12, '4.2 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(byteSize(bytes)).toBe(text)
  })

  it.each([
    [12_345, '12,345'],
    [99_999, '99,999'],
    [100_000, '100 k'],
    [8_123_456, '8.1 M'],
  ])('about %d is %s', (value, text) => {
    expect(approximately(value)).toBe(text)
  })

  it.each([
    [0.0004, '1 ms'],
    [0.42, '0.4 s'],
    [9.96, '10 s'],
    [59.6, '1 min 0 s'],
    [75, '1 min 15 s'],
    [3599.7, '1 h 0 min'],
    [3700, '1 h 2 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })

  it('gives rates, also of nothing', () => {
    expect([byteRate(21e6, 1), byteRate(0, 0), byteRate(10, 2)]).toEqual(['21 MB/s', '0 B/s', '5 B/s'])
  })

  it('names reasons, the most frequent first', () => {
    expect(byReason({ overlong: 1, truncated: 2, 'json-malformed': 3 })).toBe(
      'malformed JSON 3, truncated 2, overlong 1',
    )
  })

  it('quotes paths as a shell needs it', () => {
    expect(['out', 'my out', "it's", '-x', 'größe'].map(quoted)).toEqual([
      'out',
      "'my out'",
      "'it'\\''s'",
      "'-x'",
      "'größe'",
    ])
  })

  it('leaves no control character for a terminal to obey', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('')
    const shown = harmless(all)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(shown.replace(/[\t\n]/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
    expect(shown).toContain('␀␁␂')
    expect(shown).toContain('\\u009b')
  })
})
