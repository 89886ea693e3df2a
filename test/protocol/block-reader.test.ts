/** BlockReader: what it tells does not depend on how the bytes come, and it goes on behind what is refused. */
import { describe, expect, it } from 'vitest'
import { BlockReader, type BlockSink } from '../../dist/protocol/block-reader.js'
import {
  BETWEEN_BLOCKS,
  BLOCK_STATES,
  BLOCK_TABLE,
  blockState,
  blockStateAfterRefused,
  REFUSED,
} from '../../dist/protocol/blocks.js'
import { renderChat } from '../../dist/protocol/chat.js'
import { Random } from '../seeded.js'
import { randomConversation, same } from './conversations.js'

const TEXT =
  '\x02a\x11\x0ef\nx:: d\x10J\n\x0f\x01user\n\x0e\x05hm\x06c\x10@é\x0f\x17\n\x01assistant\n\x1at f({"a": ")"})\x1b\x17\nb\x0es\x0f'

describe('BlockReader', () => {
  it('tells of blocks, parts and values in the order of the bytes', () => {
    const events = eventsOf([Buffer.from(TEXT)])
    expect(events.filter(([kind]) => kind === 'beginBlock' || kind === 'endBlock')).toEqual([
      ['beginBlock', 'tool', 2],
      ['endBlock', 'tool', 15],
      ['beginBlock', 'message', 15],
      ['endBlock', 'message', 33],
      ['beginBlock', 'message', 34],
      ['endBlock', 'message', 63],
    ])
    expect(events.filter(([kind]) => kind === 'value')).toEqual([
      ['value', 'text', 'a'],
      ['value', 'toolName', 'f'],
      ['value', 'argument', 'x:'],
      ['value', 'description', 'd\n'],
      ['value', 'role', 'user'],
      ['value', 'thinking', 'hm'],
      ['value', 'content', 'c\0é'],
      ['value', 'role', 'assistant'],
      ['value', 'callType', 't'],
      ['value', 'callName', 'f'],
      ['value', 'callArguments', '{"a": ")"}'],
      ['value', 'text', 'b'],
      ['value', 'text', 's'],
    ])
    expect(events).toContainEqual(['begin', 'argument', 6])
    expect(events).toContainEqual(['end', 'argument', 8])
    expect(events).toContainEqual(['begin', 'callArguments', 50])
    expect(events).toContainEqual(['end', 'callArguments', 60])
  })

  it('tells the same for every split in two, and byte by byte', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { messages, tools } = randomConversation(new Random(seed))
      const bytes = Buffer.from(seed === 0 ? TEXT : renderChat(messages, { tools }))
      const expected = eventsOf([bytes])
      for (let split = 0; split <= bytes.length; split++) {
        same(
          eventsOf([bytes.subarray(0, split), bytes.subarray(split)]),
          expected,
          `seed ${seed}, split ${split}`,
        )
      }
      expect(eventsOf(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
    }
  })

  it('is in the state of the table behind every byte, and goes on behind what is refused', () => {
    const random = new Random(1)
    const letters = [
      ...Buffer.from('\0\x01\x02\x03\x05\x06\x0e\x0f\x10\x11\x17\x1a\x1b\n: (){}"au@'),
      0xc3,
      0xa9,
    ]
    let refused = 0
    for (let i = 0; i < 200; i++) {
      const offsets: number[] = []
      const reader = new BlockReader({ ...SILENT, refused: (_, offset) => offsets.push(offset) })
      let state = BETWEEN_BLOCKS
      for (let at = 0; at < 40; at++) {
        const byte = random.pick(letters)
        const next = BLOCK_TABLE[256 * state + byte]
        state = next === REFUSED ? blockStateAfterRefused(byte) : next
        reader.read(Uint8Array.of(byte))
        expect(reader.state).toBe(BLOCK_STATES[state])
        expect(offsets.includes(at)).toBe(next === REFUSED)
        expect(reader.offset).toBe(at + 1)
      }
      refused += offsets.length
    }
    expect(refused).toBeGreaterThan(500)
  })

  it('reads on in a part "text" behind what is refused, the byte included if it is text or begins a block', () => {
    expect(eventsOf([Buffer.from('\x01u\nab\x17c\x01')])).toEqual([
      ['end', 'text', 0],
      ['beginBlock', 'message', 0],
      ['begin', 'role', 1],
      ['value', 'role', 'u'],
      ['end', 'role', 2],
      ['refused', 0x61, 3],
      ['begin', 'text', 3],
      ['value', 'text', 'ab'],
      ['refused', 0x17, 5],
      ['begin', 'text', 6],
      ['value', 'text', 'c'],
      ['end', 'text', 7],
      ['beginBlock', 'message', 7],
      ['begin', 'role', 8],
    ])
  })

  it('can begin in the middle, as a model does behind a prompt', () => {
    expect(eventsOf([Buffer.from('\x05t\x06c\x17')], blockState('assistant.start'))).toEqual([
      ['end', 'content', 0],
      ['begin', 'thinking', 1],
      ['value', 'thinking', 't'],
      ['end', 'thinking', 2],
      ['begin', 'content', 3],
      ['value', 'content', 'c'],
      ['end', 'content', 4],
      ['endBlock', 'message', 5],
    ])
  })
})

const SILENT: BlockSink = {
  beginBlock() {},
  endBlock() {},
  begin() {},
  value() {},
  end() {},
  refused() {},
}

type Event = readonly unknown[]

/** All that a reader tells, the pieces of a value as one. */
function eventsOf(pieces: readonly Uint8Array[], state?: number): Event[] {
  const events: Event[] = []
  let value: Uint8Array[] = []
  let valuePart: unknown
  const tell = (...event: Event) => {
    if (value.length > 0) events.push(['value', valuePart, Buffer.concat(value).toString()])
    value = []
    if (event.length > 0) events.push(event)
  }
  const reader = new BlockReader(
    {
      beginBlock: (kind, offset) => tell('beginBlock', kind, offset),
      endBlock: (kind, offset) => tell('endBlock', kind, offset),
      begin: (part, offset) => tell('begin', part, offset),
      value: (part, bytes) => {
        if (bytes.length === 0) throw new Error(`no bytes of ${part}`)
        valuePart = part
        value.push(bytes)
      },
      end: (part, offset) => tell('end', part, offset),
      refused: (byte, offset) => tell('refused', byte, offset),
    },
    state,
  )
  for (const piece of pieces) reader.read(piece)
  tell()
  return events
}
