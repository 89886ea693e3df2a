/** The README's example of the text layer does what it says: each line with an arrow gives what stands behind it. */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { ROOT } from '../needs.js'

const readme = readFileSync(`${ROOT}README.md`, 'utf8')

it('the example of the README gives what it says', async () => {
  const [, code = ''] = /<!-- example:text -->\n```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const module = code
    .replace("'utf8-tokenizer'", `'file://${ROOT}dist/index.js'`)
    .replace(
      /^(.*) \/\/ → (.*)$/gm,
      (_line, call, result) => `results.push([${call}, ${JSON.stringify(result)}])`,
    )
  const source = `const results = []\n${module}\nexport { results }`
  const { results } = await import(`data:text/javascript,${encodeURIComponent(source)}`)
  expect(results.length).toBe(9)
  for (const [value, shown] of results) expect(inspect(value)).toBe(shown)
})
