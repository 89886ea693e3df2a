/** Saving and loading, by this package alone; test/interop/pretrained.test.ts asks the tools that others have made. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { CHAT_TEMPLATE } from '../../dist/protocol/chat-template.js'
import { textLayer } from '../../dist/text/layer.js'
import { tokenizerLayer } from '../../dist/tokenizer/layer.js'
import { nodeFolders } from '../../dist/tokenizer/pretrained-folder.js'
import type { TokenizerOptions } from '../../dist/tokenizer/tokenizer-types.js'

const text = textLayer(javascriptEngine)
const classes = tokenizerLayer(text, javascriptEngine, { folders: nodeFolders })
const browser = tokenizerLayer(text, javascriptEngine)
const { UTF8Tokenizer, UTF16Tokenizer } = classes
const CLASSES = ['UTF8Tokenizer', 'UTF16Tokenizer', 'UTF32Tokenizer'] as const

const root = mkdtempSync(join(tmpdir(), 'utf8-tokenizer-saved-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let count = 0
const fresh = () => join(root, `folder-${count++}`)

const code = (name: string) => expect.objectContaining({ code: name })
const inFile = (file: string) => expect.objectContaining({ code: 'ERR_PRETRAINED', file })

const OPTIONS: readonly TokenizerOptions[] = [
  {},
  { padding_side: 'left', truncation_side: 'left', model_max_length: 512 },
  { model_max_length: 0, chat_template: '{{ messages[0].content }}' },
  { chat_template: '' },
  { model_max_length: Number.MAX_SAFE_INTEGER },
]

describe.each(CLASSES)('%s', (name) => {
  it('comes back with its options, from a folder and from files as texts', async () => {
    for (const options of OPTIONS) {
      const saved = new classes[name](options)
      const folder = fresh()
      await saved.save_pretrained(folder)
      const loaded = await classes[name].from_pretrained(folder)
      const fromTexts = browser[name].fromPretrainedFiles(new browser[name](options).pretrainedFiles())
      for (const one of [loaded, fromTexts]) {
        expect({
          padding_side: one.padding_side,
          truncation_side: one.truncation_side,
          model_max_length: one.model_max_length,
          chat_template: one.chat_template,
        }).toEqual({
          padding_side: options.padding_side ?? 'right',
          truncation_side: options.truncation_side ?? 'right',
          model_max_length: options.model_max_length ?? Infinity,
          chat_template: options.chat_template ?? null,
        })
      }
      expect(loaded).toBeInstanceOf(classes[name])
      expect([...loaded.encode('aé')]).toEqual([...saved.encode('aé')])
    }
  })

  it('writes the files that there can be', () => {
    const names = Object.keys(new classes[name]().pretrainedFiles()).sort()
    const common = ['chat_template.jinja', 'tokenizer_config.json']
    expect(names).toEqual(
      name === 'UTF8Tokenizer' ? [...common.slice(0, 1), 'tokenizer.json', common[1]] : common,
    )
  })

  it('refuses the files of another class', () => {
    for (const other of CLASSES) {
      const files = new classes[other]().pretrainedFiles()
      const load = () => classes[name].fromPretrainedFiles(files)
      if (other === name) expect(load()).toBeInstanceOf(classes[name])
      else expect(load).toThrow(inFile('tokenizer_config.json'))
    }
  })
})

describe('tokenizer.json', () => {
  const { model, added_tokens } = JSON.parse(new UTF8Tokenizer().pretrainedFiles()['tokenizer.json'])

  it('has a token for each byte, with its value as id', () => {
    expect(new Set(Object.values(model.vocab))).toEqual(new Set(Array.from({ length: 256 }, (_, id) => id)))
    expect(Object.keys(model.vocab).length).toBe(256)
    for (const letter of '!az~¡¬®ÿ') expect(model.vocab[letter]).toBe(letter.codePointAt(0))
    expect(model.vocab).toMatchObject({ Ġ: 0x20, Ċ: 0x0a, ā: 0x01, Ń: 0xad })
    expect(model.merges).toEqual([])
  })

  it('takes no letter for a special token', () => {
    const tokens = added_tokens.map(({ id, content }: { id: number; content: string }) => [id, content])
    expect(tokens).toEqual([
      [0, '\0'],
      [2, '\x02'],
      [3, '\x03'],
    ])
    for (const [id, content] of tokens) expect(model.vocab[content]).toBe(id)
    for (const letter of 'ĀĂă') expect(model.vocab).not.toHaveProperty(letter)
  })
})

describe('files of others', () => {
  const files = new UTF8Tokenizer().pretrainedFiles()
  const edited = (name: string, edit: (content: Record<string, never>) => void) => {
    const content = JSON.parse(files[name])
    edit(content)
    return { ...files, [name]: JSON.stringify(content) }
  }
  const config = (changes: object) =>
    edited('tokenizer_config.json', (content) => void Object.assign(content, changes))

  it("are taken as version 5 of Hugging Face's transformers writes them", () => {
    const saved = config({
      tokenizer_class: 'TokenizersBackend',
      chat_template: undefined,
      backend: 'tokenizers',
    })
    const custom = { ...saved, 'chat_template.jinja': '{{ 1 }}' }
    expect(UTF8Tokenizer.fromPretrainedFiles(saved).chat_template).toBeNull()
    expect(UTF8Tokenizer.fromPretrainedFiles(custom).chat_template).toBe('{{ 1 }}')
    const long = config({ model_max_length: 1e30 })
    expect(UTF8Tokenizer.fromPretrainedFiles(long).model_max_length).toBe(Infinity)
  })

  it('are taken as the Python reference writes them, without its template, which only Python can read', () => {
    const saved = {
      'tokenizer_config.json': JSON.stringify({
        added_tokens_decoder: { 0: { content: '\0' }, 2: { content: '\x02' }, 3: { content: '\x03' } },
        bos_token: '\x02',
        eos_token: '\x03',
        pad_token: '\0',
        model_max_length: 1e30,
        tokenizer_class: 'UTF16Tokenizer',
      }),
      'chat_template.jinja': '{{- "\\x11" -}}',
    }
    const { chat_template, model_max_length } = UTF16Tokenizer.fromPretrainedFiles(saved)
    expect([chat_template, model_max_length]).toEqual([null, Infinity])
  })

  it('are refused if they are of another tokenizer, or damaged, with the file', () => {
    const refused: readonly (readonly [file: string, files: Record<string, string>])[] = [
      ['tokenizer_config.json', {}],
      ['tokenizer_config.json', { ...files, 'tokenizer_config.json': '{' }],
      ['tokenizer_config.json', { ...files, 'tokenizer_config.json': '[]' }],
      ['tokenizer_config.json', { ...files, 'tokenizer_config.json': 'null' }],
      ['tokenizer_config.json', config({ tokenizer_class: 'GPT2Tokenizer' })],
      ['tokenizer_config.json', config({ tokenizer_class: undefined })],
      ['tokenizer_config.json', config({ bos_token: '<s>' })],
      ['tokenizer_config.json', config({ pad_token: { content: 'Ā' } })],
      ['tokenizer_config.json', config({ eos_token: 3 })],
      ['tokenizer_config.json', config({ added_tokens_decoder: { 1: { content: '\x01' } } })],
      ['tokenizer_config.json', config({ added_tokens_decoder: { 2: { content: 'Ă' } } })],
      ['tokenizer_config.json', config({ added_tokens_decoder: 1 })],
      ['tokenizer_config.json', config({ padding_side: 'both' })],
      ['tokenizer_config.json', config({ truncation_side: 1 })],
      ['tokenizer_config.json', config({ model_max_length: -1 })],
      ['tokenizer_config.json', config({ model_max_length: 1.5 })],
      ['tokenizer_config.json', config({ chat_template: [{ name: 'default', template: '' }] })],
      ['tokenizer.json', { ...files, 'tokenizer.json': '' }],
      ['tokenizer.json', { 'tokenizer_config.json': files['tokenizer_config.json'] }],
    ]
    for (const [i, [file, one]] of refused.entries()) {
      expect(() => UTF8Tokenizer.fromPretrainedFiles(one), `case ${i}`).toThrow(inFile(file))
    }
  })

  const edits: readonly (readonly [what: string, edit: (json: Json) => unknown])[] = [
    ['another id', ({ model }) => Object.assign(model.vocab, { a: 98, b: 97 })],
    ['a token more', ({ model }) => Object.assign(model.vocab, { ab: 256 })],
    ['a token less', ({ model }) => Reflect.deleteProperty(model.vocab, 'a')],
    ['a merge', ({ model }) => model.merges.push(['a', 'b'])],
    ['another model', ({ model }) => Object.assign(model, { type: 'WordPiece' })],
    ['a normalizer', (json) => Object.assign(json, { normalizer: { type: 'NFC' } })],
    ['another split', (json) => Object.assign(json.pre_tokenizer, { use_regex: true })],
    ['other special tokens', (json) => Object.assign(json.added_tokens[1], { content: 'Ă' })],
    ['another frame', (json) => json.post_processor.single.pop()],
  ]
  it.each(edits)('are refused with %s in tokenizer.json', (_, edit) => {
    const one = edited('tokenizer.json', (content) => edit(content as unknown as Json))
    expect(() => UTF8Tokenizer.fromPretrainedFiles(one)).toThrow(inFile('tokenizer.json'))
  })

  it('are taken with their members in any order', () => {
    const reversed = edited('tokenizer.json', (content) => {
      const { model } = content as unknown as Json
      Object.assign(model, { vocab: Object.fromEntries(Object.entries(model.vocab).reverse()) })
    })
    expect(UTF8Tokenizer.fromPretrainedFiles(reversed)).toBeInstanceOf(UTF8Tokenizer)
  })
})

interface Json {
  readonly model: { readonly vocab: Record<string, number>; readonly merges: unknown[] }
  readonly pre_tokenizer: object
  readonly added_tokens: readonly object[]
  readonly post_processor: { readonly single: unknown[] }
}

describe('a folder', () => {
  it('is made with all above it, keeps other files, and loses those of the tokenizer that was there', async () => {
    const folder = join(fresh(), 'a', 'b')
    await new UTF8Tokenizer().save_pretrained(folder)
    writeFileSync(join(folder, 'config.json'), '{}')
    expect(readdirSync(folder).sort()).toEqual([
      'chat_template.jinja',
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ])
    await new UTF16Tokenizer().save_pretrained(folder)
    expect(readdirSync(folder).sort()).toEqual([
      'chat_template.jinja',
      'config.json',
      'tokenizer_config.json',
    ])
    expect(await UTF16Tokenizer.from_pretrained(folder)).toBeInstanceOf(UTF16Tokenizer)
    expect(readFileSync(join(folder, 'chat_template.jinja'), 'utf8')).toBe(CHAT_TEMPLATE)
  })

  it('has each file whole or as it was, and nothing else, when one cannot be written', async () => {
    const folder = fresh()
    await new UTF8Tokenizer({ model_max_length: 5 }).save_pretrained(folder)
    const before = readFileSync(join(folder, 'tokenizer_config.json'), 'utf8')
    rmSync(join(folder, 'tokenizer_config.json'))
    mkdirSync(join(folder, 'tokenizer_config.json', 'in the way'), { recursive: true })
    const saving = new UTF8Tokenizer().save_pretrained(folder)
    const file = join(folder, 'tokenizer_config.json')
    await expect(saving).rejects.toThrow(expect.objectContaining({ code: 'ERR_OUTPUT_WRITE', file }))
    expect(readdirSync(folder).sort()).toEqual([
      'chat_template.jinja',
      'tokenizer.json',
      'tokenizer_config.json',
    ])
    rmSync(file, { recursive: true })
    writeFileSync(file, before)
    expect((await UTF8Tokenizer.from_pretrained(folder)).model_max_length).toBe(5)
  })

  it('that is none, or cannot be read, is an error with its place', async () => {
    const missing = fresh()
    await expect(UTF8Tokenizer.from_pretrained(missing)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INPUT_NOT_FOUND', file: missing }),
    )
    const file = fresh()
    writeFileSync(file, '')
    await expect(UTF8Tokenizer.from_pretrained(file)).rejects.toThrow(code('ERR_INPUT_NOT_FOUND'))
    await expect(new UTF8Tokenizer().save_pretrained(file)).rejects.toThrow(code('ERR_OUTPUT_WRITE'))
    const folder = fresh()
    mkdirSync(join(folder, 'tokenizer_config.json'), { recursive: true })
    await expect(UTF8Tokenizer.from_pretrained(folder)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INPUT_UNREADABLE', file: join(folder, 'tokenizer_config.json') }),
    )
    for (const wrong of ['', 'a\0b', undefined, 3]) {
      await expect(UTF8Tokenizer.from_pretrained(wrong as string)).rejects.toThrow(code('ERR_ARGUMENT'))
      await expect(new UTF8Tokenizer().save_pretrained(wrong as string)).rejects.toThrow(code('ERR_ARGUMENT'))
    }
  })
})

describe('what cannot be saved', () => {
  it('is refused: folders where there are none, and templates without their source', async () => {
    const { UTF8Tokenizer: InBrowser } = browser
    await expect(InBrowser.from_pretrained(root)).rejects.toThrow(code('ERR_ARGUMENT'))
    await expect(new InBrowser().save_pretrained(fresh())).rejects.toThrow(code('ERR_ARGUMENT'))
    const compiled = new UTF8Tokenizer({ chat_template: { render: () => '' } })
    expect(() => compiled.pretrainedFiles()).toThrow(code('ERR_ARGUMENT'))
    await expect(compiled.save_pretrained(fresh())).rejects.toThrow(code('ERR_ARGUMENT'))
  })
})
