/**
 * The native engine: the Engine interface over the addon's functions.
 *
 * The binding comes in as an argument, so that one process can hold an engine for every instruction set. Arguments
 * are checked here, with messages; the addon checks them again and never crashes. Loading goes through
 * node-gyp-build: a prebuild of this package, or a local build.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { checkRange } from '../range.js'
import { CENSUS_SLOTS, FRAME_STATUSES, type FrameStatus, REASONS, TARGETS, type Target } from './abi.js'
import { checkFrameArguments } from './arguments.js'
import type { Engine } from './engine.js'
import { accepted } from './native-answer.js'
import { createNativeText, type NativeTextFunctions } from './native-text.js'
import { createNativeTokens, type NativeTokenFunctions } from './native-tokens.js'

/** What the addon exports; see native/addon/addon.cc. */
export interface NativeBinding {
  targets(): Target[]
  /** All functions on one instruction set, by its index in TARGETS; a number if this processor does not have it. */
  functions(target: number): NativeFunctions | number
}

/** See native/addon/bytes.cc. */
export interface NativeFunctions extends NativeTextFunctions, NativeTokenFunctions {
  frame(...args: FrameArguments): number
  frameJsonl(...args: FrameArguments): number
  findInvalid(bytes: Uint8Array, start: number, end: number, result: Float64Array): number
  crc32(bytes: Uint8Array, start: number, end: number, previous: number): number
  census(bytes: Uint8Array, start: number, end: number, counts: Float64Array): number
}

type FrameArguments = [
  state: Float64Array,
  separatorOrPath: Uint8Array,
  input: Uint8Array,
  start: number,
  end: number,
  final: boolean,
  output: Uint8Array,
  lengths: Int32Array,
]

/** A loaded addon and its file, or why there is none. `missing` says that no prebuild for this platform exists. */
export type NativeLoad =
  | { readonly binding: NativeBinding; readonly path: string }
  | { readonly binding: null; readonly missing: boolean; readonly why: string }

let loaded: NativeLoad | undefined

/** Loads the addon once. Never throws: a failure is kept, for `chooseEngine` and `info` to show. */
export function loadNative(): NativeLoad {
  loaded ??= load()
  return loaded
}

/** An engine on one instruction set of the addon. Throws ERR_ENGINE_UNAVAILABLE if the processor lacks it. */
export function createNativeEngine(binding: NativeBinding, target: Target): Engine {
  const available = binding.targets()
  if (!available.includes(target)) {
    throw new Utf8TokenizerError(
      'ERR_ENGINE_UNAVAILABLE',
      `this processor or build has no instruction set ${target}; it has ${available.join(', ')}`,
    )
  }
  const native = binding.functions(TARGETS.indexOf(target))
  if (typeof native === 'number') throw new Error(`the addon lists ${target} and does not have it`)
  const invalid = new Float64Array(2)
  return {
    ...createNativeText(native),
    ...createNativeTokens(native),
    name: 'native',
    target,
    findInvalid(bytes, start, end) {
      checkRange(bytes, start, end)
      const offset = accepted(native.findInvalid(bytes, start, end, invalid))
      if (offset > end) return null
      return { offset, length: invalid[0], reason: REASONS[invalid[1]] }
    },
    crc32(bytes, start, end, previous) {
      checkRange(bytes, start, end)
      return accepted(native.crc32(bytes, start, end, previous))
    },
    census(bytes, start, end, counts) {
      checkRange(bytes, start, end)
      if (!(counts instanceof Float64Array && counts.length >= CENSUS_SLOTS.length)) {
        throw argumentError('counts', `a Float64Array of ${CENSUS_SLOTS.length}`, counts)
      }
      const offset = accepted(native.census(bytes, start, end, counts))
      return offset > end ? -1 : offset
    },
    frame(state, separator, input, start, end, final, output, lengths) {
      checkFrameArguments(state, input, start, end, output, lengths)
      if (!(separator instanceof Uint8Array && separator.length > 0)) {
        throw argumentError('separator', 'a Uint8Array of at least one byte', separator)
      }
      return status(native.frame(state, separator, input, start, end, final, output, lengths))
    },
    frameJsonl(state, path, input, start, end, final, output, lengths) {
      checkFrameArguments(state, input, start, end, output, lengths)
      if (!(path?.packed instanceof Uint8Array)) throw argumentError('path', 'a JsonPath', path)
      return status(native.frameJsonl(state, path.packed, input, start, end, final, output, lengths))
    },
  }
}

function status(number: number): FrameStatus {
  return FRAME_STATUSES[accepted(number)]
}

function load(): NativeLoad {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const require = createRequire(import.meta.url)
  const gypBuild: ((root: string) => NativeBinding) & {
    resolve(root: string): string
  } = require('node-gyp-build')
  let path: string
  try {
    path = gypBuild.resolve(root)
  } catch {
    return {
      binding: null,
      missing: true,
      why: `no prebuild for ${process.platform}-${process.arch} in this package`,
    }
  }
  try {
    return { binding: require(path), path }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { binding: null, missing: false, why: `${path} does not load: ${why}` }
  }
}
