/**
 * `merge`: checks that every shard of a plan is there and writes the manifest; the last of the three steps.
 */
import { command, EXIT, type MessageOptions } from './command.js'
import { printJson, printLines } from './print.js'
import { summary } from './report.js'

export const mergeCommand = command<MessageOptions>({
  name: 'merge',
  argument: { name: '<dir>', help: 'folder whose shards have all been run' },
  summary: 'finish a plan whose shards have all been run',
  description: 'Checks that every shard of the plan is there, adds up their counts and writes the manifest.',
  examples: ['utf8-tokenizer merge shards'],
  async run([folder], options) {
    const { merge } = await import('../corpus/merge.js')
    const manifest = merge(folder)
    const { totals, shards, planHash } = manifest
    if (options.json) printJson({ output: folder, planHash, shards: shards.length, totals })
    else if (!options.quiet) printLines(summary(manifest, folder))
    return EXIT.done
  },
})
