/**
 * `utf8-tokenizer/corpus`: from text and JSON lines to training shards, and back.
 */
export {
  type CrossCheckOptions,
  type CrossCheckReport,
  crossCheck,
  type EngineDifference,
  type EngineSpeed,
} from './cross-check.js'
export { openDataset } from './dataset.js'
export { merge } from './merge.js'
export { plan } from './plan.js'
export { prepare } from './prepare.js'
export { runShard } from './shard.js'
export {
  CHECKSUMS,
  type Checksum,
  type Counts,
  type Dataset,
  DOCUMENT_UNITS,
  type DocumentUnit,
  DTYPES,
  type Dtype,
  type EngineRequest,
  type FileRecord,
  type IllFormedFile,
  type IllFormedReason,
  type IllFormedSequence,
  INPUT_FORMATS,
  type InputFormat,
  type InputProblem,
  type LineContext,
  type Manifest,
  type Plan,
  type PlannedInput,
  type PlannedShard,
  type PlanOptions,
  type PrepareOptions,
  type PrepareResult,
  type Progress,
  type RefusalReason,
  type RunOptions,
  type ShardFiles,
  type ShardReceipt,
  type SourceRange,
  type ValidateOptions,
  type ValidateReport,
  type VerifyOptions,
  type VerifyProblem,
  type VerifyReport,
} from './types.js'
export { validate } from './validate.js'
export { verify } from './verify.js'
