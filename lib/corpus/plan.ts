/**
 * Plans a run: which inputs, which options, and which bytes make which shard. Everything after this is a function of
 * the plan alone, so that shards can be run by any process in any order, and again if one was killed.
 */

import { type BytePath, bytePath, recordedPath } from './input/byte-path.js'
import { cutShards } from './input/cut.js'
import { discover, TAKE_ALL_BY_FORMAT } from './input/discover.js'
import { SpooledInput, spoolNow } from './input/standard-input.js'
import { FORMAT_VERSION, stdinPath } from './layout.js'
import { type ResolvedOptions, resolveOptions } from './options.js'
import { OutputFolder } from './output-folder.js'
import { planHash } from './records.js'
import type { InputFormat, Plan, PlannedInput, PrepareOptions } from './types.js'

/**
 * Makes the plan of a run and writes it to `output/.prepare/plan.json`, where {@link runShard} and {@link merge} find
 * it. The same plan may be made again; another one is refused unless `overwrite` is set.
 *
 * @throws ERR_ARGUMENT, ERR_INPUT_NOT_FOUND, ERR_INPUT_EMPTY, ERR_INPUT_UNREADABLE, ERR_INPUT_BINARY,
 *   ERR_OUTPUT_NOT_DIRECTORY, ERR_OUTPUT_OTHER_PLAN, ERR_OUTPUT_BUSY, ERR_OUTPUT_WRITE.
 */
export function plan(options: PrepareOptions): Plan {
  const resolved = resolveOptions(options)
  const folder = new OutputFolder(resolved.output)
  let spooled: SpooledInput | undefined
  try {
    if (resolved.inputs.includes('-')) {
      spooled = new SpooledInput(resolved.output, stdinFormat(resolved))
      spoolNow(spooled)
    }
    const made = drain(planSteps(resolved, spooled))
    folder.adopt(made, resolved.overwrite, () => spooled?.keep())
    return made
  } finally {
    spooled?.discard()
    folder.close()
  }
}

/** The same in steps, without the output folder; `spooled` is standard input, complete. */
export function* planSteps(
  { plan: options, inputs, inputFormat, output }: ResolvedOptions,
  spooled: SpooledInput | undefined,
): Generator<void, Plan> {
  const stdin = spooled?.finish()
  const found = yield* discover({
    inputs,
    inputFormat,
    output,
    stdin,
    binary: 'refuse',
    takeAll: TAKE_ALL_BY_FORMAT,
  })
  const shards = yield* cutShards(found.inputs, options, (input) =>
    spooled !== undefined && isStdin(input) ? bytePath(spooled.path) : recordedPath(input),
  )
  const content = { formatVersion: FORMAT_VERSION, options, inputs: found.inputs, shards }
  const { formatVersion, ...rest } = content
  return { formatVersion, hash: planHash(content), ...rest, passedOver: found.passedOver }
}

/** Standard input has no extension that could say more. */
export function stdinFormat({ inputFormat }: ResolvedOptions): InputFormat {
  return inputFormat === 'jsonl' ? 'jsonl' : 'text'
}

export function isStdin(input: PlannedInput): boolean {
  return input.sha256 !== undefined
}

/** Where the bytes of an input are. */
export function sourcePath(output: string, input: PlannedInput): BytePath {
  return isStdin(input) ? bytePath(stdinPath(output)) : recordedPath(input)
}

function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
