/**
 * The engine of this process, which all entries of the package for Node share: chosen once, and a broken addon is told of
 * once.
 */
import { chooseEngine, type EngineChoice } from './choose.js'

let chosen: EngineChoice | undefined

/** @throws What chooseEngine throws, if something is forced that cannot be had. A broken addon is a warning. */
export function choiceOfNode(): EngineChoice {
  if (chosen === undefined) {
    chosen = chooseEngine()
    warnIfBroken(chosen)
  }
  return chosen
}

export function warnIfBroken({ broken, why }: EngineChoice): void {
  if (!broken) return
  process.emitWarning(`the native engine of utf8-tokenizer is broken, JavaScript runs instead: ${why}`, {
    code: 'ERR_ENGINE_UNAVAILABLE',
  })
}
