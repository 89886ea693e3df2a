/**
 * Which engine runs, and why: an explicit request, else the environment (UTF8_TOKENIZER_ENGINE,
 * UTF8_TOKENIZER_TARGET), else native on the best instruction set, else JavaScript.
 *
 * Only "there is no prebuild" leads to JavaScript in silence; a prebuild that does not load leaves a warning. Something
 * that was asked for and is not to be had is an error, never quietly something else.
 */
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { TARGETS, type Target } from './abi.js'
import type { Engine, EngineName } from './engine.js'
import { javascriptEngine } from './javascript/index.js'
import { createNativeEngine, loadNative, type NativeLoad } from './native.js'

export interface EngineRequest {
  readonly engine?: EngineName | undefined
  readonly target?: Target | undefined
}

export interface EngineChoice {
  readonly engine: Engine
  /** One sentence. */
  readonly why: string
  /** True if the native engine should be here and is broken: worth telling the user once. */
  readonly broken: boolean
}

/**
 * The engine for a request. `load` and `environment` are arguments for tests.
 *
 * Throws ERR_ENGINE_UNAVAILABLE if the engine or instruction set asked for cannot run here; ERR_ARGUMENT for a name
 * that is none.
 */
export function chooseEngine(
  request: EngineRequest = {},
  load: () => NativeLoad = loadNative,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): EngineChoice {
  const name =
    request.engine ?? environmentValue(environment, 'UTF8_TOKENIZER_ENGINE', ['native', 'javascript'])
  const target = request.target ?? environmentValue(environment, 'UTF8_TOKENIZER_TARGET', TARGETS)
  if (name === 'javascript') {
    if (request.target !== undefined) {
      throw argumentError('target', 'no instruction set with the JavaScript engine', request.target)
    }
    return { engine: javascriptEngine, why: 'the JavaScript engine was asked for', broken: false }
  }
  const native = load()
  if (native.binding === null) {
    if (name === undefined && target === undefined) {
      return { engine: javascriptEngine, why: native.why, broken: !native.missing }
    }
    throw new Utf8TokenizerError(
      'ERR_ENGINE_UNAVAILABLE',
      `the native engine cannot run: ${native.why}. Build it with \`npm run build\`, or set UTF8_TOKENIZER_ENGINE=javascript`,
    )
  }
  if (target !== undefined) {
    return {
      engine: createNativeEngine(native.binding, target),
      why: `the instruction set ${target} was asked for`,
      broken: false,
    }
  }
  const best = native.binding.targets().at(-1) ?? 'scalar'
  return {
    engine: createNativeEngine(native.binding, best),
    why: `${best} is the best instruction set that this processor and build have`,
    broken: false,
  }
}

function environmentValue<T extends string>(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const value = environment[name]
  if (value === undefined || value === '') return undefined
  const found = allowed.find((one) => one === value)
  if (found === undefined) throw argumentError(name, allowed.join(' or '), value)
  return found
}
