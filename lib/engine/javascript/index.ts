/**
 * The JavaScript engine: the Engine interface in typed arrays alone. It runs wherever JavaScript does, and is the check
 * on the native core, with which it shares no code below the Framer. Arguments are checked here, and in text.ts and
 * tokens.ts for the parts that are about text and rows of ids; the work is done in one file for each operation.
 */

import { argumentError } from '../../errors.js'
import { CENSUS_SLOTS } from '../abi.js'
import { checkFrameArguments } from '../arguments.js'
import type { Engine } from '../engine.js'
import { census } from './census.js'
import { crc32 } from './crc32.js'
import { frame } from './frame.js'
import { checkPath, frameJsonl } from './jsonl.js'
import { checkAttached, checkBytes, checkState, windowOf } from './state.js'
import { javascriptTextEngine } from './text.js'
import { javascriptTokenEngine } from './tokens.js'

export const javascriptEngine: Engine = {
  ...javascriptTextEngine,
  ...javascriptTokenEngine,
  name: 'javascript',
  target: 'javascript',
  crc32(bytes, start, end, previous) {
    checkBytes(bytes, start, end)
    if (!(Number.isInteger(previous) && previous >= 0 && previous <= 0xffffffff)) {
      throw argumentError('previous', 'a whole number from 0 to 4294967295', previous)
    }
    return crc32(windowOf(bytes, start, end), previous)
  },
  census(bytes, start, end, counts) {
    checkBytes(bytes, start, end)
    if (!(counts instanceof Float64Array && counts.length >= CENSUS_SLOTS.length)) {
      throw argumentError('counts', `a Float64Array of ${CENSUS_SLOTS.length}`, counts)
    }
    checkAttached('counts', counts)
    const offset = census(windowOf(bytes, start, end), counts)
    return offset === -1 ? -1 : start + offset
  },
  frame(state, separator, input, start, end, final, output, lengths) {
    checkFrame(state, input, start, end, output, lengths)
    if (!(separator instanceof Uint8Array && separator.length > 0)) {
      throw argumentError('separator', 'a Uint8Array of at least one byte', separator)
    }
    checkAttached('separator', separator)
    return frame(state, separator, input, start, end, final, output, lengths)
  },
  frameJsonl(state, path, input, start, end, final, output, lengths) {
    checkFrame(state, input, start, end, output, lengths)
    checkPath(path)
    return frameJsonl(state, path, input, start, end, final, output, lengths)
  },
}

function checkFrame(
  state: Float64Array,
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  lengths: Int32Array,
): void {
  checkFrameArguments(state, input, start, end, output, lengths)
  checkAttached('state', state)
  checkAttached('input', input)
  checkAttached('output', output)
  checkAttached('lengths', lengths)
  checkState(state, output, lengths)
}
