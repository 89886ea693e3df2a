/**
 * Which engine the text layer has in Node: the native one with V8's own ways beside it, each where it is faster; those
 * alone over the JavaScript engine where there is no addon; and the JavaScript engine by itself where it is forced.
 */
import type { EngineChoice } from '../engine/choose.js'
import { choiceOfNode } from '../engine/node.js'
import type { TextEngine } from '../engine/text-engine.js'
import { nodeTextEngine } from './node-engine.js'
import { type Thresholds, thresholdsFor } from './thresholds.js'

/** The text engine for this process. The arguments are for tests. */
export function textEngineOfNode(
  { engine }: EngineChoice = choiceOfNode(),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TextEngine {
  if (environment.UTF8_TOKENIZER_ENGINE === 'javascript') return engine
  const thresholds = thresholdsFor(process.versions.node)
  return nodeTextEngine(engine, engine.name === 'native' ? thresholds : withoutAddon(thresholds))
}

const NEVER = { ascii: Infinity, other: Infinity }

/** V8's ways for every length: over the JavaScript engine they are always faster. */
function withoutAddon(thresholds: Thresholds): Thresholds {
  return { ...thresholds, encode: NEVER, byteLength: NEVER, decode: 0, validate: Infinity }
}
