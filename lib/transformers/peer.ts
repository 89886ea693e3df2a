/**
 * What the adapter needs of transformers.js, as an argument: the entries give it their import of
 * `@huggingface/transformers`, tests the one they have. So nothing here is bound to where that package lies, and its classes
 * are those that the caller's pipelines know.
 */
import type { BaseStreamer, LogitsProcessor, StoppingCriteria, Tensor } from '@huggingface/transformers'

export interface TransformersModule {
  readonly Tensor: typeof Tensor
  readonly LogitsProcessor: typeof LogitsProcessor
  readonly StoppingCriteria: typeof StoppingCriteria
  readonly BaseStreamer: typeof BaseStreamer
}
