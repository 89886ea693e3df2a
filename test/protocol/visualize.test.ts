/**
 * visualizeControlTokens against the Python package's own answers, and against the table for every character up to U+00FF.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { visualizeControlTokens } from '../../dist/protocol/visualize.js'

interface Vector {
  readonly text: string
  readonly plain: string
  readonly with_whitespace: string
}

const file = new URL('../vectors/visualize.json', import.meta.url)
const { visualize: vectors }: { visualize: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

describe('visualizeControlTokens', () => {
  it('gives what the reference gives', () => {
    expect(vectors.length).toBe(20)
    for (const { text, plain, with_whitespace } of vectors) {
      expect(visualizeControlTokens(text)).toBe(plain)
      expect(visualizeControlTokens(text, { includeWhitespace: false })).toBe(plain)
      expect(visualizeControlTokens(text, { includeWhitespace: true })).toBe(with_whitespace)
    }
  })

  it('changes C0 and DEL alone, and white space only when asked', () => {
    for (let code = 0; code < 0x100; code++) {
      const character = String.fromCharCode(code)
      const isWhitespace = code >= 0x09 && code <= 0x0d
      let picture = character
      if (code < 0x20) picture = String.fromCharCode(0x2400 + code)
      if (code === 0x7f) picture = '␡'
      expect(visualizeControlTokens(`a${character}b`)).toBe(`a${isWhitespace ? character : picture}b`)
      expect(visualizeControlTokens(`a${character}b`, { includeWhitespace: true })).toBe(`a${picture}b`)
    }
  })
})
