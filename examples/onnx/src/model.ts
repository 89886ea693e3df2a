/** The exported model in transformers.js, and what it is given: bytes as rows of ids. */
import { basename, dirname, resolve } from 'node:path'
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from '@huggingface/transformers'

/** Loads the folder with `config.json` and `onnx/model.onnx`; nothing is looked for elsewhere. */
export function loadModel(folder: string): Promise<PreTrainedModel> {
  env.allowRemoteModels = false
  env.localModelPath = dirname(resolve(folder))
  return AutoModelForCausalLM.from_pretrained(basename(resolve(folder)), { dtype: 'fp32' })
}

/** One row of bytes as inputs. */
export function inputsOf(bytes: Uint8Array): { input_ids: Tensor; attention_mask: Tensor } {
  const tensor = (values: BigInt64Array) => new Tensor('int64', values, [1, bytes.length])
  return {
    input_ids: tensor(BigInt64Array.from(bytes, BigInt)),
    attention_mask: tensor(new BigInt64Array(bytes.length).fill(1n)),
  }
}
