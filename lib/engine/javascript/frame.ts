/**
 * Framing: the documents of a stream of bytes, found, checked, and written with their begin and end marks.
 *
 * A turn of the machine copies a run of plain text, found by the fast loop, and then takes one step at the place where
 * the run ended: a terminator, or one character. A step can deal with any character, so that the loop may stop
 * wherever it likes, and all rules stand here once. The rules themselves are told at Engine.frame.
 */
import { DLE, ESCAPE_OFFSET, ETX, isReserved, RESERVED_POLICIES, STX } from '../../protocol/controls.js'
import { type FrameStatus, REASONS } from '../abi.js'
import { SLOT } from '../framer.js'
import {
  HOLD,
  lineEndAt,
  NO_TERMINATOR,
  nextCandidate,
  PARAGRAPH,
  SEPARATOR,
  STREAM,
  terminatorAt,
} from './boundary.js'
import { RESERVED_CONTROLS, RESERVED_CONTROLS_AND_LINE_ENDS, scanText } from './scan.js'
import { BETWEEN, INSIDE, privateBytes, REJECTING } from './state.js'
import { type Character, characterAt, isCut, lengthOf, reasonOf } from './utf8.js'

/** See Engine.frame; the arguments are checked. */
export function frame(
  state: Float64Array,
  separator: Uint8Array,
  input: Uint8Array,
  start: number,
  end: number,
  final: boolean,
  output: Uint8Array,
  lengths: Int32Array,
): FrameStatus {
  const framing = new Framing(state, separator, privateBytes(input, start, end), final, output, lengths)
  const status = framing.run()
  framing.save(state, start)
  return status
}

const [ESCAPE, KEEP, PICTURE, STRIP, QUARANTINE, FAIL] = RESERVED_POLICIES.keys()
const RESERVED_BYTE = REASONS.indexOf('reserved-byte')
const TOO_LONG = REASONS.indexOf('too-long')

/** Room that a step may need: a begin, a character or what replaces it, an end. */
const STEP_OUTPUT = 1 + 4 + 1
/** Less room than this is not worth a turn. */
const LEAST_OUTPUT = 64
/** From this length on a run is copied by `set`, which costs a view but is far faster a byte. */
const LONG_RUN = 48

/** One call: the state's numbers as fields, and the position in the three arrays. */
class Framing {
  readonly #unit: number
  readonly #policy: number
  readonly #bos: number
  readonly #eos: number
  readonly #replaceInvalid: boolean
  readonly #skipEmpty: boolean
  readonly #maxLength: number

  readonly #separator: Uint8Array
  readonly #input: Uint8Array
  readonly #view: DataView
  readonly #final: boolean
  readonly #output: Uint8Array
  readonly #lengths: Int32Array
  readonly #stops: number
  /** Continuation bytes of the document at hand: its code points are its bytes less these. */
  readonly #tally = { continuations: 0 }
  #nextSeparator = -1

  #at = 0
  #written: number
  #lengthCount: number

  #mode: number
  #documentInput: number
  #documentOutput: number
  #documentCodePoints: number
  #documentReserved: number
  #documentReplaced: number

  #terminatorLength: number
  #reason: number
  #errorOffset: number
  #takeBack: number

  #documents: number
  #codePoints: number
  #reserved: number
  #replaced: number
  #skippedEmpty: number
  #crlf: number
  #blankLines: number

  constructor(
    state: Float64Array,
    separator: Uint8Array,
    input: Uint8Array,
    final: boolean,
    output: Uint8Array,
    lengths: Int32Array,
  ) {
    this.#unit = state[SLOT.unit]
    this.#policy = state[SLOT.reservedPolicy]
    this.#bos = state[SLOT.bos] === 0 ? 0 : 1
    this.#eos = state[SLOT.eos] === 0 ? 0 : 1
    this.#replaceInvalid = state[SLOT.replaceInvalid] !== 0
    this.#skipEmpty = state[SLOT.skipEmpty] !== 0
    this.#maxLength = state[SLOT.maxLength]

    this.#separator = separator
    this.#input = input
    this.#view = new DataView(input.buffer, input.byteOffset, input.length)
    this.#final = final
    this.#output = output
    this.#lengths = lengths
    const lines = this.#unit !== STREAM && this.#unit !== SEPARATOR
    this.#stops = lines ? RESERVED_CONTROLS_AND_LINE_ENDS : RESERVED_CONTROLS

    this.#written = state[SLOT.written]
    this.#lengthCount = state[SLOT.lengthCount]
    this.#mode = state[SLOT.mode]
    this.#documentInput = state[SLOT.documentInput]
    this.#documentOutput = state[SLOT.documentOutput]
    this.#documentCodePoints = state[SLOT.documentCodePoints]
    this.#documentReserved = state[SLOT.documentReserved]
    this.#documentReplaced = state[SLOT.documentReplaced]
    this.#terminatorLength = state[SLOT.terminatorLength]
    this.#reason = state[SLOT.reason]
    this.#errorOffset = state[SLOT.errorOffset]
    this.#takeBack = state[SLOT.takeBack]
    this.#documents = state[SLOT.documents]
    this.#codePoints = state[SLOT.codePoints]
    this.#reserved = state[SLOT.reserved]
    this.#replaced = state[SLOT.replaced]
    this.#skippedEmpty = state[SLOT.skippedEmpty]
    this.#crlf = state[SLOT.crlf]
    this.#blankLines = state[SLOT.blankLines]
  }

