/**
 * The float types of tables in checkpoints: to 32-bit floats, and back with rounding to nearest, ties to even (IEEE 754). F16 has 5 bits of
 * exponent and 10 of fraction; BF16 is the upper half of an F32.
 */
import { argumentError } from '../../errors.js'
import { bytesOf } from '../../files/bytes.js'
import { arrayOf, type TensorDtype } from './dtypes.js'

/** Types that a table may have. */
export const FLOAT_DTYPES = ['F64', 'F32', 'F16', 'BF16'] as const
export type FloatDtype = (typeof FLOAT_DTYPES)[number]

export function isFloatDtype(dtype: TensorDtype): dtype is FloatDtype {
  return (FLOAT_DTYPES as readonly TensorDtype[]).includes(dtype)
}

/**
 * The numbers of `buffer`, which are of a type, as 32-bit floats; F64 is rounded.
 *
 * @throws ERR_ARGUMENT for a type that is none of {@link FLOAT_DTYPES}.
 */
export function toFloat32(dtype: TensorDtype, buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  const array = arrayOf(dtype, buffer)
  if (dtype === 'F32') return new Float32Array(buffer)
  if (dtype === 'F64') return Float32Array.from(array as Float64Array)
  if (dtype !== 'F16' && dtype !== 'BF16') throw argumentError('dtype', FLOAT_DTYPES.join(', '), dtype)
  const floats = new Float32Array(array.length)
  const bits = new Uint32Array(floats.buffer)
  const widen = dtype === 'F16' ? bitsOfHalf : bitsOfBrain
  for (let i = 0; i < bits.length; i++) bits[i] = widen(Number(array[i]))
  return floats
}

/** 32-bit floats as bytes of a type, rounded to nearest, ties to even. */
export function fromFloat32(dtype: FloatDtype, floats: Float32Array): Uint8Array {
  if (dtype === 'F32') return bytesOf(floats)
  if (dtype === 'F64') return bytesOf(Float64Array.from(floats))
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  const narrowed = new Uint16Array(bits.length)
  const narrow = dtype === 'F16' ? halfOfBits : brainOfBits
  for (let i = 0; i < bits.length; i++) narrowed[i] = narrow(bits[i])
  return bytesOf(narrowed)
}

function bitsOfBrain(brain: number): number {
  return brain << 16
}

function brainOfBits(bits: number): number {
  if ((bits & 0x7fff_ffff) > INFINITY) return 0x7fc0
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

const INFINITY = 0x7f80_0000

function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return sign | INFINITY | (fraction << 13)
  // The exponents' biases are 15 and 127.
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // Below the normal numbers of F16, where F32 still has such.
  const shift = Math.clz32(fraction) - 21
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)
}

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fff_ffff
  if (magnitude > INFINITY) return sign | 0x7e00
  // From the middle between the largest F16 and the next power of two on.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00
  if (magnitude >= 0x3880_0000) {
    return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x3800_0000) >>> 13)
  }
  // Below 2^-14 an F16 counts in units of 2^-24. One of less than half is 0, whatever its exponent.
  const shift = 126 - (magnitude >>> 23)
  if (shift > 24) return sign
  const significand = (magnitude & 0x7f_ffff) | 0x80_0000
  const units = significand >>> shift
  const rest = significand & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return sign | (units + (rest > half || (rest === half && (units & 1) === 1) ? 1 : 0))
}
