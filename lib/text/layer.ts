/**
 * The text layer: all that the package offers for text, bound to one engine. The package's entries each make one; tests
 * make one for every engine.
 */
import type { TextEngine } from '../engine/text-engine.js'
import { type DecodeBatch, decodeBatchFunction, type EncodeBatch, encodeBatchFunction } from './batch.js'
import { decoderClass, type Utf8DecoderConstructor } from './decoder.js'
import {
  byteLengthFunction,
  encoderClass,
  type Utf8ByteLength,
  type Utf8EncoderConstructor,
} from './encoder.js'
import { type OffsetMapConstructor, offsetMapClass } from './offset-map.js'
import {
  decoderStreamClass,
  encoderStreamClass,
  type Utf8DecoderStreamConstructor,
  type Utf8EncoderStreamConstructor,
} from './streams.js'
import { type Validation, validationFunctions } from './validation.js'

export interface TextLayer extends Validation {
  readonly Utf8Encoder: Utf8EncoderConstructor
  readonly Utf8Decoder: Utf8DecoderConstructor
  readonly Utf8EncoderStream: Utf8EncoderStreamConstructor
  readonly Utf8DecoderStream: Utf8DecoderStreamConstructor
  readonly OffsetMap: OffsetMapConstructor
  readonly utf8ByteLength: Utf8ByteLength
  readonly encodeBatch: EncodeBatch
  readonly decodeBatch: DecodeBatch
}

export function textLayer(engine: TextEngine): TextLayer {
  return {
    ...validationFunctions(engine),
    Utf8Encoder: encoderClass(engine),
    Utf8Decoder: decoderClass(engine),
    Utf8EncoderStream: encoderStreamClass(engine),
    Utf8DecoderStream: decoderStreamClass(engine),
    OffsetMap: offsetMapClass(engine),
    utf8ByteLength: byteLengthFunction(engine),
    encodeBatch: encodeBatchFunction(engine),
    decodeBatch: decodeBatchFunction(engine),
  }
}
