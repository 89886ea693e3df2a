/** encodeBatch and decodeBatch, against a loop over TextEncoder and TextDecoder. */
import type { BatchOffsets } from '../../../dist/text/batch.js'
import { Random } from '../../seeded.js'
import { type Case, type Cases, equal, refuses, same } from './case.js'

/** Counts and lengths around the sizes of groups, and texts that hold the joint. */
const BATCHES: readonly (readonly string[])[] = [
  [],
  [''],
  ['', ''],
  ['a'],
  ['a', 'b'],
  ['', 'a', '', '文', ''],
  ['\0'],
  ['\0', '\0\0', ''],
  ['a\0b', 'c', '\0', 'é'],
  ['\ud800', '\udc00'],
  ['😀', '\ud83d', '\ude00', '文\ud83d', '\ude00é'],
  Array.from({ length: 3000 }, (_, i) => `text ${i} é`.slice(0, i % 11)),
  Array.from({ length: 70_000 }, () => ''),
  Array.from({ length: 120_000 }, (_, i) => (i < 20_000 ? 'a' : '')),
  Array.from({ length: 500 }, (_, i) => '文'.repeat(i)),
  Array.from({ length: 80 }, (_, i) => 'a'.repeat(1000 + i)),
  ['x'.repeat(100_000), 'é', '文'.repeat(70_000), '', '😀'.repeat(40_000), 'y'],
  Array.from({ length: 300 }, (_, i) => (i === 250 ? 'a\0b' : '文字'.repeat(150))),
]

