/**
 * `prepare`: from inputs to a finished folder of shards, in one go.
 */
import type { PrepareOptions } from '../corpus/types.js'
import { chooseEngine } from '../engine/choose.js'
import {
  command,
  EXIT,
  type MessageOptions,
  type PlanningOptions,
  planningOptions,
  RESUME_HINT,
} from './command.js'
import { printJson, printLines } from './print.js'
import { progressDisplay } from './progress.js'
import { nothingToDo, summary } from './report.js'

type Options = PlanningOptions &
  Pick<PrepareOptions, 'engine'> &
  MessageOptions & { readonly workers: number }

export const prepareCommand = command<Options>({
  name: 'prepare',
  argument: { name: '<input...>', help: 'files, folders, globs, or - for standard input' },
  summary: 'make training shards of text and JSON lines',
  description:
    'Validates text or JSON lines, frames each document (STX … ETX), and writes memory-mappable shards ' +
    '(Megatron .bin and .idx), a quarantine for what is ill-formed, and a manifest. Stopped at any moment, ' +
    'the same command goes on where it was; the result is the same, byte for byte.',
  examples: [
    'utf8-tokenizer prepare corpus/ -o shards',
    "utf8-tokenizer prepare 'crawl/**/*.jsonl' --text-field page.body --workers 8 -o shards",
    String.raw`zcat books.txt.gz | utf8-tokenizer prepare - --separator '\n%%\n' -o shards`,
  ],
  interrupted: RESUME_HINT,
  async run(inputs, options, interrupt) {
    const { prepare } = await import('../corpus/prepare.js')
    const { engine, workers, output } = options
    const progress = progressDisplay(options)
    const start = performance.now()
    try {
      const result = await prepare({
        ...planningOptions(inputs, options),
        workers,
        engine,
        signal: interrupt(),
        onProgress: progress.update,
      })
      progress.stop()
      const seconds = (performance.now() - start) / 1000
      if (options.json) {
        const { totals, shards, planHash, alreadyComplete, resumedShards } = result
        printJson({
          output,
          planHash,
          shards: shards.length,
          totals,
          alreadyComplete,
          resumedShards,
          seconds,
        })
      } else if (!options.quiet) {
        const { name, target } = chooseEngine({ engine }).engine
        const work = { seconds, engine: name === 'native' ? `native (${target})` : name, workers }
        printLines(result.alreadyComplete ? nothingToDo(result, output) : summary(result, output, work))
      }
      return EXIT.done
    } finally {
      progress.stop()
    }
  },
})
