/**
 * A tensor: in memory ({@link TensorData}), or in a file, of which only what is asked for is read ({@link StoredTensor}). Either can be
 * written to a new file, so that a checkpoint is copied without being held in memory.
 */
import { argumentError } from '../../errors.js'
import type { RandomAccess } from '../../files/random-access.js'
import { allocate } from '../../memory.js'
import { FLOAT_DTYPES, type FloatDtype, readFloats } from '../floats.js'
import {
  arrayOf,
  checkShape,
  isTensorDtype,
  TENSOR_DTYPES,
  type TensorArray,
  type TensorDtype,
  tensorBytes,
} from './dtypes.js'
import type { TensorPlace } from './header.js'

/** What every tensor that can be written has. */
export interface TensorSource {
  readonly dtype: TensorDtype
  /** Sizes of the dimensions, outermost first; row-major. A scalar has none. */
  readonly shape: readonly number[]
  /** Fills `target` with the tensor's bytes (little endian) from byte `position` on. */
  read(target: Uint8Array, position: number): void
}

/** A tensor in memory. */
export interface TensorData {
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  /** Its numbers as a typed array, or their bytes, little endian: as many bytes as type and shape say. */
  readonly data: ArrayBufferView
}

/** A tensor of a file that is open. Reading it after the file was closed is an error. */
export class StoredTensor implements TensorSource {
  readonly name: string
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly byteLength: number
  readonly #file: RandomAccess
  readonly #start: number

  constructor(file: RandomAccess, name: string, { dtype, shape, start, end }: TensorPlace) {
    this.name = name
    this.dtype = dtype
    this.shape = shape
    this.byteLength = end - start
    this.#file = file
    this.#start = start
  }

  /**
   * Fills `target` with the tensor's bytes from byte `position` on, and reads no others.
   *
   * @throws ERR_ARGUMENT if it has fewer; ERR_INPUT_CHANGED, ERR_INPUT_UNREADABLE of the file.
   */
  read(target: Uint8Array, position = 0): void {
    if (!(target instanceof Uint8Array)) throw argumentError('target', 'a Uint8Array', target)
    if (!(Number.isInteger(position) && position >= 0 && position + target.length <= this.byteLength)) {
      throw argumentError('position', `a whole number from 0 to ${this.byteLength - target.length}`, position)
    }
    this.#file.read(target, this.#start + position)
  }

  /** All its bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = allocate(this.byteLength)
    this.read(bytes)
    return bytes
  }

  /** Its numbers; bits where JavaScript has no array of the type (F16 and BF16 as Uint16Array), pairs for C64. */
  array(): TensorArray {
    return arrayOf(this.dtype, this.bytes().buffer)
  }

  /**
   * Its numbers as 32-bit floats: F16 and BF16 exactly, F64 rounded.
   *
   * @throws ERR_ARGUMENT for a type that is none of F64, F32, F16, BF16.
   */
  float32(): Float32Array<ArrayBuffer> {
    return readFloats(this.bytes(), floatDtype(this.dtype))
  }
}

/** `dtype`, if it is one of floats that a table may have. @throws ERR_ARGUMENT */
export function floatDtype(dtype: TensorDtype): FloatDtype {
  if (isFloatDtype(dtype)) return dtype
  throw argumentError('dtype', FLOAT_DTYPES.join(', '), dtype)
}

export function isFloatDtype(dtype: TensorDtype): dtype is FloatDtype {
  return (FLOAT_DTYPES as readonly TensorDtype[]).includes(dtype)
}

/** `tensor`, which messages call `name`, as something to be written. */
export function sourceOf(name: string, tensor: TensorSource | TensorData): TensorSource {
  if (typeof tensor !== 'object' || tensor === null) throw argumentError(name, 'a tensor', tensor)
  const { dtype, shape } = tensor
  if (!isTensorDtype(dtype)) throw argumentError(`the dtype of ${name}`, TENSOR_DTYPES.join(', '), dtype)
  checkShape(`the shape of ${name}`, shape)
  const size = tensorBytes(dtype, shape)
  if (size === undefined)
    throw argumentError(`the shape of ${name}`, 'a tensor of whole bytes', `[${shape}] of ${dtype}`)
  if (!('data' in tensor)) {
    if (typeof tensor.read !== 'function') throw argumentError(name, 'a tensor with data or read', tensor)
    return tensor
  }
  const { data } = tensor
  if (!ArrayBuffer.isView(data)) throw argumentError(`the data of ${name}`, 'a typed array', data)
  if (data.byteLength !== size) {
    throw argumentError(`the data of ${name}`, `${size} bytes (${dtype} [${shape}])`, data.byteLength)
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return {
    dtype,
    shape: [...shape],
    read: (target, position) => target.set(bytes.subarray(position, position + target.length)),
  }
}
