/**
 * The conformance suite of engines: what every implementation of the Engine interface must do, byte for byte. An
 * engine gets all of it by one call; there is no list of exceptions.
 */
import { describe } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import { describeArguments } from './arguments.cases.js'
import { describeCounting } from './counting.cases.js'
import { describeFraming } from './framing.cases.js'
import { describeJsonl } from './jsonl.cases.js'
import { describeRandom } from './random.cases.js'
import { describeSweeps } from './sweeps.cases.js'
import { describeText } from './text.cases.js'
import { describeTokens } from './tokens.cases.js'
import { describeValidation } from './validation.cases.js'

/** `quick` takes fewer values where `full` takes all, for engines that share most of their code with another. */
export type Level = 'full' | 'quick'

export function engineSuite(name: string, create: () => Engine, level: Level = 'full'): void {
  describe(`engine ${name}`, () => {
    describeValidation(create, level)
    describeCounting(create, level)
    describeFraming(create, level)
    describeSweeps(create, level)
    describeJsonl(create, level)
    describeRandom(create, level)
    describeText(create, level)
    describeTokens(create, level)
    describeArguments(create)
  })
}
