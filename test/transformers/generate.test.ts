/**
 * generate() of transformers.js with the classes of lib/transformers, on a model of random weights: never ill-formed, batches as
 * rows by themselves, streams as whole texts.
 */
import { isUtf8 } from 'node:buffer'
import { afterAll, describe, expect } from 'vitest'
import { parseBlocks } from '../../dist/protocol/parse-blocks.js'
import { itWith, NEEDS } from '../needs.js'
import { setUp } from './layers.js'
import { bytesOfRows, inputsOf, type Tensor } from './peer.js'

const it = itWith(NEEDS.transformers)
const ETX = 0x03
const ETB = 0x17
const PROMPTS = ['h', 'hello world', 'naïve', '文字', '', 'three words here', '😀'].map((text) =>
  Buffer.from(`\x02${text}`),
)
/** Behind it an assistant speaks. */
const ASSISTANT = Buffer.from('\x01user\n\x0ehi\x0f\x17\n\x01assistant\n')

afterAll(async () => {
  if (NEEDS.transformers.found) await (await setUp()).model.dispose()
})

/** A row of generated ids: what stands behind the prompt, up to the first `end` and with it. */
function answerOf(row: Uint8Array, width: number, end = ETX): Uint8Array {
  const answer = row.subarray(width)
  const at = answer.indexOf(end)
  return at === -1 ? answer : answer.subarray(0, at + 1)
}

/** Random numbers of transformers.js begin with `seed`. */
async function sample(rows: readonly Uint8Array[], seed: number, options: Readonly<Record<string, unknown>>) {
  const { peer, model } = await setUp()
  peer.random.seed(seed)
  return model.generate({ ...inputsOf(peer, rows), do_sample: true, ...options })
}

describe('Utf8LogitsProcessor', () => {
  /** 1,000 samples of up to 24 bytes behind a prompt that ends within a character, and whether each is well-formed. */
  async function wellFormed(logits_processor: unknown[]): Promise<number> {
    let count = 0
    for (let batch = 0; batch < 10; batch++) {
      const prompts = Array.from({ length: 100 }, (_, row) => Buffer.from(row % 2 === 0 ? 'a' : [0xe2, 0x82]))
      const output = await sample(prompts, batch, { max_new_tokens: 24, logits_processor })
      count += bytesOfRows(output).filter((row) => isUtf8(row)).length
    }
    return count
  }

  it('keeps 1,000 samples well-formed, of which hardly any is without it', async () => {
    const { Utf8LogitsProcessor } = await setUp()
    expect(await wellFormed([])).toBeLessThan(10)
    expect(await wellFormed([new Utf8LogitsProcessor({ max_new_tokens: 24 })])).toBe(1000)
  })

  it('without max_new_tokens cuts no more than the last character', async () => {
    const { Utf8LogitsProcessor, text } = await setUp()
    const prompts = Array.from({ length: 100 }, () => PROMPTS[0])
    const logits_processor = [new Utf8LogitsProcessor()]
    const rows = bytesOfRows(await sample(prompts, 1, { max_new_tokens: 20, logits_processor }))
    const found = rows.map((row) => text.findInvalidUtf8(row)).filter((one) => one !== null)
    expect(found.length).toBeGreaterThan(0)
    for (const { reason, offset, length } of found) {
      expect(reason).toBe('truncated')
      expect(offset + length).toBe(rows[0].length)
    }
  })

  it('with blocks gives messages that parse', async () => {
    const { Utf8LogitsProcessor, Utf8StoppingCriteria } = await setUp()
    const prompts = Array.from({ length: 50 }, () => ASSISTANT)
    const output = await sample(prompts, 2, {
      max_new_tokens: 150,
      logits_processor: [new Utf8LogitsProcessor({ blocks: true, max_new_tokens: 150, pad_after: ['ETB'] })],
      stopping_criteria: [new Utf8StoppingCriteria({ on: ['ETB'] })],
    })
    let ended = 0
    for (const row of bytesOfRows(output)) {
      const answer = answerOf(row, ASSISTANT.length, ETB)
      const { messages } = parseBlocks(Buffer.concat([ASSISTANT, answer]))
      expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
      if (answer.at(-1) === ETB) ended++
    }
    expect(ended).toBeGreaterThan(10)
  })

  it('pads rows that have ended, of which transformers.js stops when the last one has', async () => {
    const { Utf8LogitsProcessor, Utf8StoppingCriteria } = await setUp()
    const prompts = Array.from({ length: 8 }, (_, row) => PROMPTS[row % PROMPTS.length])
    const width = Math.max(...prompts.map(({ length }) => length))
    const output = await sample(prompts, 3, {
      max_new_tokens: 2000,
      logits_processor: [new Utf8LogitsProcessor()],
      stopping_criteria: [new Utf8StoppingCriteria()],
    })
    const lengths = bytesOfRows(output).map((row) => {
      const answer = answerOf(row, width)
      expect(answer.at(-1)).toBe(ETX)
      expect(row.subarray(width + answer.length).every((byte) => byte === 0)).toBe(true)
      return answer.length
    })
    expect(new Set(lengths).size).toBeGreaterThan(4)
    expect(output.dims).toEqual([8, width + Math.max(...lengths)])
  })

  it('takes the ETX of a prompt for no end, and pads nothing where pad_after is empty', async () => {
    const { Utf8LogitsProcessor } = await setUp()
    const prompts = [Buffer.from('\x02one\x03'), Buffer.from('\x02two\x03')]
    const behind = bytesOfRows(
      await sample(prompts, 4, { max_new_tokens: 5, logits_processor: [new Utf8LogitsProcessor()] }),
    ).map((row) => row.subarray(5, 6))
    expect(behind.every(([byte]) => byte !== 0)).toBe(true)
    const rows = bytesOfRows(
      await sample(Array(20).fill(prompts[0]), 5, {
        max_new_tokens: 60,
        logits_processor: [new Utf8LogitsProcessor({ pad_after: [] })],
      }),
    )
    expect(rows.some((row) => row.indexOf(0) !== -1)).toBe(false)
    expect(rows.filter((row) => row.subarray(5, -1).includes(ETX)).length).toBeGreaterThan(5)
  })

  it('refuses options that are none', async () => {
    const { Utf8LogitsProcessor, Utf8StoppingCriteria, peer } = await setUp()
    for (const options of [
      { pad_after: ['NUL'] },
      { pad_after: 'ETX' },
      { max_new_tokens: 0 },
      { other: 1 },
    ]) {
      expect(() => new Utf8LogitsProcessor(options as never)).toThrow(
        expect.objectContaining({ code: 'ERR_ARGUMENT' }),
      )
    }
    expect(() => new Utf8StoppingCriteria({ on: [] })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    )
    expect(new Utf8LogitsProcessor()).toBeInstanceOf(peer.LogitsProcessor)
    expect(new Utf8StoppingCriteria()).toBeInstanceOf(peer.StoppingCriteria)
  })
})

