/**
 * TokenEngine over the addon's functions. The addon checks all that the interface says; where it refuses, the checks in
 * TypeScript find the words. A loop over all rows is so not made twice.
 */
import { accepted } from './native-answer.js'
import { ownNumbers, tokenArguments } from './token-arguments.js'
import type { TokenEngine } from './token-engine.js'

/** What the addon exports for rows of ids: the same with an answer, negative where an argument is refused. */
export type NativeTokenFunctions = {
  readonly [Name in keyof TokenEngine]: (...args: Parameters<TokenEngine[Name]>) => number
}

export function createNativeTokens(native: NativeTokenFunctions): TokenEngine {
  return {
    padRows(values, ranges, first, last, width, pad, left, ids, mask) {
      const own = ownNumbers(ranges)
      const answer = native.padRows(values, own, first, last, width, pad, left, ids, mask)
      if (answer < 0) tokenArguments.padRows(values, own, first, last, width, pad, left, ids, mask)
      accepted(answer)
    },
    joinRows(values, ranges, first, last, ids, offsets) {
      const own = ownNumbers(ranges)
      const answer = native.joinRows(values, own, first, last, ids, offsets)
      if (answer < 0) tokenArguments.joinRows(values, own, first, last, ids, offsets)
      accepted(answer)
    },
    includesReplacement(bytes) {
      const answer = native.includesReplacement(bytes)
      if (answer < 0) tokenArguments.includesReplacement(bytes)
      return accepted(answer) === 1
    },
    widen(ids, output) {
      const answer = native.widen(ids, output)
      if (answer < 0) tokenArguments.widen(ids, output)
      accepted(answer)
    },
    translate(bytes, table, output) {
      const answer = native.translate(bytes, table, output)
      if (answer < 0) tokenArguments.translate(bytes, table, output)
      accepted(answer)
    },
    lossMask(bytes, offsets, mask) {
      const own = ownNumbers(offsets)
      const answer = native.lossMask(bytes, own, mask)
      if (answer < 0) tokenArguments.lossMask(bytes, own, mask)
      accepted(answer)
    },
    attentionSpans(bytes, offsets, spans) {
      const own = ownNumbers(offsets)
      const answer = native.attentionSpans(bytes, own, spans)
      if (answer < 0) tokenArguments.attentionSpans(bytes, own, spans)
      accepted(answer)
    },
    attentionMask(documents, spans, rows, width, mask, packed) {
      const answer = native.attentionMask(documents, spans, rows, width, mask, packed)
      if (answer < 0) tokenArguments.attentionMask(documents, spans, rows, width, mask, packed)
      accepted(answer)
    },
    placePieces(values, pieces, documentOf, ids, positions, documents) {
      const own = ownNumbers(pieces)
      const answer = native.placePieces(values, own, documentOf, ids, positions, documents)
      if (answer < 0) tokenArguments.placePieces(values, own, documentOf, ids, positions, documents)
      accepted(answer)
    },
    maskLogits(logits, vocabulary, masks, which) {
      const own = ownNumbers(which)
      const answer = native.maskLogits(logits, vocabulary, masks, own)
      if (answer < 0) tokenArguments.maskLogits(logits, vocabulary, masks, own)
      accepted(answer)
    },
  }
}
