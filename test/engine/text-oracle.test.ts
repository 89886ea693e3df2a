/** The oracle for texts, against what Node has: TextEncoder, TextDecoder and Buffer. */
import { describe, expect, it } from 'vitest'
import { BOUNDARY_UNITS, STRING_SCRIPTS, stringOf } from './strings.js'
import { BOUNDARY_BYTES, Random } from './text.js'
import { encodeOracle, fittingOracle, sampleOracle, textOracle } from './text-oracle.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

describe('the oracle for texts', () => {
  it('encodes as TextEncoder and Buffer do', () => {
    const output = new Uint8Array(16)
    let different = 0
    const compare = (text: string) => {
      const bytes = encodeOracle(text)
      if (Buffer.compare(bytes, encoder.encode(text)) !== 0) different++
      if (bytes.length !== Buffer.byteLength(text)) different++
      for (let room = 0; room <= bytes.length; room++) {
        const fitting = fittingOracle(bytes, room)
        const { written } = encoder.encodeInto(text, output.subarray(0, room))
        if (fitting !== written) different++
        if (Buffer.compare(bytes.subarray(0, fitting), output.subarray(0, written)) !== 0) different++
      }
    }
    for (const a of BOUNDARY_UNITS) {
      compare(String.fromCharCode(a))
      for (const b of BOUNDARY_UNITS) {
        compare(String.fromCharCode(a, b))
        for (const c of BOUNDARY_UNITS) compare(String.fromCharCode(a, b, c))
      }
    }
    for (let unit = 0; unit <= 0xffff; unit++) compare(String.fromCharCode(unit))
    expect(different).toBe(0)
    for (const script of STRING_SCRIPTS) {
      const text = stringOf(script, 5000)
      expect(Buffer.compare(encodeOracle(text), Buffer.from(text)), script).toBe(0)
    }
  })

  it('decodes as TextDecoder does', () => {
    const random = new Random(40)
    for (let seed = 0; seed < 20_000; seed++) {
      const bytes = Uint8Array.from({ length: random.below(30) }, () => random.pick(BOUNDARY_BYTES))
      const text = decoder.decode(bytes)
      const got = textOracle(bytes)
      expect(got.replace, `seed ${seed}`).toBe(text)
      expect(got.units, `seed ${seed}`).toBe(text.length)
      expect(got.codePoints, `seed ${seed}`).toBe([...text].length)
    }
    for (const script of STRING_SCRIPTS) {
      const bytes = Buffer.from(stringOf(script, 5000))
      expect(textOracle(bytes).replace, script).toBe(bytes.toString())
      expect(textOracle(bytes).ignore, script).toBe(bytes.toString())
    }
  })

  it('leaves out each maximal subpart, as errors=ignore does in Python', () => {
    // What Python 3.11 prints for bytes.decode('utf-8', 'ignore').
    const examples: readonly (readonly [string, string])[] = [
      ['61ff62', 'ab'],
      ['e4b861', 'a'],
      ['f09f9861', 'a'],
      ['f09f98e4b8ad', '中'],
      ['eda08061', 'a'],
      ['c3', ''],
      ['efbfbd', '\ufffd'],
      ['c0af41', 'A'],
      ['f490808041', 'A'],
      ['e180e2f09192f1bf41', 'A'],
    ]
    for (const [hex, text] of examples) expect(textOracle(Buffer.from(hex, 'hex')).ignore, hex).toBe(text)
  })

  it('samples what is to be seen', () => {
    const bytes = Buffer.concat([
      Buffer.from('a'.repeat(63)),
      Buffer.from('😀é'.repeat(11)),
      Buffer.from('.'),
    ])
    expect(bytes.length).toBe(130)
    // 63 ASCII and a beginning; then ten and a half of the six bytes; the full stop.
    expect(sampleOracle(bytes, 64)).toEqual([0, 0, 64, 65, 85, 96, 86, 97])
  })
})
