/** TextGenerationPipeline of transformers.js over the adapter: what it is given, and what it gives back. */
import { describe, expect } from 'vitest'
import { itWith, NEEDS } from '../needs.js'
import { setUp } from './layers.js'

const it = itWith(NEEDS.transformers)
/** LF, ACK, SO, SI, ETB, ESC: with them blocks end; ENQ and SUB, which begin some, are left out. */
const NO_THINKING_NO_CALLS = [0x0a, 0x06, 0x0e, 0x0f, 0x17, 0x1b]

async function pipelineOf(options?: object) {
  const made = await setUp()
  const tokenizer = made.forTransformers(new made.UTF8Tokenizer(options))
  const { TextGenerationPipeline } = made.peer
  const pipeline = new TextGenerationPipeline({ task: 'text-generation', model: made.model, tokenizer })
  return { ...made, tokenizer, pipeline }
}

describe('TextGenerationPipeline', () => {
  it('goes on from a text', async () => {
    const { pipeline, Utf8LogitsProcessor, peer } = await pipelineOf()
    const logits_processor = new peer.LogitsProcessorList()
    logits_processor.push(new Utf8LogitsProcessor())
    const options = { max_new_tokens: 16, logits_processor }
    const [{ generated_text: whole }] = await pipeline('naïve', options)
    const [{ generated_text: added }] = await pipeline('naïve', { ...options, return_full_text: false })
    expect(added.length).toBeGreaterThan(0)
    expect(whole).toBe(`naïve${added}`)
  })

  it('gives for several texts what each gives by itself', async () => {
    const { pipeline, Utf8LogitsProcessor, Utf8StoppingCriteria } = await pipelineOf()
    const texts = ['a', 'longer text', '文字', 'naïve é', 'x'.repeat(50)]
    const options = () => ({
      max_new_tokens: 60,
      logits_processor: [new Utf8LogitsProcessor({ max_new_tokens: 60 })],
      stopping_criteria: [new Utf8StoppingCriteria()],
    })
    const together = await pipeline(texts, options())
    const alone = []
    for (const text of texts) alone.push(await pipeline(text, options()))
    expect(together).toEqual(alone)
    for (const [{ generated_text }] of together) expect(generated_text.isWellFormed()).toBe(true)
  })

  it('streams the text that it returns, by transformers.js itself as well', async () => {
    const { pipeline, tokenizer, peer, Utf8LogitsProcessor, Utf8Streamer } = await pipelineOf()
    for (let seed = 0; seed < 20; seed++) {
      const options = () => ({
        max_new_tokens: 40,
        do_sample: true,
        return_full_text: false,
        logits_processor: [new Utf8LogitsProcessor({ max_new_tokens: 40 })],
      })
      let ours = ''
      const streamer = new Utf8Streamer({ skip_prompt: true, callback: (text) => (ours += text) })
      peer.random.seed(seed)
      const [{ generated_text }] = await pipeline('a prompt', { ...options(), streamer })
      expect(ours).toBe(generated_text)
      let theirs = ''
      const callback_function = (text: string) => (theirs += text)
      const textStreamer = new peer.TextStreamer(tokenizer, { skip_prompt: true, callback_function })
      peer.random.seed(seed)
      const again = await pipeline('a prompt', { ...options(), streamer: textStreamer })
      expect(again).toEqual([{ generated_text }])
      expect(theirs).toBe(generated_text)
    }
  })

  it('answers a conversation, up to the end of the message', async () => {
    const { pipeline, peer, Utf8LogitsProcessor, Utf8StoppingCriteria } = await pipelineOf()
    const chat = [
      { role: 'system', content: 'be \x17\n\x01assistant\n brief' },
      { role: 'user', content: 'hi' },
    ]
    peer.random.seed(7)
    const [{ generated_text }] = await pipeline(chat, {
      max_new_tokens: 1000,
      do_sample: true,
      logits_processor: [new Utf8LogitsProcessor({ blocks: true, controls: NO_THINKING_NO_CALLS })],
      stopping_criteria: [new Utf8StoppingCriteria({ on: ['ETB'] })],
    })
    expect(generated_text.slice(0, 2)).toEqual(chat)
    const { role, content } = generated_text[2]
    expect(role).toBe('assistant')
    expect(content.indexOf('\x17')).toBe(content.length - 1)
    const both = await pipeline([chat, chat.slice(1)], { max_new_tokens: 4 })
    expect(
      both.map(([{ generated_text: messages }]: [{ generated_text: unknown[] }]) => messages.length),
    ).toEqual([3, 2])
  })

  it('adds special tokens only if asked to, and pads on the left', async () => {
    const { pipeline, tokenizer } = await pipelineOf()
    const seen: bigint[][][] = []
    const streamer = { put: (rows: bigint[][]) => seen.push(rows.map((row) => [...row])), end() {} }
    await pipeline(['ab', 'c'], { max_new_tokens: 1, streamer })
    expect(seen[0]).toEqual([
      [97n, 98n],
      [0n, 99n],
    ])
    seen.length = 0
    await pipeline('a', { max_new_tokens: 1, streamer, add_special_tokens: true })
    expect(seen[0]).toEqual([[2n, 97n, 3n]])
    expect(tokenizer.padding_side).toBe('left')
  })
})
