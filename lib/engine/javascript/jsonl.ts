/**
 * Documents out of lines of JSON. JSON.parse does the parsing; what this file adds is to keep text from being decoded
 * and encoded again. A line without `\u` is read as Latin-1, one character for each byte: JSON's own syntax is ASCII, so
 * that JSON.parse takes the line apart just the same, and the characters of a string in it are the bytes of its UTF-8.
 * Where a `\u` names a code point, or where Buffer is missing (browsers), the line is decoded in earnest.
 */
import { argumentError } from '../../errors.js'
import { ETX, STX } from '../../protocol/controls.js'
import type { FrameStatus } from '../abi.js'
import { type JsonPath, MIN_OUTPUT } from '../engine.js'
import { SLOT } from '../framer.js'
import { STREAM } from './boundary.js'
import { frame } from './frame.js'
import { countContinuations, RESERVED_CONTROLS } from './scan.js'
import { BETWEEN, privateBytes } from './state.js'
import { endOfText } from './utf8.js'

/** Throws ERR_ARGUMENT unless `path` has a key at least. */
export function checkPath(path: JsonPath): void {
  const keys: unknown = path?.keys
  if (!(Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string'))) {
    throw argumentError('path', 'a JsonPath of at least one key', path)
  }
}

/** See Engine.frameJsonl; the arguments are checked. */
export function frameJsonl(
  state: Float64Array,
  path: JsonPath,
  input: Uint8Array,
  start: number,
  end: number,
  final: boolean,
  output: Uint8Array,
  lengths: Int32Array,
): FrameStatus {
  const bytes = privateBytes(input, start, end)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const sink = new FieldSink(state, output, lengths)
  const hasBuffer = typeof Buffer === 'function'
  const read = hasBuffer ? latin1Reader(path, bytes, output) : utf8Reader(path, bytes, output)
  // Buffer's indexOf is several times as fast.
  const lines = hasBuffer ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : bytes
  let status: FrameStatus = 'input-used'
  let at = 0
  while (at < bytes.length) {
    const feed = lines.indexOf(LF, at)
    if (feed === -1 && !final) break
    const lineEnd = feed === -1 ? bytes.length : feed
    const next = feed === -1 ? lineEnd : lineEnd + 1
    if (isBlank(bytes, at, lineEnd)) {
      state[SLOT.blankLines]++
      at = next
      continue
    }
    if (output.length - state[SLOT.written] < 3 * (lineEnd - at) + MIN_OUTPUT) {
      status = 'output-full'
      break
    }
    if (state[SLOT.lengthCount] === lengths.length) {
      status = 'lengths-full'
      break
    }
    const length = isText(bytes, view, at, lineEnd) ? read(at, lineEnd, sink.place) : NO_FIELD
    if (length === NO_FIELD || !sink.accept(length)) {
      state[SLOT.documentInput] = lineEnd - at
      state[SLOT.terminatorLength] = next - lineEnd
      status = 'undecided'
      at = next
      break
    }
    at = next
  }
  state[SLOT.mode] = BETWEEN
  state[SLOT.consumed] = start + at
  return status
}

const LF = 0x0a
const NO_FIELD = -1

/** Writes the string at the path of the JSON in bytes[from, to) to `output` at `place`: its length, or NO_FIELD. */
type FieldReader = (from: number, to: number, place: number) => number

function latin1Reader(path: JsonPath, bytes: Uint8Array, output: Uint8Array): FieldReader {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const target = Buffer.from(output.buffer, output.byteOffset, output.length)
  const keys = path.keys.map((key) => Buffer.from(key).toString('latin1'))
  const inEarnest = utf8Reader(path, bytes, output)
  return (from, to, place) => {
    let text: unknown
    try {
      const line = source.toString('latin1', from, to)
      if (line.includes('\\u')) return inEarnest(from, to, place)
      text = fieldOf(JSON.parse(line), keys)
    } catch {
      // No JSON, or more than a string can hold.
      return NO_FIELD
    }
    return typeof text === 'string' ? target.write(text, place, 'latin1') : NO_FIELD
  }
}

function utf8Reader(path: JsonPath, bytes: Uint8Array, output: Uint8Array): FieldReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const encoder = new TextEncoder()
  return (from, to, place) => {
    let text: unknown
    try {
      text = fieldOf(JSON.parse(decoder.decode(bytes.subarray(from, to))), path.keys)
    } catch {
      return NO_FIELD
    }
    if (typeof text !== 'string' || LONE_SURROGATE.test(text)) return NO_FIELD
    return encoder.encodeInto(text, output.subarray(place)).written
  }
}

/** With the `u` flag a pair is one code point, so that only a lone surrogate matches. */
const LONE_SURROGATE = /\p{Surrogate}/u

function fieldOf(json: unknown, keys: readonly string[]): unknown {
  let value = json
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    if (!Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d)) at++
  return at === to
}

/** Well-formed UTF-8 that does not begin with a byte order mark, which JSON.parse refuses and a decoder may drop. */
function isText(bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
  if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) return false
  return endOfText(bytes, view, from, to) === to
}

/** Makes documents of texts that were written to the output, behind the place for a begin. */
class FieldSink {
  readonly #state: Float64Array
  readonly #output: Uint8Array
  readonly #view: DataView
  readonly #lengths: Int32Array
  readonly #bos: number
  readonly #eos: number

  constructor(state: Float64Array, output: Uint8Array, lengths: Int32Array) {
    this.#state = state
    this.#output = output
    this.#view = new DataView(output.buffer, output.byteOffset, output.length)
    this.#lengths = lengths
    this.#bos = state[SLOT.bos] === 0 ? 0 : 1
    this.#eos = state[SLOT.eos] === 0 ? 0 : 1
  }

  /** Where the next text is to be written. */
  get place(): number {
    return this.#state[SLOT.written] + this.#bos
  }

  /** Frames the `length` bytes of well-formed text at `place`. False, and nothing changes, if they are to be refused. */
  accept(length: number): boolean {
    const state = this.#state
    const from = this.place
    const continuations = countContinuations(this.#view, from, from + length, RESERVED_CONTROLS)
    if (continuations === -1) return this.#acceptWithPolicies(from, length)
    const framed = this.#bos + length + this.#eos
    if (framed > state[SLOT.maxLength]) return false
    if (length === 0 && state[SLOT.skipEmpty] !== 0) {
      state[SLOT.skippedEmpty]++
      return true
    }
    if (this.#bos === 1) this.#output[from - 1] = STX
    if (this.#eos === 1) this.#output[from + length] = ETX
    state[SLOT.written] += framed
    this.#lengths[state[SLOT.lengthCount]++] = framed
    state[SLOT.documents]++
    state[SLOT.codePoints] += length - continuations
    return true
  }

  /** Text with reserved bytes is rare, and goes through all of framing, from a copy, as a stream of its own. */
  #acceptWithPolicies(from: number, length: number): boolean {
    const state = this.#state
    const text = new Uint8Array(this.#output.subarray(from, from + length))
    const trial = state.slice()
    trial[SLOT.unit] = STREAM
    trial[SLOT.mode] = BETWEEN
    if (frame(trial, NO_SEPARATOR, text, 0, length, true, this.#output, this.#lengths) !== 'input-used') {
      return false
    }
    trial[SLOT.unit] = state[SLOT.unit]
    state.set(trial)
    return true
  }
}

const NO_SEPARATOR = new Uint8Array(0)
