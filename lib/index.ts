/**
 * The package's root: the control protocol, the choice of an engine, and errors. Corpora are `utf8-tokenizer/corpus`.
 */
export { REASONS, type Reason, TARGETS, type Target } from './engine/abi.js'
export { chooseEngine, type EngineChoice, type EngineRequest } from './engine/choose.js'
export type { Engine, EngineName } from './engine/engine.js'
export type { InvalidSequence } from './engine/text-engine.js'
export { ERROR_CODES, type ErrorCode, Utf8TokenizerError } from './errors.js'
export {
  CONTROLS,
  type Control,
  DLE,
  ESCAPE_OFFSET,
  ETX,
  INVALID_POLICIES,
  type InvalidPolicy,
  isReserved,
  RESERVED_POLICIES,
  type ReservedPolicy,
  STX,
} from './protocol/controls.js'
export { escapeControls, unescapeControls } from './protocol/escape.js'
export { visualizeControls } from './protocol/visualize.js'
