/**
 * `utf8-tokenizer/transformers` as users have it: from the packed package, with transformers.js beside it, under its own types; and
 * what becomes of it where there is none.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { itWith, NEEDS, ROOT, TRANSFORMERS } from '../needs.js'
import { install, pack, removeFolder, run, scratchFolder } from '../package/installed.js'

const withPeer = itWith(NEEDS.transformers)
const folder = scratchFolder()
const app = join(folder, 'app')
const peers = join(app, 'node_modules', '@huggingface')
let home: string

beforeAll(() => {
  home = install(pack(folder).tarball, app, 'scripts off')
})
afterAll(() => removeFolder(folder))

/** Puts transformers.js beside the package while `body` runs. */
function besideIt<T>(body: () => T): T {
  mkdirSync(peers, { recursive: true })
  symlinkSync(dirname(dirname(TRANSFORMERS)), join(peers, 'transformers'))
  try {
    return body()
  } finally {
    rmSync(peers, { recursive: true })
  }
}

function runScript(source: string) {
  writeFileSync(join(app, 'script.mjs'), source)
  return run(process.execPath, [join(app, 'script.mjs')])
}

it('is the one entry that needs transformers.js, and names it where it is missing', () => {
  const { stdout } = runScript(`
await import('utf8-tokenizer')
await import('utf8-tokenizer/transformers').catch(({ code, message }) => console.log(code, message))`)
  expect(stdout).toMatch(/^ERR_MODULE_NOT_FOUND .*'@huggingface\/transformers'/)
})

withPeer('shares the classes of the transformers.js beside it', () => {
  const file = (path: string) => JSON.stringify(pathToFileURL(join(home, 'dist', path)).href)
  const { stdout, stderr } = besideIt(() =>
    runScript(`
import * as transformers from '@huggingface/transformers'
import * as entry from 'utf8-tokenizer/transformers'
import { chooseEngine } from ${file('engine/choose.js')}
import { textLayer } from ${file('text/layer.js')}
import { tokenizerLayer } from ${file('tokenizer/layer.js')}
import * as browser from ${file('transformers/browser.js')}
const { engine } = chooseEngine()
const { UTF8Tokenizer } = tokenizerLayer(textLayer(engine), engine)
const ids = ({ forTransformers }) => forTransformers(new UTF8Tokenizer())('é').input_ids
console.log(JSON.stringify({
  engine: engine.name,
  tensor: ids(entry) instanceof transformers.Tensor,
  ids: Array.from(ids(entry).data, Number),
  inBrowsers: Array.from(ids(browser).data, Number),
  processor: new entry.Utf8LogitsProcessor() instanceof transformers.LogitsProcessor,
  criteria: new entry.Utf8StoppingCriteria() instanceof transformers.StoppingCriteria,
  streamers: [entry.Utf8Streamer, entry.ChatStreamer].map((streamer) => new streamer({ callback() {} }) instanceof transformers.BaseStreamer),
  names: [Object.keys(entry).sort(), Object.keys(browser).sort()].map(String),
}))`),
  )
  expect(stderr).toBe('')
  const { names, ...found } = JSON.parse(stdout)
  expect(found).toEqual({
    engine: 'native',
    tensor: true,
    ids: [2, 0xc3, 0xa9, 3],
    inBrowsers: [2, 0xc3, 0xa9, 3],
    processor: true,
    criteria: true,
    streamers: [true, true],
  })
  expect(names[0]).toBe(names[1])
})

withPeer('has types that fit those of transformers.js', () => {
  writeFileSync(
    join(app, 'consumer.ts'),
    `import { AutoModelForCausalLM, LogitsProcessorList, type Tensor, TextGenerationPipeline, TextStreamer } from '@huggingface/transformers'
import { ChatStreamer, forTransformers, Utf8LogitsProcessor, Utf8StoppingCriteria, Utf8Streamer } from 'utf8-tokenizer/transformers'
declare const bytes: Parameters<typeof forTransformers>[0]
const tokenizer = forTransformers(bytes)
const model = await AutoModelForCausalLM.from_pretrained('model')
const logits_processor = new LogitsProcessorList()
logits_processor.push(new Utf8LogitsProcessor({ controls: 'text', pad_after: ['ETX'], max_new_tokens: 4 }))
const stopping_criteria = new Utf8StoppingCriteria({ on: ['ETX'] })
const streamer = new Utf8Streamer({ callback: (text: string, row: number) => console.log(text.length, row) })
export const chat = new ChatStreamer({ callback: (event) => console.log(event.type, event.row) })
const inputs = tokenizer(['a', 'b'], { padding: true, truncation: 'character', max_length: 4 })
const output = await model.generate({ ...inputs, logits_processor, stopping_criteria, streamer, max_new_tokens: 4 })
export const texts: string[] = tokenizer.batch_decode(output as Tensor, { errors: 'replace', skip_special_tokens: true })
export const ids: Tensor = tokenizer.apply_chat_template([{ role: 'user', content: 'hi' }]).input_ids
export const numbers: number[] | number[][] = tokenizer('a', { return_tensor: false }).input_ids
const pipeline = new TextGenerationPipeline({ task: 'text-generation', model, tokenizer })
export const answer = await pipeline('a', { logits_processor, stopping_criteria, streamer: new TextStreamer(tokenizer) })
// @ts-expect-error an unknown option
tokenizer('a', { pading: true })
// @ts-expect-error an unknown control
new Utf8LogitsProcessor({ pad_after: ['NUL'] })
`,
  )
  const options = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext']
  const types = ['--typeRoots', join(ROOT, 'node_modules', '@types'), '--types', 'node']
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const compiled = besideIt(() =>
    run(process.execPath, [compiler, ...options, ...types, 'consumer.ts'], { cwd: app }),
  )
  expect(compiled.stdout).toBe('')
  expect(compiled.status).toBe(0)
})
