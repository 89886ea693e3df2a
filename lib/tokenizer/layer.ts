/**
 * The tokenizers, bound to a text layer and an engine. The package's entries each make them; tests make them for every
 * engine. Nothing here needs Node.
 */
import type { TokenEngine } from '../engine/token-engine.js'
import type { TextLayer } from '../text/layer.js'
import { type ByteModelTokenizerConstructor, byteModelTokenizerClass } from './byte-model-tokenizer.js'
import { utf8Encoding } from './encodings/utf8.js'
import { UTF16 } from './encodings/utf16.js'
import { UTF32 } from './encodings/utf32.js'
import { tokenizerClass } from './tokenizer.js'
import type { TokenizerConstructor, TokenizerPlatform } from './tokenizer-types.js'

export interface TokenizerLayer {
  /** Ids are bytes of UTF-8, 0 to 255. */
  readonly UTF8Tokenizer: TokenizerConstructor<Uint8Array>
  /** Ids are UTF-16 code units, 0 to 65,535. */
  readonly UTF16Tokenizer: TokenizerConstructor<Uint16Array>
  /** Ids are code points, 0 to 1,114,111. */
  readonly UTF32Tokenizer: TokenizerConstructor<Uint32Array>
  /** Ids of ByT5, BLT, EvaByte, H-Net. */
  readonly ByteModelTokenizer: ByteModelTokenizerConstructor
}

export function tokenizerLayer(
  text: TextLayer,
  engine: TokenEngine,
  platform: TokenizerPlatform = {},
): TokenizerLayer {
  return {
    UTF8Tokenizer: tokenizerClass('UTF8Tokenizer', utf8Encoding(text, engine), engine, platform),
    UTF16Tokenizer: tokenizerClass('UTF16Tokenizer', UTF16, engine, platform),
    UTF32Tokenizer: tokenizerClass('UTF32Tokenizer', UTF32, engine, platform),
    ByteModelTokenizer: byteModelTokenizerClass(text, engine),
  }
}
