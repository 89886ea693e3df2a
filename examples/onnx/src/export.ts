/**
 * Exports the trained, folded model to ONNX, and checks what came out against it.
 *
 *     npm run export -- [FOLDER of train-bit-bias/out] [FOLDER to write]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PreTrainedModel, Tensor } from '@huggingface/transformers'
import { loadSafetensors } from 'utf8-tokenizer/embedding'
import { type LlamaConfig, llamaGraph, OPERATOR_SET } from './llama-graph.js'
import { inputsOf, loadModel } from './model.js'
import { encodeModel } from './onnx-file.js'

const [trained = '../train-bit-bias/out', output = 'out/model'] = process.argv.slice(2)
const config: LlamaConfig & { num_attention_heads: number } = JSON.parse(
  readFileSync(join(trained, 'model', 'config.json'), 'utf8'),
)
const checkpoint = loadSafetensors(join(trained, 'model'))
const file = encodeModel(llamaGraph(checkpoint, config), OPERATOR_SET)
checkpoint.close()
mkdirSync(join(output, 'onnx'), { recursive: true })
writeFileSync(join(output, 'onnx', 'model.onnx'), file)
writeFileSync(join(output, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
console.log(`${output}: ${file.length} bytes of ONNX`)

const model = await loadModel(output)
const expected = loadSafetensors(join(trained, 'expected.safetensors'))
const ids = expected.tensor('ids').bytes()
const scores = expected.tensor('logits').float32()
expected.close()
check('scores', await logitsOf(model, ids), scores)
check('scores behind padding', (await logitsOf(model, ids, 5)).subarray(5 * 256), scores)
await checkCache(model, ids.subarray(0, 16))
await model.dispose()

/** @throws unless scores are those of the trained model, to 1e-4. */
function check(what: string, actual: Float32Array, expected: Float32Array): void {
  if (actual.length !== expected.length) {
    throw new Error(`expected ${expected.length} ${what}, received ${actual.length}`)
  }
  const difference = expected.reduce((most, score, i) => Math.max(most, Math.abs(score - actual[i])), 0)
  const says = `${what} of ${expected.length / 256} bytes differ from the trained model's by ${difference.toPrecision(2)} at most`
  if (!(difference <= 1e-4)) throw new Error(says)
  console.log(says)
}

/** @throws unless generation byte by byte, from the cache, prefers the bytes that one pass over all of them does. */
async function checkCache(model: PreTrainedModel, prompt: Uint8Array): Promise<void> {
  const output = await model.generate({ ...inputsOf(prompt), max_new_tokens: 32, do_sample: false })
  const generated = Uint8Array.from((output as Tensor).data as BigInt64Array, Number)
  const scores = await logitsOf(model, generated)
  for (let at = prompt.length; at < generated.length; at++) {
    const row = scores.subarray(256 * (at - 1), 256 * at)
    const best = row.reduce((a, b) => Math.max(a, b))
    if (best - row[generated[at]] > 1e-4) {
      throw new Error(`byte ${at} of ${generated.length} from the cache is not what one pass prefers`)
    }
  }
  console.log(`${generated.length - prompt.length} bytes from the cache are those of one pass`)
}

async function logitsOf(model: PreTrainedModel, ids: Uint8Array, padding = 0): Promise<Float32Array> {
  const { logits } = await model(inputsOf(ids, padding))
  return logits.data
}
