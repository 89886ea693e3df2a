/** isValid, countCodePoints, utf16Length and decode: the same bytes are put to all of them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { MAX_STRING_LENGTH } from '../../dist/engine/text-engine.js'
import { fail } from './compare.js'
import { findInvalidOracle } from './oracle.js'
import { STRING_SCRIPTS, stringOf } from './strings.js'
import type { Level } from './suite.js'
import { BOUNDARY_BYTES, ILL_FORMED, Random } from './text.js'
import { checkBytes } from './text-checks.js'
import { encodeOracle, textOracle } from './text-oracle.js'

const LONGEST = 4 * 64 + 1

export function describeDecoding(create: () => Engine, level: Level): void {
  const engine = create()

  describe('decoding', () => {
    it('decides all sequences of 1 and 2 bytes, and those of 3 boundary bytes', () => {
      const word = new Uint8Array(3)
      for (let a = 0; a < 256; a++) {
        word[0] = a
        checkBytes(engine, word, 0, 1)
        for (let b = 0; b < 256; b++) {
          word[1] = b
          checkBytes(engine, word, 0, 2)
        }
      }
      for (const a of BOUNDARY_BYTES) {
        for (const b of BOUNDARY_BYTES) {
          for (const c of BOUNDARY_BYTES) {
            word.set([a, b, c])
            checkBytes(engine, word, 0, 3)
          }
        }
      }
    })

    it('knows all valid sequences of 3 bytes', () => {
      const word = new Uint8Array(3)
      let valid = 0
      for (let a = 0x80; a < 256; a++) {
        word[0] = a
        for (let b = 0; b < 256; b++) {
          word[1] = b
          if (level === 'quick' && !(isBoundary(a) && isBoundary(b))) continue
          for (let c = 0; c < 256; c++) {
            word[2] = c
            const got = engine.isValid(word, 0, 3)
            if (got) valid++
            if (got !== (findInvalidOracle(word, 0, 3) === null)) fail(engine, 'isValid', { a, b, c, got })
          }
        }
      }
      // Two bytes and ASCII behind or, with ASCII in front, not counted; three bytes.
      if (level === 'full') expect(valid).toBe(1920 * 128 + 61_440)
    })

    it('decodes all sequences of 3 bytes in a row, as TextDecoder does', () => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      const bytes = new Uint8Array(2 ** 16 * 4)
      for (let tail = 0; tail < 2 ** 16; tail++) bytes.set([0, tail >> 8, tail & 0xff, 0x41], tail * 4)
      for (let lead = 0; lead < 256; lead++) {
        // What follows ASCII does not depend on it.
        if (lead < 0x80 ? lead % 16 !== 0 : level === 'quick' && !isBoundary(lead)) continue
        for (let at = 0; at < bytes.length; at += 4) bytes[at] = lead
        // U+FFFD itself is not to be left out below.
        if (lead === 0xef) bytes[4 * 0xbfbd] = 0x41
        const replace = decoder.decode(bytes)
        const ignore = replace.replaceAll('\ufffd', '')
        // No three of these bytes are a pair.
        const { length } = replace
        checkBytes(engine, bytes, 0, bytes.length, {
          valid: ignore.length === length,
          codePoints: length,
          units: length,
          replace,
          ignore,
        })
      }
    })

    it('replaces and leaves out every maximal subpart of all words of 4 boundary bytes', () => {
      const word = new Uint8Array(4)
      const rows = level === 'full' ? BOUNDARY_BYTES : BOUNDARY_BYTES.filter((byte) => byte >= 0xc0)
      for (const a of rows) {
        for (const b of rows === BOUNDARY_BYTES ? rows : BOUNDARY_BYTES.filter((byte) => byte % 2 === 0)) {
          for (const c of BOUNDARY_BYTES) {
            for (const d of BOUNDARY_BYTES) {
              word[0] = a
              word[1] = b
              word[2] = c
              word[3] = d
              checkBytes(engine, word, 0, 4)
            }
          }
        }
      }
    })

    it('agrees with the vectors', () => {
      expect(VECTORS.length).toBe(83)
      for (const { hex, valid, error_offset, replaced_codepoints_hex, fffd } of VECTORS) {
        const bytes = Buffer.from(hex, 'hex')
        checkBytes(engine, bytes, 0, bytes.length)
        expect(engine.isValid(bytes, 0, bytes.length), hex).toBe(valid)
        expect(engine.findInvalid(bytes, 0, bytes.length)?.offset ?? null, hex).toBe(error_offset)
        const text = engine.decode(bytes, 0, bytes.length, 'replace')
        expect(hexOf(text), hex).toEqual(replaced_codepoints_hex)
        const left = hexOf(engine.decode(bytes, 0, bytes.length, 'ignore'))
        // Some have U+FFFD as a character.
        expect(left.length, hex).toBe(replaced_codepoints_hex.length - (valid ? 0 : fffd))
      }
    })

    it('decodes all scalar values', () => {
      const bytes = new Uint8Array(4)
      let all = ''
      for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
        if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue
        const character = String.fromCodePoint(codePoint)
        all += character
        if (level === 'quick' && codePoint % 17 !== 0) continue
        const encoded = encodeOracle(character)
        bytes.set(encoded)
        const text = engine.decode(bytes, 0, encoded.length, 'replace')
        const units = engine.utf16Length(bytes, 0, encoded.length)
        const codePoints = engine.countCodePoints(bytes, 0, encoded.length)
        if (text !== character || units !== character.length || codePoints !== 1) {
          fail(engine, 'decode', { codePoint, text, units, codePoints })
        }
      }
      const encoded = Buffer.from(all)
      const expected = { valid: true, codePoints: 1_112_064, units: all.length, replace: all, ignore: all }
      checkBytes(engine, encoded, 0, encoded.length, expected)
    })

    it('takes text of every length at every alignment', () => {
      for (const script of STRING_SCRIPTS) {
        for (let length = 0; length <= LONGEST; length++) {
          const text = stringOf(script, length)
          const encoded = encodeOracle(text)
          const expected = textOracle(encoded)
          expect(expected.replace).toBe(text)
          for (let alignment = length % 7; alignment < 64; alignment += level === 'full' ? 1 : 7) {
            const view = VIEWS[alignment].fill(0xbf, 0, encoded.length + 8)
            view.set(encoded)
            checkBytes(engine, view, 0, encoded.length, expected)
          }
        }
      }
    })

    it('looks at its range only', () => {
      for (const script of STRING_SCRIPTS) {
        const encoded = encodeOracle(stringOf(script, LONGEST))
        for (let start = 0; start < LONGEST; start += level === 'full' ? 1 : 7) {
          // The range may begin inside a character, and end inside one.
          checkBytes(engine, encoded, start, Math.max(start, encoded.length - (start % 5)))
          checkBytes(engine, encoded, start, Math.min(encoded.length, start + (start % 70)))
        }
      }
    })

    it('replaces each kind of error at every place', () => {
      let turn = 0
      for (const script of STRING_SCRIPTS) {
        const encoded = encodeOracle(stringOf(script, LONGEST / 2))
        for (const { bytes: wrong } of ILL_FORMED) {
          for (let at = 0; at <= encoded.length; at += level === 'full' ? 1 : 4) {
            const view = VIEWS[turn++ % 64]
            view.set(encoded.subarray(0, at))
            view.set(wrong, at)
            view.set(encoded.subarray(at), at + wrong.length)
            checkBytes(engine, view, 0, encoded.length + wrong.length)
          }
        }
      }
    })

    it('decodes random bytes', () => {
      const random = new Random(42)
      for (let seed = 0; seed < (level === 'full' ? 20_000 : 4_000); seed++) {
        const length = random.below(300)
        const bytes =
          seed % 2 === 0
            ? random.bytes(length)
            : Uint8Array.from({ length }, () => random.pick(BOUNDARY_BYTES))
        const start = random.below(length + 1)
        checkBytes(engine, bytes, start, start + random.below(length - start + 1), undefined, seed)
      }
    })

    it('gives the same answer 20,000 times in the same memory', () => {
      const text = stringOf('mixed', 140)
      const encoded = encodeOracle(text)
      const memory = new Uint8Array(encoded.length + 1)
      for (let i = 0; i < 20_000; i++) {
        memory.set(encoded)
        memory[encoded.length] = i % 2 === 0 ? 0x2e : 0x80
        const valid = engine.isValid(memory, 0, memory.length)
        const decoded = engine.decode(memory, 0, memory.length, 'replace')
        if (valid !== (i % 2 === 0) || decoded !== text + (i % 2 === 0 ? '.' : '\ufffd')) {
          fail(engine, 'answer changed', { i, valid, decoded })
        }
      }
    })

    it('refuses what is too long for a string', () => {
      // Memory that nobody has written to takes none.
      const bytes = new Uint8Array(MAX_STRING_LENGTH + 1)
      for (const errors of level === 'full' ? (['replace', 'ignore'] as const) : (['ignore'] as const)) {
        let code: unknown
        try {
          engine.decode(bytes, 0, bytes.length, errors)
        } catch (error) {
          code = error instanceof Error && 'code' in error ? error.code : error
        }
        expect(code).toBe('ERR_STRING_TOO_LONG')
      }
    })
  })
}

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

const memory = new ArrayBuffer(4096)
const VIEWS = Array.from({ length: 64 }, (_, alignment) => new Uint8Array(memory, 64 + alignment))

function isBoundary(byte: number): boolean {
  return BOUNDARY_BYTES.some((one) => one === byte)
}

function hexOf(text: string): string[] {
  return [...text].map((character) => (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0'))
}
