/** The cases that run anywhere, here for every engine; test/browser runs them in a page. */
import { describe, it } from 'vitest'
import vectors from '../vectors/utf8_cases.json' with { type: 'json' }
import { groupsOf } from './cases/all.js'
import { LAYERS } from './layers.js'

describe.each(LAYERS)('%s', (_name, layer) => {
  for (const [group, cases] of Object.entries(groupsOf(vectors))) {
    describe(group, () => {
      for (const { name, run } of cases(layer)) it(name, run)
    })
  }
})
