/**
 * Checks the `.bin` file of a shard against its index: each document's frame, well-formed UTF-8, no reserved byte that
 * the policy does not leave there.
 *
 * The engine's census does the work, over whole chunks: if the chunk is well-formed, if each document in it begins and
 * ends as it should, and if there are as many STX and ETX as there are begins and ends, then there is none in between.
 * Only when something does not add up is the chunk gone through byte by byte, to say where.
 */
import { CENSUS_SLOTS } from '../../engine/abi.js'
import type { Engine } from '../../engine/engine.js'
import { DLE, ESCAPE_OFFSET, ETX, isReserved, STX } from '../../protocol/controls.js'
import { lengthAt } from '../output/megatron-index.js'
import { bytesOf } from '../output/output-file.js'
import { ALL_RIGHT, TokenCoding, type Tokens } from '../token-coding.js'
import type { PlanOptions, ShardReceipt } from '../types.js'
import type { CheckedFile } from './checked-file.js'
import type { Problems } from './problems.js'

const CHUNK = 256 * 1024
const LENGTHS = 16 * 1024
const CODE_POINTS = CENSUS_SLOTS.indexOf('codePoints')
const STX_COUNT = CENSUS_SLOTS.indexOf('stx')
const ETX_COUNT = CENSUS_SLOTS.indexOf('etx')
const ESCAPES = CENSUS_SLOTS.indexOf('escapes')
const STRAY = CENSUS_SLOTS.indexOf('stray')

/** What is wrong, and where: a place in the chunk, and the number of the document in the shard. */
interface Fault {
  readonly at: number
  readonly document: number
  readonly message: string
}

/** Yields the bytes read in each step. `index` gives the lengths, which are sound; without it only the file is read. */
export function* checkBin(
  file: CheckedFile,
  index: CheckedFile | undefined,
  receipt: ShardReceipt,
  options: PlanOptions,
  first: number,
  engine: Engine,
  problems: Problems,
): Generator<number> {
  const { name } = file.record
  const coding = new TokenCoding(options)
  const { width } = coding
  const tokens = new TokenStream(file, coding)
  const walk = index && new DocumentWalk(index, receipt.counts.documents, options)
  const counts = new Float64Array(CENSUS_SLOTS.length)
  let sound = walk !== undefined
  for (;;) {
    const read = tokens.fill()
    if (tokens.wrong !== undefined && sound) {
      sound = false
      const { place, token } = tokens.wrong
      problems.dataset(name, `expected a token that stands for a byte, and it is ${token}`, {
        offset: width * place,
      })
    }
    const { bytes, end, last } = tokens
    const safe = last ? end : safeEnd(bytes, end)
    if (sound && walk !== undefined) {
      const fault = checkChunk(bytes, safe, walk, options, engine, counts)
      if (fault !== undefined) {
        sound = false
        const offset = (tokens.position + fault.at) * width
        problems.dataset(name, fault.message, { document: first + fault.document, offset })
      }
    }
    tokens.use(safe)
    yield read
    if (last) break
  }
  file.finish()
  if (sound) checkTotals(counts, receipt, options, problems)
}

/** The framed bytes of a `.bin` file in chunks, one byte a token. What a chunk leaves unused comes first in the next. */
class TokenStream {
  /** Tokens are bytes[0, end); `position` is the number of the first in the file. */
  readonly bytes = new Uint8Array(CHUNK)
  end = 0
  position = 0
  last = false
  /** The first token that stands for no byte, and its number in the file. */
  wrong: { readonly place: number; readonly token: number } | undefined
  readonly #file: CheckedFile
  readonly #coding: TokenCoding
  readonly #raw: Tokens

  constructor(file: CheckedFile, coding: TokenCoding) {
    this.#file = file
    this.#coding = coding
    this.#raw = coding.array(CHUNK)
  }

  /** Reads on; returns the bytes read from the file. */
  fill(): number {
    const { width } = this.#coding
    const room = CHUNK - this.end
    const read = this.#file.next(bytesOf(this.#raw), 0, width * room)
    const count = Math.floor(read / width)
    const wrong = this.#coding.decode(this.#raw, count, this.bytes, this.end)
    if (wrong !== ALL_RIGHT)
      this.wrong ??= { place: this.position + this.end + wrong, token: this.#raw[wrong] }
    this.end += count
    this.last = read < width * room
    return read
  }

  use(count: number): void {
    this.bytes.copyWithin(0, count, this.end)
    this.end -= count
    this.position += count
  }
}

/** Goes through the documents in their order, with the lengths of the index. */
class DocumentWalk {
  /** Number of the document at hand, and how many of its tokens are still to come; 0 between two documents. */
  document = -1
  remaining = 0
  readonly least: number
  readonly #index: CheckedFile
  readonly #count: number
  readonly #lengths = new Int32Array(LENGTHS)
  #block = -1

  constructor(index: CheckedFile, count: number, { bos, eos }: PlanOptions) {
    this.#index = index
    this.#count = count
    this.least = (bos ? 1 : 0) + (eos ? 1 : 0)
  }

