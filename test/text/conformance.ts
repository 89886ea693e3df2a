/** The cases that run anywhere, as tests for one layer; test/browser runs them in a page. */
import { describe, it } from 'vitest'
import type { TextLayer } from '../../dist/text/layer.js'
import vectors from '../vectors/utf8_cases.json' with { type: 'json' }
import { groupsOf } from './cases/all.js'

export function conformanceSuite(name: string, layer: TextLayer): void {
  describe(`text layer, ${name}`, () => {
    for (const [group, cases] of Object.entries(groupsOf(vectors))) {
      describe(group, () => {
        for (const { name, run } of cases(layer)) it(name, run)
      })
    }
  })
}
