/** Errors of the text layer: what JavaScript's own classes say of them, and what the package's do. */
import { describe, expect, it } from 'vitest'
import {
  encodeBatch,
  Utf8Decoder,
  Utf8Encoder,
  Utf8TokenizerError,
  Utf8TokenizerRangeError,
  Utf8TokenizerTypeError,
} from '../../dist/index.js'

function thrownBy(call: () => unknown): Error {
  try {
    call()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('no error was thrown')
}

const fatal = () => new Utf8Decoder('utf-8', { fatal: true }).decode(Uint8Array.of(0x61, 0xff))
const label = () => new Utf8Decoder('latin1')

describe('errors', () => {
  it.each([
    ['ill-formed bytes', fatal, TypeError, Utf8TokenizerTypeError, 'TypeError', 'ERR_UTF8_INVALID', 1],
    ['a label', label, RangeError, Utf8TokenizerRangeError, 'RangeError', 'ERR_ENCODING_UNKNOWN', undefined],
    [
      'a lone surrogate',
      () => new Utf8Encoder({ errors: 'throw' }).encode('ab\ud800'),
      TypeError,
      Utf8TokenizerTypeError,
      'TypeError',
      'ERR_STRING_LONE_SURROGATE',
      2,
    ],
    [
      'too little room',
      () => encodeBatch(['文'], { into: new Uint8Array(2) }),
      RangeError,
      Utf8TokenizerRangeError,
      'RangeError',
      'ERR_OUTPUT_TOO_SMALL',
      undefined,
    ],
  ] as const)(
    'for %s are of the class that users expect',
    (_what, call, builtIn, own, name, code, offset) => {
      const error = thrownBy(call)
      expect(error).toBeInstanceOf(builtIn)
      expect(error).toBeInstanceOf(own)
      expect(error).toBeInstanceOf(Utf8TokenizerError)
      expect(error).toMatchObject({ name, code, offset, file: undefined })
      expect(error.message).not.toBe('')
    },
  )

  it('of others are none of the package', () => {
    for (const value of [
      new TypeError('x'),
      new Error('x'),
      null,
      undefined,
      'x',
      {},
      { code: 'ERR_ARGUMENT' },
    ]) {
      expect(value instanceof Utf8TokenizerError).toBe(false)
    }
    expect(new Utf8TokenizerError('ERR_WORKER', 'x')).toBeInstanceOf(Utf8TokenizerError)
    expect(new Utf8TokenizerError('ERR_WORKER', 'x')).not.toBeInstanceOf(TypeError)
  })
})
