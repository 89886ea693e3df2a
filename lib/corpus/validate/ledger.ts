/**
 * What a validation has found so far, in all and in the file at hand; and the telling of it, up to the limits that the
 * caller has set. Whoever writes into it goes through the inputs in their order.
 */
import { REASONS } from '../../engine/abi.js'
import type { Utf8TokenizerError } from '../../errors.js'
import { type LooksLike, looksLike, MAGIC_LENGTH } from '../input/format.js'
import type { ResolvedValidation } from '../options.js'
import type { IllFormedFile, IllFormedReason, InputProblem, PlannedInput } from '../types.js'
import { Tally } from './scan.js'
import { contextOf, MovingPlace, type Recall } from './surroundings.js'

/** The bytes that a tally's indexes are of. */
export interface Chunk {
  readonly bytes: Uint8Array
  readonly start: number
  /** Place of bytes[start] in the text. */
  readonly offset: number
}

export class Ledger {
  /** Bytes gone through, surveyed ones included. */
  progress = 0
  /** Bytes of what was read to its end. */
  bytes = 0
  illFormedFiles = 0
  readonly problems: InputProblem[] = []
  /** By reason, as in {@link Tally}. */
  readonly counts: number[] = REASONS.map(() => 0)
  readonly #limits: ResolvedValidation
  readonly #place: MovingPlace
  #findings = 0
  /** One object for all files, of which there may be millions. */
  readonly #file: FileAtHand = {
    input: undefined,
    counts: REASONS.map(() => 0),
    findings: 0,
    looksLike: undefined,
    failed: false,
  }

  /** `chunk` as in {@link MovingPlace}. */
  constructor(limits: ResolvedValidation, chunk: number) {
    this.#limits = limits
    this.#place = new MovingPlace(chunk)
  }

  begin(input: PlannedInput): void {
    this.#place.reset()
    this.#file.input = input
    this.#file.counts.fill(0)
    this.#file.findings = 0
    this.#file.looksLike = undefined
    this.#file.failed = false
  }

  /** Of how many more sequences of the file to tell. */
  get wanted(): number {
    const { maxFindings, maxFindingsPerFile } = this.#limits
    return Math.min(maxFindings - this.#findings, maxFindingsPerFile - this.#file.findings)
  }

  /** For a part of the file, or all of it. */
  newTally(): Tally {
    const tally = new Tally()
    tally.wanted = this.wanted
    return tally
  }

  /** Tells of the tally's places in the chunk, and forgets them. */
  *tell(
    tally: Tally,
    { bytes, start, offset: startOffset }: Chunk,
    text: Recall,
  ): Generator<undefined, void> {
    const { places } = tally
    if (places.length === 0) return
    tally.places = []
    const file = this.#file
    for (let i = 0; i < places.length; i += 3) {
      const [index, length, reason] = places.slice(i, i + 3)
      const offset = startOffset - start + index
      yield* this.#place.moveTo(offset, text)
      if (file.findings === 0) file.looksLike = looksLikeOf(text)
      file.findings++
      this.#findings++
      const { line, column } = this.#place
      this.#limits.onFinding?.({
        ...nameOf(file.input),
        line,
        column,
        offset,
        length,
        reason: REASONS[reason] as IllFormedReason,
        // A Uint8Array of its own, also of a Buffer, whose slice would be the same memory.
        bytes: new Uint8Array(bytes.subarray(index, index + length)),
        context: contextOf(offset, offset + length, text),
      })
      this.#place.pass(length)
    }
  }

  /** For a text that cannot be read again: counts its lines up to `offset`, as long as places are wanted. */
  *countLines(offset: number, text: Recall): Generator<undefined, void> {
    if (this.wanted > 0) yield* this.#place.moveTo(offset, text)
  }

  count(counts: readonly number[]): void {
    for (const [reason, count] of counts.entries()) {
      this.counts[reason] += count
      this.#file.counts[reason] += count
    }
  }

  /** One for each file: what is wrong with one part of it is so with the others. */
  problem({ code, message }: Utf8TokenizerError): void {
    if (this.#file.failed) return
    this.#file.failed = true
    this.problems.push({ code, file: nameOf(this.#file.input).file, message })
  }

  /** All of the file has been counted. */
  end(): void {
    const { input, counts, findings, looksLike } = this.#file
    const illFormed = sumOf(counts)
    if (illFormed === 0) return
    this.illFormedFiles++
    this.#limits.onFile?.({
      ...nameOf(input),
      illFormed,
      reasons: reasonsOf(counts),
      findings,
      ...(looksLike === undefined ? {} : { looksLike }),
    })
  }
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** By name, those that are not 0. */
export function reasonsOf(counts: readonly number[]): IllFormedFile['reasons'] {
  const named = REASONS.map((reason, number) => [reason, counts[number]] as const)
  return Object.fromEntries(named.filter(([, count]) => count > 0))
}

interface FileAtHand {
  input: PlannedInput | undefined
  readonly counts: number[]
  findings: number
  looksLike: LooksLike | undefined
  failed: boolean
}

function nameOf(input: PlannedInput | undefined): { file: string; fileBase64?: string } {
  const { path = '', pathBase64 } = input ?? {}
  return { file: path, ...(pathBase64 === undefined ? {} : { fileBase64: pathBase64 }) }
}

function looksLikeOf({ from, to, read }: Recall): LooksLike | undefined {
  if (from > 0) return undefined
  const start = Buffer.alloc(Math.min(MAGIC_LENGTH, to))
  read(0, start, 0, start.length)
  return looksLike(start, start.length)
}
