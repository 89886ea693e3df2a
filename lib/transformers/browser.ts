/** `utf8-tokenizer/transformers` for browsers: what index.ts exports, on the JavaScript engine. */
import { BaseStreamer, LogitsProcessor, StoppingCriteria, Tensor } from '@huggingface/transformers'
import { javascriptTextEngine } from '../engine/javascript/text.js'
import { javascriptTokenEngine } from '../engine/javascript/tokens.js'
import { generationLayer } from '../generation/layer.js'
import { textLayer } from '../text/layer.js'
import { transformersLayer } from './layer.js'

export type { Utf8LogitsProcessorOptions } from './generation.js'
export type {
  ForTransformers,
  TransformersCallOptions,
  TransformersChatOptions,
  TransformersDecodeOptions,
  TransformersEncoding,
  TransformersTokenizer,
} from './tokenizer-types.js'

export const { forTransformers, Utf8LogitsProcessor, Utf8StoppingCriteria, Utf8Streamer } = transformersLayer(
  { BaseStreamer, LogitsProcessor, StoppingCriteria, Tensor },
  generationLayer(textLayer(javascriptTextEngine), javascriptTokenEngine),
  javascriptTokenEngine,
)

export type Utf8LogitsProcessor = InstanceType<typeof Utf8LogitsProcessor>
export type Utf8StoppingCriteria = InstanceType<typeof Utf8StoppingCriteria>
export type Utf8Streamer = InstanceType<typeof Utf8Streamer>
