/**
 * What a command is: its words for the help, and a function from parsed options to an exit code. The options
 * themselves are in the table (options.ts). A command imports what it works with when it runs: most of this program's
 * time to start is loading modules.
 */
import type { PrepareOptions } from '../corpus/types.js'
import { argumentBytes } from './argument-bytes.js'
import type { CommandName } from './options.js'

/** Done; failed, and what was committed stays; wrong usage. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface CommandSpec<Options = Readonly<Record<string, unknown>>> {
  readonly name: CommandName
  readonly argument?: { readonly name: string; readonly help: string }
  readonly summary: string
  readonly description: string
  readonly examples: readonly string[]
  /** What is printed after an interrupt. */
  readonly interrupted?: string
  /**
   * `interrupt` gives the signal of Ctrl-C, and from then on Ctrl-C is the command's affair; a command that never asks
   * for it ends at once, as any program does.
   */
  readonly run: (
    inputs: readonly string[],
    options: Options,
    interrupt: () => AbortSignal,
  ) => Promise<ExitCode>
}

/**
 * Gives a command's options their types. The table makes sure of the values; that names and types agree with it is
 * this one unchecked step.
 */
export function command<Options>(spec: CommandSpec<Options>): CommandSpec {
  return spec as CommandSpec<never> as CommandSpec
}

/** What `--json` and `--quiet` ask for. */
export interface MessageOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export const RESUME_HINT = 'stopped; run the same command again to go on'

/** Options of FRAMING commands, named as in {@link PrepareOptions}. */
export type FramingOptions = Pick<PrepareOptions, (typeof FRAMING_KEYS)[number]>
export type PlanningOptions = FramingOptions &
  Pick<PrepareOptions, (typeof PLANNING_KEYS)[number]> & { readonly output: string }

const FRAMING_KEYS = [
  'inputFormat',
  'document',
  'separator',
  'textField',
  'invalid',
  'reserved',
  'skipEmpty',
  'bos',
  'eos',
] as const
const PLANNING_KEYS = ['byteModel', 'dtype', 'shardSize', 'checksum', 'overwrite'] as const

export function framingOptions(
  inputs: readonly string[],
  options: FramingOptions,
): FramingOptions & Pick<PrepareOptions, 'inputs'> {
  const picked = pick(options, FRAMING_KEYS)
  // Without --no-bos the parser says true, which nobody has asked for: the library knows what holds then.
  const { bos, eos } = picked
  return {
    inputs: inputs.map(argumentBytes),
    ...picked,
    bos: bos === false ? bos : undefined,
    eos: eos === false ? eos : undefined,
  }
}

export function planningOptions(inputs: readonly string[], options: PlanningOptions): PrepareOptions {
  return {
    output: options.output,
    ...framingOptions(inputs, options),
    ...pick(options, PLANNING_KEYS),
  }
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<T> = {}
  for (const key of keys) picked[key] = from[key]
  return picked as Pick<T, K>
}
