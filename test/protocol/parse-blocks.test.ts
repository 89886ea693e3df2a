/**
 * parseBlocks: what the grammar refuses is refused where it stands, every prefix of a text that can be read is one too, and
 * nothing that bytes hold does harm. That it is the inverse of the template is in chat-injection.test.ts.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BLOCK_STATES, BLOCK_TABLE, REFUSED } from '../../dist/protocol/blocks.js'
import { renderChat } from '../../dist/protocol/chat.js'
import { type ParsedBlocks, parseBlocks } from '../../dist/protocol/parse-blocks.js'
import { Random } from '../seeded.js'
import { type Conversation, randomConversation, refusal, same } from './conversations.js'

interface Vector extends Conversation {
  readonly text: string
}

const file = new URL('../vectors/reference-chat.json', import.meta.url)
const { chat: vectors }: { chat: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

const bytesOf = (text: string) => Buffer.from(text)
const parse = (text: string) => parseBlocks(bytesOf(text))

describe('parseBlocks', () => {
  it('gives messages, tools, spans and blocks with their places', () => {
    const tool = '\x11\x0esum\na: the é\nb: \n\x0f'
    const user = '\x01user\n\x0e2+2?\x0f\x17\n'
    const assistant = '\x01assistant\n\x05hm\x06so\x1afunction sum({"a": 2, "b": [2]})\x1b\x17\n'
    const text = `\x02${tool}${user}${assistant}\x03\0\0`
    const userStart = 1 + Buffer.byteLength(tool)
    const assistantStart = userStart + user.length
    expect(parse(text)).toEqual({
      tools: [
        {
          type: 'function',
          function: {
            name: 'sum',
            parameters: {
              type: 'object',
              properties: { a: { description: 'the é' }, b: { description: '' } },
            },
          },
        },
      ],
      messages: [
        { role: 'user', content: '2+2?' },
        {
          role: 'assistant',
          reasoning_content: 'hm',
          content: 'so',
          tool_calls: [{ type: 'function', function: { name: 'sum', arguments: { a: 2, b: [2] } } }],
        },
      ],
      spans: [
        [2, userStart],
        [userStart + 6, userStart + 12],
      ],
      blocks: [
        {
          kind: 'tool',
          index: 0,
          start: 1,
          end: userStart,
          contentStart: 7,
          contentEnd: userStart - 1,
          complete: true,
        },
        {
          kind: 'message',
          index: 0,
          start: userStart,
          end: assistantStart,
          contentStart: userStart + 7,
          contentEnd: userStart + 11,
          complete: true,
        },
        {
          kind: 'message',
          index: 1,
          start: assistantStart,
          end: assistantStart + assistant.length,
          contentStart: assistantStart + 15,
          contentEnd: assistantStart + 17,
          complete: true,
        },
      ],
    })
  })

  it('passes over text, spans, padding and documents outside of blocks', () => {
    const { messages, tools, spans, blocks } = parse(
      '\x02a\x10@b\x0espan\x0f\x03\x02\x01u\n\x0ec\x0f\x17\nd\x03\0\0',
    )
    expect(messages).toEqual([{ role: 'u', content: 'c' }])
    expect(tools).toEqual([])
    expect(spans).toEqual([
      [5, 11],
      [16, 19],
    ])
    expect(blocks.length).toBe(1)
    expect(parse('')).toEqual({ messages: [], tools: [], spans: [], blocks: [] })
  })

  it('keeps reserved characters without a use as they are, and undoes every escape', () => {
    const unused = '\x04\x07\x08\x12\x13\x14\x15\x16\x18\x19\x1c\x1d\x1e\x1f\x7f'
    expect(parse(`\x01u\n\x0e${unused}\x0f\x17\n`).messages[0].content).toBe(unused)
    for (let byte = 0; byte < 0x20; byte++) {
      const pair = `\x10${String.fromCharCode(byte + 0x40)}`
      const inContent = `\x01u\n\x0e${pair}\x0f\x17\n`
      const inLine = `\x11\x0ef\na: ${pair}\n\x0f`
      if (byte < 0x09 || byte > 0x0d) {
        expect(parse(inContent).messages[0].content).toBe(String.fromCharCode(byte))
      } else {
        expect(refusal(() => parse(inContent))).toMatchObject({ code: 'ERR_BLOCKS', offset: 5 })
      }
      if (byte < 0x09 || byte > 0x0d || byte === 0x0a) {
        const { properties } = parse(inLine).tools[0].function.parameters
        expect(properties).toEqual({ a: { description: String.fromCharCode(byte) } })
      } else {
        expect(refusal(() => parse(inLine))).toMatchObject({ code: 'ERR_BLOCKS', offset: 8 })
      }
    }
  })

  it('counts a message as complete from its ETB on, as generation ends there', () => {
    const { blocks } = parse('\x01assistant\nyes\x17')
    expect(blocks).toMatchObject([{ complete: true, start: 0, end: 15, contentStart: 11, contentEnd: 14 }])
  })
})

describe('what the grammar refuses', () => {
  it.each([
    ['an end without a begin', 'a\x17', 1],
    ['an end of a span without a begin', '\x0f', 0],
    ['thinking outside of a message', 'ab\x05', 2],
    ['a call outside of a message', '\x1a', 0],
    ['the end of a call outside of one', '\x1b', 0],
    ['a span in a span', '\x0ea\x0e', 2],
    ['a message in a message', '\x01u\n\x0ea\x01', 5],
    ['the end of a text in a message', '\x01u\n\x0ea\x03', 5],
    ['padding in a message', '\x01u\n\x0ea\0', 5],
    ['a message without its span', '\x01u\na', 3],
    ['a span in a message of an assistant', '\x01assistant\n\x0e', 11],
    ['a span that ends behind its message', '\x01u\n\x0ea\x17', 5],
    ['no line feed behind a message', '\x01assistant\na\x17b', 13],
    ['thinking behind content', '\x01assistant\na\x05', 12],
    ['a call in thinking', '\x01assistant\n\x05\x1a', 12],
    ['content behind a call', '\x01assistant\n\x1af f({})\x1ba', 20],
    ['a call without a name', '\x01assistant\n\x1af(', 13],
    ['white space in the name of a call', '\x01assistant\n\x1af f\n', 15],
    ['a call that ends without a bracket', '\x01assistant\n\x1af f({}\x1b', 18],
    ['an escape in arguments of a call', '\x01assistant\n\x1af f({\x10', 17],
    ['a tool without a span', '\x11a', 1],
    ['white space in the name of a tool', '\x11\x0ea b', 3],
    ['an argument without a description', '\x11\x0ea\nb\n', 5],
    ['an escape of no reserved byte', '\x10a', 1],
    ['an escape of an escape', 'a\x10\x10', 2],
    ['an argument twice', '\x11\x0ef\na: 1\na: 2\n\x0f', 9],
    ['arguments that are no JSON', '\x01assistant\n\x1af f({a})\x1b', 16],
    ['arguments that are no object', '\x01assistant\n\x1af f([1])\x1b', 16],
    ['no arguments', '\x01assistant\n\x1af f()\x1b', 16],
    ['a control character in JSON', '\x01assistant\n\x1af f({"\n": 1})\x1b', 16],
  ])('%s', (_, text, offset) => {
    expect(refusal(() => parse(text))).toMatchObject({ code: 'ERR_BLOCKS', offset })
    parse(text.slice(0, offset))
  })

  it('every byte below 80h in every state, with its offset, and no other', () => {
    let refused = 0
    for (const [state, way] of waysToStates()) {
      for (let byte = 0; byte < 0x80; byte++) {
        const bytes = Uint8Array.of(...way, byte)
        const expected = BLOCK_TABLE[256 * state + byte] === REFUSED
        let found = false
        try {
          parseBlocks(bytes)
        } catch (error) {
          found = error instanceof Error && 'offset' in error && error.offset === way.length
        }
        if (found !== expected) throw new Error(`${BLOCK_STATES[state].name}, byte ${byte}: ${found}`)
        if (found) refused++
      }
    }
    expect(refused).toBeGreaterThan(1000)
  })

  it('ill-formed UTF-8, wherever it stands, with its offset', () => {
    for (const text of [
      '',
      '\x01r',
      '\x01u\n\x0ec',
      '\x01assistant\n\x05t',
      '\x11\x0ef\na: d',
      '\x01assistant\n\x1af f({"',
    ]) {
      for (const sequence of [[0x80], [0xc1, 0x81], [0xed, 0xa0, 0x80], [0xff], [0xe6, 0x96, 0x41]]) {
        const bytes = Buffer.concat([bytesOf(text), Uint8Array.from(sequence), bytesOf('x')])
        expect(refusal(() => parseBlocks(bytes))).toMatchObject({
          code: 'ERR_UTF8_INVALID',
          offset: text.length,
        })
      }
    }
  })

  it('what comes first: a byte that is refused, or one that is ill-formed', () => {
    const both = (first: number, second: number) =>
      refusal(() => parseBlocks(Uint8Array.of(0x61, first, 0x61, second)))
    expect(both(0x17, 0xff)).toMatchObject({ code: 'ERR_BLOCKS', offset: 1 })
    expect(both(0xff, 0x17)).toMatchObject({ code: 'ERR_UTF8_INVALID', offset: 1 })
  })

  it('what are no bytes', () => {
    for (const wrong of ['text', null, undefined, [1], new Uint16Array(1), new ArrayBuffer(1)]) {
      expect(refusal(() => parseBlocks(wrong as unknown as Uint8Array)).code).toBe('ERR_ARGUMENT')
    }
  })
})

describe('a prefix', () => {
  it('of each vector that can be read, at every byte', () => {
    let texts = 0
    for (const { text } of vectors) {
      if (!canBeRead(text)) continue
      checkPrefixes(bytesOf(text), JSON.stringify(text))
      texts++
    }
    expect(texts).toBeGreaterThan(20)
  })

  it('of seeded random conversations, at every byte', () => {
    for (let seed = 0; seed < 150; seed++) {
      const { messages, tools } = randomConversation(new Random(seed))
      checkPrefixes(bytesOf(`\x02${renderChat(messages, { tools })}\x03`), `seed ${seed}`)
    }
  })

  it('that cuts a header is no message, one that cuts a character, an escape or a call is without it', () => {
    expect(parse('\x01assis')).toMatchObject({
      messages: [],
      blocks: [{ index: null, start: 0, end: 6, contentStart: 6, contentEnd: 6, complete: false }],
    })
    expect(parse('\x01user\n')).toMatchObject({ messages: [{ role: 'user', content: '' }] })
    expect(parseBlocks(bytesOf('\x01assistant\n文文').subarray(0, -1)).messages[0].content).toBe('文')
    expect(parse('\x01assistant\na\x10').messages[0].content).toBe('a')
    expect(parse('\x01assistant\na\x1af f({}').messages).toEqual([{ role: 'assistant', content: 'a' }])
    expect(parse('\x01assistant\n\x05thin').messages).toEqual([
      { role: 'assistant', content: '', reasoning_content: 'thin' },
    ])
    expect(parse('\x11\x0ef\na: one\nb:').tools[0].function.parameters.properties).toEqual({
      a: { description: 'one' },
    })
    expect(parse('a\x0eb').spans).toEqual([[1, 3]])
  })
})

describe('hostile bytes', () => {
  it('names of Object.prototype are names like any other', () => {
    const names = ['__proto__', 'constructor', 'toString']
    const properties = Object.fromEntries(names.map((name) => [name, { description: `of ${name}` }]))
    const tools = [{ function: { name: '__proto__', parameters: { properties } } }]
    const values = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')
    const call = { type: '__proto__', function: { name: '__proto__', arguments: values } }
    const parsed = parse(renderChat([{ role: '__proto__', content: '', tool_calls: [call] }], { tools }))
    expect(Object.entries(parsed.tools[0].function.parameters.properties)).toEqual(Object.entries(properties))
    expect(parsed.messages[0].tool_calls).toEqual([call])
    expect(Object.keys(parsed.messages[0].tool_calls?.[0].function.arguments ?? {})).toEqual([
      '__proto__',
      'constructor',
    ])
    expect('polluted' in {}).toBe(false)
  })

  it('JSON a million levels deep is read or refused, and never breaks the process', () => {
    const depth = 1_000_000
    const json = `{"a": ${'['.repeat(depth)}${']'.repeat(depth)}}`
    const text = `\x01assistant\n\x1af f(${json})\x1b\x17\n`
    const { messages } = parse(text)
    expect(messages.length).toBe(1)
    expect(refusal(() => renderChat(messages))).toMatchObject({ code: 'ERR_ARGUMENT' })
    expect(refusal(() => parse(text.replace(']', '')))).toMatchObject({ code: 'ERR_BLOCKS', offset: 16 })
  })

  it('long content and many blocks', () => {
    const content = '\x10文\n'.repeat(1_000_000)
    expect(parse(renderChat([{ role: 'user', content }])).messages[0].content === content).toBe(true)
    const messages = Array.from({ length: 100_000 }, () => ({ role: 'user', content: 'a' }))
    expect(parse(renderChat(messages)).messages.length).toBe(100_000)
  })

  it('random bytes are read, or refused with a code', () => {
    const random = new Random(5)
    const letters = [...bytesOf('\0\x01\x02\x03\x05\x06\x0e\x0f\x10\x11\x17\x1a\x1b\n: (){}"au@'), 0xc3, 0xa9]
    const codes = new Map<unknown, number>()
    for (let i = 0; i < 50_000; i++) {
      const bytes = Uint8Array.from({ length: random.below(24) }, () => random.pick(letters))
      let code: unknown = 'read'
      try {
        parseBlocks(bytes)
      } catch (error) {
        code = error instanceof Error && 'code' in error ? error.code : error
      }
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    expect([...codes.keys()].sort()).toEqual(['ERR_BLOCKS', 'ERR_UTF8_INVALID', 'read'])
  })
})

function canBeRead(text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}

/** A shortest way to each state, in bytes; arguments of a call are `{}`, which is read where it ends. */
function waysToStates(): Map<number, number[]> {
  const ways = new Map<number, number[]>([[0, []]])
  for (const [state, way] of ways) {
    for (let byte = 0; byte < 0x80; byte++) {
      const next = BLOCK_TABLE[256 * state + byte]
      if (next === REFUSED || ways.has(next)) continue
      const opens = BLOCK_STATES[state].part === 'callName' && BLOCK_STATES[next].part === 'callArguments'
      ways.set(next, opens ? [...way, byte, 0x7b, 0x7d] : [...way, byte])
    }
  }
  expect(ways.size).toBe(BLOCK_STATES.length)
  return ways
}

