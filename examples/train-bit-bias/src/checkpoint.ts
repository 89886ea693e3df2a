/**
 * Parameters as a checkpoint, under the names of Hugging Face's LlamaForCausalLM, so that other libraries can load it. An embedding with
 * bit bias has the tensors that the Python package's `patch_embedding_layers` makes of it, which `utf8-tokenizer fold` knows.
 */
import { loadSafetensors, saveSafetensors, type TensorData } from 'utf8-tokenizer/embedding'
import { type JaxArray, numpy as np } from './jax.js'
import {
  byteTable,
  type Embedding,
  type Layer,
  type ModelSize,
  NORM_EPSILON,
  type Parameters,
  ROPE_THETA,
} from './model.js'

export const TABLE = 'model.embed_tokens.weight'
const NORM = 'model.norm.weight'
const BASE = 'model.embed_tokens.embeddings.weight'
const PROJECTION = 'model.embed_tokens.bit_proj_w'

/** The name of each parameter of a layer, behind `model.layers.0.`. */
const LAYER: Readonly<Record<keyof Layer, string>> = {
  attentionNorm: 'input_layernorm.weight',
  query: 'self_attn.q_proj.weight',
  key: 'self_attn.k_proj.weight',
  value: 'self_attn.v_proj.weight',
  output: 'self_attn.o_proj.weight',
  mlpNorm: 'post_attention_layernorm.weight',
  gate: 'mlp.gate_proj.weight',
  up: 'mlp.up_proj.weight',
  down: 'mlp.down_proj.weight',
}

/** Writes `path`; the parameters stay the caller's. */
export async function saveCheckpoint(path: string, { embedding, layers, norm }: Parameters): Promise<void> {
  const tensors: Record<string, TensorData> = { ...embeddingTensors(embedding), [NORM]: tensor(norm) }
  for (const [index, layer] of layers.entries()) {
    for (const [key, name] of layerNames(index)) tensors[name] = tensor(layer[key])
  }
  await saveSafetensors(path, tensors, { metadata: { format: 'pt' } })
}

/** Reads a checkpoint, with bit bias or folded. */
export function loadCheckpoint(path: string, size: ModelSize): Parameters {
  const checkpoint = loadSafetensors(path)
  const read = (name: string): JaxArray => {
    const stored = checkpoint.tensor(name)
    return np.array(stored.float32()).reshape([...stored.shape])
  }
  const embedding: Embedding = checkpoint.has(PROJECTION)
    ? { weight: read(BASE), projection: read(PROJECTION) }
    : { weight: read(TABLE) }
  const layers = Array.from({ length: size.layers }, (_, index) => {
    return Object.fromEntries(layerNames(index).map(([key, name]) => [key, read(name)])) as Layer
  })
  const parameters = { embedding, layers, norm: read(NORM) }
  checkpoint.close()
  return parameters
}

/** The `config.json` that goes with it. */
export function configOf(size: ModelSize, length: number) {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: 256,
    hidden_size: size.dimension,
    intermediate_size: size.hidden,
    num_hidden_layers: size.layers,
    num_attention_heads: size.heads,
    num_key_value_heads: size.heads,
    head_dim: size.dimension / size.heads,
    hidden_act: 'silu',
    rms_norm_eps: NORM_EPSILON,
    rope_theta: ROPE_THETA,
    max_position_embeddings: length,
    tie_word_embeddings: true,
    bos_token_id: 2,
    eos_token_id: 3,
    pad_token_id: 0,
    torch_dtype: 'float32',
  }
}

function embeddingTensors({ weight, projection }: Embedding): Record<string, TensorData> {
  if (projection === undefined) return { [TABLE]: tensor(weight) }
  const table = byteTable({ weight: weight.ref, projection: projection.ref })
  const tensors = { [BASE]: tensor(weight), [PROJECTION]: tensor(projection), [TABLE]: tensor(table) }
  table.dispose()
  return tensors
}

function tensor(array: JaxArray): TensorData {
  return { dtype: 'F32', shape: array.shape, data: array.ref.dataSync() }
}

function layerNames(index: number): [keyof Layer, string][] {
  return Object.entries(LAYER).map(([key, name]) => [key as keyof Layer, `model.layers.${index}.${name}`])
}
