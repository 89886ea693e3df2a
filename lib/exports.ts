/**
 * What both roots of the package export and no engine is needed for: the control protocol, chats, errors, and types. What is
 * bound to an engine is made in root.ts.
 */
export { REASONS, type Reason } from './engine/abi.js'
export type { InvalidSequence } from './engine/text-engine.js'
export type { Ids } from './engine/token-engine.js'
export {
  type CodedError,
  ERROR_CODES,
  type ErrorCode,
  Utf8TokenizerError,
  Utf8TokenizerRangeError,
  Utf8TokenizerTypeError,
} from './errors.js'
export type {
  ChatEndEvent,
  ChatEvent,
  ChatMalformedEvent,
  ChatRoleEvent,
  ChatTextEvent,
  ChatThinkingEvent,
  ChatToolCallEvent,
} from './generation/chat-events.js'
export type { ChatStreamerOptions } from './generation/chat-streamer.js'
export type { Logits, LogitsTensor, Utf8LogitsProcessorOptions } from './generation/logits-processor.js'
export { type AllowedControls, type NextByteOptions, nextByteMask } from './generation/next-byte.js'
export {
  type StoppingByte,
  Utf8StoppingCriteria,
  type Utf8StoppingCriteriaOptions,
} from './generation/stopping.js'
export type { Utf8StreamerOptions } from './generation/utf8-streamer.js'
export type { BlockKind } from './protocol/block-reader.js'
export {
  BYTE_MODEL_NAMES,
  BYTE_MODELS,
  type ByteModel,
  type ByteModelName,
  byteModel,
} from './protocol/byte-models.js'
export { CHAT_RESERVED, type ChatReserved, type RenderChatOptions, renderChat } from './protocol/chat.js'
export { CHAT_TEMPLATE } from './protocol/chat-template.js'
export type {
  ChatMessage,
  ChatTextPart,
  ChatTool,
  ChatToolCall,
  ChatToolParameters,
  ChatToolProperty,
  ParsedMessage,
  ParsedTool,
  ParsedToolCall,
} from './protocol/chat-types.js'
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
export { type EscapeOptions, escapeControls, escapeText, unescapeControls } from './protocol/escape.js'
export { type Block, type ParsedBlocks, parseBlocks } from './protocol/parse-blocks.js'
export { type VisualizeOptions, visualizeControlTokens } from './protocol/visualize.js'
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
export type {
  ByteModelBatch,
  ByteModelDecodeOptions,
  ByteModelEncodeOptions,
  ByteModelIds,
  ByteModelPadOptions,
  ByteModelRows,
} from './tokenizer/byte-model-tokenizer.js'
export type { CallOptions, Side } from './tokenizer/call-options.js'
export type { ChatOptions, ChatTemplate, CompiledTemplate } from './tokenizer/chat.js'
export type { DecodeOptions } from './tokenizer/decode.js'
export type { DecodeErrors } from './tokenizer/encodings/encoding.js'
export type { ContentPolicy } from './tokenizer/reserved.js'
export type { IdRow, IdRows, Ragged, Tensor } from './tokenizer/shapes.js'
export type {
  ChatResult,
  Encoded,
  EncodeOptions,
  Tokenizer,
  TokenizerConstructor,
  TokenizerOptions,
} from './tokenizer/tokenizer-types.js'
export type { PackedDocuments, PackOptions, WindowTensor } from './training/pack.js'
export type { Split } from './training/plan-windows.js'
export type { AttentionMaskTensor, PrefixLmMaskOptions } from './training/prefix-lm.js'
export type { OwnerOptions, PaddedRows, RaggedRows, TextRows } from './training/rows.js'
