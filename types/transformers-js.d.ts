/**
 * What lib/transformers uses of `@huggingface/transformers` 4, for the compiler alone (`paths` in tsconfig.json): the package
 * itself is some 470 MB with what it needs. The declarations of this package name it, so that users get its own types;
 * test/transformers/types.test.ts compiles against those.
 */

export type TensorData = BigInt64Array | Float32Array | Uint8Array

export class Tensor {
  constructor(type: string, data: TensorData, dims: readonly number[])
  readonly type: string
  readonly dims: number[]
  // biome-ignore lint/suspicious/noExplicitAny: as there
  readonly data: any
}

// biome-ignore lint/suspicious/noExplicitAny: as there
declare const Callable: new () => (...values: any[]) => any

export class LogitsProcessor extends Callable {
  _call(input_ids: bigint[][], logits: Tensor): void
}

export class StoppingCriteria extends Callable {
  _call(input_ids: number[][], scores: number[][]): boolean[]
}

export class BaseStreamer {
  put(value: bigint[][]): void
  end(): void
}

/** Called as a function too. */
export class PreTrainedTokenizer {
  encode(text: string, options?: { text_pair?: string | null; add_special_tokens?: boolean }): number[]
  tokenize(text: string, options?: { pair?: string | null; add_special_tokens?: boolean }): string[]
  convert_tokens_to_ids<T extends string | string[]>(tokens: T): T extends string ? number : number[]
  get_vocab(): Map<string, number>
  padding_side: string
  pad_token: string
  pad_token_id: number
  bos_token: string
  bos_token_id: number
  eos_token: string
  eos_token_id: number
  all_special_ids: number[]
  all_special_tokens: string[]
  return_token_type_ids: boolean
  // biome-ignore lint/suspicious/noExplicitAny: as there
  get model_max_length(): any
  // biome-ignore lint/suspicious/noExplicitAny: as there
  get add_bos_token(): any
}
