/**
 * A call of a tokenizer, from texts to the batch: check, policy, encode, cut, place, shape. Texts' ids lie in memory that
 * the next call uses again, so that nothing of the caller's may run between encoding and placing.
 */
import type { Ids, TokenEngine } from '../engine/token-engine.js'
import { argumentError, loneSurrogateError } from '../errors.js'
import { characterBoundaries, graphemeBoundaries } from './boundaries.js'
import type { Settings } from './call-options.js'
import type { EncodedTexts, Encoding } from './encodings/encoding.js'
import { offsetPairs, pairsOfRows } from './offset-mapping.js'
import { type Cut, rowsOf } from './ranges.js'
import { applyPolicy } from './reserved.js'
import { contentStart, layoutOf, place, type Shaped, shaped } from './rows.js'
import type { Tensor } from './shapes.js'

/** What a call gives, whatever its shape. */
export interface CallResult<I extends Ids> {
  input_ids: Shaped<I>
  attention_mask: Shaped<Uint8Array>
  overflow_to_sample_mapping?: Tensor<Uint32Array> | Uint32Array | number[]
  offset_mapping?: Shaped<Uint32Array>
  assistant_masks?: Shaped<Uint8Array>
}

/** What a chat adds to a call. */
export interface ChatExtras<I extends Ids> {
  /** The texts hold escapes, which cutting keeps whole. */
  readonly escaped: boolean
  /** A mask for the ids of all texts, which becomes `assistant_masks`. */
  readonly maskOf: ((texts: EncodedTexts<I>) => Uint8Array) | null
}

/** `texts` are strings; `single` says that there was one text and no array. */
export function encodeTexts<I extends Ids>(
  engine: TokenEngine,
  encoding: Encoding<I>,
  texts: readonly string[],
  single: boolean,
  settings: Settings,
  extras: ChatExtras<I> | null = null,
): CallResult<I> {
  const { reserved, shape } = settings
  // Of windows nobody knows how many there are.
  const flat = single && !settings.overflow
  const contents =
    reserved === 'keep' ? texts : texts.map((text, i) => applyPolicy(text, reserved, nameOf(i, single)))
  const encoded = encoding.encodeAll(contents)
  // To look at what the texts became is faster than to look at each text.
  if (encoding.mayHaveLone(encoded)) {
    for (let i = 0; i < texts.length; i++) checkCharacters(texts[i], nameOf(i, single))
  }
  const escaped = extras === null ? reserved === 'escape' : extras.escaped
  const rows = rowsOf(encoded.offsets, cutOf(encoding, texts, encoded, settings, escaped))
  const layout = layoutOf(rows, settings)
  const { data, mask, offsets } = place(engine, encoding, encoded.values, layout)
  const result: CallResult<I> = {
    input_ids: shaped(data, encoding.type, layout, offsets, shape, flat),
    attention_mask: shaped(mask, 'bool', layout, offsets, shape, flat),
  }
  if (settings.overflow) result.overflow_to_sample_mapping = numbersIn(shape, rows.textOf, layout.count)
  if (settings.offsets) {
    const all = offsetPairs(encoding, texts, reserved, encoded.values.length)
    const placed = pairsOfRows(all, rows, layout.total, contentStart(layout, offsets))
    result.offset_mapping = shaped(placed, 'uint32', layout, offsets, shape, flat, 2)
  }
  if (extras?.maskOf) {
    const maskOfAll = extras.maskOf(encoded)
    const assistant = place(engine, { kind: Uint8Array }, maskOfAll, layout)
    result.assistant_masks = shaped(assistant.data, 'bool', layout, offsets, shape, flat)
  }
  return result
}

/**
 * The texts of a call, as an array that nothing changes any more.
 *
 * @throws ERR_ARGUMENT for anything but a string or an array of strings.
 */
export function checkedTexts(given: string | readonly string[]): readonly string[] {
  if (typeof given === 'string') return [given]
  if (!Array.isArray(given)) throw argumentError('text', 'a string or an array of strings', given)
  const texts: string[] = [...given]
  for (let i = 0; i < texts.length; i++) {
    if (typeof texts[i] !== 'string') throw argumentError(nameOf(i, false), 'a string', texts[i])
  }
  return texts
}

/** Throws ERR_STRING_LONE_SURROGATE if `text`, which messages call `name`, has a lone surrogate. */
export function checkCharacters(text: string, name: string): void {
  if (text.isWellFormed()) return
  throw loneSurrogateError(
    name,
    text.search(/\p{Surrogate}/u),
    'use text.toWellFormed() to have U+FFFD there',
  )
}

function nameOf(i: number, single: boolean): string {
  return single ? 'text' : `text[${i}]`
}

function cutOf<I extends Ids>(
  encoding: Encoding<I>,
  texts: readonly string[],
  { values, offsets }: EncodedTexts<I>,
  { truncation, special, stride, reserved }: Settings,
  escaped: boolean,
): Cut | null {
  if (truncation === null) return null
  const { most, left, at } = truncation
  const room = Math.max(most - (special ? 2 : 0), 0)
  const boundariesOf =
    at === 'id'
      ? null
      : at === 'character'
        ? (i: number) => characterBoundaries(encoding, values, offsets[i], offsets[i + 1], escaped)
        : (i: number) =>
            graphemeBoundaries(encoding, texts[i], reserved, offsets[i], escaped && reserved === 'keep')
  return { room, left, stride, boundariesOf }
}

/** To which text each row belongs. */
function numbersIn(
  shape: Settings['shape'],
  textOf: Uint32Array | null,
  count: number,
): Tensor<Uint32Array> | Uint32Array | number[] {
  const numbers = textOf ?? Uint32Array.from({ length: count }, (_, i) => i)
  if (shape === 'tensor') return { type: 'uint32', dims: [count], data: numbers }
  return shape === 'ragged' ? numbers : Array.from(numbers)
}
