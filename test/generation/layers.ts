/** The generation layer over every engine that can run here: JavaScript, and native on the best instruction set. */

import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { type GenerationLayer, generationLayer } from '../../dist/generation/layer.js'
import { textLayer } from '../../dist/text/layer.js'

const { binding } = loadNative()
if (binding === null) throw new Error('the tests need the addon')

export const LAYERS: readonly (readonly [string, GenerationLayer])[] = [
  javascriptEngine,
  createNativeEngine(binding, binding.targets().at(-1) ?? 'scalar'),
].map((engine) => [engine.name, generationLayer(textLayer(engine), engine)] as const)
