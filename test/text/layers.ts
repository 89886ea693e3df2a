/**
 * A text layer for each engine: the JavaScript engine, the native one on each instruction set, and Node's choice of ways with
 * and without the addon.
 */
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { type TextLayer, textLayer } from '../../dist/text/layer.js'
import { textEngineOfNode } from '../../dist/text/node.js'

const { binding } = loadNative()

export const LAYERS: readonly (readonly [name: string, layer: TextLayer])[] = [
  ['javascript', textLayer(javascriptEngine)],
  ...(binding?.targets() ?? []).map(
    (target) => [`native ${target}`, textLayer(createNativeEngine(need(binding), target))] as const,
  ),
  ['Node', textLayer(textEngineOfNode(undefined, {}))],
  [
    'Node without addon',
    textLayer(textEngineOfNode(() => ({ engine: javascriptEngine, why: 'a test', broken: false }), {})),
  ],
]

function need<T>(value: T | null): T {
  if (value === null) throw new Error('tests run on a build, and a build has an addon')
  return value
}
