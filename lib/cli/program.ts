/**
 * Makes commander's program out of the commands and the table of options. commander prints nothing but help here:
 * its errors are thrown, and told like all others (failure.ts). Choices and options that must be there are checked
 * here, so that what is wrong with them is told in the library's one shape.
 */
import { Command, Option } from 'commander'
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { type CommandSpec, EXIT, type ExitCode } from './command.js'
import { crossCheckCommand } from './cross-check.js'
import { decodeCommand } from './decode.js'
import { foldCommand } from './fold.js'
import { infoCommand } from './info.js'
import { inspectCommand } from './inspect.js'
import { mergeCommand } from './merge.js'
import { type CommandName, OPTIONS, type OptionSpec } from './options.js'
import { planCommand } from './plan.js'
import { prepareCommand } from './prepare.js'
import { runCommand } from './run.js'
import { tableCommand } from './table.js'
import { validateCommand } from './validate.js'
import { verifyCommand } from './verify.js'

const GROUPS: readonly (readonly [heading: string, commands: readonly CommandSpec[]])[] = [
  ['Make shards:', [prepareCommand]],
  ['The same in three steps, for a cluster:', [planCommand, runCommand, mergeCommand]],
  ['Look at shards:', [verifyCommand, decodeCommand, inspectCommand]],
  ['Look at text:', [validateCommand]],
  ['Embeddings in checkpoints:', [foldCommand, tableCommand]],
  ['Look at this program:', [crossCheckCommand, infoCommand]],
]

export interface Program {
  /** Text for the terminal when nothing was asked for. */
  help(): string
  /** Parses the arguments and runs the command; throws CommanderError, also for help and version. */
  run(args: readonly string[]): Promise<ExitCode>
  /** The command that the arguments name. */
  commandOf(args: readonly string[]): CommandSpec | undefined
}

/** `interrupt` is handed to the command (see CommandSpec.run). */
export function makeProgram(version: string, interrupt: () => AbortSignal): Program {
  let exit: ExitCode = EXIT.done
  const program = new Command('utf8-tokenizer')
    .description('Turns text and JSON lines into training shards for byte-level language models, and back.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText('after', AFTER_HELP)
  for (const [heading, specs] of GROUPS) {
    for (const spec of specs) {
      const action = async (inputs: readonly string[], options: CommandOptions) => {
        exit = await spec.run(inputs, options, interrupt)
      }
      program.addCommand(makeCommand(spec, action).helpGroup(heading))
    }
  }
  return {
    help: () => program.helpInformation() + AFTER_HELP,
    async run(args) {
      await program.parseAsync([...args], { from: 'user' })
      return exit
    },
    commandOf: (args) => GROUPS.flatMap(([, specs]) => specs).find((spec) => spec.name === args[0]),
  }
}

const AFTER_HELP = `
Start with: utf8-tokenizer prepare corpus/ -o shards
Each command has its own help: utf8-tokenizer prepare --help`

type CommandOptions = Readonly<Record<string, unknown>>

function makeCommand(
  spec: CommandSpec,
  action: (inputs: readonly string[], options: CommandOptions) => Promise<void>,
): Command {
  const made = new Command(spec.name)
    .summary(spec.summary)
    .description(spec.description)
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .configureHelp({ optionDescription: ({ description }) => description })
  if (spec.argument !== undefined) made.argument(spec.argument.name, spec.argument.help)
  for (const option of OPTIONS) {
    if (option.commands.includes(spec.name)) made.addOption(makeOption(option))
  }
  const examples = spec.examples.map((example) => `  ${example}`).join('\n')
  return made.addHelpText('after', `\nExamples:\n${examples}`).action(() => {
    const options = made.opts<CommandOptions>()
    requireOptions(spec.name, options)
    return action(made.args, options)
  })
}

function makeOption(spec: OptionSpec): Option {
  const flags = flagText(spec)
  const { choices, parse, help } = spec
  const fallback = spec.default ?? spec.otherwise
  const notes = [choices?.join(', '), fallback === undefined ? undefined : `default: ${fallback}`]
  const note = notes.filter((part) => part !== undefined).join('; ')
  const option = new Option(flags, note === '' ? help : `${help} (${note})`).helpGroup(spec.group)
  const read = (text: string): unknown => {
    if (choices !== undefined && !choices.includes(text)) throw argumentError(spec.flag, anyOf(choices), text)
    return parse === undefined ? text : parse(text, spec.flag)
  }
  if (spec.value !== undefined) option.argParser(read)
  if (spec.default !== undefined) option.default(read(spec.default))
  return option
}

function flagText({ short, flag, value }: OptionSpec): string {
  return `${short === undefined ? '' : `${short}, `}${flag}${value === undefined ? '' : ` <${value}>`}`
}

function anyOf(choices: readonly string[]): string {
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
}

/** commander would complain of these before it names an option that it does not know, and that may be a misspelling. */
function requireOptions(name: CommandName, options: CommandOptions): void {
  for (const spec of OPTIONS) {
    if (spec.required !== true || !spec.commands.includes(name)) continue
    if (options[spec.flag.slice(2)] === undefined) {
      throw new Utf8TokenizerError('ERR_ARGUMENT', `${flagText(spec)} is missing: ${spec.help}`)
    }
  }
}