  /** Writes all numbers back; the input given to the constructor began at `start` of the caller's. */
  save(state: Float64Array, start: number): void {
    state[SLOT.consumed] = start + this.#at
    state[SLOT.written] = this.#written
    state[SLOT.lengthCount] = this.#lengthCount
    state[SLOT.mode] = this.#mode
    state[SLOT.documentInput] = this.#documentInput
    state[SLOT.documentOutput] = this.#documentOutput
    state[SLOT.documentCodePoints] = this.#documentCodePoints
    state[SLOT.documentReserved] = this.#documentReserved
    state[SLOT.documentReplaced] = this.#documentReplaced
    state[SLOT.terminatorLength] = this.#terminatorLength
    state[SLOT.reason] = this.#reason
    state[SLOT.errorOffset] = this.#errorOffset
    state[SLOT.takeBack] = this.#takeBack
    state[SLOT.documents] = this.#documents
    state[SLOT.codePoints] = this.#codePoints
    state[SLOT.reserved] = this.#reserved
    state[SLOT.replaced] = this.#replaced
    state[SLOT.skippedEmpty] = this.#skippedEmpty
    state[SLOT.crlf] = this.#crlf
    state[SLOT.blankLines] = this.#blankLines
  }

  run(): FrameStatus {
    for (;;) {
      if (this.#output.length - this.#written < LEAST_OUTPUT) return 'output-full'
      if (this.#lengthCount === this.#lengths.length) return 'lengths-full'
      const status = this.#turn()
      if (status !== null) return status
    }
  }

  /** Null if there is more to do. */
  #turn(): FrameStatus | null {
    if (this.#mode === REJECTING) {
      this.#passTo(nextCandidate(this.#unit, this.#separator, this.#input, this.#at))
    } else {
      const waits = this.#mode === BETWEEN && this.#unit === PARAGRAPH && !this.#passBlankLines()
      if (waits) return 'input-used'
      this.#copyPlainRun()
    }
    if (this.#at === this.#input.length) return this.#stepAtEnd()
    return this.#step()
  }

  /** Passes over empty lines in front of a paragraph. False if only more input tells whether the next one is empty. */
  #passBlankLines(): boolean {
    while (this.#at < this.#input.length) {
      const length = lineEndAt(this.#input, this.#at, this.#final)
      if (length <= 0) return length === NO_TERMINATOR
      this.#at += length
      this.#blankLines++
    }
    return true
  }

  /** Copies content that no rule changes and that fits, if there is any; begins the document if need be. */
  #copyPlainRun(): void {
    const from = this.#at
    const before = this.#mode === BETWEEN ? this.#bos : this.#documentOutput
    const room = Math.min(
      this.#output.length - this.#written - STEP_OUTPUT,
      this.#maxLength - this.#eos - before,
    )
    let limit = Math.min(this.#input.length, from + room)
    if (this.#unit === SEPARATOR) limit = Math.min(limit, this.#separatorFrom(from))
    const tally = this.#tally
    tally.continuations = 0
    const to = scanText(this.#view, from, limit, this.#stops, tally)
    if (to === from) return
    if (this.#mode === BETWEEN) this.#beginDocument()
    const length = to - from
    copy(this.#input, from, to, this.#output, this.#written)
    this.#written += length
    this.#documentOutput += length
    this.#documentCodePoints += length - tally.continuations
    this.#passTo(to)
  }

  #separatorFrom(from: number): number {
    if (this.#nextSeparator < from) {
      this.#nextSeparator = nextCandidate(SEPARATOR, this.#separator, this.#input, from)
    }
    return this.#nextSeparator
  }

  #stepAtEnd(): FrameStatus | null {
    if (!this.#final) return 'input-used'
    if (this.#mode === BETWEEN) {
      if (this.#unit !== STREAM) return 'input-used'
      this.#beginDocument()
    }
    return this.#endDocument(0) ?? 'input-used'
  }

  /** Takes a terminator or one character, whatever it is. */
  #step(): FrameStatus | null {
    const terminator = terminatorAt(this.#unit, this.#separator, this.#input, this.#at, this.#final)
    if (terminator === HOLD) return 'input-used'
    if (terminator !== NO_TERMINATOR) {
      if (this.#mode === BETWEEN) this.#beginDocument()
      return this.#endDocument(terminator)
    }
    if (this.#mode === REJECTING) {
      // Only a terminator counts now, and none begins at this byte.
      this.#passTo(this.#at + 1)
      return null
    }
    const character = characterAt(this.#input, this.#at)
    if (isCut(character) && !this.#final) return 'input-used'
    if (this.#mode === BETWEEN) this.#beginDocument()
    this.#takeCharacter(character)
    return null
  }

  #takeCharacter(character: Character): void {
    const byte = this.#input[this.#at]
    const reason = reasonOf(character)
    const reserved = isReserved(byte)
    let made = lengthOf(character)
    if (reason !== 0) made = 3
    else if (reserved) made = MADE_OF_RESERVED[this.#policy]

    let refusal = 0
    if (reason !== 0 && !this.#replaceInvalid) refusal = reason
    else if (reserved && (this.#policy === QUARANTINE || this.#policy === FAIL)) refusal = RESERVED_BYTE
    else if (!this.#fits(made)) refusal = TOO_LONG
    if (refusal !== 0) {
      this.#reject(refusal)
      return
    }

    if (reason !== 0) {
      putThree(this.#output, this.#written, 0xfffd)
      this.#documentReplaced++
    } else if (reserved) {
      this.#writeReserved(byte)
      this.#documentReserved++
    } else {
      copy(this.#input, this.#at, this.#at + made, this.#output, this.#written)
    }
    this.#written += made
    this.#documentOutput += made
    this.#documentCodePoints++
    this.#passTo(this.#at + lengthOf(character))
  }

  #writeReserved(byte: number): void {
    const output = this.#output
    const at = this.#written
    if (this.#policy === ESCAPE) {
      output[at] = DLE
      output[at + 1] = byte + ESCAPE_OFFSET
    } else if (this.#policy === PICTURE) {
      putThree(output, at, 0x2400 + byte)
    } else if (this.#policy === KEEP) {
      output[at] = byte
    }
  }

  #beginDocument(): void {
    this.#mode = INSIDE
    this.#documentInput = 0
    this.#documentOutput = this.#bos
    this.#documentCodePoints = 0
    this.#documentReserved = 0
    this.#documentReplaced = 0
    if (this.#bos === 1) this.#output[this.#written++] = STX
  }

  /** `rejected` if the document is refused, now or before. */
  #endDocument(terminatorLength: number): FrameStatus | null {
    if (this.#mode !== REJECTING && !this.#fits(0)) this.#reject(TOO_LONG)
    const rejected = this.#mode === REJECTING
    if (!rejected) {
      this.#accept()
      if (this.#unit !== SEPARATOR && terminatorLength === 2) this.#crlf++
    }
    this.#mode = BETWEEN
    this.#terminatorLength = terminatorLength
    this.#at += terminatorLength
    return rejected ? 'rejected' : null
  }

  #accept(): void {
    if (this.#skipEmpty && this.#documentInput === 0) {
      this.#withdraw()
      this.#skippedEmpty++
      return
    }
    if (this.#eos === 1) this.#output[this.#written++] = ETX
    this.#lengths[this.#lengthCount++] = this.#documentOutput + this.#eos
    this.#documents++
    this.#codePoints += this.#documentCodePoints
    this.#reserved += this.#documentReserved
    this.#replaced += this.#documentReplaced
  }

  /** The document is refused because of what begins here; the rest of it will be passed over. */
  #reject(reason: number): void {
    this.#takeBack = this.#withdraw()
    this.#reason = reason
    this.#errorOffset = this.#documentInput
    this.#mode = REJECTING
  }

  /** Removes the document's bytes from `output`; returns how many of them are no longer there. */
  #withdraw(): number {
    const present = Math.min(this.#documentOutput, this.#written)
    this.#written -= present
    return this.#documentOutput - present
  }

  #fits(made: number): boolean {
    return this.#documentOutput + made + this.#eos <= this.#maxLength
  }

  #passTo(to: number): void {
    this.#documentInput += to - this.#at
    this.#at = to
  }
}

const MADE_OF_RESERVED: number[] = []
MADE_OF_RESERVED[ESCAPE] = 2
MADE_OF_RESERVED[KEEP] = 1
MADE_OF_RESERVED[PICTURE] = 3
MADE_OF_RESERVED[STRIP] = 0
MADE_OF_RESERVED[QUARANTINE] = 0
MADE_OF_RESERVED[FAIL] = 0

/** Writes a code point of three bytes. */
function putThree(output: Uint8Array, at: number, codePoint: number): void {
  output[at] = 0xe0 | (codePoint >> 12)
  output[at + 1] = 0x80 | ((codePoint >> 6) & 0x3f)
  output[at + 2] = 0x80 | (codePoint & 0x3f)
}

function copy(input: Uint8Array, from: number, to: number, output: Uint8Array, place: number): void {
  if (to - from >= LONG_RUN) {
    output.set(input.subarray(from, to), place)
    return
  }
  const shift = place - from
  for (let i = from; i < to; i++) output[i + shift] = input[i]
}
