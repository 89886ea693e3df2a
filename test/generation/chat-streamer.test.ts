/** ChatStreamer: its events say what parseBlocks does of the same bytes, however these come; and what breaks the grammar. */
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../dist/generation/chat-events.js'
import type { ChatStreamerOptions } from '../../dist/generation/chat-streamer.js'
import { BLOCK_TABLE, blockStateAfterRefused, REFUSED } from '../../dist/protocol/blocks.js'
import { renderChat } from '../../dist/protocol/chat.js'
import { parseBlocks } from '../../dist/protocol/parse-blocks.js'
import { randomConversation } from '../protocol/conversations.js'
import { Random } from '../seeded.js'
import { codeOf } from './codes.js'
import { LAYERS } from './layers.js'

const encoder = new TextEncoder()
const FRAMES = encoder.encode('\x01\x02\x03\x05\x06\x0e\x0f\x10\x11\x17\x1a\x1b\n\0 (){}:Aaé')

describe.each(LAYERS)('ChatStreamer on the engine %s', (_engine, { ChatStreamer }) => {
  /** The events of `steps`, each of which brings something to every row. */
  function eventsOf(
    steps: readonly (readonly ArrayLike<number | bigint>[])[],
    options: Partial<ChatStreamerOptions> = {},
  ): ChatEvent[] {
    const events: ChatEvent[] = []
    const streamer = new ChatStreamer({ ...options, callback: (event) => events.push(event) })
    for (const step of steps) streamer.put(step)
    streamer.end()
    return events
  }

  /** The events of one row, of which `prompt` is a prompt that is told or not, and all behind it comes byte by byte. */
  function eventsOfText(
    text: string | Uint8Array,
    prompt = '',
    options: Partial<ChatStreamerOptions> = {},
  ): ChatEvent[] {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text
    const first = options.startsIn === 'assistant' ? [] : [[encoder.encode(prompt)]]
    return joined(eventsOf([...first, ...Array.from(bytes, (byte) => [[byte]])], options))
  }

  it('tells a generation as it comes', () => {
    const prompt = '\0\0\x02\x01user\n\x0eHi\x0f\x17\n\x01assistant\n'
    const generated = '\x05Hm\x06Hé\x10W\x1afunction f({"a": [1]})\x1b\x17\n\x03'
    const row = 0
    expect(
      eventsOf([
        [encoder.encode(prompt)],
        ...Array.from(encoder.encode(generated), (byte) => [[BigInt(byte)]]),
      ]),
    ).toEqual([
      { type: 'role', row, role: 'assistant' },
      { type: 'thinking', row, text: 'H' },
      { type: 'thinking', row, text: 'm' },
      { type: 'text', row, role: 'assistant', text: 'H' },
      { type: 'text', row, role: 'assistant', text: 'é' },
      { type: 'text', row, role: 'assistant', text: '\x17' },
      {
        type: 'toolCall',
        row,
        callType: 'function',
        name: 'f',
        arguments: { a: [1] },
        argumentsText: '{"a": [1]}',
        malformed: false,
      },
      { type: 'end', row, role: 'assistant', complete: true },
    ])
  })

  it('tells the prompt too if it is not skipped', () => {
    const events = eventsOfText('yo', 'a\x01user\n\x0eHi\x0f\x17\n\x01assistant\n', { skip_prompt: false })
    expect(events).toEqual([
      { type: 'text', row: 0, role: null, text: 'a' },
      { type: 'role', row: 0, role: 'user' },
      { type: 'text', row: 0, role: 'user', text: 'Hi' },
      { type: 'end', row: 0, role: 'user', complete: true },
      { type: 'role', row: 0, role: 'assistant' },
      { type: 'text', row: 0, role: 'assistant', text: 'yo' },
      { type: 'end', row: 0, role: 'assistant', complete: false },
    ])
  })

  it('begins within the message of an assistant where there is no prompt', () => {
    const expected = eventsOfText('\x05A\x06B\x17\n', '\x01assistant\n')
    expect(eventsOfText('\x05A\x06B\x17\n', '', { startsIn: 'assistant' })).toEqual(expected)
    expect(expected.map(({ type }) => type)).toEqual(['role', 'thinking', 'text', 'end'])
  })

  it.each([
    ['in a role', '\x01assis', 'tant\nA', ['role assistant', 'text A', 'end false']],
    ['in content', '\x01assistant\nA', 'B\x17', ['role assistant', 'text B', 'end true']],
    ['in an escape', '\x01assistant\nA\x10', 'WB\x17', ['role assistant', 'text \x17B', 'end true']],
    [
      'in thinking',
      '\x01assistant\n\x05A',
      'B\x06C\x17',
      ['role assistant', 'thinking B', 'text C', 'end true'],
    ],
    ['between blocks', '\x02', 'B', ['text B']],
    ['in a span', '\x01user\n\x0eA', 'B\x0f\x17', ['role user', 'text B', 'end true']],
    ['in a tool', '\x11\x0ef\na: ', 'b\n\x0fC', ['text C']],
  ])('goes on where a prompt ends %s', (_where, prompt, text, expected) => {
    expect(eventsOfText(text, prompt).map(shown)).toEqual(expected)
  })

  it('completes a character that the prompt has cut', () => {
    const events = eventsOf([[[...encoder.encode('\x01assistant\n'), 0xc3]], [[0xa9]]])
    expect(events.map(shown)).toEqual(['role assistant', 'text é', 'end false'])
  })

  it('says what parseBlocks does of whole conversations, at any cut', () => {
    const random = new Random(1)
    let calls = 0
    for (let round = 0; round < 400; round++) {
      const { messages, tools } = randomConversation(random)
      const bytes = encoder.encode(renderChat(messages, { tools }))
      const parsed = parseBlocks(bytes).messages.map(({ reasoning_content, ...message }) => {
        return reasoning_content ? { ...message, reasoning_content } : message
      })
      const cut = random.below(bytes.length + 1)
      const steps = [[[]], [bytes.subarray(0, cut)], ...Array.from(bytes.subarray(cut), (byte) => [[byte]])]
      const events = eventsOf(steps)
      expect(messagesOf(events), `round ${round}`).toEqual(parsed)
      expect(events.some(({ type }) => type === 'malformed')).toBe(false)
      calls += events.filter(({ type }) => type === 'toolCall').length
    }
    expect(calls).toBeGreaterThan(100)
  })

  it('tells the same at every cut of any bytes', () => {
    const random = new Random(2)
    for (let round = 0; round < 3000; round++) {
      const bytes = randomBytes(random)
      const whole = joined(eventsOf([[[]], [bytes]]))
      expect(eventsOfText(bytes), `round ${round}`).toEqual(whole)
      // What is refused is refused at the place that the table says.
      const malformed = whole.flatMap((event) => (event.type === 'malformed' ? [event.offset] : []))
      expect(malformed, `round ${round}`).toEqual(refusedIn(bytes))
    }
  })

  it('pairs roles and ends, in whatever is generated', () => {
    const random = new Random(3)
    for (let round = 0; round < 1000; round++) {
      let open: string | null = null
      for (const event of eventsOf([[[]], [randomBytes(random)]])) {
        if (event.type === 'role') {
          expect(open).toBeNull()
          open = event.role
        }
        if (event.type === 'text' || event.type === 'end') expect(event.role).toBe(open)
        if (event.type === 'thinking' || event.type === 'toolCall') expect(open).not.toBeNull()
        if (event.type === 'end') open = null
      }
      expect(open).toBeNull()
    }
  })

  it.each([
    ['an ETB outside of messages', 'a\x17b', ['text a', 'malformed 23 1', 'text b']],
    [
      'a message within a message',
      '\x01assistant\nA\x01user\n\x0eB',
      ['role assistant', 'text A', 'malformed 1 12', 'end false', 'role user', 'text B', 'end false'],
    ],
    [
      'an ETX within a message',
      '\x01assistant\nA\x03',
      ['role assistant', 'text A', 'malformed 3 12', 'end false'],
    ],
    ['a bad escape', '\x01assistant\n\x10a', ['role assistant', 'malformed 97 12', 'end false', 'text a']],
    [
      'a tool call that is cut',
      '\x01assistant\n\x1aa f({"b\x17',
      ['role assistant', 'toolCall a f null {"b', 'malformed 23 19', 'end false'],
    ],
    [
      'a tool call that the end cuts',
      '\x01assistant\n\x1aa fu',
      ['role assistant', 'toolCall a fu null ', 'end false'],
    ],
    [
      'a tool call without its ESC',
      '\x01assistant\n\x1aa f({})',
      ['role assistant', 'toolCall a f null {}', 'end false'],
    ],
    [
      'arguments that are no JSON',
      '\x01assistant\n\x1aa f(b)\x1b\x17',
      ['role assistant', 'toolCall a f null b', 'end true'],
    ],
    [
      'arguments that are no object',
      '\x01assistant\n\x1aa f([1])\x1b\x17',
      ['role assistant', 'toolCall a f null [1]', 'end true'],
    ],
    ['no arguments', '\x01assistant\n\x1aa f()\x1b', ['role assistant', 'toolCall a f null ', 'end false']],
  ])('tells %s, and goes on', (_what, text, expected) => {
    const events = eventsOfText(text)
    expect(events.map(shown)).toEqual(expected)
    for (const event of events)
      if (event.type === 'toolCall') expect(event.malformed).toBe(event.arguments === null)
  })

  it('parses arguments that mean harm as what they are', () => {
    const json = '{"__proto__": {"polluted": 1}, "constructor": 2}'
    const [, call] = eventsOfText(`\x01assistant\n\x1aa f(${json})\x1b`)
    expect(call.type === 'toolCall' && JSON.stringify(call.arguments)).toBe(json.replaceAll(' ', ''))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    const deep = `{"a": ${'['.repeat(100_000)}`
    const [, cut] = eventsOf([[[]], [encoder.encode(`\x01assistant\n\x1aa f(${deep})\x1b`)]])
    expect(cut).toMatchObject({ type: 'toolCall', malformed: true, argumentsText: deep })
  })

  it('counts offsets from the begin of the prompt', () => {
    expect(eventsOfText('a\x17', '\0\x02').map(shown)).toEqual(['text a', 'malformed 23 3'])
  })

  it('does not read a row on behind the ETX that it has generated, and reads the others', () => {
    const prompt = encoder.encode('\x03\x01assistant\n')
    const events = eventsOf([
      [prompt, prompt],
      [[0x61, 0x17, 0x0a, 0x03, 0x62], [0x63]],
      [[0x64], [0x65]],
    ])
    expect(events.filter(({ row }) => row === 0).map(shown)).toEqual(['role assistant', 'text a', 'end true'])
    expect(events.filter(({ row }) => row === 1).map(shown)).toEqual([
      'role assistant',
      'text c',
      'text e',
      'end false',
    ])
  })

  it('tells ill-formed text as asked, and never throws for it', () => {
    const steps = [[[0x61, 0xe6]], [[0x62, 0xff, 0xc3]]]
    expect(joined(eventsOf([[[]], ...steps])).map(shown)).toEqual(['text ab'])
    expect(joined(eventsOf([[[]], ...steps], { errors: 'replace' })).map(shown)).toEqual([
      'text a\ufffdb\ufffd\ufffd',
    ])
  })

  it('is new after the end', () => {
    const events: ChatEvent[] = []
    const streamer = new ChatStreamer({ callback: (event) => events.push(event) })
    streamer.end()
    for (const rows of [1, 2]) {
      streamer.put(Array(rows).fill(encoder.encode('\x01assistant\n')))
      streamer.put(Array(rows).fill([0x61]))
      streamer.end()
    }
    expect(events.map(({ row }) => row)).toEqual([0, 0, 0, 0, 1, 0, 1, 0, 1])
  })

  it('refuses ids that are no bytes and another number of rows, and reads nothing then', () => {
    const events: ChatEvent[] = []
    const streamer = new ChatStreamer({ callback: (event) => events.push(event), startsIn: 'assistant' })
    streamer.put([[0x61], [0x62]])
    for (const rows of [[[0x63]], [[0x63], [256]], [[0x63], [-1]], [[0x63], 3], null]) {
      expect(
        codeOf(() => streamer.put(rows as number[][])),
        String(rows),
      ).toBe('ERR_ARGUMENT')
    }
    streamer.put([[0x64], []])
    expect(events.map(shown)).toEqual(['role assistant', 'text a', 'role assistant', 'text b', 'text d'])
  })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no callback', {}],
    ['an unknown option', { callback() {}, skip_special_tokens: true }],
    ['a flag that is none', { callback() {}, skip_prompt: 1 }],
    ['an unknown begin', { callback() {}, startsIn: 'user' }],
    ['a prompt to skip where there is none', { callback() {}, startsIn: 'assistant', skip_prompt: true }],
    ['unknown errors', { callback() {}, errors: 'strict' }],
  ])('refuses %s', (_what, options) => {
    expect(codeOf(() => new ChatStreamer(options as ChatStreamerOptions))).toBe('ERR_ARGUMENT')
  })
})