describe('left-padded batches', () => {
  /** With sampling the order of random numbers would differ, so that these are the likeliest bytes. */
  async function greedy(rows: readonly Uint8Array[]): Promise<Tensor> {
    const { peer, model, Utf8LogitsProcessor, Utf8StoppingCriteria } = await setUp()
    return model.generate({
      ...inputsOf(peer, rows),
      max_new_tokens: 30,
      logits_processor: [new Utf8LogitsProcessor()],
      stopping_criteria: [new Utf8StoppingCriteria()],
    })
  }

  it('give what each row gives by itself', async () => {
    const rows = Array.from({ length: 40 }, (_, row) =>
      Buffer.from(`\x02${'prompt '.repeat(row % 5)}é${row}`),
    )
    const width = Math.max(...rows.map(({ length }) => length))
    const batch = bytesOfRows(await greedy(rows)).map((row) => Buffer.from(answerOf(row, width)))
    const single: Buffer[] = []
    for (const row of rows)
      single.push(Buffer.from(answerOf(bytesOfRows(await greedy([row]))[0], row.length)))
    expect(batch).toEqual(single)
    expect(new Set(single.map(String)).size).toBeGreaterThan(20)
  })

  it('get the same scores, up to rounding', async () => {
    const { peer, model } = await setUp()
    const { logits } = await model(inputsOf(peer, PROMPTS))
    const width = logits.dims[1]
    for (const [index, row] of PROMPTS.entries()) {
      const alone = (await model(inputsOf(peer, [row]))).logits.data
      const end = 256 * (index + 1) * width
      const together = logits.data.subarray(end - alone.length, end)
      expect(Math.max(...alone.map((score, at) => Math.abs(score - together[at])))).toBeLessThan(1e-4)
    }
  })
})

describe('Utf8Streamer', () => {
  for (const skip_prompt of [false, true]) {
    for (const skip_special_tokens of [false, true]) {
      for (const constrained of [false, true]) {
        const settings = `skip_prompt ${skip_prompt}, skip_special_tokens ${skip_special_tokens}`
        it(`gives what the batch decodes to; ${settings}, ${constrained ? 'with' : 'without'} a processor`, async () => {
          const { forTransformers, UTF8Tokenizer, Utf8Streamer, Utf8LogitsProcessor, peer } = await setUp()
          const texts: string[] = PROMPTS.map(() => '')
          const pieces: string[] = []
          const streamer = new Utf8Streamer({
            skip_prompt,
            skip_special_tokens,
            callback(text, row) {
              texts[row] += text
              pieces.push(text)
            },
          })
          expect(streamer).toBeInstanceOf(peer.BaseStreamer)
          const logits_processor = constrained ? [new Utf8LogitsProcessor()] : []
          const output = await sample(PROMPTS, 6, { max_new_tokens: 40, logits_processor, streamer })
          const width = Math.max(...PROMPTS.map(({ length }) => length))
          const rows = bytesOfRows(output).map((row) => (skip_prompt ? row.subarray(width) : row))
          const tokenizer = forTransformers(new UTF8Tokenizer())
          expect(texts).toEqual(rows.map((row) => tokenizer.decode([...row], { skip_special_tokens })))
          expect(pieces.every((piece) => piece.isWellFormed() && piece !== '')).toBe(true)
          expect(pieces.length).toBeGreaterThan(100)
        })
      }
    }
  }
})
