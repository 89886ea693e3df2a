/**
 * `utf8-tokenizer/embedding`: byte tables, looked up, biased by bits, folded, compared, moved between models and drawn.
 */
import { choiceOfNode } from '../engine/node.js'
import { embeddingLayer } from './layer.js'

export { type AlignOptions, align, type MovedTable, type TransplantOptions, transplant } from './align.js'
export { type BitBiasedTable, fold } from './bit-bias.js'
export type { BitEmbeddingOptions } from './bit-embedding.js'
export type { ByteEmbeddingOptions, BytesToDevice } from './byte-embedding.js'
export type {
  CharacterBytes,
  CharacterEmbeddingOptions,
  DecodedCharacters,
} from './character-embedding.js'
export { type ExtractedTable, extractTable, type TableOptions } from './checkpoint/extract.js'
export { type FoldedEmbedding, type FoldResult, foldCheckpoint } from './checkpoint/fold.js'
export { type TransplantResult, transplantTable } from './checkpoint/transplant.js'
export {
  FLOAT_DTYPES,
  type FloatDtype,
  type Floats,
  readFloats,
  toFloat32,
  writeFloats,
} from './floats.js'
export type { LinearMap } from './linear-map.js'
export type { TensorArray, TensorDtype } from './safetensors/dtypes.js'
export type { SafetensorsFile } from './safetensors/file.js'
export type { ShardIndex } from './safetensors/index-file.js'
export { loadSafetensors, type Safetensors } from './safetensors/load.js'
export { type SaveOptions, saveSafetensors, type TensorsToSave } from './safetensors/save.js'
export type { StoredTensor, TensorData, TensorSource } from './safetensors/tensor.js'
export type { WriteOptions, WrittenFile } from './safetensors/write-files.js'
export {
  SIMILARITY_METRICS,
  type SimilarByte,
  type SimilarityMetric,
  type SimilarOptions,
  similar,
} from './similar.js'
export type { ByteTable } from './table.js'
export { type TableSvgOptions, tableSvg } from './table-svg.js'

export const { BitEmbedding, ByteEmbedding, CharacterEmbedding } = embeddingLayer(choiceOfNode().engine)

export type BitEmbedding = InstanceType<typeof BitEmbedding>
export type ByteEmbedding = InstanceType<typeof ByteEmbedding>
export type CharacterEmbedding = InstanceType<typeof CharacterEmbedding>
