/**
 * Conversions: all 65,536 values of 16 bits against plain arithmetic, there and back; and on narrowing what lies between
 * each two neighbours.
 */
import { describe, expect, it } from 'vitest'
import {
  bfloat16ToFloat32,
  FLOAT_DTYPES,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  inHostOrder,
  readFloats,
  toFloat32,
  writeFloats,
} from '../../dist/embedding/floats.js'
import { refused } from '../engine/wrong-arguments.js'

/** A format of 16 bits by its definition: IEEE 754, sections 3.3 and 3.4. */
interface Format {
  readonly widen: (bits: Uint16Array) => Float32Array
  readonly narrow: (values: Float32Array) => Uint16Array
  readonly fractionBits: number
  readonly bias: number
}

const FORMATS: Readonly<Record<string, Format>> = {
  F16: { widen: float16ToFloat32, narrow: float32ToFloat16, fractionBits: 10, bias: 15 },
  BF16: { widen: bfloat16ToFloat32, narrow: float32ToBfloat16, fractionBits: 7, bias: 127 },
}
const ALL = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)

function meaningOf(bits: number, { fractionBits, bias }: Format): number {
  const sign = bits >= 0x8000 ? -1 : 1
  const exponent = (bits & 0x7fff) >> fractionBits
  const fraction = (bits & ((1 << fractionBits) - 1)) / 2 ** fractionBits
  if (exponent === 2 * bias + 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias)
  return sign * (1 + fraction) * 2 ** (exponent - bias)
}

describe.each(Object.entries(FORMATS))('%s', (_, format) => {
  const infinity = ((2 * format.bias + 1) << format.fractionBits) & 0x7fff

  it('widens every value exactly', () => {
    const values = format.widen(ALL)
    const wrong = [...ALL].filter((bits) => !Object.is(values[bits], meaningOf(bits, format)))
    expect(wrong).toEqual([])
  })

  it('narrows every value to the bits it came from, each NaN too', () => {
    expect([...format.narrow(format.widen(ALL))].filter((bits, i) => bits !== i)).toEqual([])
  })

  it('rounds what lies between two neighbours to the nearest, and ties to even', () => {
    const wrong: number[] = []
    for (let bits = 0; bits < infinity; bits++) {
      const low = meaningOf(bits, format)
      // Behind the largest comes what would be next, from half the way to which on it is infinity.
      const high =
        bits + 1 === infinity ? low + (low - meaningOf(bits - 1, format)) : meaningOf(bits + 1, format)
      const middle = low + (high - low) / 2
      const tie = Float32Array.of(middle)
      const bitsOfTie = new Uint32Array(tie.buffer)
      const below = new Float32Array(Uint32Array.of(bitsOfTie[0] - 1).buffer)
      const above = new Float32Array(Uint32Array.of(bitsOfTie[0] + 1).buffer)
      const got = format.narrow(Float32Array.of(below[0], tie[0], above[0], -below[0], -tie[0], -above[0]))
      const even = bits % 2 === 0 ? bits : bits + 1
      const expected = [bits, even, bits + 1]
      if ([...expected, ...expected.map((one) => one | 0x8000)].some((one, i) => one !== got[i]))
        wrong.push(bits)
    }
    expect(wrong).toEqual([])
  })

  it('keeps a NaN one whose lower bits alone are set', () => {
    const values = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer)
    expect([...format.widen(format.narrow(values))]).toEqual([Number.NaN, Number.NaN])
  })

  it('makes infinity of what is larger', () => {
    expect([
      ...format.narrow(Float32Array.of(3.4028234e38, Number.POSITIVE_INFINITY, -3.4028234e38)),
    ]).toEqual([infinity, infinity, infinity | 0x8000])
  })
})

it('narrows values smaller than all others to zeros that keep their sign', () => {
  expect([...float32ToFloat16(Float32Array.of(2 ** -26, -(2 ** -26), 1e-45, -0))]).toEqual([
    0, 0x8000, 0, 0x8000,
  ])
})

