/**
 * Adding up counts: of the documents that were refused, and of shards to totals.
 */
import type { Counts, RefusalReason } from './types.js'

export type ReasonCounts = Partial<Record<RefusalReason, number>>

export function countReason(counts: ReasonCounts, reason: RefusalReason): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}

export function sumCounts(all: readonly Counts[]): Counts {
  const total = (name: keyof Omit<Counts, 'quarantined' | 'dropped'>) =>
    all.reduce((sum, counts) => sum + counts[name], 0)
  return {
    documents: total('documents'),
    inputBytes: total('inputBytes'),
    tokens: total('tokens'),
    outputBytes: total('outputBytes'),
    codePoints: total('codePoints'),
    reservedBytes: total('reservedBytes'),
    replaced: total('replaced'),
    quarantined: sumReasons(all.map((counts) => counts.quarantined)),
    dropped: sumReasons(all.map((counts) => counts.dropped)),
    skippedEmpty: total('skippedEmpty'),
    blankLines: total('blankLines'),
    crlf: total('crlf'),
    bom: total('bom'),
  }
}

/** The sums, in the order of the reasons' names, so that they do not depend on what came first. */
export function sumReasons(all: readonly ReasonCounts[]): ReasonCounts {
  const sums: ReasonCounts = {}
  for (const counts of all) {
    for (const [reason, count] of Object.entries(counts) as [RefusalReason, number][]) {
      sums[reason] = (sums[reason] ?? 0) + count
    }
  }
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)))
}
