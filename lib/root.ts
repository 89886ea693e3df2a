/**
 * All that the package's root offers and that is bound to engines: the text layer, tokenizers, generation and training. The
 * roots for Node and for browsers each make it once.
 */
import type { TextEngine } from './engine/text-engine.js'
import type { TokenEngine } from './engine/token-engine.js'
import { type GenerationLayer, generationLayer } from './generation/layer.js'
import { type TextLayer, textLayer } from './text/layer.js'
import { type TokenizerLayer, tokenizerLayer } from './tokenizer/layer.js'
import type { TokenizerPlatform } from './tokenizer/tokenizer-types.js'
import { type TrainingLayer, trainingLayer } from './training/layer.js'

export interface Root extends TextLayer, TokenizerLayer, GenerationLayer, TrainingLayer {}

export function rootOver(textEngine: TextEngine, engine: TokenEngine, platform?: TokenizerPlatform): Root {
  const text = textLayer(textEngine)
  return {
    ...text,
    ...tokenizerLayer(text, engine, platform),
    ...generationLayer(text, engine),
    ...trainingLayer(engine),
  }
}
