/** The exported model in transformers.js, and what it is given: bytes as rows of ids. */
import { basename, dirname, resolve } from 'node:path'
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from '@huggingface/transformers'

/** Loads the folder with `config.json` and `onnx/model.onnx`; nothing is looked for elsewhere. */
export function loadModel(folder: string): Promise<PreTrainedModel> {
  env.allowRemoteModels = false
  env.localModelPath = dirname(resolve(folder))
  return AutoModelForCausalLM.from_pretrained(basename(resolve(folder)), { dtype: 'fp32' })
}

/** One row of bytes as inputs, behind `padding` bytes of padding. */
export function inputsOf(bytes: Uint8Array, padding = 0): { input_ids: Tensor; attention_mask: Tensor } {
  const length = padding + bytes.length
  const ids = new BigInt64Array(length)
  const mask = new BigInt64Array(length)
  ids.set(BigInt64Array.from(bytes, BigInt), padding)
  mask.fill(1n, padding)
  return {
    input_ids: new Tensor('int64', ids, [1, length]),
    attention_mask: new Tensor('int64', mask, [1, length]),
  }
}
