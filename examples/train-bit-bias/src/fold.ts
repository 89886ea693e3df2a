/**
 * Folds a trained checkpoint with `utf8-tokenizer fold`, and checks that nothing changed by it: the table is that of BitEmbedding,
 * and the scores are those of the model with bit bias.
 */
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BitEmbedding, loadSafetensors } from 'utf8-tokenizer/embedding'
import { loadCheckpoint, TABLE } from './checkpoint.js'
import { relativeDifference } from './compare.js'
import { floatsOf, type JaxArray, jit, numpy as np } from './jax.js'
import { logits, type ModelSize, type Parameters } from './model.js'

export interface FoldCheck {
  /** Largest difference of the tables, as a share of the largest number. */
  readonly table: number
  /** The same of scores. */
  readonly scores: number
}

/** Writes `folded`, the checkpoint `patched` without its bit bias. */
export function fold(patched: string, folded: string): void {
  const root = dirname(fileURLToPath(import.meta.resolve('utf8-tokenizer/package.json')))
  const command = [join(root, 'dist/cli/main.js'), 'fold', patched, '-o', folded]
  execFileSync(process.execPath, command, { stdio: 'inherit' })
}

export function checkFold(patched: string, folded: string, size: ModelSize, ids: Uint8Array): FoldCheck {
  const parameters = loadCheckpoint(patched, size)
  const { weight, projection } = parameters.embedding
  if (projection === undefined) throw new Error(`expected bit bias in ${patched}`)
  const bitEmbedding = new BitEmbedding({
    weight: floatsOf(weight.ref),
    projection: floatsOf(projection.ref),
    dimension: size.dimension,
  })
  const checkpoint = loadSafetensors(folded)
  const table = relativeDifference(checkpoint.tensor(TABLE).float32(), bitEmbedding.fold().weight)
  checkpoint.close()
  const expected = scoresOf(parameters, size, ids)
  return { table, scores: relativeDifference(scoresOf(loadCheckpoint(folded, size), size, ids), expected) }
}

/** Scores of the next byte behind each of `ids`: ids × 256. The parameters are used up. */
export function scoresOf(parameters: Parameters, size: ModelSize, ids: Uint8Array): Float32Array {
  const compiled = jit((given: Parameters, bytes: JaxArray) => logits(given, bytes, size))
  const scores = floatsOf(compiled(parameters, np.array(Int32Array.from(ids)).reshape([1, ids.length])))
  compiled.dispose()
  return scores
}
