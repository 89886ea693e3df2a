/**
 * Checks a quarantine file: its checksum, the form of its lines, and that there are as many for each reason as the
 * counts say. A line may be larger than memory, so the fields in front of the bytes are parsed, and the base64 is only
 * looked at as it goes by.
 */
import type { QuarantineLine } from '../output/quarantine.js'
import { countReason, type ReasonCounts } from '../tally.js'
import type { ShardReceipt } from '../types.js'
import type { CheckedFile } from './checked-file.js'
import type { Problems } from './problems.js'

const CHUNK = 256 * 1024
/** Longest text in front of the bytes: a path in which every byte is escaped, and numbers. */
const HEAD_LIMIT = 64 * 1024
const BYTES_KEY = ',"bytes":"'

/** Yields the bytes read in each step. */
export function* checkQuarantine(
  file: CheckedFile,
  receipt: ShardReceipt,
  problems: Problems,
): Generator<number> {
  const { name } = file.record
  const chunk = Buffer.allocUnsafeSlow(CHUNK)
  const lines = new LineCheck()
  let sound = true
  for (let count = file.next(chunk, 0, CHUNK); count > 0; count = file.next(chunk, 0, CHUNK)) {
    if (sound) {
      const wrong = lines.add(chunk.toString('latin1', 0, count))
      if (wrong !== undefined) {
        sound = false
        problems.dataset(name, wrong, { offset: lines.lineStart })
      }
    }
    yield count
  }
  if (sound && !lines.complete) {
    sound = false
    problems.dataset(name, 'expected the last line to be complete', { offset: lines.lineStart })
  }
  file.finish()
  const expected = JSON.stringify(sortedEntries(receipt.counts.quarantined))
  const found = JSON.stringify(sortedEntries(lines.reasons))
  if (sound && expected !== found) {
    problems.dataset(name, `expected documents set aside ${expected}, and there are ${found}`)
  }
}

/** Takes the file as it comes, in pieces that end anywhere. */
class LineCheck {
  readonly reasons: ReasonCounts = {}
  /** Where the line at hand begins in the file. */
  lineStart = 0
  #text = ''
  #position = 0
  /** Base64 characters still to come in this line; -1 in front of them. */
  #base64 = -1

  get complete(): boolean {
    return this.#text === '' && this.#base64 === -1
  }

  /** Returns what is wrong, if something is. */
  add(piece: string): string | undefined {
    this.#text += piece
    for (;;) {
      if (this.#base64 === -1) {
        const key = this.#text.indexOf(BYTES_KEY)
        if (key === -1) {
          return this.#text.length > HEAD_LIMIT ? `expected a field bytes in the line` : undefined
        }
        const wrong = this.#takeHead(this.#text.slice(0, key))
        if (wrong !== undefined) return wrong
        this.#drop(key + BYTES_KEY.length)
      }
      const part = this.#text.slice(0, this.#base64)
      this.#base64 -= part.length
      // Padding can only be the last two characters.
      const padded = part.endsWith('=') && this.#base64 > 1
      if (padded || !/^[A-Za-z0-9+/]*={0,2}$/.test(part)) return 'expected base64 in the field bytes'
      this.#drop(part.length)
      if (this.#base64 > 0 || this.#text.length < 3) return undefined
      if (!this.#text.startsWith('"}\n')) return 'expected as many bytes as the field length says'
      this.#drop(3)
      this.#base64 = -1
      this.lineStart = this.#position
    }
  }

  #drop(count: number): void {
    this.#text = this.#text.slice(count)
    this.#position += count
  }

  #takeHead(head: string): string | undefined {
    let line: Partial<QuarantineLine>
    try {
      line = JSON.parse(`${head}}`)
    } catch {
      return 'expected a line of JSON'
    }
    const { file, offset, length, reason, errorOffset } = line
    if (typeof file !== 'string' || reason === undefined || !isCount(length)) {
      return 'expected the fields file, length and reason'
    }
    if (!isCount(offset) || !isCount(errorOffset)) return 'expected the fields offset and errorOffset'
    countReason(this.reasons, reason)
    this.#base64 = 4 * Math.ceil(length / 3)
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function sortedEntries(counts: ReasonCounts): [string, number][] {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))
}
