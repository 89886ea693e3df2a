/**
 * The whole run: plan, shards in worker threads, merge. It goes on where an earlier run of the same plan stopped,
 * however that ended.
 */
import { chooseEngine } from '../engine/choose.js'
import { interruptedError } from '../errors.js'
import { SpooledInput, spool } from './input/standard-input.js'
import { mergeFolder } from './merge.js'
import { type ResolvedOptions, resolveOptions } from './options.js'
import { OutputFolder } from './output-folder.js'
import { planSteps, stdinFormat } from './plan.js'
import { ProgressTimer } from './progress-timer.js'
import { readReceipt } from './records.js'
import { drive } from './slices.js'
import type { Plan, PrepareOptions, PrepareResult, ShardReceipt } from './types.js'
import { runPending } from './worker-pool.js'

/**
 * Prepares a corpus: reads `inputs`, and writes framed, memory-mappable shards and a manifest to `output`. The output
 * is a function of the plan (inputs and options) alone. If it fails or is stopped, what was finished stays, and the
 * same call goes on from there.
 *
 * @returns the manifest, and whether it, or some shards, were there already.
 * @throws ERR_ARGUMENT, ERR_ENGINE_UNAVAILABLE, ERR_INPUT_NOT_FOUND, ERR_INPUT_EMPTY, ERR_INPUT_UNREADABLE,
 *   ERR_INPUT_BINARY, ERR_INPUT_CHANGED, ERR_DOCUMENT_INVALID, ERR_DOCUMENT_RESERVED, ERR_OUTPUT_NOT_DIRECTORY,
 *   ERR_OUTPUT_OTHER_PLAN, ERR_OUTPUT_BUSY, ERR_OUTPUT_WRITE, ERR_INTERRUPTED, ERR_WORKER.
 */
export async function prepare(options: PrepareOptions): Promise<PrepareResult> {
  const resolved = resolveOptions(options)
  const { signal, engine, target } = resolved.run
  // An engine that is not to be had is an error at once, not in each thread.
  chooseEngine({ engine, target })
  if (signal?.aborted) throw interruptedError()
  const folder = new OutputFolder(resolved.output)
  try {
    return await prepareFolder(folder, resolved)
  } finally {
    folder.close()
  }
}

async function prepareFolder(folder: OutputFolder, resolved: ResolvedOptions): Promise<PrepareResult> {
  const { run, workers } = resolved
  const timer = new ProgressTimer(run.onProgress)
  folder.removeStray()
  const { plan, manifest } = await adoptPlan(folder, resolved, timer)
  const shardsTotal = plan.shards.length
  if (manifest !== undefined) {
    folder.clearWork()
    return { ...manifest, alreadyComplete: true, resumedShards: shardsTotal }
  }
  const finished: ShardReceipt[] = []
  const pending: number[] = []
  for (const { index } of plan.shards) {
    const receipt = readReceipt(folder.path, plan, index)
    if (receipt === undefined) pending.push(index)
    else finished.push(receipt)
  }
  const resumedShards = finished.length
  const bytesTotal = plan.inputs.reduce((sum, { size }) => sum + size, 0)
  const report = (phase: 'frame' | 'merge', inputBytes: number, documents: number) =>
    timer.report({
      phase,
      bytesDone: finished.reduce((sum, { counts }) => sum + counts.inputBytes, inputBytes),
      bytesTotal,
      documents: finished.reduce((sum, { counts }) => sum + counts.documents, documents),
      shardsDone: finished.length,
      shardsTotal,
    })
  timer.force()
  report('frame', 0, 0)
  await runPending({
    output: folder.path,
    plan,
    pending,
    workers,
    run,
    onReceipt: (receipt) => finished.push(receipt),
    onTick: (inputBytes, documents) => report('frame', inputBytes, documents),
  })
  timer.force()
  report('frame', 0, 0)
  const merged = mergeFolder(folder)
  timer.force()
  report('merge', 0, 0)
  return { ...merged, alreadyComplete: false, resumedShards }
}

async function adoptPlan(folder: OutputFolder, resolved: ResolvedOptions, timer: ProgressTimer) {
  const { run, inputs, overwrite } = resolved
  const report = (bytesDone: number) =>
    timer.report({ phase: 'plan', bytesDone, bytesTotal: 0, documents: 0, shardsDone: 0, shardsTotal: 0 })
  let spooled: SpooledInput | undefined
  try {
    if (inputs.includes('-')) {
      const input = new SpooledInput(folder.path, stdinFormat(resolved))
      spooled = input
      await spool(input, run.signal, () => report(input.size))
    }
    report(spooled?.size ?? 0)
    const plan: Plan = await drive(planSteps(resolved, spooled), run.signal)
    return { plan, manifest: folder.adopt(plan, overwrite, () => spooled?.keep()) }
  } finally {
    spooled?.discard()
  }
}