/** Each prefix parses, and what it gives is the begin of what the whole gives. */
function checkPrefixes(bytes: Uint8Array, what: string): void {
  const whole = parseBlocks(bytes)
  for (let end = 0; end <= bytes.length; end++)
    checkPrefix(parseBlocks(bytes.subarray(0, end)), whole, end, what)
}

function checkPrefix(prefix: ParsedBlocks, whole: ParsedBlocks, end: number, what: string): void {
  const where = `${what}, first ${end} bytes`
  const { blocks } = prefix
  for (const [number, block] of blocks.entries()) {
    const full = whole.blocks[number]
    if (block.complete) {
      same({ ...block, end: full.end }, full, where)
    } else {
      same([block.kind, block.start, block.end], [full.kind, full.start, end], where)
      must(number === blocks.length - 1 && [full.index, null].includes(block.index), where)
      must(block.contentStart <= block.contentEnd && block.contentEnd <= end, where)
    }
    if (block.index === null) continue
    const list = (of: ParsedBlocks) => (block.kind === 'message' ? of.messages : of.tools)
    const found = list(prefix)[block.index]
    const expected = list(whole)[block.index]
    if (block.complete) same(found, expected, where)
    else must(isBegin(found, expected), where)
  }
  const named = blocks.filter(({ index }) => index !== null)
  must(prefix.messages.length + prefix.tools.length === named.length, where)
  const spans = whole.spans.slice(0, prefix.spans.length)
  same(
    prefix.spans,
    spans.map(([start, spanEnd]) => [start, Math.min(spanEnd, end)]),
    where,
  )
}

function must(holds: boolean, where: string): void {
  if (!holds) throw new Error(where)
}

/** Strings begin strings, arrays arrays, and objects have some of the fields, whose values begin theirs. */
function isBegin(found: unknown, expected: unknown): boolean {
  if (typeof found === 'string' && typeof expected === 'string') return expected.startsWith(found)
  if (typeof found !== 'object' || typeof expected !== 'object') return found === expected
  if (found === null || expected === null) return found === expected
  const of = new Map(Object.entries(expected))
  return Object.entries(found).every(([key, value]) => of.has(key) && isBegin(value, of.get(key)))
}
