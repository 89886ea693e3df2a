/** The text layer over the JavaScript engine, which is what browsers have. */
import { javascriptEngine } from '../../dist/engine/javascript/index.js'
import { textLayer } from '../../dist/text/layer.js'
import { conformanceSuite } from './conformance.js'

conformanceSuite('JavaScript engine', textLayer(javascriptEngine))
