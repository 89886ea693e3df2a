/**
 * The package's root: text, tokenizers, the control protocol and chats, generation, masks for training. Corpora are
 * `utf8-tokenizer/corpus`, embeddings `utf8-tokenizer/embedding`, and what transformers.js takes `utf8-tokenizer/transformers`.
 * browser.ts is the same for browsers.
 */
import { choiceOfNode } from './engine/node.js'
import { jinjaCompiler } from './jinja.js'
import { rootOver } from './root.js'
import { textEngineOfNode } from './text/node.js'
import { nodeFolders } from './tokenizer/pretrained-folder.js'

export { TARGETS, type Target } from './engine/abi.js'
export { chooseEngine, type EngineChoice, type EngineRequest } from './engine/choose.js'
export type { Engine, EngineName } from './engine/engine.js'
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
} = rootOver(textEngineOfNode(), choiceOfNode().engine, {
  compile: jinjaCompiler(),
  folders: nodeFolders,
})

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
