/**
 * Arguments: wrong ones are refused with ERR_ARGUMENT and nothing happens; every kind of memory that may hold the
 * bytes gives the same; and no content of the state array makes an engine write where it should not.
 */
import { describe, expect, it } from 'vitest'
import { CENSUS_SLOTS, FRAME_STATUSES, STATE_SLOTS, UNITS } from '../../dist/engine/abi.js'
import { type Engine, type JsonPath, MIN_LENGTHS, MIN_OUTPUT } from '../../dist/engine/engine.js'
import { Framer, type FramerOptions, SLOT } from '../../dist/engine/framer.js'
import { jsonPath } from '../../dist/engine/json-path.js'
import { bytesOf, Random } from './text.js'
import {
  codeOf,
  copied,
  detachedBytes,
  inEveryMemory,
  refused,
  WRONG_RANGES,
  wrongArrays,
} from './wrong-arguments.js'

const OPTIONS: FramerOptions = {
  unit: 'line',
  bos: true,
  eos: true,
  reserved: 'escape',
  invalid: 'quarantine',
  skipEmpty: false,
  maxLength: 2 ** 31 - 1,
}

const TEXT = jsonPath('text')

/** The arguments of a call of frame or frameJsonl, right ones unless said otherwise. */
interface Call {
  state: Float64Array
  separator: Uint8Array
  path: JsonPath
  input: Uint8Array
  start: number
  end: number
  final: boolean
  output: Uint8Array
  lengths: Int32Array
}

