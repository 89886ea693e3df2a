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

declare const Callable: new () => {
  // biome-ignore lint/suspicious/noExplicitAny: as there
  (...values: any[]): any
}

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
  padding_side: string
}
