/**
 * `fold`: takes the bit bias out of a checkpoint of the Python reference, so that any library can load it.
 */
import type { FoldedEmbedding, FoldResult } from '../embedding/checkpoint/fold.js'
import { command, EXIT, type MessageOptions } from './command.js'
import { aligned, printJson, printLines } from './print.js'
import { progressDisplay } from './progress.js'
import { byteSize, counted } from './units.js'

type Options = MessageOptions & { readonly output: string }

export const foldCommand = command<Options>({
  name: 'fold',
  argument: {
    name: '<checkpoint>',
    help: 'a .safetensors file, a .safetensors.index.json, or a folder with model.safetensors',
  },
  summary: 'fold the bit bias of a checkpoint into its embedding table',
  description:
    'Finds embeddings that patch_embedding_layers has given a bit bias (….embeddings.weight and ….bit_proj_w, or ' +
    '….weight and ….bit_proj), folds it into ….weight, and copies all other tensors bit for bit. Tensors that were tied ' +
    'stay so. A checkpoint of several files gives a folder.',
  examples: [
    'utf8-tokenizer fold model.safetensors -o folded.safetensors',
    'utf8-tokenizer fold model.safetensors.index.json -o folded/',
  ],
  interrupted: 'stopped; nothing was written',
  async run([checkpoint], options, interrupt) {
    const { foldCheckpoint } = await import('../embedding/checkpoint/fold.js')
    const progress = progressDisplay(options)
    try {
      const result = await foldCheckpoint(checkpoint, options.output, {
        signal: interrupt(),
        onProgress: (bytesDone, bytesTotal) => progress.update({ phase: 'fold', bytesDone, bytesTotal }),
      })
      progress.stop()
      if (options.json) printJson({ checkpoint, output: options.output, ...result })
      else if (!options.quiet) printLines(resultLines(checkpoint, options.output, result))
      return EXIT.done
    } finally {
      progress.stop()
    }
  },
})

function resultLines(checkpoint: string, output: string, { folded, copied, files }: FoldResult): string[] {
  const size = files.reduce((total, file) => total + file.size, 0)
  return [
    `Folded ${counted(folded.length, 'embedding')} of ${checkpoint} into ${output}`,
    ...folded.flatMap((embedding) => aligned(embeddingRows(embedding))),
    ...aligned([
      ['copied', `${counted(copied, 'tensor')} as ${copied === 1 ? 'it is' : 'they are'}`],
      ['written', `${byteSize(size)} in ${counted(files.length, 'file')}`],
    ]),
  ]
}

function embeddingRows(embedding: FoldedEmbedding): [string, string][] {
  const { name, storedAs, dtype, dimension, removed, copies, correction } = embedding
  const rows: [string, string][] = [
    ['folded', `${name}, 256 × ${dimension} ${dtype}${storedAs === name ? '' : `, stored as ${storedAs}`}`],
    ['removed', removed.join(', ')],
  ]
  if (copies.length > 0) rows.push(['tied', `${copies.join(', ')}, which had the same numbers and still has`])
  if (correction > 0) {
    const why = 'the model was saved without a forward pass after its last step, or summed in another order'
    rows.push(['corrected', `the stored sum by at most ${correction.toPrecision(2)}: ${why}`])
  }
  return rows
}
