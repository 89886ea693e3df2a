/**
 * Numbers as checkpoints hold them, to and from Float32Array: IEEE 754 binary16, binary32 and binary64, and bfloat16, the
 * upper half of binary32. Widening is exact; narrowing rounds to nearest, ties to even, as PyTorch does. Every NaN of 16 bits
 * keeps its bits there and back.
 */

import { oneOf } from '../checked-options.js'
import { argumentError } from '../errors.js'
import { copyOf } from '../memory.js'
import { floats, lengthOf } from './table.js'

/** Named as in the headers of safetensors files. */
export const FLOAT_DTYPES = ['F16', 'BF16', 'F32', 'F64'] as const
export type FloatDtype = (typeof FLOAT_DTYPES)[number]

/** Bytes of one number. */
export const FLOAT_SIZES: Readonly<Record<FloatDtype, number>> = { F16: 2, BF16: 2, F32: 4, F64: 8 }

/** Numbers in any form that {@link toFloat32} takes. */
export type Floats = Float32Array | Float64Array | Uint16Array | Uint8Array

/**
 * `values` as 32-bit floats. A Float32Array is given back as it is; a Float64Array is rounded; a Uint16Array is the bits of `F16`
 * or `BF16`; a Uint8Array is the bytes, little-endian and at any alignment, of any dtype. The latter two need `dtype`; for
 * the others it may say what they are.
 *
 * @throws ERR_ARGUMENT for other arrays, for a dtype that does not fit, and for a cut last number.
 */
export function toFloat32(values: Floats | undefined, dtype?: FloatDtype, name = 'values'): Float32Array {
  if (dtype !== undefined) oneOf('dtype', dtype, FLOAT_DTYPES)
  if (values instanceof Float32Array && fits(dtype, 'F32')) return values
  if (values instanceof Float64Array && fits(dtype, 'F64')) return narrowed(values)
  if (values instanceof Uint16Array && dtype === 'F16') return float16ToFloat32(values)
  if (values instanceof Uint16Array && dtype === 'BF16') return bfloat16ToFloat32(values)
  if (values instanceof Uint8Array && dtype !== undefined) return readFloats(values, dtype)
  throw argumentError(
    name,
    `a Float32Array, Float64Array, Uint16Array with dtype 'F16' or 'BF16', or Uint8Array with a dtype${dtype === undefined ? '' : `, that fits '${dtype}'`}`,
    values,
  )
}

/**
 * The numbers that `bytes` are, little-endian and at any alignment, as 32-bit floats in memory of their own.
 *
 * @throws ERR_ARGUMENT if `bytes` is no Uint8Array of whole numbers, or for an unknown dtype; ERR_OUT_OF_MEMORY.
 */
export function readFloats(bytes: Uint8Array, dtype: FloatDtype): Float32Array<ArrayBuffer> {
  oneOf('dtype', dtype, FLOAT_DTYPES)
  const size = FLOAT_SIZES[dtype]
  if (!(bytes instanceof Uint8Array && bytes.byteLength % size === 0)) {
    throw argumentError('bytes', `a Uint8Array of numbers of ${size} bytes`, bytes)
  }
  const { buffer } = inHostOrder(bytes, size)
  if (dtype === 'F16') return float16ToFloat32(new Uint16Array(buffer))
  if (dtype === 'BF16') return bfloat16ToFloat32(new Uint16Array(buffer))
  return dtype === 'F32' ? new Float32Array(buffer) : narrowed(new Float64Array(buffer))
}

/** The bytes of `values` as numbers of that dtype, little-endian. @throws ERR_ARGUMENT. */
export function writeFloats(values: Float32Array, dtype: FloatDtype): Uint8Array<ArrayBuffer> {
  oneOf('dtype', dtype, FLOAT_DTYPES)
  if (!(values instanceof Float32Array)) throw argumentError('values', 'a Float32Array', values)
  const numbers = {
    F16: () => float32ToFloat16(values),
    BF16: () => float32ToBfloat16(values),
    F32: () => values,
    F64: () => new Float64Array(values),
  }[dtype]()
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  return inHostOrder(bytes, FLOAT_SIZES[dtype])
}

