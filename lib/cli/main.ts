#!/usr/bin/env node
/**
 * The command `utf8-tokenizer`: reads the arguments, runs a command, and sets the exit code.
 */
import { CommanderError } from 'commander'
import { packageVersion } from '../version.js'
import { EXIT } from './command.js'
import { reportFailure } from './failure.js'
import { abortOnInterrupt } from './interrupt.js'
import { exitOnBrokenOutput } from './print.js'
import { makeProgram } from './program.js'

exitOnBrokenOutput()
process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const program = makeProgram(packageVersion(), abortOnInterrupt)
  if (args.length === 0) {
    process.stderr.write(`${program.help()}\n`)
    return EXIT.usage
  }
  try {
    return await program.run(args)
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
    return reportFailure(error, program.commandOf(args), args.includes('--json'))
  }
}
