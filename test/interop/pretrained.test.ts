/**
 * What `save_pretrained` writes, loaded by tools that share no code with this package: Python's AutoTokenizer, the Rust
 * `tokenizers`, transformers.js and the Python reference. All give our ids, texts and chats; what differs is said in the test.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { itWith, NEEDS, PYTHON, ROOT, TRANSFORMERS } from '../needs.js'
import {
  BATCHES,
  ByteModelTokenizer,
  CHATS,
  ROWS,
  TEXTS,
  UTF8Tokenizer,
  UTF16Tokenizer,
} from './pretrained-cases.js'

const folder = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-pretrained-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const saved = join(folder, 'saved')
const again = join(folder, 'again')
const savedUtf16 = join(folder, 'utf16')

const own = new UTF8Tokenizer({ padding_side: 'left', truncation_side: 'right', model_max_length: 6000 })

interface Answers {
  readonly framed: readonly number[][]
  readonly plain: readonly number[][]
  readonly decoded: readonly string[]
  readonly skipped: readonly string[]
  readonly batches: readonly { readonly input_ids: number[][]; readonly attention_mask: number[][] }[]
  readonly chats: readonly string[]
  readonly chatIds: readonly number[][]
  readonly settings: object
}

const EXPECTED: Omit<Answers, 'settings'> = {
  framed: TEXTS.map((text) => Array.from(own.encode(text))),
  plain: TEXTS.map((text) => Array.from(own.encode(text, { add_special_tokens: false }))),
  // Ours leaves ill-formed bytes out by default, as the reference does; Hugging Face's tools write U+FFFD.
  decoded: ROWS.map((row) => own.decode(row, { errors: 'replace' })),
  skipped: ROWS.map((row) => own.decode(row, { errors: 'replace', skip_special_tokens: true })),
  batches: BATCHES.map(({ texts, options }) => {
    const { input_ids, attention_mask } = own(texts, { ...options, return_tensor: false })
    return { input_ids, attention_mask }
  }),
  chats: CHATS.map(({ messages, arguments: options }) =>
    own.apply_chat_template(messages, { ...options, tokenize: false }),
  ),
  chatIds: CHATS.map(({ messages, arguments: options }) =>
    Array.from(own.apply_chat_template(messages, options) as Uint8Array),
  ),
}

describe('a saved tokenizer', () => {
  beforeAll(async () => {
    await own.save_pretrained(saved)
    await new UTF16Tokenizer().save_pretrained(savedUtf16)
  })

  it('is asked about enough', () => {
    expect(TEXTS.length).toBeGreaterThan(2300)
    expect(
      EXPECTED.framed.every((ids, i) => Buffer.from(ids.slice(1, -1)).equals(Buffer.from(TEXTS[i]))),
    ).toBe(true)
    expect(EXPECTED.decoded.filter((text) => text.includes('\ufffd')).length).toBeGreaterThan(500)
    expect(CHATS.length).toBeGreaterThan(500)
  })

  itWith(NEEDS.pythonTransformers)("gives our ids, texts and chats in Python's tools", () => {
    const answers = python()
    const { AutoTokenizer, tokenizers } = answers
    expectSame(AutoTokenizer, EXPECTED)
    const { framed, plain, decoded, skipped } = EXPECTED
    expectSame(tokenizers, { framed, plain, decoded, skipped })
    const settings = {
      padding_side: 'left',
      truncation_side: 'right',
      model_max_length: 6000,
      ids: [0, 2, 3],
    }
    expect(AutoTokenizer.settings).toEqual(settings)
    expect(answers.reference.settings).toEqual(settings)
  })

  itWith(NEEDS.pythonTransformers)('gives the same in the Python reference, and its own chats', () => {
    const { reference } = python()
    const { framed, plain, batches } = EXPECTED
    // The reference leaves ill-formed bytes out, as ours does by default. It has no template but its own.
    const decoded = ROWS.map((row) => own.decode(row))
    const skipped = ROWS.map((row) => own.decode(row, { skip_special_tokens: true }))
    expectSame(reference, { framed, plain, decoded, skipped, batches })
    for (const [i, { reference: text }] of CHATS.entries()) {
      if (text !== undefined) expect(reference.chats[i]).toBe(text)
    }
  })

  itWith(NEEDS.pythonTransformers)('comes back from what Python has saved again', async () => {
    python()
    const { padding_side, truncation_side, model_max_length, chat_template } = own
    for (const tool of ['AutoTokenizer', 'reference']) {
      const loaded = await UTF8Tokenizer.from_pretrained(join(again, tool))
      expect({ ...loaded.pretrainedFiles() }, tool).toEqual(own.pretrainedFiles())
      const found = [
        loaded.padding_side,
        loaded.truncation_side,
        loaded.model_max_length,
        loaded.chat_template,
      ]
      expect(found).toEqual([padding_side, truncation_side, model_max_length, chat_template])
    }
  })

  itWith(NEEDS.pythonTransformers)('of UTF-16 gives our ids in the Python reference', () => {
    const utf16 = new UTF16Tokenizer()
    expectSame(python().utf16, {
      framed: TEXTS.map((text) => Array.from(utf16.encode(text))),
      plain: TEXTS.map((text) => Array.from(utf16.encode(text, { add_special_tokens: false }))),
    })
  })

  itWith(NEEDS.pythonTransformers)("is ids + 3 for Hugging Face's ByT5Tokenizer", () => {
    const byt5 = new ByteModelTokenizer('byt5')
    const places = TEXTS.flatMap((text, i) => (MARKS.some((mark) => text.includes(mark)) ? [] : [i]))
    expect(places.length).toBe(TEXTS.length - 1)
    const { framed, plain } = python().byt5
    expectSame(
      { framed: places.map((i) => framed[i]), plain: places.map((i) => plain[i]) },
      {
        framed: places.map((i) => Array.from(byt5.encode(TEXTS[i]))),
        plain: places.map((i) => Array.from(byt5.encode(TEXTS[i], { add_special_tokens: false }))),
      },
    )
  })

  itWith(NEEDS.transformers)('gives our ids, texts and chats in transformers.js', async () => {
    const { AutoTokenizer, env } = await import(pathToFileURL(TRANSFORMERS).href)
    env.allowRemoteModels = false
    env.localModelPath = `${folder}/`
    const tokenizer = await AutoTokenizer.from_pretrained('saved')
    const rowsOf = (tensor: { tolist(): bigint[][] }) => tensor.tolist().map((row) => row.map(Number))
    const answers = {
      framed: TEXTS.map((text) => tokenizer.encode(text)),
      plain: TEXTS.map((text) => tokenizer.encode(text, { add_special_tokens: false })),
      // It refuses to decode no ids at all.
      decoded: ROWS.map((row) => (row.length === 0 ? '' : tokenizer.decode(row))),
      skipped: ROWS.map((row) =>
        row.length === 0 ? '' : tokenizer.decode(row, { skip_special_tokens: true }),
      ),
      chats: CHATS.map(({ messages, arguments: options }) =>
        tokenizer.apply_chat_template(messages, { ...options, tokenize: false }),
      ),
      chatIds: CHATS.map(({ messages, arguments: options }) =>
        tokenizer.apply_chat_template(messages, { ...options, return_tensor: false, return_dict: false }),
      ),
    }
    const { batches: _, ...expected } = EXPECTED
    expectSame(answers, expected)
    for (const [i, { texts, options }] of BATCHES.entries()) {
      const { padding, add_special_tokens = true, truncation, max_length } = options
      // It has no pad_to_multiple_of, and with padding: 'max_length' it pads to the longest where that is less.
      if (padding !== true || 'pad_to_multiple_of' in options) continue
      const { input_ids, attention_mask } = tokenizer(texts, options)
      // It cuts rows where they are too long, the end marker first: ours and Python's cut the text, and keep the frame.
      const cut = texts.map((text) =>
        Array.from(own.encode(text, { add_special_tokens })).slice(0, truncation ? max_length : undefined),
      )
      const width = Math.max(...cut.map(({ length }) => length))
      const filled = (row: number[]) => [...new Array(width - row.length).fill(0), ...row]
      expect(rowsOf(input_ids)).toEqual(cut.map(filled))
      expect(rowsOf(attention_mask)).toEqual(cut.map((row) => filled(row.map(() => 1))))
      if (!truncation) expect(rowsOf(input_ids)).toEqual(EXPECTED.batches[i].input_ids)
    }
    expect([tokenizer.padding_side, tokenizer.model_max_length]).toEqual(['left', 6000])
  })
})

/** Texts that say a token of ByT5's, which Hugging Face's tokenizer takes for it, and ours does not. */
const MARKS = ['<pad>', '</s>', '<unk>', '<extra_id_']

