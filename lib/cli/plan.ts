/**
 * `plan`: the first of the three steps that `prepare` is made of, for a cluster's scheduler.
 */
import { command, EXIT, type MessageOptions, type PlanningOptions, planningOptions } from './command.js'
import { printJson, printLines } from './print.js'
import { progressDisplay } from './progress.js'
import { quoted, shown } from './report.js'
import { byteSize, counted } from './units.js'

type Options = PlanningOptions & MessageOptions

export const planCommand = command<Options>({
  name: 'plan',
  argument: { name: '<input...>', help: 'files, folders, globs, or - for standard input' },
  summary: 'cut the inputs into shards',
  description:
    'Finds the inputs, cuts them into shards and writes the plan to the output folder. Each shard can then be ' +
    'run by any process that sees the same files, in any order, and as often as it takes.',
  examples: ['utf8-tokenizer plan corpus/ --shard-size 2GiB -o shards'],
  async run(inputs, options) {
    const { plan } = await import('../corpus/plan.js')
    const progress = progressDisplay(options)
    try {
      const made = await plan({
        ...planningOptions(inputs, options),
        onProgress: progress.update,
      })
      progress.stop()
      const { output } = options
      const shards = made.shards.length
      const bytes = made.inputs.reduce((sum, { size }) => sum + size, 0)
      if (options.json) {
        const { hash: planHash, passedOver } = made
        printJson({ output, planHash, shards, inputs: made.inputs.length, inputBytes: bytes, passedOver })
      } else if (!options.quiet) {
        const last = shards > 1 ? ` … ${shards - 1}` : ''
        printLines([
          `Planned ${counted(shards, 'shard')} of ${counted(made.inputs.length, 'input')} (${byteSize(bytes)}) in ${shown(output)}`,
          `Run ${shards > 1 ? 'each one' : 'it'} with: utf8-tokenizer run ${quoted(output)} --shard 0${last}`,
          `Then finish with: utf8-tokenizer merge ${quoted(output)}`,
        ])
      }
      return EXIT.done
    } finally {
      progress.stop()
    }
  },
})