  /** Goes to the next document; false if there is none. */
  next(): boolean {
    if (this.document + 1 >= this.#count) return false
    this.document++
    const block = Math.floor(this.document / LENGTHS)
    if (block !== this.#block) {
      this.#block = block
      this.#index.readAt(bytesOf(this.#lengths), 0, 4 * LENGTHS, lengthAt(block * LENGTHS))
    }
    this.remaining = this.#lengths[this.document % LENGTHS]
    return true
  }

  goTo(document: number, remaining: number): void {
    this.document = document
    this.remaining = remaining
    // The block may be another one.
    this.#block = -1
  }
}

/** Checks bytes[0, end), which the walk stands at the start of; adds to `counts`. */
function checkChunk(
  bytes: Uint8Array,
  end: number,
  walk: DocumentWalk,
  options: PlanOptions,
  engine: Engine,
  counts: Float64Array,
): Fault | undefined {
  const { document, remaining } = walk
  const before = counts.slice()
  const invalid = engine.census(bytes, 0, end, counts)
  const frames = walkChunk(bytes, end, walk, options)
  if (
    invalid === -1 &&
    frames !== undefined &&
    (options.reserved === 'keep' ||
      (counts[STRAY] === 0 &&
        counts[STX_COUNT] - before[STX_COUNT] === (options.bos ? frames.begun : 0) &&
        counts[ETX_COUNT] - before[ETX_COUNT] === (options.eos ? frames.ended : 0) &&
        (options.reserved === 'escape' || counts[ESCAPES] === 0)))
  ) {
    return undefined
  }
  walk.goTo(document, remaining)
  return findFault(bytes, end, walk, options, invalid)
}

/** Counts the begins and ends of documents in a chunk; undefined if one is not framed as it should be. */
function walkChunk(
  bytes: Uint8Array,
  end: number,
  walk: DocumentWalk,
  { bos, eos, reserved }: PlanOptions,
): { begun: number; ended: number } | undefined {
  // A document of its own never ends inside an escape, though the next one may go on as if it did.
  const cutEscape = reserved === 'escape' ? DLE : -1
  let at = 0
  let begun = 0
  let ended = 0
  for (;;) {
    if (walk.remaining === 0) {
      if (at === end || !walk.next()) break
      begun++
      if (walk.remaining === 0) continue
      if (bos ? bytes[at] !== STX : (bytes[at] & 0xc0) === 0x80) return undefined
    }
    const step = Math.min(walk.remaining, end - at)
    at += step
    walk.remaining -= step
    if (walk.remaining > 0) break
    ended++
    if (eos ? bytes[at - 1] !== ETX : bytes[at - 1] === cutEscape) return undefined
  }
  return at === end ? { begun, ended } : undefined
}

/** The first fault of a chunk that is known to have one. */
function findFault(
  bytes: Uint8Array,
  end: number,
  walk: DocumentWalk,
  { bos, eos, reserved }: PlanOptions,
  invalid: number,
): Fault {
  const fault = (at: number, message: string): Fault => ({
    at,
    document: Math.max(0, walk.document),
    message,
  })
  for (let at = 0; at < end; at++) {
    let begins = false
    while (walk.remaining === 0) {
      if (!walk.next()) return fault(at, 'expected the end of the file, as there are no more documents')
      begins = true
    }
    walk.remaining--
    const byte = bytes[at]
    const ends = walk.remaining === 0
    if (at === invalid) return fault(at, 'expected well-formed UTF-8')
    if (begins && bos) {
      if (byte !== STX) return fault(at, `expected STX at the document's begin, and it is ${hex(byte)}`)
    } else if (ends && eos) {
      if (byte !== ETX) return fault(at, `expected ETX at the document's end, and it is ${hex(byte)}`)
    } else if (begins && (byte & 0xc0) === 0x80) {
      return fault(at, 'expected the document to begin with a character')
    } else if (reserved !== 'keep' && isReserved(byte)) {
      const content = walk.remaining - (eos ? 1 : 0)
      const next = content > 0 && at + 1 < end ? bytes[at + 1] : 0
      const escaped = next >= ESCAPE_OFFSET && isReserved(next - ESCAPE_OFFSET)
      if (reserved !== 'escape' || byte !== DLE || !escaped) {
        return fault(at, `expected no reserved byte in the document's content, and it has ${hex(byte)}`)
      }
      // The escaped byte.
      walk.remaining--
      at++
    }
  }
  return fault(end, 'expected other numbers of control bytes than there are')
}

/** Where a chunk can end so that it cuts no character and no escape. */
function safeEnd(bytes: Uint8Array, end: number): number {
  let at = end
  // The lead byte of the last character, which may be cut, is one of the last four.
  for (let back = 1; back <= 4 && back <= end; back++) {
    const byte = bytes[end - back]
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    if (length > back) at = end - back
    break
  }
  return at > 1 && bytes[at - 1] === DLE ? at - 1 : at
}

/** Code points of the content before the policies, out of those of the framed documents. */
function checkTotals(
  counts: Float64Array,
  { files, counts: expected }: ShardReceipt,
  { bos, eos, reserved }: PlanOptions,
  problems: Problems,
): void {
  const frames = ((bos ? 1 : 0) + (eos ? 1 : 0)) * expected.documents
  const added = reserved === 'escape' ? expected.reservedBytes : 0
  const taken = reserved === 'strip' ? expected.reservedBytes : 0
  const found = counts[CODE_POINTS] - frames - added + taken
  if (found !== expected.codePoints) {
    problems.dataset(files.bin.name, `expected ${expected.codePoints} code points, and there are ${found}`)
  }
  if (reserved === 'escape' && counts[ESCAPES] !== expected.reservedBytes) {
    problems.dataset(
      files.bin.name,
      `expected ${expected.reservedBytes} escaped bytes, and there are ${counts[ESCAPES]}`,
    )
  }
}

function hex(byte: number): string {
  return `${byte.toString(16).toUpperCase().padStart(2, '0')}h`
}
