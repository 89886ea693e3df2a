/** byteLength and encodeInto. */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { fail } from './compare.js'
import {
  BOUNDARY_UNITS,
  LONE_SURROGATES,
  representationsOf,
  STRING_SCRIPTS,
  STRINGS,
  stringOf,
} from './strings.js'
import type { Level } from './suite.js'
import { Random } from './text.js'
import { checkText } from './text-checks.js'
import { encodeOracle } from './text-oracle.js'

/** Four blocks of the widest vector and one unit. */
const LONGEST = 4 * 64 + 1

export function describeEncoding(create: () => Engine, level: Level): void {
  const engine = create()

  describe('encoding', () => {
    it('takes every code unit alone, and beside its neighbours', () => {
      for (let unit = 0; unit <= 0xffff; unit++) {
        const text = String.fromCharCode(unit)
        checkText(engine, text)
        if (level === 'full') checkText(engine, `${text}ab${text}`)
      }
    })

    it('takes all words of 2, 3 and 4 boundary units', () => {
      for (const a of BOUNDARY_UNITS) {
        for (const b of BOUNDARY_UNITS) {
          checkText(engine, String.fromCharCode(a, b))
          for (const c of BOUNDARY_UNITS) {
            const text = String.fromCharCode(a, b, c)
            checkText(engine, text)
            if (level === 'full') for (const d of SURROGATES) checkText(engine, text + d)
          }
        }
      }
    })

    it('encodes all scalar values', () => {
      const output = new Uint8Array(4)
      let count = 0
      for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
        if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue
        count++
        if (level === 'quick' && codePoint % 17 !== 0) continue
        const text = String.fromCodePoint(codePoint)
        const bytes = encodeOracle(text)
        const length = engine.byteLength(text)
        const written = engine.encodeInto(text, output, 0, 4)
        if (
          length !== bytes.length ||
          written !== bytes.length ||
          bytes.some((byte, i) => byte !== output[i])
        ) {
          fail(engine, 'encodeInto', { codePoint, length, written, bytes: [...output] })
        }
      }
      expect(count).toBe(1_112_064)
    })

    it('takes text of every length at every alignment', () => {
      for (const script of STRING_SCRIPTS) {
        for (let length = 0; length <= LONGEST; length++) {
          const text = stringOf(script, length)
          const whole = encodeOracle(text)
          for (let alignment = length % 5; alignment < 64; alignment += level === 'full' ? 1 : 5) {
            checkText(engine, text, { alignment, whole })
          }
        }
      }
    })

    it('finds lone surrogates at every place', () => {
      let turn = 0
      for (const script of STRING_SCRIPTS) {
        const text = stringOf(script, LONGEST)
        for (const lone of LONE_SURROGATES) {
          for (let at = 0; at <= LONGEST; at += level === 'full' ? 1 : 3) {
            // A cut pair is two more of them.
            checkText(engine, text.slice(0, at) + lone + text.slice(at), { alignment: turn++ % 64 })
          }
        }
      }
    })

    it('fills every room with whole characters, and no byte behind it', () => {
      for (const [index, text] of [...ROOMY, ...STRING_SCRIPTS.map((one) => stringOf(one, 150))].entries()) {
        const whole = encodeOracle(text)
        for (let room = 0; room <= whole.length + 1; room += level === 'full' ? 1 : 1 + (index % 2)) {
          const alignment = (room * 7 + index) % 64
          checkText(engine, text, { room, alignment, whole })
          const output = new Uint8Array(room)
          const written = engine.encodeInto(text, output, 0, room)
          if (room >= whole.length) expect(written).toBe(whole.length)
          else expect(written).toBeLessThan(0)
          // What was read follows from what was written: the rest can be encoded for itself.
          const read = engine.utf16Length(output, 0, written < 0 ? ~written : written)
          checkText(engine, text.slice(read))
          expect(encodeOracle(text.slice(0, read)).length).toBe(written < 0 ? ~written : written)
        }
      }
    })

    it('takes a string however V8 keeps it', () => {
      for (const script of STRING_SCRIPTS) {
        for (const length of [13, 50, 129, 1000, 5000]) {
          const text = stringOf(script, length)
          for (const [name, same] of Object.entries(representationsOf(text))) {
            expect(same === text, name).toBe(true)
            const whole = encodeOracle(text)
            // In the order in which a string that is a sum is read for the first time.
            checkText(engine, representationsOf(text)[name], { whole })
            checkText(engine, same, { room: whole.length - 5 })
            for (const lone of ['\ud800', '\udc00']) {
              const broken = representationsOf(text + lone)[name]
              checkText(engine, broken)
            }
          }
        }
      }
    })

    it('takes random units', () => {
      const random = new Random(41)
      for (let seed = 0; seed < (level === 'full' ? 20_000 : 4_000); seed++) {
        const length = random.below(200)
        const text = String.fromCharCode(
          ...Array.from({ length }, () =>
            random.chance(0.1) ? random.pick(BOUNDARY_UNITS) : random.below(seed % 2 === 0 ? 0x10000 : 0x900),
          ),
        )
        if (random.chance(0.5)) checkText(engine, text, { alignment: random.below(64) })
        else checkText(engine, text, { room: random.below(3 * length + 2) })
      }
    })
  })
}

const SURROGATES = ['\ud800', '\udbff', '\udc00', '\udfff']

const ROOMY = [
  '',
  'a',
  '\ud83d',
  '😀',
  '😀😀😀',
  'aé文😀'.repeat(40),
  'ascii and then 文'.repeat(9),
  `${STRINGS.ascii}${STRINGS.ascii}é`,
  '\ud800\ud800\udc00\udc00'.repeat(20),
  '\udc00a\ud800'.repeat(25),
] as const
