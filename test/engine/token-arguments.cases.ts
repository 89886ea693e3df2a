/**
 * Arguments of a TokenEngine: wrong ones are refused with ERR_ARGUMENT and nothing is written; every kind of memory gives
 * the same; and where arrays overlap, are detached or shared no engine reads or writes where it should not.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { ANSWERS, type Arrays, NAMES, type Name, RIGHT, WRITTEN, WRONG } from './token-calls.js'
import { codeOf, inEveryMemory, refused, wrongArrays } from './wrong-arguments.js'

export function describeTokenArguments(create: () => Engine): void {
  const engine = create()
  const run = (name: Name, args: Record<string, unknown>): unknown => {
    const operation = engine[name] as (...args: unknown[]) => unknown
    return operation(...Object.values(args))
  }
  const refuse = (name: Name, changed: Record<string, unknown>, what: string): void => {
    const args = { ...RIGHT[name](), ...changed }
    const written = WRITTEN[name]
      .filter((output) => !(output in changed))
      .map((output) => args[output] as Arrays)
    const before = written.map((array) => array.slice())
    refused(() => run(name, args), `${name}, ${what}`)
    expect(written, `${name}, ${what}`).toEqual(before)
  }

  describe('arguments', () => {
    it('right ones are taken', () => {
      for (const name of NAMES) expect(run(name, RIGHT[name]()), name).toBe(ANSWERS[name])
    })

    it('arrays of another kind are refused', () => {
      for (const name of NAMES) {
        for (const [argument, right] of Object.entries(RIGHT[name]())) {
          if (!ArrayBuffer.isView(right)) continue
          for (const value of wrongArrays()) {
            const Kind = right.constructor as new (length: number) => Arrays
            // Of ids to widen there are three kinds.
            const isIds = name === 'widen' && argument === 'ids' && value instanceof Uint16Array
            if (isIds || value instanceof Kind) continue
            refuse(name, { [argument]: value }, `${argument} ${Object.prototype.toString.call(value)}`)
          }
        }
      }
    })

    it('numbers out of range, and arrays that are too short, are refused', () => {
      for (const name of NAMES) {
        for (const [argument, values] of Object.entries(WRONG[name])) {
          for (const value of values) refuse(name, { [argument]: value }, `${argument} ${show(value)}`)
        }
      }
    })

    it('what is written may not overlap what is read', () => {
      for (const name of NAMES) {
        const right = RIGHT[name]()
        for (const output of WRITTEN[name]) {
          for (const input of Object.keys(right)) {
            if (!ArrayBuffer.isView(right[input]) || WRITTEN[name].includes(input)) continue
            const [read, written] = [right[input] as Arrays, right[output] as Arrays]
            // From the same place on, and with the last element of one at the first of the other.
            const last = (array: Arrays) => 8 * Math.floor((array.byteLength - 1) / 8)
            for (const [from, to] of [
              [0, 0],
              [0, last(read)],
              [last(written), 0],
            ]) {
              const memory = new ArrayBuffer(8192)
              // What is read comes last, and so is right.
              const changed = { [output]: over(memory, to, written), [input]: over(memory, from, read) }
              refuse(name, changed, `${input} at ${from}, ${output} at ${to}`)
            }
          }
        }
      }
    })

    it('neighbours in one memory are no overlap', () => {
      for (const name of NAMES) {
        const memory = new ArrayBuffer(16_384)
        let at = 0
        const args = RIGHT[name]()
        for (const [argument, value] of Object.entries(args)) {
          if (!ArrayBuffer.isView(value)) continue
          args[argument] = over(memory, at, value as Arrays)
          at += Math.ceil(value.byteLength / 8) * 8
        }
        expect(run(name, args), name).toBe(ANSWERS[name])
        expect(outputs(name, args)).toEqual(resultOf(name))
      }
    })

    it('detached memory is refused, even where no element is needed', () => {
      for (const name of NAMES) {
        const right = RIGHT[name]()
        for (const [argument, value] of Object.entries(right)) {
          if (!ArrayBuffer.isView(value)) continue
          for (const length of [0, 64]) {
            const detached = emptyOf(value as Arrays, length)
            structuredClone(detached.buffer, { transfer: [detached.buffer as ArrayBuffer] })
            refuse(name, { [argument]: detached }, `${argument} detached, of ${length}`)
          }
        }
      }
    })

    it('so is what code that was optimised for living memory sees', () => {
      const calls = NAMES.map((name) => [name, RIGHT[name]()] as const)
      for (let i = 0; i < 5000; i++) for (const [name, args] of calls) run(name, args)
      for (const [name, args] of calls) {
        // Of what only answers, what it reads.
        for (const array of WRITTEN[name].length > 0 ? WRITTEN[name] : Object.keys(args)) {
          const { buffer } = args[array] as Arrays
          structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
        }
        refused(() => run(name, args), name)
      }
    })

    it('a view that its shrunk buffer has left is refused', () => {
      for (const name of NAMES) {
        for (const output of WRITTEN[name]) {
          const right = RIGHT[name]()[output] as Arrays
          const buffer = new ArrayBuffer(8192, { maxByteLength: 8192 })
          const fixed = over(buffer, 0, right)
          buffer.resize(4)
          refuse(name, { [output]: fixed }, output)
        }
      }
    })

    it('every kind of memory gives the same', () => {
      for (const name of NAMES) {
        const expected = resultOf(name)
        for (const argument of Object.keys(RIGHT[name]())) {
          const value = RIGHT[name]()[argument]
          if (!ArrayBuffer.isView(value)) continue
          const source = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
          for (const [kind, make] of Object.entries(inEveryMemory(source))) {
            // A Buffer may begin anywhere, and a subclass is one of bytes.
            if (kind === 'Buffer' && !(value instanceof Uint8Array)) continue
            const memory = make()
            const changed = value instanceof Uint8Array ? memory : over(memory.buffer, 0, value as Arrays)
            const args = { ...RIGHT[name](), [argument]: changed }
            run(name, args)
            expect(outputs(name, args), `${name}, ${argument} ${kind}`).toEqual(expected)
          }
        }
      }
    })

    it('no numbers in shared memory do harm', () => {
      const memory = new SharedArrayBuffer(4096)
      const shared = new Uint32Array(memory)
      for (const name of NAMES) {
        for (const [argument, value] of Object.entries(RIGHT[name]())) {
          if (!(value instanceof Uint32Array)) continue
          shared.fill(0xffffffff)
          const args = { ...RIGHT[name](), [argument]: new Uint32Array(memory, 0, value.length) }
          try {
            expect(run(name, args)).toBe(undefined)
          } catch (error) {
            expect(codeOf(error), `${name}, ${argument}`).toBe('ERR_ARGUMENT')
          }
        }
      }
    })
  })

  /** What the right arguments give. */
  function resultOf(name: Name): number[][] {
    const args = RIGHT[name]()
    run(name, args)
    return outputs(name, args)
  }
}

function outputs(name: Name, args: Record<string, unknown>): number[][] {
  return WRITTEN[name].map((output) => Array.from(args[output] as ArrayLike<number>))
}

/** The content of `array` in `memory`, in an array of the same kind. */
function over(memory: ArrayBufferLike, at: number, array: Arrays): Arrays {
  const Kind = array.constructor as new (memory: ArrayBufferLike, at: number, length: number) => Arrays
  const view = new Kind(memory, at, array.length)
  new Uint8Array(memory, at, array.byteLength).set(
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  )
  return view
}

/** An array of the kind of `array`. */
function emptyOf(array: Arrays, length: number): Arrays {
  const Kind = array.constructor as new (length: number) => Arrays
  return new Kind(length)
}

function show(value: unknown): string {
  return ArrayBuffer.isView(value) ? `[${String(value).slice(0, 40)}]` : String(value)
}