type Tool = 'AutoTokenizer' | 'reference' | 'tokenizers' | 'byt5' | 'utf16'

/** What Python's tools answer; they are asked once. */
function python(): Record<Tool, Answers> {
  answered ??= ask()
  return answered
}

let answered: Record<Tool, Answers> | undefined

function ask(): Record<Tool, Answers> {
  const questions = {
    texts: TEXTS,
    rows: ROWS,
    batches: BATCHES.map(({ texts, options }) => ({ texts, arguments: options })),
    chats: CHATS,
    again,
    utf16: savedUtf16,
  }
  const script = `${ROOT}test/interop/pretrained.py`
  const input = JSON.stringify(questions)
  return JSON.parse(execFileSync(PYTHON, [script, saved], { input, encoding: 'utf8', maxBuffer: 2 ** 30 }))
}

/** Each answer is the expected one; the first that is not is shown, with its number. */
function expectSame<T extends object>(found: { [K in keyof T]: unknown }, expected: T): void {
  for (const [name, values] of Object.entries(expected)) {
    const others = found[name as keyof T] as unknown[]
    expect(others.length, name).toBe(values.length)
    for (const [i, value] of values.entries()) {
      if (JSON.stringify(others[i]) !== JSON.stringify(value))
        expect(others[i], `${name} ${i}`).toEqual(value)
    }
  }
}
