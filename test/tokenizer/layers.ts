/** The tokenizers over each engine: in JavaScript alone, as browsers have them, and native on each instruction set. */
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { textLayer } from '../../dist/text/layer.js'
import { nodeTextEngine } from '../../dist/text/node-engine.js'
import { thresholdsFor } from '../../dist/text/thresholds.js'
import { type TokenizerLayer, tokenizerLayer } from '../../dist/tokenizer/layer.js'
import type { Tokenizer, TokenizerOptions } from '../../dist/tokenizer/tokenizer-types.js'

const { binding } = loadNative()
if (binding === null) throw new Error('these tests need the addon: npm run build')

export const LAYERS: readonly (readonly [name: string, layer: TokenizerLayer])[] = [
  ['JavaScript engine', tokenizerLayer(textLayer(javascriptEngine), javascriptEngine)],
  ...binding.targets().map((target) => {
    const engine = createNativeEngine(binding, target)
    const text = textLayer(nodeTextEngine(engine, thresholdsFor(process.versions.node)))
    return [`native engine, ${target}`, tokenizerLayer(text, engine)] as const
  }),
]

/** One of them, for what does not depend on the engine. */
export const [[, LAYER]] = LAYERS

/** A tokenizer of any class; what type its ids have is not known. */
export function tokenizerOf(
  layer: TokenizerLayer,
  name: (typeof CLASSES)[number],
  options?: TokenizerOptions,
): Tokenizer {
  return new layer[name](options)
}

export const CLASSES = ['UTF8Tokenizer', 'UTF16Tokenizer', 'UTF32Tokenizer'] as const

/** Fails unless `call` throws an error with the code, and the offset if there is one. */
export function codeOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    const { code, offset } = error as { code?: string; offset?: number }
    return offset === undefined ? `${code}` : `${code} at ${offset}`
  }
  return 'no error'
}
