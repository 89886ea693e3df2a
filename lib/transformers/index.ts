/**
 * `utf8-tokenizer/transformers`: tokenizers, and the classes for generation, as transformers.js 4 takes them. That package is a
 * peer: install `@huggingface/transformers`, and its pipelines and these classes share one copy of it. browser.ts is the same
 * for browsers.
 */
import { BaseStreamer, LogitsProcessor, StoppingCriteria, Tensor } from '@huggingface/transformers'
import { choiceOfNode } from '../engine/node.js'
import { generationLayer } from '../generation/layer.js'
import { textLayer } from '../text/layer.js'
import { textEngineOfNode } from '../text/node.js'
import { transformersLayer } from './layer.js'

export type { ChatEvent } from '../generation/chat-events.js'
export type { ChatStreamerOptions } from '../generation/chat-streamer.js'
export type { Utf8StoppingCriteriaOptions } from '../generation/stopping.js'
export type { Utf8StreamerOptions } from '../generation/utf8-streamer.js'
export type { Utf8LogitsProcessorOptions } from './generation.js'
export type {
  ForTransformers,
  TransformersCallOptions,
  TransformersChatOptions,
  TransformersDecodeOptions,
  TransformersEncoding,
  TransformersTokenizer,
} from './tokenizer-types.js'

const { engine } = choiceOfNode()

export const { ChatStreamer, forTransformers, Utf8LogitsProcessor, Utf8StoppingCriteria, Utf8Streamer } =
  transformersLayer(
    { BaseStreamer, LogitsProcessor, StoppingCriteria, Tensor },
    generationLayer(textLayer(textEngineOfNode()), engine),
    engine,
  )

export type ChatStreamer = InstanceType<typeof ChatStreamer>
export type Utf8LogitsProcessor = InstanceType<typeof Utf8LogitsProcessor>
export type Utf8StoppingCriteria = InstanceType<typeof Utf8StoppingCriteria>
export type Utf8Streamer = InstanceType<typeof Utf8Streamer>
