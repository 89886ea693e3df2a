/**
 * Holds the gradients of the bit bias that automatic differentiation finds against those of `BitEmbedding`, which has them written out:
 * dE is the gradient of W, and dP = dWᵀ · U. W gets its gradient twice, as the input layer and as the output that is tied to it.
 */
import { BitEmbedding } from 'utf8-tokenizer/embedding'
import { relativeDifference } from './compare.js'
import type { Batch } from './data.js'
import { arraysOf } from './evaluate.js'
import { floatsOf, grad, type JaxArray, numpy as np, tree } from './jax.js'
import {
  byteTable,
  initialParameters,
  logits,
  logitsOfEmbedded,
  loss,
  type ModelSize,
  type Parameters,
} from './model.js'
import type { Random } from './random.js'

/** The largest difference over one batch, as a share of the largest gradient. */
export function gradientDifference(size: ModelSize, batch: Batch, random: Random): number {
  const { dimension } = size
  const weight = () => floatsOf(parameters.embedding.weight.ref)
  const projection = Float32Array.from({ length: 8 * dimension }, () => 0.1 * random.normal())
  const { layers, norm, embedding } = initialParameters(size, random, false)
  const parameters: Parameters = {
    layers,
    norm,
    embedding: { ...embedding, projection: np.array(projection).reshape([dimension, 8]) },
  }

  const gradients = grad((given: Parameters) => {
    const { ids, targets, mask } = arraysOf(batch)
    return loss(logits(given, ids, size), targets, mask)
  })(tree.ref(parameters)) as { embedding: Required<Parameters['embedding']> }

  // The same in two steps: what arrives behind the input layer and at the table of the output, and from there BitEmbedding.
  const bytes = Uint8Array.from(batch.ids)
  const bitEmbedding = new BitEmbedding({ weight: weight(), projection, dimension })
  const embedded = np.array(bitEmbedding.forward(bytes)).reshape([batch.rows, batch.length, dimension])
  const arriving = grad((given: { embedded: JaxArray; table: JaxArray }) => {
    const { ids, targets, mask } = arraysOf(batch)
    ids.dispose()
    return loss(logitsOfEmbedded(given.embedded, given.table, layers, norm, size), targets, mask)
  })({ embedded, table: byteTable(parameters.embedding) }) as { embedded: JaxArray; table: JaxArray }
  bitEmbedding.backward(bytes, floatsOf(arriving.embedded))
  bitEmbedding.backwardTable(floatsOf(arriving.table))

  return Math.max(
    relativeDifference(floatsOf(gradients.embedding.weight), bitEmbedding.weightGradient),
    relativeDifference(floatsOf(gradients.embedding.projection), bitEmbedding.projectionGradient),
  )
}
