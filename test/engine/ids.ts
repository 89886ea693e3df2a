/** Arrays of ids for the suites: the kinds there are, and whether a call wrote what it should and nothing else. */
import { expect } from 'vitest'
import type { Ids } from '../../dist/engine/token-engine.js'

/** A class of arrays of ids. */
export interface Kind {
  readonly name: string
  readonly BYTES_PER_ELEMENT: number
  new (length: number): Ids
}
export const KINDS: readonly Kind[] = [Uint8Array, Uint16Array, Uint32Array]

/** What stands in all outputs before a call. */
export const UNTOUCHED = 0x5a
/** Places behind what a call writes. */
export const BEHIND = 9

export function kindOf(ids: Ids): Kind {
  return ids instanceof Uint8Array ? Uint8Array : ids instanceof Uint16Array ? Uint16Array : Uint32Array
}

/** Room for `length` ids, and some more, all untouched. */
export function filled<T extends Ids>(Kind: new (length: number) => T, length: number): T {
  const array = new Kind(length + BEHIND)
  array.fill(UNTOUCHED)
  return array
}

export function blank(length: number): number[] {
  return Array<number>(length).fill(UNTOUCHED)
}

/** What was written is as `expected`, and nothing behind it was touched. */
export function same(actual: Ids, expected: readonly number[], what: string): void {
  const wanted = [...expected, ...blank(actual.length - expected.length)]
  if (actual.length === wanted.length && wanted.every((number, i) => actual[i] === number)) return
  expect([...actual], what).toEqual(wanted)
}
