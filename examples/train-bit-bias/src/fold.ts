/** Folds a trained checkpoint with `utf8-tokenizer fold`, and what shows that the model is the same afterwards. */
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BitEmbedding, loadSafetensors } from 'utf8-tokenizer/embedding'
import { loadCheckpoint, TABLE } from './checkpoint.js'
import { relativeDifference } from './compare.js'
import { floatsOf, type JaxArray, jit, numpy as np } from './jax.js'
import { logits, type ModelSize, type Parameters } from './model.js'

/** Writes `folded`, the checkpoint `patched` without its bit bias. */
export function fold(patched: string, folded: string): void {
  const root = dirname(fileURLToPath(import.meta.resolve('utf8-tokenizer/package.json')))
  const command = [join(root, 'dist/cli/main.js'), 'fold', patched, '-o', folded]
  execFileSync(process.execPath, command, { stdio: 'inherit' })
}

/** How far the table of `folded` is from what BitEmbedding makes of `patched`, as a share of its largest number. */
export function tableDifference(patched: string, folded: string, size: ModelSize): number {
  const { weight, projection } = loadCheckpoint(patched, size).embedding
  if (projection === undefined) throw new Error(`expected bit bias in ${patched}`)
  const bitEmbedding = new BitEmbedding({
    weight: floatsOf(weight),
    projection: floatsOf(projection),
    dimension: size.dimension,
  })
  const checkpoint = loadSafetensors(folded)
  const table = checkpoint.tensor(TABLE).float32()
  checkpoint.close()
  return relativeDifference(table, bitEmbedding.fold().weight)
}

/** Scores of the next byte behind each of `ids`: ids × 256. The parameters are used up. */
export function scoresOf(parameters: Parameters, size: ModelSize, ids: Uint8Array): Float32Array {
  const compiled = jit((given: Parameters, bytes: JaxArray) => logits(given, bytes, size))
  const scores = floatsOf(compiled(parameters, np.array(Int32Array.from(ids)).reshape([1, ids.length])))
  compiled.dispose()
  return scores
}
