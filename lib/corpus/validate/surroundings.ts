/**
 * What a person needs to find a place in a text: its line and column, and what stands around it.
 *
 * Lines are counted only where there is something to find, and only once: from the place before to the next, by reading
 * those bytes again. Files without an error, which are nearly all, pay nothing.
 */
import type { LineContext } from '../types.js'

/** Bytes of a text that can be had again. */
export interface Recall {
  /** They are those from `from` up to `to`, as offsets in the text. */
  readonly from: number
  readonly to: number
  /** Puts `length` bytes from a place of the text to target[start, …). */
  readonly read: (position: number, target: Uint8Array, start: number, length: number) => void
}

const LF = 0x0a
/** Bytes from one line feed to the next that are far. */
const FAR = 128
const MARK = Buffer.of(0xef, 0xbb, 0xbf)

/** A place that moves through a text from its start to its end, and knows its line and column. */
export class MovingPlace {
  /** From 1. */
  line = 1
  column = 1
  #offset = 0
  readonly #buffer: Buffer
  readonly #words: Int32Array

  /** `chunk` is how many bytes are counted at once, a multiple of 4. */
  constructor(chunk: number) {
    const memory = new ArrayBuffer(chunk)
    this.#buffer = Buffer.from(memory)
    this.#words = new Int32Array(memory)
  }

  /** To the start of another text. */
  reset(): void {
    this.line = 1
    this.column = 1
    this.#offset = 0
  }

  /** Moves on to `offset`, over well-formed text. Yields after each chunk. */
  *moveTo(offset: number, text: Recall): Generator<undefined, void> {
    if (this.#offset === 0 && offset >= MARK.length && startsWithMark(text)) this.#offset = MARK.length
    while (this.#offset < offset) {
      const length = Math.min(this.#buffer.length, offset - this.#offset)
      text.read(this.#offset, this.#buffer, 0, length)
      this.#offset += length
      this.#count(length)
      if (length === this.#buffer.length) yield
    }
  }

  /** Moves behind an ill-formed sequence of `length` bytes. */
  pass(length: number): void {
    this.#offset += length
    this.column++
  }

  #count(length: number): void {
    const last = this.#buffer.lastIndexOf(LF, length - 1)
    if (last !== -1) {
      this.line += this.#lineFeeds(last + 1)
      this.column = 1
    }
    const start = last + 1
    this.column += length - start - countBytes(this.#buffer, this.#words, start, length, CONTINUATIONS)
  }

  /**
   * How many there are in the first `end` bytes of the buffer. From one to the next goes fastest if they are far apart, as
   * in most text; if they are not, it is four bytes at once.
   */
  #lineFeeds(end: number): number {
    const buffer = this.#buffer
    let count = 0
    let start = 0
    for (const few = end / FAR; count < few; count++) {
      const found = buffer.indexOf(LF, start)
      if (found === -1 || found >= end) return count
      start = found + 1
    }
    return count + countBytes(buffer, this.#words, start, end, LINE_FEEDS)
  }
}

/** Of which bytes to count: those whose bits of `mask` are `value`. */
interface ByteKind {
  readonly mask: number
  readonly value: number
}

const LINE_FEEDS: ByteKind = { mask: 0xff, value: LF }
const CONTINUATIONS: ByteKind = { mask: 0xc0, value: 0x80 }

/** How many of bytes[start, end) are of a kind; `words` is the same memory. */
function countBytes(
  bytes: Uint8Array,
  words: Int32Array,
  start: number,
  end: number,
  { mask, value }: ByteKind,
): number {
  const first = Math.min(end, (start + 3) & ~3)
  const last = Math.max(first, end & ~3)
  const masks = Math.imul(mask, 0x01010101)
  const values = Math.imul(value, 0x01010101)
  let count = 0
  for (let i = start; i < first; i++) if ((bytes[i] & mask) === value) count++
  for (let i = first >> 2; i < last >> 2; i++) {
    // 0 where a byte is of the kind; and only for such a one the high bit stays clear in what follows.
    const other = (words[i] & masks) ^ values
    const found = ~(((other & 0x7f7f7f7f) + 0x7f7f7f7f) | other) & 0x80808080
    count += Math.imul(found >>> 7, 0x01010101) >>> 24
  }
  for (let i = last; i < end; i++) if ((bytes[i] & mask) === value) count++
  return count
}

function startsWithMark(text: Recall): boolean {
  const start = Buffer.alloc(MARK.length)
  text.read(0, start, 0, start.length)
  return start.equals(MARK)
}

/** Code points of the line that are shown on each side of a place. */
const SHOWN = 16
/** Bytes that hold them in any case, and a character in front that may be cut. */
export const AROUND = 4 * SHOWN + 3

const around = Buffer.alloc(AROUND)

/** What stands in front of `offset` and behind `end` in their line. */
export function contextOf(offset: number, end: number, text: Recall): LineContext {
  const first = Math.max(text.from, offset - AROUND)
  const window = decode(bytesOf(text, first, offset))
  const before = first === 0 && window.startsWith('\ufeff') ? window.slice(1) : window
  const after = decode(bytesOf(text, end, Math.min(text.to, end + AROUND)))
  const lineStart = before.lastIndexOf('\n') + 1
  const lineEnd = /\r?\n/.exec(after)?.index ?? after.length
  const inFront = Array.from(before.slice(lineStart))
  const behind = Array.from(after.slice(0, lineEnd))
  return {
    before: inFront.slice(-SHOWN).join(''),
    after: behind.slice(0, SHOWN).join(''),
    cutBefore: inFront.length > SHOWN,
    cutAfter: behind.length > SHOWN,
  }
}

function bytesOf(text: Recall, start: number, end: number): Buffer {
  const bytes = around.subarray(0, Math.max(0, end - start))
  if (bytes.length > 0) text.read(start, bytes, 0, bytes.length)
  return bytes
}

function decode(bytes: Buffer): string {
  return bytes.toString()
}
