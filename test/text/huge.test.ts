/**
 * The longest strings that V8 has, 2^29 - 24 code units, and bytes of more text than that: a result or an error with a code.
 * Each call is a process of its own, so that a crash is seen as its signal.
 */
import { describe, expect, it } from 'vitest'
import { allocate } from '../../dist/memory.js'
import { ROOT } from '../needs.js'
import { run } from '../package/installed.js'

const LONGEST = 2 ** 29 - 24
const TOO_LONG = 'ERR_STRING_TOO_LONG'

/** Operation, letter, and what it gives: a number, or a code. */
const CALLS = {
  native: [
    ['byteLength', 'a', LONGEST],
    ['byteLength', '文', 3 * LONGEST],
    ['encode', 'a', LONGEST],
    ['encode', '文', 3 * LONGEST],
    ['encodeInto', '文', 999],
    ['encodeStrictly', 'é', 2 * LONGEST],
    ['encodeBatch', 'a', LONGEST + 1],
    ['decode', 'a', TOO_LONG],
    ['decodeStrictly', 'a', TOO_LONG],
    ['decodeLongest', 'a', LONGEST],
    ['decodeCut', 'a', TOO_LONG],
    ['decodeChunks', 'a', 3 * 2 ** 28],
    ['offsetMap', '😀', 2 * LONGEST],
  ],
  // What this one takes ten seconds for.
  javascript: [
    ['byteLength', 'a', LONGEST],
    ['encode', 'a', LONGEST],
    ['decode', 'a', TOO_LONG],
  ],
} as const

describe.each(Object.keys(CALLS) as (keyof typeof CALLS)[])('the longest strings, %s engine', (engine) => {
  it.each(CALLS[engine])('%s of %s', (operation, letter, expected) => {
    const script = `${ROOT}test/text/huge.mjs`
    const env = { UTF8_TOKENIZER_ENGINE: engine }
    const { status, signal, stdout, stderr } = run(process.execPath, [script, operation, letter], { env })
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    const { result, code } = JSON.parse(stdout)
    expect(result ?? code).toBe(expected)
  })
})

describe('memory that nobody has', () => {
  it('is an error with a code', () => {
    expect(() => allocate(2 ** 53 - 1)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_MEMORY' }))
    expect(() => allocate(2 ** 53 - 1)).toThrow(RangeError)
  })
})
