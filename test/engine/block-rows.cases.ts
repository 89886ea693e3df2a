/**
 * What every engine must say about the bytes of a text: which an assistant has to say, and which are in which span. All
 * short sequences of the bytes that frame, each behind all that leads to where they matter; then chats and random texts.
 */
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import chats from '../vectors/chat-texts.json' with { type: 'json' }
import { lossOracle } from './block-oracle.js'
import { blank, filled, same } from './ids.js'
import type { Level } from './suite.js'
import { bytesOf, Random } from './text.js'
import { spansOracle } from './token-oracle.js'

export function describeBlockRows(create: () => Engine, level: Level): void {
  const engine = create()
  const random = new Random(32)

  describe('rows of bytes', () => {
    /** The loss mask and the spans of rows that stand behind `before` bytes that belong to none. */
    function checkRows(rows: readonly Uint8Array[], what: string, before = 0): void {
      const bytes = Buffer.concat([new Uint8Array(before).fill(0x0e), ...rows, Uint8Array.of(0x0e)])
      const offsets = Uint32Array.of(before, ...rows.map(() => 0))
      rows.forEach((row, i) => {
        offsets[i + 1] = offsets[i] + row.length
      })
      const mask = filled(Uint8Array, bytes.length)
      const spans = filled(Uint32Array, bytes.length)
      engine.lossMask(bytes, offsets, mask)
      engine.attentionSpans(bytes, offsets, spans)
      const untouched = blank(before)
      same(mask, [...untouched, ...rows.flatMap((row) => lossOracle(row))], `loss mask, ${what}`)
      same(spans, [...untouched, ...rows.flatMap((row) => spansOracle(row))], `spans, ${what}`)
    }

    it('all short sequences of frame bytes, behind all that leads to where they matter', () => {
      const bytes = [
        0x00, 0x01, 0x02, 0x05, 0x06, 0x0a, 0x0e, 0x0f, 0x10, 0x11, 0x17, 0x1a, 0x1b, 0x20, 0x28, 0x29, 0x3a,
        0x41, 0x4a, 0x4e,
      ]
      const words = sequences(bytes, 2).map((word) => Uint8Array.from(word))
      for (const lead of [
        '',
        '\x01assistant\n',
        '\x01assistan',
        '\x01assistant\nab',
        '\x01assistant\nab\x1af n(',
        '\x01assistant\nab\x1af n(1)',
        '\x01assistant\nab\x1af n(1)\x1b',
        '\x01assistant\n\x05a',
        '\x01assistant\n\x05a\x06',
        '\x01assistant\nab\x17',
        '\x01user\n',
        '\x01user\n\x0e',
        '\x01user\n\x0eab\x1af n(1)\x1b',
        '\x01user\n\x0eab\x0f',
        '\x11',
        '\x11\x0e',
        '\x11\x0ename\n',
        '\x11\x0ename\narg',
        '\x11\x0ename\narg: des',
        '\x0e',
      ]) {
        const rows = words.map((word) =>
          Buffer.concat([bytesOf(lead), word, bytesOf('\x01assistant\nx\x17\n')]),
        )
        checkRows(rows, `behind ${JSON.stringify(lead)}`)
      }
    })

    it('all sequences of few frame bytes, up to a length of five', () => {
      // `H` stands for the header line of an assistant.
      const parts = ['H', '\x0e', '\x0f', '\x17', '\x10', 'A'].slice(0, level === 'full' ? 6 : 4)
      const rows = sequences(parts, 5).map((word) =>
        bytesOf(word.join('').replaceAll('H', '\x01assistant\n')),
      )
      checkRows(rows, 'short sequences', 5)
    })

    it('the grammar admits each byte in the same states', () => {
      for (const lead of [
        '',
        '\x01',
        '\x01assistant\n',
        '\x01assistant\n\x10',
        '\x01assistant\n\x1a',
        '\x01assistant\n\x1af x',
        '\x01assistant\n\x1af x(',
        '\x11\x0e',
        '\x11\x0en\n',
        '\x11\x0en\na',
        '\x11\x0en\na: ',
        '\x11\x0en\na: \x10',
      ]) {
        const end = bytesOf('a(1)\x1b: \n\x0f\n\x01assistant\nx\x17\n')
        const rows = Array.from({ length: 256 }, (_, byte) =>
          Buffer.concat([bytesOf(lead), Uint8Array.of(byte), end]),
        )
        checkRows(rows, `bytes behind ${JSON.stringify(lead)}`)
      }
    })

    it('chats, whole, cut at each place, and with a byte changed', () => {
      const texts = chats.texts.map((text) => Buffer.from(text))
      checkRows(texts, 'all chats')
      const counted = texts.filter((text) => lossOracle(text).includes(1))
      expect(counted.length).toBeGreaterThan(10)
      for (const text of texts.slice(0, level === 'full' ? texts.length : 5)) {
        checkRows(
          Array.from({ length: text.length }, (_, end) => text.subarray(0, end)),
          'chat cut',
        )
        const changed = Array.from({ length: 50 }, () => {
          const copy = Uint8Array.from(text)
          copy[random.below(copy.length)] = random.below(0x20)
          return copy
        })
        checkRows(changed, 'chat changed')
      }
    })

    it('random texts of frame bytes', () => {
      const pieces = [
        '\x01assistant\n',
        '\x01user\n\x0e',
        '\x0f\x17\n',
        '\x17\n',
        '\x1af n({})\x1b',
        '\x05a\x06',
        '\x11\x0en\n',
        'a: b\n',
        '\x0f',
        '\x0e',
        '\x10@',
        'é文😀',
        '\x02',
        '\x03',
        '\0',
      ].map(bytesOf)
      for (let i = 0; i < (level === 'full' ? 400 : 40); i++) {
        const rows = Array.from({ length: random.below(6) }, () =>
          Buffer.concat(
            Array.from({ length: random.below(40) }, () =>
              random.chance(0.1) ? random.bytes(1) : random.pick(pieces),
            ),
          ),
        )
        checkRows(rows, `random ${i}`, random.below(3))
      }
    })
  })
}

/** All words over `letters` of up to `longest` of them. */
function sequences<T>(letters: readonly T[], longest: number): T[][] {
  if (longest === 0) return [[]]
  return [
    [],
    ...sequences(letters, longest - 1).flatMap((word) => letters.map((letter) => [letter, ...word])),
  ]
}