function shown(event: ChatEvent): string {
  switch (event.type) {
    case 'role':
      return `role ${event.role}`
    case 'text':
    case 'thinking':
      return `${event.type} ${event.text}`
    case 'toolCall':
      return `toolCall ${event.callType} ${event.name} ${JSON.stringify(event.arguments)} ${event.argumentsText}`
    case 'malformed':
      return `malformed ${event.byte} ${event.offset}`
    case 'end':
      return `end ${event.complete}`
  }
}

/** The same events, neighbouring pieces of one text in one. */
function joined(events: readonly ChatEvent[]): ChatEvent[] {
  const result: ChatEvent[] = []
  for (const event of events) {
    const last = result.at(-1)
    if (event.type === 'text' && last?.type === 'text' && last.role === event.role) {
      result[result.length - 1] = { ...event, text: last.text + event.text }
    } else if (event.type === 'thinking' && last?.type === 'thinking') {
      result[result.length - 1] = { ...event, text: last.text + event.text }
    } else result.push(event)
  }
  return result
}

/** The messages that events tell of, as parseBlocks gives them. Thinking of nothing has no event. */
function messagesOf(events: readonly ChatEvent[]): unknown[] {
  const messages: { role: string; content: string; reasoning_content?: string; tool_calls?: unknown[] }[] = []
  for (const event of events) {
    if (event.type === 'role') messages.push({ role: event.role, content: '' })
    const message = messages.at(-1)
    if (message === undefined) continue
    if (event.type === 'text' && event.role !== null) message.content += event.text
    if (event.type === 'thinking') message.reasoning_content = (message.reasoning_content ?? '') + event.text
    if (event.type === 'toolCall') {
      const call = { type: event.callType, function: { name: event.name, arguments: event.arguments } }
      message.tool_calls = [...(message.tool_calls ?? []), call]
    }
  }
  return messages
}

/** Bytes of frames and text, often those of a message. A row would end with ETX. */
function randomBytes(random: Random): Uint8Array {
  const header = random.pick([
    '',
    '\x01assistant\n',
    '\x01assistant\n\x1aa f(',
    '\x01user\n\x0e',
    '\x11\x0ef\n',
  ])
  const bytes = Array.from({ length: random.below(24) }, () => FRAMES[random.below(FRAMES.length)])
  return Uint8Array.from([...encoder.encode(header), ...bytes.filter((byte) => byte !== 0x03)])
}

function refusedIn(bytes: Uint8Array): number[] {
  let state = 0
  return [...bytes].flatMap((byte, offset) => {
    const next = BLOCK_TABLE[256 * state + byte]
    state = next === REFUSED ? blockStateAfterRefused(byte) : next
    return next === REFUSED ? [offset] : []
  })
}
