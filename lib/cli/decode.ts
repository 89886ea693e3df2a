/**
 * `decode`: the documents of a dataset as they were in the source.
 */
import { isUtf8 } from 'node:buffer'
import type { Dataset, Manifest } from '../corpus/types.js'
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { command, EXIT } from './command.js'
import { escapeC1, harmless, writeData } from './print.js'
import { documentsOf } from './units.js'
import type { DocumentRange } from './values.js'

interface Options {
  readonly documents?: DocumentRange
  readonly format: 'jsonl' | 'raw'
}

export const decodeCommand = command<Options>({
  name: 'decode',
  argument: { name: '<dir>', help: 'folder that prepare has written' },
  summary: 'print documents as they were in the source',
  description:
    'Prints documents without their frame and with escapes undone. As raw bytes each one is followed by what ' +
    'ended it in the source: a line feed, an empty line between paragraphs, the separator, nothing for a file. ' +
    'On a terminal control characters are made visible; into a file or pipe the bytes go as they are.',
  examples: [
    'utf8-tokenizer decode shards --documents 3..7',
    'utf8-tokenizer decode shards --format raw > corpus.txt',
  ],
  async run([folder], { documents, format }) {
    const { openDataset } = await import('../corpus/dataset.js')
    const dataset = openDataset(folder)
    try {
      const { first, end } = boundsOf(dataset, documents)
      const print: Printer = format === 'raw' ? rawPrinter(dataset.manifest) : jsonLine
      const terminal = process.stdout.isTTY === true
      let number = first
      let batch: Buffer[] = []
      let size = 0
      for (const text of dataset.texts(first, end)) {
        const piece = print(text, number++, number === end)
        batch.push(terminal ? Buffer.from(visible(piece, format)) : piece)
        size += piece.length
        if (size >= BATCH) {
          await writeData(Buffer.concat(batch))
          batch = []
          size = 0
        }
      }
      await writeData(Buffer.concat(batch))
      return EXIT.done
    } finally {
      dataset.close()
    }
  },
})

const BATCH = 64 * 1024

/** Gives the bytes to print for a document; `last` says that none follows. */
type Printer = (text: Uint8Array, number: number, last: boolean) => Buffer

function boundsOf(dataset: Dataset, range: DocumentRange | undefined): { first: number; end: number } {
  const { length } = dataset
  if (range === undefined) return { first: 0, end: length }
  const last = Number.isFinite(range.last) ? range.last : length - 1
  if (range.first >= length || last >= length) {
    const received = range.first === last ? String(last) : `${range.first}..${last}`
    throw argumentError('--documents', documentsOf(length), received)
  }
  return { first: range.first, end: last + 1 }
}

function jsonLine(text: Uint8Array, number: number): Buffer {
  requireUtf8(text, number)
  try {
    return Buffer.from(
      `${JSON.stringify({ text: Buffer.from(text.buffer, text.byteOffset, text.length).toString() })}\n`,
    )
  } catch (cause) {
    // The only thing that can fail here is a string above V8's limit, about 512 MiB.
    throw new Utf8TokenizerError(
      'ERR_DATASET',
      `document ${number} of ${text.length} bytes is too long for a line of JSON; use --format raw`,
      {},
      { cause },
    )
  }
}

function rawPrinter({ options, inputs }: Manifest): Printer {
  const lines = inputs.length > 0 && inputs.every(({ format }) => format === 'jsonl')
  const unit = lines ? 'line' : options.document
  return (text, _number, last) => {
    const ending = {
      file: '',
      line: '\n',
      paragraph: last ? '\n' : '\n\n',
      separator: options.separator ?? '',
    }[unit]
    return Buffer.concat([text, Buffer.from(ending)])
  }
}

function visible(piece: Buffer, format: Options['format']): string {
  return format === 'raw' ? harmless(piece.toString()) : escapeC1(piece.toString())
}

function requireUtf8(text: Uint8Array, number: number): void {
  if (isUtf8(text)) return
  throw new Utf8TokenizerError(
    'ERR_DATASET',
    `document ${number} is not well-formed UTF-8, so that the files are not what prepare wrote; run verify`,
  )
}
