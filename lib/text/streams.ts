/**
 * Utf8EncoderStream and Utf8DecoderStream: the interfaces of TextEncoderStream and TextDecoderStream over an engine, as
 * web streams of the platform.
 */
import type { TextEngine } from '../engine/text-engine.js'
import { loneSurrogateError } from '../errors.js'
import { type ByteSource, bytesOf } from './bytes.js'
import { decoderClass, type Utf8Decoder, type Utf8DecoderErrors, type Utf8DecoderOptions } from './decoder.js'
import {
  encodeText,
  throwsOnLoneSurrogates,
  type Utf8EncoderErrors,
  type Utf8EncoderOptions,
} from './encoder.js'
import { checkWellFormed, concatenated, toText } from './strings.js'

/** A stream of strings to one of UTF-8 (Encoding Standard, section 7.6). A pair may be split over chunks. */
export interface Utf8EncoderStream {
  /** `utf-8`. */
  readonly encoding: 'utf-8'
  readonly errors: Utf8EncoderErrors
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  /** With `errors: 'throw'` a lone surrogate fails the stream; `offset` counts code units from its start. */
  readonly writable: WritableStream<string>
}

export interface Utf8EncoderStreamConstructor {
  new (options?: Utf8EncoderOptions): Utf8EncoderStream
  readonly prototype: Utf8EncoderStream
}

/** A stream of UTF-8 to one of strings (Encoding Standard, section 7.5). A character may be split over chunks. */
export interface Utf8DecoderStream {
  /** `utf-8`. */
  readonly encoding: 'utf-8'
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  readonly errors: Utf8DecoderErrors
  readonly readable: ReadableStream<string>
  readonly writable: WritableStream<ByteSource>
}

export interface Utf8DecoderStreamConstructor {
  new (label?: string, options?: Utf8DecoderOptions): Utf8DecoderStream
  readonly prototype: Utf8DecoderStream
}

/** The class for an engine. */
export function encoderStreamClass(engine: TextEngine): Utf8EncoderStreamConstructor {
  return class Utf8EncoderStream {
    readonly #transform: TransformStream<string, Uint8Array<ArrayBuffer>>
    readonly #throws: boolean
    /** Code units of the stream that are encoded, and behind them the first half of a pair that its last chunk has cut. */
    #position = 0
    #cut = ''

    constructor(options?: Utf8EncoderOptions) {
      this.#throws = throwsOnLoneSurrogates(options)
      this.#transform = new TransformStream({
        transform: (chunk, controller) => {
          const bytes = this.#encode(toText(chunk))
          if (bytes.length > 0) controller.enqueue(bytes)
        },
        flush: (controller) => {
          if (this.#cut === '') return
          if (this.#throws) throw loneSurrogateError('the stream', this.#position)
          controller.enqueue(encodeText(engine, this.#cut))
        },
      })
    }

    get encoding(): 'utf-8' {
      return 'utf-8'
    }
    get errors(): Utf8EncoderErrors {
      return this.#throws ? 'throw' : 'replace'
    }
    get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
      return this.#transform.readable
    }
    get writable(): WritableStream<string> {
      return this.#transform.writable
    }
    get [Symbol.toStringTag](): string {
      return 'Utf8EncoderStream'
    }

    #encode(chunk: string): Uint8Array<ArrayBuffer> {
      let text = concatenated(this.#cut, chunk)
      const cutsPair = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800
      this.#cut = cutsPair ? text.slice(-1) : ''
      if (cutsPair) text = text.slice(0, -1)
      if (this.#throws) checkWellFormed(text, 'the stream', this.#position)
      this.#position += text.length
      return encodeText(engine, text)
    }
  }
}

/** The class for an engine. */
export function decoderStreamClass(engine: TextEngine): Utf8DecoderStreamConstructor {
  const Decoder = decoderClass(engine)
  return class Utf8DecoderStream {
    readonly #decoder: Utf8Decoder
    readonly #transform: TransformStream<ByteSource, string>

    constructor(label?: string, options?: Utf8DecoderOptions) {
      const decoder = new Decoder(label, options)
      this.#decoder = decoder
      this.#transform = new TransformStream({
        transform(chunk, controller) {
          // Undefined is no chunk, though decode takes it.
          enqueue(controller, decoder.decode(bytesOf(chunk, 'chunk'), { stream: true }))
        },
        flush(controller) {
          enqueue(controller, decoder.decode())
        },
      })
    }

    get encoding(): 'utf-8' {
      return 'utf-8'
    }
    get fatal(): boolean {
      return this.#decoder.fatal
    }
    get ignoreBOM(): boolean {
      return this.#decoder.ignoreBOM
    }
    get errors(): Utf8DecoderErrors {
      return this.#decoder.errors
    }
    get readable(): ReadableStream<string> {
      return this.#transform.readable
    }
    get writable(): WritableStream<ByteSource> {
      return this.#transform.writable
    }
    get [Symbol.toStringTag](): string {
      return 'Utf8DecoderStream'
    }
  }
}

function enqueue(controller: TransformStreamDefaultController<string>, text: string): void {
  if (text !== '') controller.enqueue(text)
}
