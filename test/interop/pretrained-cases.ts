/** What the tools of Hugging Face's are asked about a saved tokenizer, and what this package's own gives for it. */
import { readFileSync } from 'node:fs'
import { chooseEngine } from '../../dist/engine/choose.js'
import type { ChatMessage, ChatTool } from '../../dist/protocol/chat-types.js'
import { textLayer } from '../../dist/text/layer.js'
import { tokenizerLayer } from '../../dist/tokenizer/layer.js'
import { nodeFolders } from '../../dist/tokenizer/pretrained-folder.js'
import { ROOT } from '../needs.js'
import { type Conversation, randomConversation } from '../protocol/conversations.js'
import { Random } from '../seeded.js'

const { engine } = chooseEngine()
export const { UTF8Tokenizer, UTF16Tokenizer, ByteModelTokenizer } = tokenizerLayer(
  textLayer(engine),
  engine,
  {
    folders: nodeFolders,
  },
)

const vectors = (name: string) => JSON.parse(readFileSync(`${ROOT}test/vectors/${name}.json`, 'utf8'))

/**
 * Every character up to U+02FF, in which the letters of byte-level BPE are, alone, doubled and between others; pairs of
 * controls; the basic plane and a part of each other in pieces; and the texts of the reference's vectors.
 */
export const TEXTS: readonly string[] = [
  ...characters(0, 0x300).flatMap((one) => [one, `a${one}${one}b`, ` ${one} `]),
  ...characters(0, 0x20).map((one) =>
    characters(0, 0x20)
      .map((other) => `${one}\n${other}${one}`)
      .join(' '),
  ),
  ...Array.from({ length: 0x10 }, (_, piece) => characters(0x1000 * piece, 0x1000 * piece + 0x1000).join('')),
  ...Array.from({ length: 0x10 }, (_, plane) =>
    characters(0x1f300 + 0x10000 * plane, 0x1f700 + 0x10000 * plane).join(''),
  ),
  ...vectors('reference-call').encode.map(({ text }: { text: string }) => text),
  ...vectors('reference-call').call.flatMap(({ texts }: { texts: string[] }) => texts),
  ...['', 'a  b', 'Ă Ć ă', ' hello , world .', "do n't", '</s>', '\ufeffa', 'a\r\nb\r', 'x'.repeat(5000)],
]

/** Ids to decode, well-formed and not. */
export const ROWS: readonly number[][] = [
  ...Array.from({ length: 256 }, (_, id) => [id]),
  ...TEXTS.filter((text, i) => text.length < 100 && i % 3 === 0).map((text) => [
    2,
    ...Buffer.from(text),
    3,
    0,
    0,
  ]),
  ...Array.from({ length: 1000 }, (_, seed) => randomRow(new Random(seed))),
]

interface Batch {
  readonly texts: readonly string[]
  readonly options: {
    readonly padding: true | 'max_length'
    readonly max_length?: number
    readonly truncation?: true
    readonly add_special_tokens?: boolean
    readonly pad_to_multiple_of?: number
  }
}

/** Calls for several texts at once. */
export const BATCHES: readonly Batch[] = [8, 9].flatMap((seed) =>
  (
    [
      { padding: true },
      { padding: 'max_length', max_length: 40, truncation: true },
      ...([2, 3, 4, 5, 9] as const).map(
        (max_length) => ({ padding: true, truncation: true, max_length }) as const,
      ),
      { padding: true, truncation: true, max_length: 3, add_special_tokens: false },
      { padding: true, pad_to_multiple_of: 8 },
    ] as const
  ).map((options) => {
    const random = new Random(seed)
    const texts = Array.from({ length: 12 }, () => {
      const from = random.below(300)
      return [
        ...random.pick(TEXTS.slice(0x80 * 3, 0x200 * 3)),
        ...characters(0x60 + from, 0x60 + from + random.below(20)),
      ].join('')
    })
    return { texts, options }
  }),
)

export interface Chat {
  readonly messages: ChatMessage[]
  readonly arguments: {
    readonly tools: ChatTool[] | null
    readonly add_generation_prompt: boolean
    readonly reserved?: 'escape' | 'keep'
  }
  /** The reference's text for it, which the reference's own template gives whatever `reserved` says. */
  readonly reference?: string
}

/**
 * The reference's chats, and random ones with everything in their fields that could be harmful. Hugging Face's tools refuse a
 * conversation without a message.
 */
export const CHATS: readonly Chat[] = [
  ...vectors('reference-chat').chat.flatMap((one: Chat & Chat['arguments'] & { text: string }) => {
    const { messages, tools, add_generation_prompt, text } = one
    return [undefined, 'keep' as const].map((reserved) => ({
      messages,
      arguments: { tools, add_generation_prompt, ...(reserved && { reserved }) },
      reference: text,
    }))
  }),
  ...Array.from({ length: 500 }, (_, seed) => {
    const random = new Random(seed)
    const { messages, tools } = withoutExponents(randomConversation(random))
    if (messages.length === 0) messages.push({ role: 'user', content: 'é' })
    return { messages, arguments: { tools, add_generation_prompt: random.chance(0.5) } }
  }),
]

/** Python prints 1e-07 where JavaScript prints 1e-7: the template in Jinja takes numbers as its language prints them. */
function withoutExponents(conversation: Conversation): Conversation {
  return JSON.parse(JSON.stringify(conversation).replaceAll('1e-7', '0.5'))
}

/** All characters from one code point up to another, surrogates left out. */
function characters(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => String.fromCodePoint(point))
}

function randomRow(random: Random): number[] {
  const pieces = [
    [0],
    [2],
    [3],
    [0xe4],
    [0xb8],
    [0xe4, 0xb8, 0xad],
    [0xff],
    [0x41],
    [0x20],
    [0xc4, 0x82],
    [0xf0, 0x9f],
  ]
  return Array.from({ length: random.below(12) }, () => random.pick(pieces)).flat()
}
