/**
 * escape and unescape: inverse to each other over every short sequence of the bytes that matter, and strict about what
 * is no escape.
 */
import { describe, expect, it } from 'vitest'
import { escapeControls, escapeText, unescapeControls } from '../../dist/protocol/escape.js'

/** What the escape must give, from the protocol's table alone. */
const RESERVED = [...Array(0x20).keys()].filter((byte) => byte < 0x09 || byte > 0x0d)

const LETTERS = [0x00, 0x02, 0x03, 0x0a, 0x10, 0x1f, 0x40, 0x41, 0x49, 0x50, 0x5f, 0x7f, 0xc3, 0xff]

describe('escape', () => {
  it('puts DLE in front of each reserved byte and raises it by 40h; every other byte stays', () => {
    for (let byte = 0; byte < 256; byte++) {
      const expected = RESERVED.includes(byte) ? [0x10, byte + 0x40] : [byte]
      expect([...escapeControls(Uint8Array.of(byte))]).toEqual(expected)
      expect([...escapeControls(Uint8Array.of(0x61, byte, byte))]).toEqual([0x61, ...expected, ...expected])
    }
  })

  it('writes what the table says: NUL is DLE @, DLE is DLE P', () => {
    expect(Buffer.from(escapeControls(Buffer.from('a\0b\x10'))).toString('latin1')).toBe('a\x10@b\x10P')
  })

  it('copies nothing where there is nothing to escape', () => {
    const bytes = Buffer.from('plain\t文\r\n')
    expect(escapeControls(bytes)).toBe(bytes)
    expect(escapeControls(new Uint8Array(0)).length).toBe(0)
  })

  it('is undone by unescape, and leaves no reserved byte but DLE, for all words of up to 4 bytes that matter', () => {
    let words = 0
    for (const word of wordsOver(LETTERS, 4)) {
      const escaped = escapeControls(word)
      if (Buffer.compare(unescapeControls(escaped), word) !== 0) throw new Error(`lost ${word}`)
      if (escaped.some((byte) => byte !== 0x10 && RESERVED.includes(byte)))
        throw new Error(`stray in ${escaped}`)
      words++
    }
    expect(words).toBe(1 + 14 + 14 ** 2 + 14 ** 3 + 14 ** 4)
  })

  it('can be done field by field: the escape of joined fields is the joined escapes', () => {
    for (const left of wordsOver(LETTERS, 2)) {
      for (const right of wordsOver(LETTERS, 2)) {
        const joined = Buffer.concat([left, right])
        expect(
          Buffer.compare(
            escapeControls(joined),
            Buffer.concat([escapeControls(left), escapeControls(right)]),
          ),
        ).toBe(0)
      }
    }
  })

  it('refuses what are no bytes', () => {
    expect(codeAndOffset(() => escapeControls('text' as unknown as Uint8Array)).code).toBe('ERR_ARGUMENT')
  })
})

describe('with line feeds', () => {
  const inLine = { lineFeeds: true }

  it('LF is escaped like a reserved byte, and undone, for all words of up to 3 bytes that matter', () => {
    expect([...escapeControls(Buffer.from('a\n\r'), inLine)]).toEqual([0x61, 0x10, 0x4a, 0x0d])
    for (const word of wordsOver(LETTERS, 3)) {
      const escaped = escapeControls(word, inLine)
      if (escaped.includes(0x0a)) throw new Error(`LF in ${escaped}`)
      if (Buffer.compare(unescapeControls(escaped, 0, escaped.length, inLine), word) !== 0)
        throw new Error(`lost ${word}`)
    }
  })

  it('without the option its escape is none', () => {
    const bytes = escapeControls(Buffer.from('\n'), inLine)
    expect(codeAndOffset(() => unescapeControls(bytes))).toEqual({ code: 'ERR_DATASET', offset: 0 })
    for (const wrong of [{ lineFeeds: 1 }, { lines: true }, 'lines']) {
      const options = wrong as unknown as { lineFeeds: boolean }
      expect(codeAndOffset(() => escapeControls(bytes, options)).code).toBe('ERR_ARGUMENT')
      expect(codeAndOffset(() => unescapeControls(bytes, 0, 2, options)).code).toBe('ERR_ARGUMENT')
      expect(codeAndOffset(() => escapeText('', options)).code).toBe('ERR_ARGUMENT')
    }
  })
})

