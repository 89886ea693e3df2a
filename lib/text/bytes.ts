/**
 * Bytes as the text layer's callers have them: any view or buffer, shared and resizable ones too, made by this or another
 * realm. Engines take a Uint8Array; here everything becomes one, and memory that is gone is refused.
 *
 * The Encoding Standard reads a detached buffer as an empty one. Here it is an error: empty text from bytes that are
 * elsewhere would be a silent loss.
 */
import { characterAt, isCut } from '../engine/javascript/utf8.js'
import { argumentError } from '../errors.js'

/** Any bytes: a view of any kind or a buffer, shared ones included. */
export type ByteSource = ArrayBufferView | ArrayBufferLike

export const NO_BYTES = new Uint8Array(0)

/**
 * The bytes of `source`, which messages call `name`, where they are: nothing is copied.
 *
 * @throws ERR_ARGUMENT if it is no view and no buffer, if its memory is detached, or if a resizable buffer has shrunk so
 *   that the view is out of its bounds. A view of no bytes is fine otherwise.
 */
export function bytesOf(source: ByteSource, name = 'bytes'): Uint8Array {
  if (source instanceof Uint8Array) {
    // Without a first byte there are none, or the memory is gone. Then optimised code of V8 (in Node 20) may still see a
    // length, but no byte; with a first byte the length is right. It is faster to ask for than `byteLength`.
    return source[0] === undefined ? viewOf(source, name) : source
  }
  return ArrayBuffer.isView(source) ? viewOf(source, name) : viewOfBuffer(source, name)
}

/** The same for memory that is written to, which must be a Uint8Array (a Buffer is one). */
export function writableBytes(target: Uint8Array, name: string): Uint8Array {
  if (!(target instanceof Uint8Array) && tagOf(target) !== 'Uint8Array') {
    throw argumentError(name, 'a Uint8Array', target)
  }
  return bytesOf(target, name)
}

/** Throws ERR_ARGUMENT if the memory of a typed array is detached, or it is out of bounds. */
export function checkAttached(array: { readonly length: number }, name: string): void {
  try {
    // Of such memory an array's methods want nothing to do.
    at.call(array as Uint8Array, 0)
  } catch {
    throw argumentError(name, ATTACHED, array)
  }
}

/** True if another thread may change `bytes` while they are read. */
export function isShared(bytes: Uint8Array): boolean {
  return !(bytes.buffer instanceof ArrayBuffer)
}

/**
 * A copy of the bytes at the end of bytes[start, end) that begin a character which more bytes could complete: none, or
 * 1 to 3.
 */
export function cutCharacter(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const most = Math.min(3, end - start)
  for (let length = 1; length <= most; length++) {
    const byte = bytes[end - length]
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const tail = new Uint8Array(length)
    for (let i = 0; i < length; i++) tail[i] = bytes[end - length + i]
    return isCut(characterAt(tail, 0)) ? tail : NO_BYTES
  }
  return NO_BYTES
}

const { at } = Uint8Array.prototype
const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get

/** The name of the kind of typed array, of whatever realm, that `value` is. */
function tagOf(value: unknown): string | undefined {
  return typedArrayTag?.call(value)
}

function viewOf(view: ArrayBufferView, name: string): Uint8Array {
  try {
    // A typed array out of bounds has an offset and a length, 0; its methods refuse it. Of a DataView these throw.
    if (tagOf(view) !== undefined) checkAttached(view as Uint8Array, name)
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  } catch {
    throw argumentError(name, ATTACHED, view)
  }
}

function viewOfBuffer(buffer: ArrayBufferLike, name: string): Uint8Array {
  try {
    // Of all objects a DataView takes buffers alone, and no detached ones.
    new DataView(buffer as ArrayBuffer)
  } catch {
    throw argumentError(name, `${ANY_BYTES}, ${ATTACHED}`, buffer)
  }
  return new Uint8Array(buffer)
}

const ANY_BYTES = 'an ArrayBuffer, SharedArrayBuffer, typed array or DataView'
const ATTACHED = 'memory that is neither detached nor out of bounds'
