/**
 * A small causal transformer over bytes, as pure functions over a tree of parameters: Llama's layers (RMSNorm, rotary positions,
 * gated MLP, no biases; Touvron et al. 2023) with the output tied to the table of bytes. With bit bias that table is W = E + U · Pᵀ,
 * where row b of U (256 × 8) is the bits of byte b, the most significant first, and P (d × 8) is zero at the start.
 *
 * Matrices are stored as Hugging Face does, outputs × inputs.
 */
import { type JaxArray, nn, numpy as np } from './jax.js'
import type { Random } from './random.js'

export interface ModelSize {
  /** d: numbers for a byte. */
  readonly dimension: number
  readonly layers: number
  readonly heads: number
  /** Width of the MLP. */
  readonly hidden: number
}

export const VOCABULARY = 256
const BITS = 8
export const NORM_EPSILON = 1e-5
export const ROPE_THETA = 10000

// Types and no interfaces, as jax-js asks for trees.
export type Embedding = { weight: JaxArray; projection?: JaxArray }
export type Layer = {
  attentionNorm: JaxArray
  query: JaxArray
  key: JaxArray
  value: JaxArray
  output: JaxArray
  mlpNorm: JaxArray
  gate: JaxArray
  up: JaxArray
  down: JaxArray
}
export type Parameters = { embedding: Embedding; layers: Layer[]; norm: JaxArray }

/** Parameters to start from. With bit bias they are those without it, and the projection. */
export function initialParameters(size: ModelSize, random: Random, bitBias: boolean): Parameters {
  const { dimension, hidden } = size
  const matrix = (rows: number, columns: number, deviation: number) =>
    np
      .array(Float32Array.from({ length: rows * columns }, () => deviation * random.normal()))
      .reshape([rows, columns])
  const linear = (outputs: number, inputs: number) => matrix(outputs, inputs, inputs ** -0.5)
  const weight = matrix(VOCABULARY, dimension, dimension ** -0.5)
  const layers = Array.from({ length: size.layers }, () => ({
    attentionNorm: np.ones([dimension]),
    query: linear(dimension, dimension),
    key: linear(dimension, dimension),
    value: linear(dimension, dimension),
    output: linear(dimension, dimension),
    mlpNorm: np.ones([dimension]),
    gate: linear(hidden, dimension),
    up: linear(hidden, dimension),
    down: linear(dimension, hidden),
  }))
  const embedding = bitBias ? { weight, projection: np.zeros([dimension, BITS]) } : { weight }
  return { embedding, layers, norm: np.ones([dimension]) }
}

/** W: 256 × d. */
export function byteTable({ weight, projection }: Embedding): JaxArray {
  return projection === undefined ? weight : weight.add(product(byteBits(), projection))
}

/** Scores of the next byte, rows × length × 256, of bytes, rows × length. */
export function logits(parameters: Parameters, ids: JaxArray, size: ModelSize): JaxArray {
  const table = byteTable(parameters.embedding)
  return logitsOfEmbedded(np.take(table.ref, ids, 0), table, parameters.layers, parameters.norm, size)
}

/** The same of embedded bytes, rows × length × d, with `table` for the output. */
export function logitsOfEmbedded(
  embedded: JaxArray,
  table: JaxArray,
  layers: readonly Layer[],
  norm: JaxArray,
  size: ModelSize,
): JaxArray {
  let x = embedded
  for (const layer of layers) {
    const attended = attention(normalized(x.ref, layer.attentionNorm), layer, size)
    x = x.add(product(attended, layer.output))
    const wide = normalized(x.ref, layer.mlpNorm)
    const gate = nn.silu(product(wide.ref, layer.gate))
    x = x.add(product(gate.mul(product(wide, layer.up)), layer.down))
  }
  return product(normalized(x, norm), table)
}

/** Mean cross-entropy over the targets that the mask leaves, in bits a byte. */
export function loss(scores: JaxArray, targets: JaxArray, mask: JaxArray): JaxArray {
  const likelihoods = nn.logSoftmax(scores, -1).mul(nn.oneHot(targets, VOCABULARY)).sum(-1)
  return likelihoods.mul(mask.ref).sum().div(mask.sum()).mul(-Math.LOG2E)
}

/** x · matrixᵀ. */
function product(x: JaxArray, matrix: JaxArray): JaxArray {
  return np.matmul(x, np.transpose(matrix))
}

function normalized(x: JaxArray, scale: JaxArray): JaxArray {
  const meanSquare = np.mean(np.square(x.ref), -1, { keepdims: true })
  return x.div(np.sqrt(meanSquare.add(NORM_EPSILON))).mul(scale)
}

/** Each byte looks at itself and what stands in front of it. */
function attention(x: JaxArray, layer: Layer, { heads }: ModelSize): JaxArray {
  const [rows, length, dimension] = x.shape
  const width = dimension / heads
  // Rows × heads × length × width.
  const intoHeads = (matrix: JaxArray) =>
    np.transpose(product(x.ref, matrix).reshape([rows, length, heads, width]), [0, 2, 1, 3])
  const query = rotated(intoHeads(layer.query))
  const key = rotated(intoHeads(layer.key))
  const value = intoHeads(layer.value)
  x.dispose()
  const scores = np.matmul(query, np.transpose(key, [0, 1, 3, 2])).mul(width ** -0.5)
  const isBehind = np.tri(length, length, 0, { dtype: np.bool })
  const shares = nn.softmax(np.where(isBehind, scores, -1e9), -1)
  return np.transpose(np.matmul(shares, value), [0, 2, 1, 3]).reshape([rows, length, dimension])
}

/** Rotary positions (Su et al. 2021): of rows × heads × length × width, number i and number i + width / 2 turn together. */
function rotated(x: JaxArray): JaxArray {
  const [, , length, width] = x.shape
  const half = width / 2
  const angles = Float32Array.from(
    { length: length * half },
    (_, i) => Math.floor(i / half) * ROPE_THETA ** (-(i % half) / half),
  )
  const cosines = np.array(angles.map(Math.cos)).reshape([length, half])
  const sines = np.array(angles.map(Math.sin)).reshape([length, half])
  const [a, b] = np.split(x, 2, -1)
  return np.concatenate(
    [a.ref.mul(cosines.ref).sub(b.ref.mul(sines.ref)), b.mul(cosines).add(a.mul(sines))],
    -1,
  )
}

/** U. */
function byteBits(): JaxArray {
  const bits = Float32Array.from({ length: VOCABULARY * BITS }, (_, i) => ((i >> 3) >> (7 - (i & 7))) & 1)
  return np.array(bits).reshape([VOCABULARY, BITS])
}
