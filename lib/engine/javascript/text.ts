/**
 * TextEngine in JavaScript: checks the arguments, as index.ts does for the other operations. It uses nothing but the
 * language itself, no TextEncoder and nothing of Node, and so is a check on those as well.
 */

import { checkErrors, checkJoined, checkOffsets, checkSamples, checkText } from '../arguments.js'
import { encodeBy } from '../encode.js'
import type { TextEngine } from '../text-engine.js'
import { countCodePoints, sampleOffsets, utf16Length } from './count.js'
import { decode, decodeBatch } from './decode.js'
import { byteLength, encodeInto, encodeJoined, LAST_PLACE } from './encode.js'
import { checkAttached, checkBytes, isPrivate, privateBytes, privateOffsets, windowOf } from './state.js'
import { findInvalid, isValid } from './utf8.js'

export const javascriptTextEngine: TextEngine = {
  isValid(bytes, start, end) {
    checkBytes(bytes, start, end)
    return isValid(bytes, start, end)
  },
  findInvalid(bytes, start, end) {
    checkBytes(bytes, start, end)
    return findInvalid(bytes, start, end)
  },
  countCodePoints(bytes, start, end) {
    checkBytes(bytes, start, end)
    if (isPrivate(bytes.buffer)) return countCodePoints(bytes, start, end)
    return countCodePoints(privateBytes(bytes, start, end), 0, end - start)
  },
  utf16Length(bytes, start, end) {
    checkBytes(bytes, start, end)
    if (isPrivate(bytes.buffer)) return utf16Length(bytes, start, end)
    return utf16Length(privateBytes(bytes, start, end), 0, end - start)
  },
  byteLength(text) {
    checkText(text)
    return byteLength(text)
  },
  encode(text) {
    checkText(text)
    return encodeBy(javascriptTextEngine, text)
  },
  encodeInto(text, output, start, end) {
    checkText(text)
    checkBytes(output, start, end, 'output')
    if (end <= LAST_PLACE) return encodeInto(text, output, start, end)
    const room = Math.min(end - start, 3 * text.length)
    return encodeInto(text, windowOf(output, start, start + room), 0, room)
  },
  decode(bytes, start, end, errors) {
    checkBytes(bytes, start, end)
    checkErrors(errors)
    if (isPrivate(bytes.buffer)) return decode(bytes, start, end, errors)
    return decode(privateBytes(bytes, start, end), 0, end - start, errors)
  },
  encodeJoined(joined, count, values, start, ends, first) {
    checkJoined(joined, count, values, start, ends, first)
    checkAttached('values', values)
    checkAttached('ends', ends)
    const into = windowOf(values, start, start + 3 * joined.length)
    return encodeJoined(joined, count, into, start, ends, first)
  },
  decodeBatch(values, offsets) {
    // Wrong ones are refused before they are copied.
    checkOffsets(values, offsets)
    checkAttached('values', values)
    checkAttached('offsets', offsets)
    const own = privateOffsets(offsets)
    if (own !== offsets) checkOffsets(values, own)
    return decodeBatch(isPrivate(values.buffer) ? values : privateBytes(values, 0, values.byteLength), own)
  },
  sampleOffsets(bytes, every, samples) {
    checkSamples(bytes, every, samples)
    checkAttached('bytes', bytes)
    checkAttached('samples', samples)
    sampleOffsets(windowOf(bytes, 0, bytes.byteLength), every, samples)
  },
}
