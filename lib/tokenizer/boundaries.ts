/**
 * Where the ids of a text may be cut: anywhere, between characters (and never between an escape and what it escapes), or
 * between graphemes, the characters that people see (Unicode Standard Annex 29, by Intl.Segmenter).
 *
 * Places are indices of a batch's values; the first and the last place of a text are always boundaries.
 */
import type { Ids } from '../engine/token-engine.js'
import { DLE } from '../protocol/controls.js'
import type { Encoding } from './encodings/encoding.js'
import { applyPolicy, type ContentPolicy } from './reserved.js'

export interface Boundaries {
  /** The last boundary that is not behind `place`. */
  before(place: number): number
  /** The first boundary that is not in front of `place`. */
  after(place: number): number
}

export const ANYWHERE: Boundaries = {
  before: (place) => place,
  after: (place) => place,
}

/** Between characters of values[start, end). With `escaped` each DLE begins an escape of two ids. */
export function characterBoundaries<I extends Ids>(
  encoding: Encoding<I>,
  values: I,
  start: number,
  end: number,
  escaped: boolean,
): Boundaries {
  const isCut = (place: number) =>
    place > start &&
    place < end &&
    (encoding.isInside(values, place) || (escaped && values[place - 1] === DLE))
  return {
    before(place) {
      let at = place
      while (isCut(at)) at--
      return at
    },
    after(place) {
      let at = place
      while (isCut(at)) at++
      return at
    },
  }
}

/**
 * Between graphemes of `text`, whose ids under `policy` begin at `start`. Only as much of the text is looked at as is asked
 * for. Controls are graphemes of their own, so that an escape never joins or parts others; with `escaped` the text itself has
 * escapes, and what follows a DLE belongs to it.
 */
export function graphemeBoundaries<I extends Ids>(
  encoding: Encoding<I>,
  text: string,
  policy: ContentPolicy,
  start: number,
  escaped: boolean,
): Boundaries {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
  const graphemes = segmenter.segment(text)[Symbol.iterator]()
  const places = [start]
  let end = start

  /** Goes on until a boundary is at `place` or behind it, or the text ends. */
  function reach(place: number): void {
    while (places[places.length - 1] < place) {
      const next = graphemes.next()
      if (next.done) break
      const { segment } = next.value
      end += sizeOf(encoding, applyPolicy(segment, policy, 'text'))
      if (!(escaped && segment === ESCAPE)) places.push(end)
    }
  }

  /** The index of the first boundary at `place` or behind it. */
  function indexAfter(place: number): number {
    reach(place)
    let low = 0
    let high = places.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (places[middle] < place) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    before(place) {
      const index = indexAfter(place)
      return places[index] > place ? places[index - 1] : places[index]
    },
    after: (place) => places[indexAfter(place)],
  }
}

const ESCAPE = String.fromCharCode(DLE)
let segmenter: Intl.Segmenter | undefined

function sizeOf<I extends Ids>(encoding: Encoding<I>, text: string): number {
  let size = 0
  for (const character of text) size += encoding.sizeOf(character.codePointAt(0) ?? 0)
  return size
}
