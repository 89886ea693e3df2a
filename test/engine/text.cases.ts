/**
 * TextEngine: what every engine must answer about strings and UTF-8, to the byte. Exhaustive where that is possible,
 * then every length, alignment and place around the blocks of the widest vector, then texts as long as those that a
 * native engine takes in pieces. findInvalid has validation.cases.ts.
 */
import { describe } from 'vitest'
import type { Engine } from '../../dist/engine/engine.js'
import type { Level } from './suite.js'
import { describeTextArguments } from './text-arguments.cases.js'
import { describeBatches } from './text-batches.cases.js'
import { describeDecoding } from './text-decoding.cases.js'
import { describeEncoding } from './text-encoding.cases.js'
import { describeLargeTexts } from './text-large.cases.js'
import { describeSamples } from './text-samples.cases.js'

export function describeText(create: () => Engine, level: Level): void {
  describe('text', () => {
    describeEncoding(create, level)
    describeDecoding(create, level)
    describeLargeTexts(create, level)
    describeBatches(create, level)
    describeSamples(create, level)
    describeTextArguments(create)
  })
}
