/** Loss and accuracy of a model over batches, and batches as the model takes them. */
import type { Batch } from './data.js'
import { type JaxArray, jit, numpy as np, tree } from './jax.js'
import { logits, loss, type ModelSize, type Parameters } from './model.js'

export interface Evaluation {
  /** Bits a byte. */
  readonly loss: number
  /** Share of bytes that got the highest score. */
  readonly accuracy: number
}

/** A batch on the device, rows × length each. */
export type BatchArrays = { ids: JaxArray; targets: JaxArray; mask: JaxArray }

/** Loss and accuracy over batches; the parameters stay the caller's. */
export function evaluator(
  size: ModelSize,
): (parameters: Parameters, batches: readonly Batch[]) => Evaluation {
  const evaluateBatch = jit((parameters: Parameters, { ids, targets, mask }: BatchArrays) => {
    const scores = logits(parameters, ids, size)
    const hits = np.equal(np.argmax(scores.ref, -1), targets.ref).astype(np.float32).mul(mask.ref)
    return { loss: loss(scores, targets, mask.ref), hits: hits.sum(), count: mask.sum() }
  })
  return (parameters: Parameters, batches: readonly Batch[]): Evaluation => {
    let bits = 0
    let hits = 0
    let count = 0
    for (const batch of batches) {
      const result = evaluateBatch(tree.ref(parameters), arraysOf(batch))
      const targets = result.count.item()
      bits += result.loss.item() * targets
      hits += result.hits.item()
      count += targets
    }
    return { loss: bits / count, accuracy: hits / count }
  }
}

export function arraysOf({ rows, length, ids, targets, mask }: Batch): BatchArrays {
  return {
    ids: np.array(ids).reshape([rows, length]),
    targets: np.array(targets).reshape([rows, length]),
    mask: np.array(mask).reshape([rows, length]),
  }
}
