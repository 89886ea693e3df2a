/**
 * The embedding layer: the classes that look up, bound to one engine. The package's entry makes it for Node; tests make one
 * for every engine. What needs no engine (fold, align, transplant, similar, tableSvg) stands beside it.
 */
import type { EmbeddingEngine } from '../engine/embedding-engine.js'
import { type BitEmbeddingConstructor, bitEmbeddingClass } from './bit-embedding.js'
import { type ByteEmbeddingConstructor, byteEmbeddingClass } from './byte-embedding.js'
import { type CharacterEmbeddingConstructor, characterEmbeddingClass } from './character-embedding.js'

export interface EmbeddingLayer {
  readonly ByteEmbedding: ByteEmbeddingConstructor
  readonly BitEmbedding: BitEmbeddingConstructor
  readonly CharacterEmbedding: CharacterEmbeddingConstructor
}

export function embeddingLayer(engine: EmbeddingEngine): EmbeddingLayer {
  const ByteEmbedding = byteEmbeddingClass(engine)
  return {
    ByteEmbedding,
    BitEmbedding: bitEmbeddingClass(engine, ByteEmbedding),
    CharacterEmbedding: characterEmbeddingClass(engine),
  }
}
