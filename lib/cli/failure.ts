/**
 * How an error is told: one line that says what is wrong and what to do, or one JSON object; a stack trace only for
 * what nobody foresaw, or on request (UTF8_TOKENIZER_DEBUG=1).
 */
import { CommanderError } from 'commander'
import { Utf8TokenizerError } from '../errors.js'
import { type CommandSpec, EXIT, type ExitCode } from './command.js'
import { printJson, printLines } from './print.js'

/** Prints the error on stderr and returns the exit code. `spec` is the command that ran, if it came so far. */
export function reportFailure(error: unknown, spec: CommandSpec | undefined, json: boolean): ExitCode {
  const told = tell(error, spec)
  const { code, message, file, offset } = told
  const stack = stackOf(error)
  if (json) printJson({ error: { code, message, file, offset, stack } }, process.stderr)
  else
    printLines([`utf8-tokenizer: ${message}`, ...told.hints, ...(stack?.split('\n') ?? [])], process.stderr)
  return told.exit
}

function stackOf(error: unknown): string | undefined {
  const foreseen = error instanceof Utf8TokenizerError || error instanceof CommanderError
  if (!(error instanceof Error) || (foreseen && process.env.UTF8_TOKENIZER_DEBUG !== '1')) return undefined
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause}` : ''
  return `${error.stack ?? error}${cause}`
}

interface Told {
  readonly code: string
  readonly message: string
  readonly file?: string | undefined
  readonly offset?: number | undefined
  readonly hints: readonly string[]
  readonly exit: ExitCode
}

function tell(error: unknown, spec: CommandSpec | undefined): Told {
  const help = `See: utf8-tokenizer ${spec === undefined ? '' : `${spec.name} `}--help`
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
    return { code: 'ERR_ARGUMENT', message, hints: [help], exit: EXIT.usage }
  }
  if (error instanceof Utf8TokenizerError) {
    const { code, file, offset } = error
    if (code === 'ERR_INTERRUPTED') {
      return { code, message: spec?.interrupted ?? 'stopped', hints: [], exit: EXIT.failed }
    }
    const usage = code === 'ERR_ARGUMENT'
    const { message } = error
    return { code, message, file, offset, hints: usage ? [help] : [], exit: usage ? EXIT.usage : EXIT.failed }
  }
  const message = `unexpected error: ${error instanceof Error ? error.message : String(error)}`
  return { code: 'ERR_UNEXPECTED', message, hints: [], exit: EXIT.failed }
}
