/**
 * `inspect`: what is in a dataset, and how one document of it looks.
 */
import type { Dataset } from '../corpus/types.js'
import { argumentError } from '../errors.js'
import { command, EXIT, type MessageOptions } from './command.js'
import { aligned, harmless, printJson, printLines } from './print.js'
import { countRows, quarantineFiles, shown, sources } from './report.js'
import { byteSize, counted, documentsOf, thousands } from './units.js'

type Options = MessageOptions & { readonly document: number }

export const inspectCommand = command<Options>({
  name: 'inspect',
  argument: { name: '<dir>', help: 'folder that prepare has written' },
  summary: 'show totals, and a document with its control bytes',
  description: 'Shows what a dataset holds, and one document with its control bytes made visible (␂ … ␃).',
  examples: ['utf8-tokenizer inspect shards', 'utf8-tokenizer inspect shards --document 7'],
  async run([folder], { document, json }) {
    const { openDataset } = await import('../corpus/dataset.js')
    const dataset = openDataset(folder)
    try {
      // An empty dataset can be looked at, too.
      if (document >= dataset.length && !(document === 0 && dataset.length === 0)) {
        throw argumentError('--document', documentsOf(dataset.length), document)
      }
      if (json) {
        const { manifest } = dataset
        const { tool, planHash, options, totals, inputs, shards } = manifest
        const shownDocument =
          dataset.length === 0 ? null : { number: document, ...documentText(dataset, document) }
        printJson({
          folder,
          tool,
          planHash,
          options,
          totals,
          inputs: inputs.length,
          shards: shards.length,
          document: shownDocument,
        })
      } else {
        printLines([...overview(dataset, folder), ...documentLines(dataset, document)])
      }
      return EXIT.done
    } finally {
      dataset.close()
    }
  },
})
/** Characters of a document that are shown at most. */
const SHOWN = 1000

function overview(dataset: Dataset, folder: string): string[] {
  const { manifest, length } = dataset
  const { totals, options, shards, tool } = manifest
  const files = shards.flatMap(({ files }) => [files.bin, files.idx])
  const size = files.reduce((total, file) => total + file.size, 0)
  const rows: [string, string][] = [
    ['source', sources(manifest)],
    ...countRows(totals, options, quarantineFiles(shards, folder)),
    ['code points', thousands(totals.codePoints)],
    ['shards', `${thousands(shards.length)}, ${byteSize(size)} in ${counted(files.length, 'file')}`],
    ['made by', `${tool.name} ${tool.version}`],
  ]
  return [`${shown(folder)} holds ${counted(length, 'document')}`, ...aligned(rows)]
}

function documentLines(dataset: Dataset, number: number): string[] {
  if (dataset.length === 0) return []
  const { tokens, text, truncated } = documentText(dataset, number)
  return [
    `Document ${thousands(number)}: ${counted(tokens, 'token')}${truncated ? `, of which the first ${thousands(SHOWN)} characters` : ''}`,
    ...text.split('\n'),
    ...(truncated ? ['…'] : []),
  ]
}

function documentText(
  dataset: Dataset,
  number: number,
): { readonly tokens: number; readonly text: string; readonly truncated: boolean } {
  const bytes = dataset.document(number)
  // A character has 4 bytes at most, so that this is enough of them; stream leaves a cut one out.
  const part = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, 4 * SHOWN), {
    stream: true,
  })
  const characters = Array.from(part)
  return {
    tokens: bytes.length,
    text: harmless(characters.slice(0, SHOWN).join('')),
    truncated: characters.length > SHOWN || bytes.length > 4 * SHOWN,
  }
}
