/**
 * Checks of an engine's arguments, the same for both engines: what is wrong is said before anything runs.
 */
import { argumentError } from '../errors.js'
import { checkRange } from '../range.js'
import { STATE_SLOTS } from './abi.js'
import { MIN_LENGTHS, MIN_OUTPUT } from './engine.js'

/** The arguments that frame and frameJsonl share. */
export function checkFrameArguments(
  state: Float64Array,
  input: Uint8Array,
  start: number,
  end: number,
  output: Uint8Array,
  lengths: Int32Array,
): void {
  checkRange(input, start, end)
  if (!(state instanceof Float64Array && state.byteLength >= 8 * STATE_SLOTS.length)) {
    throw argumentError('state', `a Float64Array of ${STATE_SLOTS.length}`, state)
  }
  if (!(output instanceof Uint8Array && output.byteLength >= MIN_OUTPUT)) {
    throw argumentError('output', `a Uint8Array of at least ${MIN_OUTPUT}`, output)
  }
  if (!(lengths instanceof Int32Array && lengths.byteLength >= 4 * MIN_LENGTHS)) {
    throw argumentError('lengths', `an Int32Array of at least ${MIN_LENGTHS}`, lengths)
  }
}