/** The values of `bits`, each the bits of a binary16. */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = floats(lengthOf(bits))
  const wide = new Uint32Array(values.buffer)
  for (let i = 0; i < wide.length; i++) {
    const half = bits[i]
    const sign = (half & 0x8000) << 16
    const exponent = (half >>> 10) & 0x1f
    let fraction = half & 0x3ff
    if (exponent === 0x1f) wide[i] = sign | 0x7f800000 | (fraction << 13)
    else if (exponent !== 0) wide[i] = sign | ((exponent + 112) << 23) | (fraction << 13)
    else if (fraction === 0) wide[i] = sign
    else {
      // A subnormal, fraction · 2^-24, is a normal number there: the highest bit that is set becomes the hidden one.
      const shift = Math.clz32(fraction) - 21
      fraction = (fraction << shift) & 0x3ff
      wide[i] = sign | ((113 - shift) << 23) | (fraction << 13)
    }
  }
  return values
}

/** `values` as bits of binary16: to nearest, ties to even; from 65,520 on infinity. */
export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const wide = bitsOf(values)
  const bits = new Uint16Array(wide.length)
  for (let i = 0; i < wide.length; i++) {
    const sign = (wide[i] >>> 16) & 0x8000
    const magnitude = wide[i] & 0x7fffffff
    if (magnitude > INFINITY_BITS) bits[i] = sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200)
    else if (magnitude >= 0x477ff000) bits[i] = sign | 0x7c00
    else if (magnitude >= 0x38800000) {
      bits[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
    } else if (magnitude < 0x33000000) bits[i] = sign
    else {
      // Below 2^-14: a count of 2^-24, rounded.
      const shift = 126 - (magnitude >>> 23)
      const fraction = (magnitude & 0x7fffff) | 0x800000
      const count = fraction >>> shift
      const rest = fraction & ((1 << shift) - 1)
      const half = 1 << (shift - 1)
      bits[i] = sign | (count + (rest > half || (rest === half && (count & 1) === 1) ? 1 : 0))
    }
  }
  return bits
}

/** The values of `bits`, each the bits of a bfloat16. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = floats(lengthOf(bits))
  const wide = new Uint32Array(values.buffer)
  for (let i = 0; i < wide.length; i++) wide[i] = bits[i] << 16
  return values
}

/** `values` as bits of bfloat16: to nearest, ties to even. */
export function float32ToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const wide = bitsOf(values)
  const bits = new Uint16Array(wide.length)
  for (let i = 0; i < wide.length; i++) {
    const upper = wide[i] >>> 16
    const notANumber = (wide[i] & 0x7fffffff) > INFINITY_BITS
    if (notANumber) bits[i] = (upper & 0x7f) === 0 ? upper | 0x40 : upper
    else bits[i] = (wide[i] + 0x7fff + (upper & 1)) >>> 16
  }
  return bits
}

/**
 * A copy of little-endian `bytes`, numbers of `size` bytes each, in the order of a host that is big-endian or not, and the
 * same way back. `bigEndian` is an argument for tests.
 */
export function inHostOrder(
  bytes: Uint8Array,
  size: number,
  bigEndian = BIG_ENDIAN,
): Uint8Array<ArrayBuffer> {
  const copy = copyOf(bytes, 0, bytes.byteLength)
  if (bigEndian) for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse()
  return copy
}

const INFINITY_BITS = 0x7f800000
const BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0

function fits(dtype: FloatDtype | undefined, own: FloatDtype): boolean {
  return dtype === undefined || dtype === own
}

function narrowed(values: Float64Array): Float32Array<ArrayBuffer> {
  const narrow = floats(lengthOf(values))
  narrow.set(values)
  return narrow
}

/** The bits of each number. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, lengthOf(values))
}
