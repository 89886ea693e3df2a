/**
 * transformers.js as these tests have it, and the model of model/build.py in it: random weights, whose samples are ill-formed
 * UTF-8 most of the time.
 */
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TRANSFORMERS } from '../needs.js'

export interface Tensor<Data = BigInt64Array> {
  readonly type: string
  readonly dims: number[]
  readonly data: Data
  // biome-ignore lint/suspicious/noExplicitAny: as deep as there are dimensions
  tolist(): any[]
}

export interface Inputs {
  readonly input_ids: Tensor
  readonly attention_mask: Tensor
}

export interface Model {
  (inputs: Inputs): Promise<{ logits: Tensor<Float32Array> }>
  generate(options: Inputs & Readonly<Record<string, unknown>>): Promise<Tensor>
  dispose(): Promise<unknown>
}

export interface Generated {
  // biome-ignore lint/suspicious/noExplicitAny: a text, or messages
  readonly generated_text: any
}

/** What the tests use of the module. */
export interface Peer {
  readonly Tensor: new (type: string, data: BigInt64Array | Float32Array, dims: readonly number[]) => Tensor
  readonly AutoModelForCausalLM: {
    from_pretrained(model: string, options: Readonly<Record<string, unknown>>): Promise<Model>
  }
  readonly TextGenerationPipeline: new (parts: {
    task: string
    model: Model
    tokenizer: unknown
    // biome-ignore lint/suspicious/noExplicitAny: a list for a text, and for several a list of lists
  }) => (input: unknown, options: Readonly<Record<string, unknown>>) => Promise<any>
  readonly LogitsProcessor: new () => object
  readonly StoppingCriteria: new () => object
  readonly BaseStreamer: new () => object
  readonly LogitsProcessorList: new () => { push(processor: unknown): void }
  readonly TextStreamer: new (tokenizer: unknown, options: Readonly<Record<string, unknown>>) => object
  readonly random: { seed(seed: number): void }
  readonly env: { allowRemoteModels: boolean; localModelPath: string }
}

export async function loadPeer(): Promise<Peer> {
  const peer: Peer = await import(pathToFileURL(TRANSFORMERS).href)
  peer.env.allowRemoteModels = false
  peer.env.localModelPath = fileURLToPath(new URL('./', import.meta.url))
  return peer
}

/** One thread: sums are then the same each time, and for so small a model it is the fastest. */
export function loadModel(peer: Peer): Promise<Model> {
  const session_options = { intraOpNumThreads: 1, interOpNumThreads: 1 }
  return peer.AutoModelForCausalLM.from_pretrained('model', { dtype: 'fp32', session_options })
}

/** Rows of bytes as a batch that is padded with NUL on the left. */
export function inputsOf(peer: Peer, rows: readonly Uint8Array[]): Inputs {
  const width = Math.max(...rows.map(({ length }) => length))
  const ids = new BigInt64Array(rows.length * width)
  const mask = new BigInt64Array(rows.length * width)
  for (const [index, row] of rows.entries()) {
    const start = (index + 1) * width - row.length
    ids.set([...row].map(BigInt), start)
    mask.fill(1n, start, start + row.length)
  }
  const tensor = (data: BigInt64Array) => new peer.Tensor('int64', data, [rows.length, width])
  return { input_ids: tensor(ids), attention_mask: tensor(mask) }
}

/** The rows of a tensor of ids as bytes. */
export function bytesOfRows(ids: Tensor): Uint8Array[] {
  return ids.tolist().map((row: bigint[]) => Uint8Array.from(row, Number))
}