export const batchCases: Cases = (layer) => {
  const { encodeBatch, decodeBatch } = layer
  const builtIn = new TextEncoder()

  /** What a loop would give. */
  function expectedOf(texts: readonly string[]): { bytes: Uint8Array; offsets: Uint32Array } {
    const parts = texts.map((text) => builtIn.encode(text))
    const offsets = new Uint32Array(texts.length + 1)
    for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.length
    const bytes = new Uint8Array(offsets[texts.length])
    for (const [i, part] of parts.entries()) bytes.set(part, offsets[i])
    return { bytes, offsets }
  }

  function check(texts: readonly string[], where: unknown): void {
    const { bytes, offsets } = expectedOf(texts)
    const batch = encodeBatch(texts)
    same(equal(batch.values, bytes), true, where)
    same(batch.offsets, offsets, where)
    same([batch.values.byteOffset, batch.values.buffer.byteLength], [0, bytes.length], where)
    // Into just enough room, into plenty, and into too little.
    for (const spare of [0, 1, 7, 3 * bytes.length + 300_000]) {
      const memory = new Uint8Array(bytes.length + spare + 2).fill(0xaa)
      const into = memory.subarray(1, memory.length - 1)
      const there = encodeBatch(texts, { into })
      same(there.offsets, offsets, where)
      same(equal(there.values, bytes), true, where)
      same([there.values.buffer === memory.buffer, there.values.byteOffset], [true, 1], where)
      same([memory[0], memory[memory.length - 1]], [0xaa, 0xaa], where)
    }
    if (bytes.length > 0) {
      const into = new Uint8Array(bytes.length - 1)
      refuses(() => encodeBatch(texts, { into }), { code: 'ERR_OUTPUT_TOO_SMALL', type: RangeError }, where)
    }
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    const decoded = decodeBatch(batch.values, batch.offsets)
    same(decoded.length, texts.length, where)
    for (const [i, text] of decoded.entries()) {
      if (text !== decoder.decode(bytes.subarray(offsets[i], offsets[i + 1])))
        same(text, texts[i], { where, i })
    }
  }

  const cases: Case[] = [
    {
      name: 'encodes and decodes batches of every make',
      run() {
        for (const [i, texts] of BATCHES.entries()) check(texts, `batch ${i}`)
      },
    },
    {
      name: 'encodes and decodes random batches',
      run() {
        for (let seed = 0; seed < 150; seed++) {
          const random = new Random(seed)
          const pieces = [
            'a',
            'é',
            '文',
            '😀',
            'plain text ',
            '\ufeff',
            ...(seed % 3 === 0 ? ['\0', '\ud800'] : []),
          ]
          const longest = random.pick([3, 30, 300, 3000])
          const texts = Array.from({ length: random.below(200) }, () =>
            random.pick(pieces).repeat(random.below(random.below(longest) + 1)),
          )
          check(texts, { seed })
        }
      },
    },
    {
      name: 'says how many bytes it needs',
      run() {
        const into = new Uint8Array(3)
        try {
          encodeBatch(['文', 'é'], { into })
        } catch (error) {
          same((error as Error).message.includes('5 bytes'), true, error)
          return
        }
        throw new Error('5 bytes into 3')
      },
    },
    {
      name: 'refuses lone surrogates if asked to, before anything is written',
      run() {
        const into = new Uint8Array(100).fill(0xaa)
        const refusal = { code: 'ERR_STRING_LONE_SURROGATE', offset: 1 }
        for (const texts of [
          ['a', 'a\ud800'],
          ['a\udc00', '\ud800'],
          ['😀', 'a\ud800', '\udc00'],
        ]) {
          refuses(() => encodeBatch(texts, { errors: 'throw', into }), refusal, texts)
          refuses(() => encodeBatch(texts, { errors: 'throw' }), refusal, texts)
        }
        same(
          into.every((byte) => byte === 0xaa),
          true,
        )
        same(encodeBatch(['😀', 'a'], { errors: 'throw' }).offsets, Uint32Array.of(0, 4, 5))
      },
    },
    {
      name: 'refuses what are no strings, and unknown options',
      run() {
        const wrong = [undefined, null, 'text', 1, {}, { length: 1, 0: 'a' }, new Set(['a'])]
        for (const strings of [...wrong, [1], ['a', null], ['a', undefined], new Array(2), ['a', ['b']]]) {
          refuses(() => encodeBatch(strings as never), { code: 'ERR_ARGUMENT' }, strings)
        }
        const options = [{ errors: 'ignore' }, { out: new Uint8Array(9) }, { into: new Uint16Array(9) }, 1]
        for (const one of [...options, { into: new ArrayBuffer(9) }, { into: [] }, { into: null }]) {
          refuses(() => encodeBatch(['a'], one as never), { code: 'ERR_ARGUMENT' }, one)
        }
      },
    },
    {
      name: 'sees an array once, whatever it does then',
      run() {
        let reads = 0
        const changing = new Proxy(['a', 'b', 'c'], {
          get(target, name, receiver) {
            if (typeof name === 'string' && /^\d+$/.test(name)) {
              reads++
              return encodeBatch(['other', 'texts']).offsets.length === 3 ? `${name}:${reads}` : ''
            }
            return Reflect.get(target, name, receiver)
          },
        })
        const { values, offsets } = encodeBatch(changing)
        same(reads, 3)
        same(decodeBatch(values, offsets), ['0:1', '1:2', '2:3'])
      },
    },
    {
      name: 'refuses more bytes than offsets can count',
      run() {
        const long = 'a'.repeat(2 ** 28)
        const texts = Array.from({ length: 17 }, () => long)
        refuses(() => encodeBatch(texts), { code: 'ERR_ARGUMENT' })
        refuses(() => encodeBatch(texts, { into: new Uint8Array(8) }), { code: 'ERR_ARGUMENT' })
      },
    },
    {
      name: 'takes offsets of every kind, which need not begin at 0',
      run() {
        const values = builtIn.encode('....aé文😀')
        const places = [4, 5, 7, 7, 10, 14]
        const texts = ['a', 'é', '', '文', '😀']
        const arrays: BatchOffsets[] = [
          Uint32Array.from(places),
          Int32Array.from(places),
          BigUint64Array.from(places, BigInt),
          BigInt64Array.from(places, BigInt),
        ]
        for (const offsets of arrays) {
          same(decodeBatch(values, offsets), texts)
          same(decodeBatch(values, offsets.subarray(1, 3)), ['é'])
          same(decodeBatch(values, offsets.subarray(2, 3)), [])
          same(decodeBatch(values.buffer, offsets), texts)
        }
      },
    },
    {
      name: 'decodes each text for itself: ill-formed ends join nothing, byte order marks are text',
      run() {
        const values = Uint8Array.of(0xe6, 0x96, 0x87, 0xef, 0xbb, 0xbf, 0x61, 0xff)
        same(decodeBatch(values, Uint32Array.of(0, 1, 3, 6, 7, 8)), [
          '\ufffd',
          '\ufffd\ufffd',
          '\ufeff',
          'a',
          '\ufffd',
        ])
      },
    },
    {
      name: 'refuses offsets that fall, or lead outside',
      run() {
        const values = new Uint8Array(8)
        const wrong: readonly (readonly number[])[] = [
          [1, 0],
          [0, 9],
          [9],
          [0, 5, 4, 8],
          [2 ** 32 - 1, 2 ** 32 - 1],
        ]
        for (const places of wrong) {
          for (const offsets of [
            Uint32Array.from(places),
            BigUint64Array.from(places, BigInt),
            BigInt64Array.from(places, BigInt),
          ]) {
            refuses(() => decodeBatch(values, offsets), { code: 'ERR_ARGUMENT' }, places)
          }
        }
        for (const offsets of [
          new Uint32Array(0),
          new Int32Array(0),
          new BigInt64Array(0),
          Int32Array.of(-1, 2),
          Int32Array.of(0, -1),
          BigInt64Array.of(0n, -1n),
          BigUint64Array.of(0n, 2n ** 32n),
          BigUint64Array.of(2n ** 32n, 2n ** 32n + 1n),
          BigUint64Array.of(0n, 2n ** 64n - 1n),
          Float64Array.of(0, 1),
          Uint16Array.of(0, 1),
          [0, 1],
          null,
          undefined,
        ]) {
          refuses(() => decodeBatch(values, offsets as never), { code: 'ERR_ARGUMENT' }, offsets)
        }
        for (const wrongValues of ['text', null, undefined, [1, 2]]) {
          refuses(() => decodeBatch(wrongValues as never, Uint32Array.of(0, 1)), { code: 'ERR_ARGUMENT' })
        }
      },
    },
  ]
  return cases
}
