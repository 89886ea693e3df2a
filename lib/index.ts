/**
 * The package's root: the text layer, the control protocol, the choice of an engine, and errors. Corpora are
 * `utf8-tokenizer/corpus`. browser.ts is the same for browsers.
 */

import { textLayer } from './text/layer.js'
import { textEngineOfNode } from './text/node.js'

export { REASONS, type Reason, TARGETS, type Target } from './engine/abi.js'
export { chooseEngine, type EngineChoice, type EngineRequest } from './engine/choose.js'
export type { Engine, EngineName } from './engine/engine.js'
export type { InvalidSequence } from './engine/text-engine.js'
export {
  type CodedError,
  ERROR_CODES,
  type ErrorCode,
  Utf8TokenizerError,
  Utf8TokenizerRangeError,
  Utf8TokenizerTypeError,
} from './errors.js'
export {
  CONTROLS,
  type Control,
  DLE,
  ESCAPE_OFFSET,
  ETX,
  INVALID_POLICIES,
  type InvalidPolicy,
  isReserved,
  RESERVED_POLICIES,
  type ReservedPolicy,
  STX,
} from './protocol/controls.js'
export { escapeControls, unescapeControls } from './protocol/escape.js'
export { visualizeControlTokens } from './protocol/visualize.js'
export type { BatchOffsets, EncodeBatchOptions, Utf8Batch } from './text/batch.js'
export type { ByteSource } from './text/bytes.js'
export type { Utf8DecodeOptions, Utf8DecoderErrors, Utf8DecoderOptions } from './text/decoder.js'
export type { EncodeIntoResult, Utf8EncoderErrors, Utf8EncoderOptions } from './text/encoder.js'
export {
  type ConvertAllOptions,
  OFFSET_ROUNDINGS,
  OFFSET_UNITS,
  type OffsetRounding,
  type OffsetUnit,
} from './text/offset-map.js'

export const {
  countCodePoints,
  decodeBatch,
  encodeBatch,
  findInvalidUtf8,
  isValidUtf8,
  OffsetMap,
  toWellFormedUtf8,
  Utf8Decoder,
  Utf8DecoderStream,
  Utf8Encoder,
  Utf8EncoderStream,
  utf8ByteLength,
  utf16Length,
} = textLayer(textEngineOfNode())

export type OffsetMap = InstanceType<typeof OffsetMap>
export type Utf8Decoder = InstanceType<typeof Utf8Decoder>
export type Utf8DecoderStream = InstanceType<typeof Utf8DecoderStream>
export type Utf8Encoder = InstanceType<typeof Utf8Encoder>
export type Utf8EncoderStream = InstanceType<typeof Utf8EncoderStream>
