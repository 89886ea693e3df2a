/**
 * Arguments that every operation must refuse, and the same bytes in every kind of memory that it must take. Codes are
 * asserted, never messages.
 */
import { expect } from 'vitest'

/** No ranges of six bytes. */
export const WRONG_RANGES: readonly (readonly [number, number])[] = [
  [-1, 3],
  [4, 3],
  [0, 7],
  [7, 7],
  [0.5, 3],
  [0, 3.5],
  [Number.NaN, 3],
  [0, Number.NaN],
  [0, Number.POSITIVE_INFINITY],
  [0, 2 ** 32],
  [0, 2 ** 53],
  [-(2 ** 32), 0],
  [2 ** 32, 2 ** 32 + 3],
]

/** No Uint8Arrays, nor any other array that an operation takes. */
export function wrongArrays(): readonly unknown[] {
  const memory = new ArrayBuffer(8)
  return [
    ...['abc', null, undefined, 7, {}, [1, 2]],
    ...[memory, new Uint16Array(8), new DataView(memory), new Int8Array(8), new BigUint64Array(8)],
  ]
}

/** `source` in each kind of memory that may hold bytes. */
export function inEveryMemory(source: Uint8Array): Readonly<Record<string, () => Uint8Array>> {
  const { length } = source
  return {
    Buffer: () => Buffer.from(source),
    shared: () => copied(source, new SharedArrayBuffer(length)),
    resizable: () => copied(source, new ArrayBuffer(length, { maxByteLength: length + 64 })),
    // TypeScript's library does not know the second argument yet.
    growable: () =>
      copied(source, Reflect.construct(SharedArrayBuffer, [length, { maxByteLength: length + 64 }])),
    subclass: () => copied(source, new ArrayBuffer(length), class extends Uint8Array {}),
  }
}

export function copied(
  source: Uint8Array,
  memory: ArrayBuffer | SharedArrayBuffer,
  Kind: typeof Uint8Array = Uint8Array,
): Uint8Array {
  const view = new Kind(memory)
  view.set(source)
  return view
}

/** A Uint8Array of so many bytes whose memory was given away. */
export function detachedBytes(length: number): Uint8Array {
  const detached = new Uint8Array(length)
  structuredClone(detached.buffer, { transfer: [detached.buffer] })
  return detached
}

export function refused(call: () => unknown, what: string): void {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    expect(codeOf(error), `${what}: ${error}`).toBe('ERR_ARGUMENT')
    return
  }
  throw new Error(`${what} was taken, and gave ${JSON.stringify(result)}`)
}

export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
