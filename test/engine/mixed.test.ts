/**
 * All engines in turn on one stream: each call goes to another engine or instruction set than the one before. Between
 * two calls an engine keeps nothing but the caller's state, so that this must not be noticed.
 */
import type { Engine } from '../../dist/engine/engine.js'
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { engineSuite } from './suite.js'

function inTurn(engines: readonly Engine[]): Engine {
  let turn = 0
  const next = () => engines[turn++ % engines.length]
  return {
    name: 'native',
    target: 'javascript',
    findInvalid: (...call) => next().findInvalid(...call),
    crc32: (...call) => next().crc32(...call),
    census: (...call) => next().census(...call),
    frame: (...call) => next().frame(...call),
    frameJsonl: (...call) => next().frameJsonl(...call),
  }
}

const { binding } = loadNative()
if (binding === null) throw new Error('expected the native addon, see native.test.ts')
const native = binding.targets().map((target) => createNativeEngine(binding, target))

engineSuite('all in turn', () => inTurn([javascriptEngine, ...native]), 'quick')
