/**
 * `verify`: reads a dataset back and says whether it is what the manifest says.
 */
import { isAbsolute } from 'node:path'
import type { VerifyOptions, VerifyProblem, VerifyReport } from '../corpus/types.js'
import { command, EXIT, type MessageOptions } from './command.js'
import { printJson, printLines } from './print.js'
import { progressDisplay } from './progress.js'
import { shown } from './report.js'
import { approximately, byteRate, byteSize, counted, duration } from './units.js'

type Options = Pick<VerifyOptions, 'againstSource' | 'engine'> & MessageOptions

export const verifyCommand = command<Options>({
  name: 'verify',
  argument: { name: '<dir>', help: 'folder that prepare has written' },
  summary: 'read shards back and check every byte',
  description:
    'Checks sizes, checksums, the index, the frame of each document, UTF-8, and that no reserved control byte ' +
    'stands where none belongs. Exit code 1 if anything is wrong.',
  examples: ['utf8-tokenizer verify shards', 'utf8-tokenizer verify shards --against-source'],
  async run([folder], options, interrupt) {
    const { verify } = await import('../corpus/verify.js')
    const progress = progressDisplay(options)
    const start = performance.now()
    try {
      const { againstSource, engine } = options
      const report = await verify(folder, {
        againstSource,
        engine,
        signal: interrupt(),
        onProgress: progress.update,
      })
      progress.stop()
      const seconds = (performance.now() - start) / 1000
      if (options.json) printJson({ ...report, seconds })
      else if (!report.ok) printLines(problemLines(report, folder), process.stderr)
      else if (!options.quiet) printLines(soundLines(report, folder, seconds))
      return report.ok ? EXIT.done : EXIT.failed
    } finally {
      progress.stop()
    }
  },
})

const MENDING = 'Remove the broken files and run the same prepare command again: it makes those shards anew.'

function soundLines(report: VerifyReport, folder: string, seconds: number): string[] {
  const { documents, tokens, shards, bytes, againstSource } = report
  const holds = `${counted(documents, 'document')}, ${approximately(tokens)} tokens in ${counted(shards, 'shard')}`
  return [
    `${shown(folder)} is sound: ${holds}${againstSource ? ', the same as the source gives now' : ''}.`,
    `Read ${byteSize(bytes)} in ${duration(seconds)} (${byteRate(bytes, seconds)}).`,
  ]
}

function problemLines(report: VerifyReport, folder: string): string[] {
  const { problems, truncated } = report
  const count = `${truncated ? 'more than ' : ''}${counted(problems.length, 'problem')}`
  return [
    `${shown(folder)} is not sound: ${count}`,
    ...problems.map((problem) => `  ${problemLine(problem)}`),
    ...(truncated ? ['  …'] : []),
    ...(problems.some(({ file }) => !isAbsolute(file)) ? [MENDING] : []),
  ]
}

function problemLine({ file, document, offset, message }: VerifyProblem): string {
  // A source file's problem names the file itself.
  if (message.startsWith(file)) return message
  const parts = [file]
  if (document !== undefined) parts.push(`document ${document}`)
  if (offset !== undefined) parts.push(`byte ${offset}`)
  return `${parts.join(', ')}: ${message}`
}
