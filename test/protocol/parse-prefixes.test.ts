/** Every prefix of a text that parseBlocks reads is one that it reads, and gives the begin of what the whole gives. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderChat } from '../../dist/protocol/chat.js'
import { type ParsedBlocks, parseBlocks } from '../../dist/protocol/parse-blocks.js'
import { Random } from '../seeded.js'
import { type Conversation, randomConversation, same } from './conversations.js'

interface Vector extends Conversation {
  readonly text: string
}

const file = new URL('../vectors/reference-chat.json', import.meta.url)
const { chat: vectors }: { chat: Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

const bytesOf = (text: string) => Buffer.from(text)
const parse = (text: string) => parseBlocks(bytesOf(text))

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

function canBeRead(text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
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
