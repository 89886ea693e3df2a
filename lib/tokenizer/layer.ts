/**
 * The tokenizers, bound to a text layer and an engine. The package's entries each make them; tests make them for every
 * engine. Nothing here needs Node.
 */
import type { TokenEngine } from '../engine/token-engine.js'
import type { TextLayer } from '../text/layer.js'
import type { CompileTemplate } from './chat.js'
import { utf8Encoding } from './encodings/utf8.js'
import { UTF16 } from './encodings/utf16.js'
import { UTF32 } from './encodings/utf32.js'
import { tokenizerClass } from './tokenizer.js'
import type { TokenizerConstructor } from './tokenizer-types.js'

export interface TokenizerLayer {
  /** Ids are bytes of UTF-8, 0 to 255. */
  readonly UTF8Tokenizer: TokenizerConstructor<Uint8Array>
  /** Ids are UTF-16 code units, 0 to 65,535. */
  readonly UTF16Tokenizer: TokenizerConstructor<Uint16Array>
  /** Ids are code points, 0 to 1,114,111. */
  readonly UTF32Tokenizer: TokenizerConstructor<Uint32Array>
}

/** `compile` compiles templates in Jinja; without it they must come compiled. */
export function tokenizerLayer(
  text: TextLayer,
  engine: TokenEngine,
  compile?: CompileTemplate,
): TokenizerLayer {
  return {
    UTF8Tokenizer: tokenizerClass('UTF8Tokenizer', utf8Encoding(text), engine, compile),
    UTF16Tokenizer: tokenizerClass('UTF16Tokenizer', UTF16, engine, compile),
    UTF32Tokenizer: tokenizerClass('UTF32Tokenizer', UTF32, engine, compile),
  }
}
