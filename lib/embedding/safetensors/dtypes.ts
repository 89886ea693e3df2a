/**
 * The types of numbers that safetensors 0.8 knows, in the order in which its writer sorts tensors (the last one comes first in a
 * file), and the bits that one number takes. F4 and F6 are packed: only a tensor of whole bytes can be written.
 */
import { argumentError } from '../../errors.js'

/** Type names as the header has them, with their size in bits. The order matters: see above. */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const

/** The type of a tensor's numbers. */
export type TensorDtype = keyof typeof DTYPE_BITS

export const TENSOR_DTYPES = Object.keys(DTYPE_BITS) as readonly TensorDtype[]

export function isTensorDtype(name: unknown): name is TensorDtype {
  return typeof name === 'string' && Object.hasOwn(DTYPE_BITS, name)
}

/**
 * Bytes of a tensor; a scalar has the shape []. Undefined if they are not a whole number, or more than a double counts exactly.
 */
export function tensorBytes(dtype: TensorDtype, shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0
  let bits: number = DTYPE_BITS[dtype]
  for (const size of shape) bits *= size
  const bytes = bits / 8
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** What a tensor's numbers are read into. A type that JavaScript has no array for comes as its bits, C64 as pairs of real and imaginary part. */
export type TensorArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

const ARRAYS: Readonly<Partial<Record<TensorDtype, new (buffer: ArrayBuffer) => TensorArray>>> = {
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  C64: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
}

/** Bytes as numbers of a type; `buffer` holds nothing else. */
export function arrayOf(dtype: TensorDtype, buffer: ArrayBuffer): TensorArray {
  const make = ARRAYS[dtype] ?? Uint8Array
  return new make(buffer)
}

/** `shape`, which messages call `name`, is one: an array of whole numbers from 0. */
export function checkShape(name: string, shape: unknown): asserts shape is readonly number[] {
  if (!Array.isArray(shape)) throw argumentError(name, 'an array of whole numbers', shape)
  for (const size of shape) {
    if (!(Number.isSafeInteger(size) && size >= 0)) {
      throw argumentError(name, 'an array of whole numbers from 0', size)
    }
  }
}
