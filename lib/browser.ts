/**
 * The package's root for browsers, and for whatever else is not Node: what index.ts exports, on the JavaScript engine
 * alone, without what chooses another one. Nothing from here on imports anything but files of this package.
 */
import { javascriptTextEngine } from './engine/javascript/text.js'
import { javascriptTokenEngine } from './engine/javascript/tokens.js'
import { rootOver } from './root.js'

export * from './exports.js'

export const {
  attentionSpans,
  ByteModelTokenizer,
  ChatStreamer,
  countCodePoints,
  decodeBatch,
  encodeBatch,
  findInvalidUtf8,
  isValidUtf8,
  lossMask,
  OffsetMap,
  packDocuments,
  prefixLmMask,
  toWellFormedUtf8,
  UTF8Tokenizer,
  UTF16Tokenizer,
  UTF32Tokenizer,
  Utf8Decoder,
  Utf8DecoderStream,
  Utf8Encoder,
  Utf8EncoderStream,
  Utf8LogitsProcessor,
  Utf8Streamer,
  utf8ByteLength,
  utf16Length,
} = rootOver(javascriptTextEngine, javascriptTokenEngine)

export type ByteModelTokenizer = InstanceType<typeof ByteModelTokenizer>
export type ChatStreamer = InstanceType<typeof ChatStreamer>
export type OffsetMap = InstanceType<typeof OffsetMap>
export type UTF8Tokenizer = InstanceType<typeof UTF8Tokenizer>
export type UTF16Tokenizer = InstanceType<typeof UTF16Tokenizer>
export type UTF32Tokenizer = InstanceType<typeof UTF32Tokenizer>
export type Utf8Decoder = InstanceType<typeof Utf8Decoder>
export type Utf8DecoderStream = InstanceType<typeof Utf8DecoderStream>
export type Utf8Encoder = InstanceType<typeof Utf8Encoder>
export type Utf8EncoderStream = InstanceType<typeof Utf8EncoderStream>
export type Utf8LogitsProcessor = InstanceType<typeof Utf8LogitsProcessor>
export type Utf8Streamer = InstanceType<typeof Utf8Streamer>
