/** The training layer on each engine that runs here: the functions must do the same on all of them. */
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { type TrainingLayer, trainingLayer } from '../../dist/training/layer.js'

export function trainingLayers(): readonly (readonly [name: string, layer: TrainingLayer])[] {
  const { binding } = loadNative()
  if (binding === null) throw new Error('expected the native addon, see test/engine/native.test.ts')
  const best = binding.targets().at(-1) ?? 'scalar'
  return [
    ['javascript', trainingLayer(javascriptEngine)],
    [`native ${best}`, trainingLayer(createNativeEngine(binding, best))],
  ]
}
