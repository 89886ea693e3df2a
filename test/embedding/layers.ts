/** The embedding layer over each engine that this machine and build have. */
import { type EmbeddingLayer, embeddingLayer } from '../../dist/embedding/layer.js'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'

export const LAYERS: Record<string, EmbeddingLayer> = { javascript: embeddingLayer(javascriptEngine) }

const { binding } = loadNative()
for (const target of binding?.targets() ?? []) {
  if (binding !== null) LAYERS[`native ${target}`] = embeddingLayer(createNativeEngine(binding, target))
}
