/**
 * `run`: makes one shard of a plan; the second of the three steps.
 */
import type { RunOptions } from '../corpus/types.js'
import { command, EXIT, type MessageOptions, RESUME_HINT } from './command.js'
import { printJson, printLines } from './print.js'
import { progressDisplay } from './progress.js'
import { shown } from './report.js'
import { byteRate, byteSize, counted, duration } from './units.js'

type Options = Pick<RunOptions, 'engine'> & MessageOptions & { readonly shard: number }

export const runCommand = command<Options>({
  name: 'run',
  argument: { name: '<dir>', help: 'folder that plan has written to' },
  summary: 'make one shard of a plan',
  description: 'Makes one shard of a plan. A shard that is there already is left as it is.',
  examples: [
    'utf8-tokenizer run shards --shard 0',
    'srun --array=0-99 sh -c \'utf8-tokenizer run shards --shard "$SLURM_ARRAY_TASK_ID"\'',
  ],
  interrupted: RESUME_HINT,
  async run([folder], options, interrupt) {
    const { runShard } = await import('../corpus/shard.js')
    const progress = progressDisplay(options)
    const start = performance.now()
    try {
      const { engine, shard } = options
      const receipt = await runShard(folder, shard, {
        engine,
        signal: interrupt(),
        onProgress: progress.update,
      })
      progress.stop()
      const seconds = (performance.now() - start) / 1000
      if (options.json) printJson({ output: folder, ...receipt, seconds })
      else if (!options.quiet) {
        const { documents, inputBytes } = receipt.counts
        const made = `${counted(documents, 'document')} (${byteSize(inputBytes)})`
        const time = `${duration(seconds)} (${byteRate(inputBytes, seconds)})`
        printLines([`Shard ${shard} of ${shown(folder)} is done: ${made}, took ${time}`])
      }
      return EXIT.done
    } finally {
      progress.stop()
    }
  },
})
