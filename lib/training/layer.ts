/**
 * The training layer: masks and packing for models that are trained on text with the control protocol, bound to one
 * engine, as lib/text/layer.ts is.
 */
import type { TokenEngine } from '../engine/token-engine.js'
import { type PackDocuments, packDocumentsFunction } from './pack.js'
import { type PrefixLmMask, prefixLmMaskFunction } from './prefix-lm.js'
import { type AttentionSpans, attentionSpansFunction, type LossMask, lossMaskFunction } from './text-masks.js'

export interface TrainingLayer {
  readonly lossMask: LossMask
  readonly attentionSpans: AttentionSpans
  readonly prefixLmMask: PrefixLmMask
  readonly packDocuments: PackDocuments
}

export function trainingLayer(engine: TokenEngine): TrainingLayer {
  return {
    lossMask: lossMaskFunction(engine),
    attentionSpans: attentionSpansFunction(engine),
    prefixLmMask: prefixLmMaskFunction(engine),
    packDocuments: packDocumentsFunction(engine),
  }
}
