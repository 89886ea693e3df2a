/** The JavaScript engine, held to the suite of all engines. */
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { engineSuite } from './suite.js'

engineSuite('javascript', () => javascriptEngine)
