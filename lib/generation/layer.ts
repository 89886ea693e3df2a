/**
 * The generation layer: what is bound to an engine of what the package offers for generation. The package's entries each make
 * one; tests make one for every engine. nextByteMask and Utf8StoppingCriteria need none.
 */
import type { TokenEngine } from '../engine/token-engine.js'
import type { Utf8DecoderConstructor } from '../text/decoder.js'
import { logitsProcessorClass, type Utf8LogitsProcessorConstructor } from './logits-processor.js'
import { type Utf8StreamerConstructor, utf8StreamerClass } from './utf8-streamer.js'

export interface GenerationLayer {
  readonly Utf8LogitsProcessor: Utf8LogitsProcessorConstructor
  readonly Utf8Streamer: Utf8StreamerConstructor
}

/** Over the decoder of a text layer, and an engine for rows. */
export function generationLayer(
  text: { readonly Utf8Decoder: Utf8DecoderConstructor },
  engine: TokenEngine,
): GenerationLayer {
  return {
    Utf8LogitsProcessor: logitsProcessorClass(engine),
    Utf8Streamer: utf8StreamerClass(text.Utf8Decoder),
  }
}
