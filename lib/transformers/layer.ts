/**
 * The transformers layer: what the package offers for transformers.js, bound to its module and an engine. The entries each make
 * one; tests make one for the module that they have.
 */
import type { TokenEngine } from '../engine/token-engine.js'
import type { GenerationLayer } from '../generation/layer.js'
import type { Utf8StreamerOptions } from '../generation/utf8-streamer.js'
import {
  logitsProcessorClass,
  stoppingCriteriaClass,
  type Utf8LogitsProcessorConstructor,
  type Utf8StoppingCriteriaConstructor,
} from './generation.js'
import type { TransformersModule } from './peer.js'
import { type StreamerConstructor, streamerClass } from './streamers.js'
import { forTransformersFunction } from './tokenizer.js'
import type { ForTransformers } from './tokenizer-types.js'

export interface TransformersLayer {
  readonly forTransformers: ForTransformers
  readonly Utf8LogitsProcessor: Utf8LogitsProcessorConstructor
  readonly Utf8StoppingCriteria: Utf8StoppingCriteriaConstructor
  readonly Utf8Streamer: StreamerConstructor<Utf8StreamerOptions>
}

export function transformersLayer(
  transformers: TransformersModule,
  generation: GenerationLayer,
  engine: TokenEngine,
): TransformersLayer {
  return {
    forTransformers: forTransformersFunction(transformers, engine),
    Utf8LogitsProcessor: logitsProcessorClass(transformers, generation.Utf8LogitsProcessor),
    Utf8StoppingCriteria: stoppingCriteriaClass(transformers),
    Utf8Streamer: streamerClass(transformers, generation.Utf8Streamer),
  }
}
