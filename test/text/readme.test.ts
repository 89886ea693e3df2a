/** The README's examples do what they say: each line with an arrow gives what stands behind it. */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { ROOT } from '../needs.js'

const readme = readFileSync(`${ROOT}README.md`, 'utf8')

it.each([
  ['text', 9],
  ['tokenizer', 7],
])('the example of %s gives what it says', async (name, count) => {
  const [, code = ''] =
    new RegExp(`<!-- example:${name} -->\\n\`\`\`ts\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? []
  const module = code
    .replace("'utf8-tokenizer'", `'file://${ROOT}dist/index.js'`)
    .replace(
      /^(.*) \/\/ → (.*)$/gm,
      (_line, call, result) => `results.push([${call}, ${JSON.stringify(result)}])`,
    )
  const source = `const results = []\n${module}\nexport { results }`
  const { results } = await import(`data:text/javascript,${encodeURIComponent(source)}`)
  expect(results.length).toBe(count)
  // As it would stand in one line.
  for (const [value, shown] of results)
    expect(inspect(value, { breakLength: Infinity, compact: true })).toBe(shown)
})