describe('escapeText', () => {
  it('is escapeControls on strings, for each character up to U+00FF, with line feeds and without', () => {
    for (let code = 0; code < 0x100; code++) {
      const text = `a${String.fromCharCode(code)}${String.fromCharCode(code)}文`
      for (const options of [undefined, {}, { lineFeeds: false }, { lineFeeds: true }]) {
        expect(Buffer.from(escapeText(text, options))).toEqual(
          Buffer.from(escapeControls(Buffer.from(text), options)),
        )
      }
    }
  })

  it('leaves lone surrogates, and refuses what is no string', () => {
    expect(escapeText('\ud800\x01\udc00')).toBe('\ud800\x10A\udc00')
    expect(codeAndOffset(() => escapeText(5 as unknown as string)).code).toBe('ERR_ARGUMENT')
  })
})

describe('unescape', () => {
  it('takes every escape, and refuses every other byte behind a DLE, with its offset', () => {
    for (let byte = 0; byte < 256; byte++) {
      const bytes = Uint8Array.of(0x61, 0x62, 0x10, byte, 0x63)
      if (RESERVED.includes(byte - 0x40)) {
        expect([...unescapeControls(bytes)]).toEqual([0x61, 0x62, byte - 0x40, 0x63])
      } else {
        expect(
          codeAndOffset(() => unescapeControls(bytes)),
          `byte ${byte}`,
        ).toEqual({ code: 'ERR_DATASET', offset: 2 })
      }
    }
  })

  it('refuses a DLE at the end of the range, though its escape goes on behind it', () => {
    const bytes = Buffer.from('a\x10@')
    expect(unescapeControls(bytes).length).toBe(2)
    expect(codeAndOffset(() => unescapeControls(bytes, 0, 2))).toEqual({ code: 'ERR_DATASET', offset: 1 })
  })

  it('looks at its range only, and counts offsets from the start of the bytes', () => {
    const bytes = Buffer.from('\x10a\x10A\x10\x10')
    expect([...unescapeControls(bytes, 1, 4)]).toEqual([0x61, 0x01])
    expect(codeAndOffset(() => unescapeControls(bytes, 1))).toEqual({ code: 'ERR_DATASET', offset: 4 })
  })

  it('gives a view of the same memory where there is no DLE, and memory of its own where there is one', () => {
    const bytes = Buffer.from('abc\x02\x10@')
    const view = unescapeControls(bytes, 1, 4)
    expect([...view]).toEqual([0x62, 0x63, 0x02])
    expect(view.buffer).toBe(bytes.buffer)
    expect(view.byteOffset).toBe(bytes.byteOffset + 1)
    expect(unescapeControls(bytes).buffer).not.toBe(bytes.buffer)
  })

  it('refuses a range that is none', () => {
    const bytes = Buffer.from('abc')
    for (const [start, end] of [
      [-1, 2],
      [2, 1],
      [0, 4],
      [0.5, 2],
    ]) {
      expect(codeAndOffset(() => unescapeControls(bytes, start, end)).code).toBe('ERR_ARGUMENT')
    }
  })
})

function* wordsOver(letters: readonly number[], longest: number): Generator<Uint8Array> {
  for (let length = 0; length <= longest; length++) {
    for (let number = 0; number < letters.length ** length; number++) {
      yield Uint8Array.from(
        { length },
        (_, i) => letters[Math.floor(number / letters.length ** i) % letters.length],
      )
    }
  }
}

function codeAndOffset(call: () => unknown): { code: unknown; offset: unknown } {
  try {
    call()
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'offset' in error) {
      return { code: error.code, offset: error.offset }
    }
    throw error
  }
  throw new Error('nothing was thrown')
}