export function describeArguments(create: () => Engine): void {
  const engine = create()

  const right = (): Call => ({
    state: new Framer(engine, OPTIONS).state,
    separator: bytesOf('\n'),
    path: TEXT,
    input: bytesOf('{"text":"abc"}\n'),
    start: 0,
    end: 15,
    final: true,
    output: new Uint8Array(MIN_OUTPUT + 45),
    lengths: new Int32Array(MIN_LENGTHS),
  })
  const frame = (call: Call) =>
    engine.frame(
      call.state,
      call.separator,
      call.input,
      call.start,
      call.end,
      call.final,
      call.output,
      call.lengths,
    )
  const frameJsonl = (call: Call) =>
    engine.frameJsonl(
      call.state,
      call.path,
      call.input,
      call.start,
      call.end,
      call.final,
      call.output,
      call.lengths,
    )
  const both = { frame, frameJsonl }

  describe('arguments', () => {
    const bytes = bytesOf('abcdef')
    const counts = () => new Float64Array(CENSUS_SLOTS.length)

    it('every range that is none is refused', () => {
      for (const [start, end] of WRONG_RANGES) {
        const place = `${start} ${end}`
        refused(() => engine.findInvalid(bytes, start, end), `findInvalid ${place}`)
        refused(() => engine.crc32(bytes, start, end, 0), `crc32 ${place}`)
        refused(() => engine.census(bytes, start, end, counts()), `census ${place}`)
        refused(() => frame({ ...right(), input: bytes, start, end }), `frame ${place}`)
        refused(() => frameJsonl({ ...right(), input: bytes, start, end }), `frameJsonl ${place}`)
      }
    })

    it('values that are no bytes are refused', () => {
      for (const value of wrongArrays()) {
        const what = String(Object.prototype.toString.call(value))
        const input = value as unknown as Uint8Array
        refused(() => engine.findInvalid(input, 0, 0), `findInvalid ${what}`)
        refused(() => engine.crc32(input, 0, 0, 0), `crc32 ${what}`)
        refused(() => engine.census(input, 0, 0, counts()), `census ${what}`)
        refused(() => engine.census(bytes, 0, 0, value as unknown as Float64Array), `counts ${what}`)
        for (const [name, call] of Object.entries(both)) {
          refused(() => call({ ...right(), input, start: 0, end: 0 }), `${name} input ${what}`)
          refused(() => call({ ...right(), output: input }), `${name} output ${what}`)
          const lengths = value as unknown as Int32Array
          refused(() => call({ ...right(), lengths }), `${name} lengths ${what}`)
          const state = value as unknown as Float64Array
          refused(() => call({ ...right(), state }), `${name} state ${what}`)
        }
        refused(() => frame({ ...right(), separator: input }), `separator ${what}`)
        refused(() => frameJsonl({ ...right(), path: value as unknown as JsonPath }), `path ${what}`)
      }
    })

    it('buffers that are too small are refused', () => {
      refused(() => engine.census(bytes, 0, 6, new Float64Array(CENSUS_SLOTS.length - 1)), 'counts')
      for (const [name, call] of Object.entries(both)) {
        refused(() => call({ ...right(), output: new Uint8Array(MIN_OUTPUT - 1) }), `${name} output`)
        refused(() => call({ ...right(), output: new Uint8Array(0) }), `${name} no output`)
        refused(() => call({ ...right(), lengths: new Int32Array(MIN_LENGTHS - 1) }), `${name} lengths`)
        refused(() => call({ ...right(), state: new Float64Array(STATE_SLOTS.length - 1) }), `${name} state`)
      }
      refused(() => frame({ ...right(), separator: new Uint8Array(0) }), 'separator')
    })

    it('a path that is packed wrongly does no harm', () => {
      for (const packed of [
        [],
        [1],
        [0, 0, 0, 0],
        [5, 0, 0, 0, 0x61],
        [255, 255, 255, 255, 0x61],
        [1, 0, 0, 0, 0x61, 9],
      ]) {
        harmless(() => frameJsonl({ ...right(), path: { keys: ['text'], packed: Uint8Array.from(packed) } }))
      }
    })

    it('detached memory is refused', () => {
      const detached = detachedBytes(MIN_OUTPUT)
      const refuse = () => {
        refused(() => engine.findInvalid(detached, 0, 1), 'findInvalid')
        refused(() => engine.census(detached, 0, 1, counts()), 'census')
        refused(() => engine.crc32(detached, 0, 1, 0), 'crc32')
        for (const [name, call] of Object.entries(both)) {
          refused(() => call({ ...right(), input: detached }), `${name} input`)
          refused(() => call({ ...right(), output: detached }), `${name} output`)
        }
      }
      refuse()
      // Code that V8 (of Node 20) has optimised for fixed and resizable memory sees a detached array's old length.
      const fixed = right()
      const resizable = { ...right(), input: copied(fixed.input, new ArrayBuffer(15, { maxByteLength: 64 })) }
      resizable.output = new Uint8Array(new ArrayBuffer(MIN_OUTPUT + 45, { maxByteLength: 2 ** 16 }))
      for (let i = 0; i < 20_000; i++) {
        for (const call of [fixed, resizable]) {
          engine.findInvalid(call.input, 0, 15)
          call.state.set(fixed.state.fill(0, SLOT.consumed))
          frame(call)
        }
      }
      refuse()
    })

    it('options out of range are refused', () => {
      const wrong: readonly (readonly [keyof typeof SLOT, readonly number[]])[] = [
        ['unit', [-1, UNITS.length, 0.5, Number.NaN, 2 ** 32]],
        ['reservedPolicy', [-1, 6, 0.5, Number.NaN, 2 ** 32 + 1]],
        ['written', [-1, MIN_OUTPUT + 46, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32]],
        ['lengthCount', [-1, MIN_LENGTHS + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32]],
        ['maxLength', [-1, 0.5, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]],
        ['mode', [-1, 3, 0.5, Number.NaN, 2 ** 32]],
      ]
      for (const [slot, values] of wrong) {
        for (const value of values) {
          for (const [name, call] of Object.entries(both)) {
            const changed = right()
            changed.state[SLOT[slot]] = value
            refused(() => call(changed), `${name} ${slot} ${value}`)
          }
        }
      }
    })

    it('right ones are taken', () => {
      expect(frame(right())).toBe('input-used')
      expect(frameJsonl(right())).toBe('input-used')
      expect(frame({ ...right(), start: 15 })).toBe('input-used')
      expect(engine.findInvalid(new Uint8Array(0), 0, 0)).toBe(null)
      expect(engine.findInvalid(bytes, 6, 6)).toBe(null)
      expect(engine.crc32(bytes, 6, 6, 77)).toBe(77)
      expect(engine.census(bytes, 6, 6, counts())).toBe(-1)
    })

    it('every kind of memory gives the same', () => {
      const source = bytesOf('文a\x01\r\nb😀\xff\n')
      const size = MIN_OUTPUT + 3 * source.length
      const expected = resultOf({ ...right(), input: source, end: source.length })
      expect(expected).toContain('rejected')
      for (const [name, input] of Object.entries(inEveryMemory(source))) {
        expect(engine.findInvalid(input(), 0, source.length)?.offset, name).toBe(source.length - 2)
        expect(engine.crc32(input(), 0, source.length, 0), name).toBe(
          engine.crc32(source, 0, source.length, 0),
        )
        for (const output of [
          new Uint8Array(size),
          Buffer.alloc(size),
          new Uint8Array(new SharedArrayBuffer(size)),
          new Uint8Array(new ArrayBuffer(size, { maxByteLength: 2 * size })),
        ]) {
          expect(resultOf({ ...right(), input: input(), end: source.length, output }), name).toEqual(expected)
        }
      }
    })

    it('a view that its shrunk buffer has left is refused', () => {
      const buffer = new ArrayBuffer(64, { maxByteLength: 128 })
      const fixed = new Uint8Array(buffer, 0, 64)
      const tracking = new Uint8Array(buffer)
      buffer.resize(8)
      refused(() => engine.findInvalid(fixed, 0, 64), 'fixed')
      refused(() => engine.findInvalid(tracking, 0, 64), 'tracking')
      expect(engine.findInvalid(tracking, 0, 8)).toBe(null)
    })

    it('no content of the state does harm', () => {
      const random = new Random(11)
      const source = bytesOf('a文\x01\r\n\n\xff😀--b\n{"text":"x"}\n')
      const output = new Uint8Array(MIN_OUTPUT + 512).fill(0xa5)
      const lengths = new Int32Array(MIN_LENGTHS + 64).fill(-0x5a)
      for (let seed = 0; seed < 20_000; seed++) {
        const call = right()
        call.input = source
        call.end = source.length
        call.final = random.chance(0.5)
        call.output = output.subarray(128, 128 + MIN_OUTPUT + 256)
        call.lengths = lengths.subarray(32, 32 + MIN_LENGTHS)
        call.state[SLOT.unit] = random.below(UNITS.length)
        for (let i = 1 + random.below(4); i > 0; i--) {
          call.state[random.below(STATE_SLOTS.length)] = random.pick(NUMBERS)
        }
        const shown = [...call.state].join()
        harmless(() => (random.chance(0.8) ? frame : frameJsonl)(call), `state ${shown}`)
        const outside = [output.subarray(0, 128), output.subarray(128 + MIN_OUTPUT + 256)]
        if (outside.some((part) => part.some((byte) => byte !== 0xa5)))
          throw new Error(`output, state ${shown}`)
        const others = [lengths.subarray(0, 32), lengths.subarray(32 + MIN_LENGTHS)]
        if (others.some((part) => part.some((one) => one !== -0x5a)))
          throw new Error(`lengths, state ${shown}`)
      }
    })
  })

  function resultOf(call: Call): string {
    const status = frame(call)
    const written = call.output.subarray(0, call.state[SLOT.written])
    return [status, ...call.state, Buffer.from(Uint8Array.from(written)).toString('hex')].join()
  }
}

const NUMBERS = [
  0,
  1,
  2,
  3,
  5,
  100,
  MIN_OUTPUT,
  MIN_OUTPUT + 256,
  -1,
  0.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

/** Refused or done, and nothing else. */
function harmless(call: () => string, what = ''): void {
  let status: string
  try {
    status = call()
  } catch (error) {
    if (codeOf(error) !== 'ERR_ARGUMENT') throw new Error(what, { cause: error })
    return
  }
  if (!FRAME_STATUSES.some((one) => one === status)) throw new Error(`status ${status}, ${what}`)
}
