/** EmbeddingEngine over the addon's function. */
import { checkGather } from './arguments.js'
import type { EmbeddingEngine } from './embedding-engine.js'
import { accepted } from './native-answer.js'

/** See native/addon/embedding.cc. */
export interface NativeEmbeddingFunctions {
  gather(table: Float32Array, width: number, ids: Uint8Array, output: Float32Array): number
}

export function createNativeEmbedding(native: NativeEmbeddingFunctions): EmbeddingEngine {
  return {
    gather(table, width, ids, output) {
      checkGather(table, width, ids, output)
      accepted(native.gather(table, width, ids, output))
    },
  }
}