describe('bytes', () => {
  const values = Float32Array.of(1, -2.5, 0, -0, 65_504, 2 ** -24, Number.POSITIVE_INFINITY)

  it('are little-endian', () => {
    expect(Buffer.from(writeFloats(Float32Array.of(1), 'F16')).toString('hex')).toBe('003c')
    expect(Buffer.from(writeFloats(Float32Array.of(1), 'BF16')).toString('hex')).toBe('803f')
    expect(Buffer.from(writeFloats(Float32Array.of(1), 'F32')).toString('hex')).toBe('0000803f')
    expect(Buffer.from(writeFloats(Float32Array.of(1), 'F64')).toString('hex')).toBe('000000000000f03f')
  })

  it('give the same values from every alignment, and for every number of them', () => {
    for (const dtype of FLOAT_DTYPES) {
      const used = dtype === 'BF16' ? Float32Array.of(1, -2.5, 0, -0, 65_280, 2 ** -24, 3) : values
      for (let count = 0; count <= used.length; count++) {
        const bytes = writeFloats(used.subarray(0, count), dtype)
        for (let alignment = 0; alignment < 8; alignment++) {
          const moved = new Uint8Array(alignment + bytes.length + 3).subarray(
            alignment,
            alignment + bytes.length,
          )
          moved.set(bytes)
          const got = readFloats(moved, dtype)
          expect([...got], `${dtype} ${count} at ${alignment}`).toEqual([...used.subarray(0, count)])
        }
      }
    }
  })

  it('are turned round on hosts that are big-endian', () => {
    expect([...inHostOrder(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 4, true)]).toEqual([4, 3, 2, 1, 8, 7, 6, 5])
    expect([...inHostOrder(Uint8Array.of(1, 2, 3, 4), 2, true)]).toEqual([2, 1, 4, 3])
    expect([...inHostOrder(Uint8Array.of(1, 2, 3, 4), 2, false)]).toEqual([1, 2, 3, 4])
  })

  it('that are no whole numbers, and unknown dtypes, are refused', () => {
    for (const dtype of FLOAT_DTYPES) refused(() => readFloats(new Uint8Array(9), dtype), dtype)
    refused(() => readFloats(new Uint8Array(8), 'I8' as 'F16'), 'I8')
    refused(() => writeFloats(values, 'f32' as 'F32'), 'f32')
    refused(() => readFloats(new Uint16Array(8) as unknown as Uint8Array, 'F16'), 'Uint16Array')
    refused(() => writeFloats(new Float64Array(8) as unknown as Float32Array, 'F64'), 'Float64Array')
  })
})

describe('toFloat32', () => {
  it('takes every kind that says what it holds', () => {
    const values = Float32Array.of(1, -2.5)
    expect(toFloat32(values)).toBe(values)
    expect(toFloat32(values, 'F32')).toBe(values)
    expect([...toFloat32(Float64Array.of(1, -2.5))]).toEqual([1, -2.5])
    expect([...toFloat32(Float64Array.of(1 / 3), 'F64')]).toEqual([Math.fround(1 / 3)])
    expect([...toFloat32(Uint16Array.of(0x3c00, 0xc100), 'F16')]).toEqual([1, -2.5])
    expect([...toFloat32(Uint16Array.of(0x3f80, 0xc020), 'BF16')]).toEqual([1, -2.5])
    expect([...toFloat32(writeFloats(values, 'F64'), 'F64')]).toEqual([1, -2.5])
  })

  it('refuses the others', () => {
    for (const [what, call] of Object.entries({
      'bits without a dtype': () => toFloat32(Uint16Array.of(1)),
      'bytes without a dtype': () => toFloat32(new Uint8Array(4)),
      'bits that should be 32': () => toFloat32(Uint16Array.of(1), 'F32'),
      'floats that should be 16': () => toFloat32(new Float32Array(1), 'F16'),
      'doubles that should be floats': () => toFloat32(new Float64Array(1), 'F32'),
      'an array': () => toFloat32([1] as unknown as Float32Array),
      nothing: () => toFloat32(undefined),
      'an unknown dtype': () => toFloat32(new Float32Array(1), 'F8' as 'F16'),
    })) {
      refused(call, what)
    }
  })
})
