/** Validation, counts and repair, against the reference and TextDecoder. */
import { BOUNDARY_BYTES, Random } from '../../seeded.js'
import { bytesOfHex, type Case, type Cases, hexOf, refuses, same, type Vector } from './case.js'
import { charactersOf, referenceBytes, referenceText } from './reference.js'

export const validationCases: (vectors: readonly Vector[]) => Cases = (vectors) => (layer) => {
  const { isValidUtf8, findInvalidUtf8, toWellFormedUtf8, countCodePoints, utf16Length } = layer

  function check(bytes: Uint8Array<ArrayBuffer>, where: unknown): void {
    const characters = charactersOf(bytes)
    const wrong = characters.find(({ codePoint }) => codePoint === null)
    const text = referenceText(bytes, '\ufffd')
    same(isValidUtf8(bytes), wrong === undefined, where)
    const found = findInvalidUtf8(bytes)
    same(
      found && [found.offset, found.length],
      wrong === undefined ? null : [wrong.offset, wrong.length],
      where,
    )
    same(countCodePoints(bytes), characters.length, where)
    same(utf16Length(bytes), text.length, where)
    const repaired = toWellFormedUtf8(bytes)
    same(repaired, referenceBytes(text), where)
    if (bytes.length > 0 && repaired.buffer === bytes.buffer) throw new Error(`${where}: memory is shared`)
    same([repaired.byteOffset, repaired.buffer.byteLength], [0, repaired.length], where)
  }

  const cases: Case[] = [
    {
      name: 'answers for all vectors',
      run() {
        for (const { hex, valid, error_offset } of vectors) {
          same(isValidUtf8(bytesOfHex(hex)), valid, hex)
          same(findInvalidUtf8(bytesOfHex(hex))?.offset ?? null, error_offset, hex)
          check(bytesOfHex(hex), hex)
        }
      },
    },
    {
      name: 'answers for all words of up to 3 boundary bytes',
      run() {
        const { length: base } = BOUNDARY_BYTES
        for (let number = 0; number < base ** 3; number++) {
          const word = Uint8Array.from(
            [1, base, base ** 2],
            (step) => BOUNDARY_BYTES[Math.floor(number / step) % base],
          )
          for (let length = number < base ** 2 ? 0 : 3; length <= 3; length++) {
            check(word.slice(0, length), hexOf(word))
          }
        }
      },
    },
    {
      name: 'tells the reason',
      run() {
        const reasons = {
          'unexpected-continuation': ['80', 'bf'],
          'invalid-byte': ['f8', 'ff'],
          overlong: ['c080', 'c1bf', 'e09fbf', 'f08fbfbf'],
          surrogate: ['eda080', 'edbfbf'],
          'too-large': ['f4908080', 'f5808080'],
          truncated: ['c2', 'e0a0', 'f09f98', 'e696', 'c241'],
        }
        for (const [reason, words] of Object.entries(reasons)) {
          for (const hex of words) same(findInvalidUtf8(bytesOfHex(`61${hex}`))?.reason, reason, hex)
        }
      },
    },
    {
      name: 'repairs long texts with few errors and with many, wherever they are',
      run() {
        const text = new TextEncoder().encode('plain é 文字 😀 '.repeat(1200))
        for (let seed = 0; seed < 60; seed++) {
          const random = new Random(seed)
          const bytes = text.slice(0, random.below(text.length))
          const damages = random.pick([0, 1, 2, 300])
          for (let i = 0; i < damages; i++) bytes[random.below(bytes.length)] = random.pick(BOUNDARY_BYTES)
          check(bytes, { seed })
        }
        // Characters at the places where the repair goes on, 4,096 bytes behind an error.
        for (let shift = 0; shift < 8; shift++) {
          for (const filler of ['文', '😀', 'é']) {
            const tail = new TextEncoder().encode(`${'.'.repeat(shift)}${filler.repeat(3000)}`)
            const bytes = new Uint8Array(tail.length + 1)
            bytes[0] = 0xff
            bytes.set(tail, 1)
            check(bytes, { shift, filler })
          }
        }
      },
    },
    {
      name: 'repairs a mebibyte of garbage in well under a second',
      run() {
        const random = new Random(1)
        const bytes = random.bytes(2 ** 20)
        const expected = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
        const started = performance.now()
        const repaired = toWellFormedUtf8(bytes)
        const took = performance.now() - started
        same(repaired.length, expected.length)
        for (let i = 0; i < expected.length; i++)
          if (repaired[i] !== expected[i]) same(repaired[i], expected[i], i)
        if (took > 1000) throw new Error(`took ${took} ms`)
      },
    },
    {
      name: 'takes views of every kind and buffers, and nothing else',
      run() {
        const bytes = new TextEncoder().encode('aé文😀....')
        same(bytes.length, 14)
        const padded = new Uint8Array(32)
        padded.set(bytes, 8)
        const views = [
          new Uint8ClampedArray(padded.buffer, 8, 14),
          new Int8Array(padded.buffer, 8, 14),
          new Uint16Array(padded.buffer, 8, 7),
          new DataView(padded.buffer, 8, 14),
          padded.subarray(8, 22),
          bytes.buffer,
        ]
        for (const view of views) {
          same(isValidUtf8(view), true)
          same(findInvalidUtf8(view), null)
          same([countCodePoints(view), utf16Length(view)], [8, 9])
          same(toWellFormedUtf8(view), bytes)
        }
        for (const wrong of [
          undefined,
          null,
          'text',
          1,
          [1, 2],
          {},
          { buffer: bytes.buffer },
          () => 0,
          Symbol('s'),
        ]) {
          for (const call of [isValidUtf8, findInvalidUtf8, toWellFormedUtf8, countCodePoints, utf16Length]) {
            refuses(() => call(wrong as never), { code: 'ERR_ARGUMENT' }, call.name)
          }
        }
      },
    },
    {
      name: 'gives the same answers 20,000 times from memory that is used again',
      run() {
        const memory = new Uint8Array(64)
        const good = new TextEncoder().encode('plain é 文 😀')
        for (let i = 0; i < 20_000; i++) {
          const length = good.length + (i % 7)
          memory.fill(0x2e, 0, length)
          memory.set(good, i % 7)
          same(isValidUtf8(memory.subarray(0, length)), true, i)
          memory[length - 1] = 0x80 + (i % 64)
          // A continuation behind a whole character.
          memory[length - 2] = 0x41
          same(isValidUtf8(memory.subarray(0, length)), false, i)
        }
      },
    },
  ]
  return cases
}
