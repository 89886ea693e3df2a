/** Which engine is chosen: what was asked for, what the environment says, what is there; never quietly something else. */
import { describe, expect, it } from 'vitest'
import { chooseEngine } from '../../dist/engine/choose.js'
import { loadNative, type NativeLoad } from '../../dist/engine/native.js'

const missing = (): NativeLoad => ({ binding: null, missing: true, why: 'no prebuild for this platform' })
const broken = (): NativeLoad => ({ binding: null, missing: false, why: 'a.node does not load: truncated' })

function codeOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return undefined
}

describe('chooseEngine', () => {
  it('takes the native engine on the best instruction set', () => {
    const native = loadNative()
    if (native.binding === null) throw new Error(native.why)
    const { engine, broken } = chooseEngine({}, loadNative, {})
    expect(engine.name).toBe('native')
    expect(engine.target).toBe(native.binding.targets().at(-1))
    expect(broken).toBe(false)
  })

  it('follows a request, then the environment', () => {
    expect(chooseEngine({ engine: 'javascript' }, loadNative, {}).engine.name).toBe('javascript')
    expect(chooseEngine({}, loadNative, { UTF8_TOKENIZER_ENGINE: 'javascript' }).engine.name).toBe(
      'javascript',
    )
    expect(chooseEngine({}, loadNative, { UTF8_TOKENIZER_TARGET: 'scalar' }).engine.target).toBe('scalar')
    const both = chooseEngine({ engine: 'native' }, loadNative, { UTF8_TOKENIZER_ENGINE: 'javascript' })
    expect(both.engine.name).toBe('native')
    expect(chooseEngine({}, loadNative, { UTF8_TOKENIZER_ENGINE: '' }).engine.name).toBe('native')
  })

  it('falls back to JavaScript without a prebuild, and says so of a broken one', () => {
    expect(chooseEngine({}, missing, {})).toMatchObject({ engine: { name: 'javascript' }, broken: false })
    expect(chooseEngine({}, broken, {})).toMatchObject({
      engine: { name: 'javascript' },
      broken: true,
      why: 'a.node does not load: truncated',
    })
  })

  it('refuses what cannot be had', () => {
    for (const load of [missing, broken]) {
      expect(codeOf(() => chooseEngine({ engine: 'native' }, load, {}))).toBe('ERR_ENGINE_UNAVAILABLE')
      expect(codeOf(() => chooseEngine({ target: 'scalar' }, load, {}))).toBe('ERR_ENGINE_UNAVAILABLE')
      expect(codeOf(() => chooseEngine({}, load, { UTF8_TOKENIZER_ENGINE: 'native' }))).toBe(
        'ERR_ENGINE_UNAVAILABLE',
      )
    }
    const foreign = process.arch === 'arm64' ? 'avx2' : 'neon'
    expect(codeOf(() => chooseEngine({ target: foreign }, loadNative, {}))).toBe('ERR_ENGINE_UNAVAILABLE')
    expect(codeOf(() => chooseEngine({ engine: 'javascript', target: 'scalar' }, loadNative, {}))).toBe(
      'ERR_ARGUMENT',
    )
    expect(codeOf(() => chooseEngine({}, loadNative, { UTF8_TOKENIZER_ENGINE: 'rust' }))).toBe('ERR_ARGUMENT')
    expect(codeOf(() => chooseEngine({}, loadNative, { UTF8_TOKENIZER_TARGET: 'mmx' }))).toBe('ERR_ARGUMENT')
  })
})
