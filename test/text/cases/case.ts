/**
 * Cases that run anywhere: in Node's tests, for every engine, and in the page of a browser. They import nothing but each
 * other; what they test is an argument. A case is done if it neither throws nor rejects.
 */
import type { TextLayer } from '../../../dist/text/layer.js'

export interface Case {
  readonly name: string
  readonly run: () => void | Promise<void>
}

export type Cases = (layer: TextLayer) => readonly Case[]

/** A case of test/vectors/utf8_cases.json. */
export interface Vector {
  readonly hex: string
  readonly valid: boolean
  readonly error_offset: number | null
  readonly replaced_codepoints_hex: readonly string[]
  readonly note: string
}

/** What an error must be. */
export interface Refusal {
  readonly code: string
  readonly offset?: number
  /** TypeError by default. */
  readonly type?: typeof TypeError | typeof RangeError
}

/** Fails unless both are the same value, or have the same numbers or values in the same order. */
export function same(actual: unknown, expected: unknown, where: unknown = ''): void {
  if (Object.is(actual, expected)) return
  if (actual instanceof Uint8Array && expected instanceof Uint8Array && equal(actual, expected)) return
  const [got, wanted] = [shown(actual), shown(expected)]
  if (got !== wanted) throw new Error(`${shown(where)}: expected ${cut(wanted)}, received ${cut(got)}`)
}

/** True if both have the same bytes. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Fails unless `call` throws just that. */
export function refuses(
  call: () => unknown,
  { code, offset, type = TypeError }: Refusal,
  where: unknown = '',
): void {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    checkError(error, { code, type, ...(offset === undefined ? {} : { offset }) }, where)
    return
  }
  throw new Error(`${shown(where)}: expected ${code}, received ${cut(shown(result))}`)
}

export async function rejects(
  promise: Promise<unknown>,
  refusal: Refusal,
  where: unknown = '',
): Promise<void> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    checkError(error, refusal, where)
    return
  }
  throw new Error(`${shown(where)}: expected ${refusal.code}, received ${cut(shown(result))}`)
}

export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function checkError(error: unknown, { code, offset, type = TypeError }: Refusal, where: unknown): void {
  const found = error as { code?: unknown; offset?: unknown }
  if (!(error instanceof type) || found.code !== code || (offset !== undefined && found.offset !== offset)) {
    throw new Error(
      `${shown(where)}: expected ${type.name} ${code} at ${offset}, received ${error} (${found.code} at ${found.offset})`,
      { cause: error },
    )
  }
}

/** What it is, in one line, so that different values look different. */
function shown(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    const { name } = value.constructor
    // A Buffer is a Uint8Array.
    return `${name === 'Buffer' ? 'Uint8Array' : name}[${Array.from(value as Uint8Array).join(' ')}]`
  }
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, inner]) => `${name}: ${shown(inner)}`)
      .join(', ')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length})` : text
}
