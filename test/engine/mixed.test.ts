/**
 * All engines in turn on one stream: the next call mostly goes to another engine or instruction set than the one
 * before. Between two calls an engine keeps nothing but the caller's state, so that this must not be noticed.
 */
import type { Engine } from '../../dist/engine/engine.js'
import { SLOT } from '../../dist/engine/framer.js'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { engineSuite } from './suite.js'

/** Which engine takes a call depends on its arguments alone, so that the same call gives the same twice. */
function inTurn(engines: readonly Engine[]): Engine {
  const by = (number: number) => engines[Number.isSafeInteger(number) ? Math.abs(number) % engines.length : 0]
  const byState = (state: Float64Array, start: number, end: number) =>
    by(start + end + (state?.[SLOT.written] ?? 0) + (state?.[SLOT.documentInput] ?? 0))
  return {
    ...javascriptEngine,
    name: 'native',
    target: 'javascript',
    isValid: (bytes, start, end) => by(start + end).isValid(bytes, start, end),
    findInvalid: (bytes, start, end) => by(start + end).findInvalid(bytes, start, end),
    countCodePoints: (bytes, start, end) => by(start + end).countCodePoints(bytes, start, end),
    utf16Length: (bytes, start, end) => by(start + end).utf16Length(bytes, start, end),
    byteLength: (text) => by(text?.length).byteLength(text),
    encodeInto: (text, output, start, end) => by(start + end).encodeInto(text, output, start, end),
    decode: (bytes, start, end, errors) => by(start + end).decode(bytes, start, end, errors),
    encodeJoined: (joined, count, values, start, ends, first) =>
      by(start + count).encodeJoined(joined, count, values, start, ends, first),
    decodeBatch: (values, offsets) => by(offsets?.length).decodeBatch(values, offsets),
    sampleOffsets: (bytes, every, samples) => by(samples?.length).sampleOffsets(bytes, every, samples),
    gather: (table, width, ids, output) => by(ids?.length + width).gather(table, width, ids, output),
    padRows: (values, ranges, ...rest) => by(values?.length).padRows(values, ranges, ...rest),
    joinRows: (values, ranges, ...rest) => by(values?.length).joinRows(values, ranges, ...rest),
    includesReplacement: (bytes) => by(bytes?.length).includesReplacement(bytes),
    widen: (ids, output) => by(output?.length).widen(ids, output),
    translate: (bytes, table, output) => by(output?.length).translate(bytes, table, output),
    lossMask: (bytes, offsets, mask) => by(mask?.length).lossMask(bytes, offsets, mask),
    attentionSpans: (bytes, offsets, spans) => by(spans?.length).attentionSpans(bytes, offsets, spans),
    attentionMask: (documents, ...rest) => by(documents?.length).attentionMask(documents, ...rest),
    placePieces: (values, ...rest) => by(values?.length).placePieces(values, ...rest),
    maskLogits: (logits, ...rest) => by(logits?.length).maskLogits(logits, ...rest),
    crc32: (bytes, start, end, previous) => by(start + end).crc32(bytes, start, end, previous),
    census: (bytes, start, end, counts) => by(start + end).census(bytes, start, end, counts),
    frame: (state, separator, input, start, end, ...rest) =>
      byState(state, start, end).frame(state, separator, input, start, end, ...rest),
    frameJsonl: (state, path, input, start, end, ...rest) =>
      byState(state, start, end).frameJsonl(state, path, input, start, end, ...rest),
  }
}

const { binding } = loadNative()
if (binding === null) throw new Error('expected the native addon, see native.test.ts')
const native = binding.targets().map((target) => createNativeEngine(binding, target))

engineSuite('all in turn', () => inTurn([javascriptEngine, ...native]), 'quick')
