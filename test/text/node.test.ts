/** The text layer as Node has it, with V8's ways beside the addon's, and where there is no addon. */
import { describe, expect, it } from 'vitest'
import { chooseEngine, type EngineChoice } from '../../dist/engine/choose.js'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { choiceOfNode, warnIfBroken } from '../../dist/engine/node.js'
import { textLayer } from '../../dist/text/layer.js'
import { textEngineOfNode } from '../../dist/text/node.js'
import { itWith, NEEDS, NODE_24, ROOT } from '../needs.js'
import { run } from '../package/installed.js'
import { conformanceSuite } from './conformance.js'

const withoutAddon: EngineChoice = { engine: javascriptEngine, why: 'a test says so', broken: false }

conformanceSuite('Node', textLayer(textEngineOfNode(chooseEngine(), {})))
conformanceSuite('Node without addon', textLayer(textEngineOfNode(withoutAddon, {})))

describe('Buffers, which share pieces of one memory', () => {
  it('are decoded and refused as what they are, 20,000 times', () => {
    const { Utf8Decoder } = textLayer(textEngineOfNode(chooseEngine(), {}))
    const decoder = new Utf8Decoder('utf-8', { fatal: true })
    const texts = ['a', 'plain text', 'é', '文字', '😀'.repeat(20)]
    for (let i = 0; i < 20_000; i++) {
      const text = texts[i % texts.length]
      if (decoder.decode(Buffer.from(text)) !== text) throw new Error(`${text} differs in round ${i}`)
      let code: unknown
      try {
        decoder.decode(Buffer.from([0x80]))
      } catch (error) {
        code = (error as { code?: unknown }).code
      }
      if (code !== 'ERR_UTF8_INVALID') throw new Error(`a lone 80h passed in round ${i}`)
    }
  })
})

describe('the choice of an engine', () => {
  it('takes the JavaScript engine by itself where it is forced', () => {
    const environment = { UTF8_TOKENIZER_ENGINE: 'javascript' }
    const forced = chooseEngine({}, undefined, environment)
    expect(textEngineOfNode(forced, environment)).toBe(javascriptEngine)
    expect(textEngineOfNode(withoutAddon, {})).not.toBe(javascriptEngine)
  })

  it('warns of a broken addon, and of nothing else', async () => {
    const warnings: unknown[] = []
    const listen = (warning: Error & { code?: string }) => warnings.push(warning.code)
    process.on('warning', listen)
    warnIfBroken(chooseEngine())
    warnIfBroken(withoutAddon)
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
    warnIfBroken({ ...withoutAddon, broken: true })
    await new Promise(setImmediate)
    process.off('warning', listen)
    expect(warnings).toEqual(['ERR_ENGINE_UNAVAILABLE'])
  })

  it('is made once', () => {
    expect(choiceOfNode()).toBe(choiceOfNode())
    expect(choiceOfNode().engine.target).toBe(chooseEngine().engine.target)
  })
})

describe.each([
  ['this Node', process.execPath, it],
  ['Node 24', NODE_24, itWith(NEEDS.node24)],
] as const)('the package’s root on %s', (_name, node, test) => {
  const program = `
    const { Utf8Encoder, Utf8Decoder, chooseEngine } = await import(${JSON.stringify(`${ROOT}dist/index.js`)})
    const text = 'plain, é, 文字, 😀 '.repeat(5000)
    const bytes = new Utf8Encoder().encode(text)
    const same = Buffer.from(text).equals(bytes) && new Utf8Decoder('utf-8', { fatal: true }).decode(bytes) === text
    console.log(JSON.stringify({ same, engine: chooseEngine().engine.name }))
  `
  const answer = (env: Readonly<Record<string, string>>) =>
    run(node, ['--input-type=module', '--eval', program], { env })

  test('works with either engine', () => {
    for (const engine of ['native', 'javascript']) {
      const { stdout, stderr, status } = answer({ UTF8_TOKENIZER_ENGINE: engine })
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
      expect(JSON.parse(stdout)).toEqual({ same: true, engine })
    }
  })

  test('refuses an instruction set that is not there', () => {
    const foreign = process.arch === 'arm64' ? 'avx2' : 'neon'
    const { status, stderr } = answer({ UTF8_TOKENIZER_TARGET: foreign })
    expect(status).toBe(1)
    expect(stderr).toContain('ERR_ENGINE_UNAVAILABLE')
  })
})
