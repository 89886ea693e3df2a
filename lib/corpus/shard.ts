/**
 * Runs one shard of a plan and commits it: files under temporary names, synced, renamed, the folder synced, and last
 * the receipt. Whatever happens in between, no file under a final name is partial, and a shard without a receipt is
 * simply built again. It needs no lock: whoever builds a shard builds the same bytes.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { chooseEngine } from '../engine/choose.js'
import type { Engine } from '../engine/engine.js'
import { argumentError, Utf8TokenizerError } from '../errors.js'
import { StreamedFile, syncFolder, writeFileAtomic } from '../files/atomic-file.js'
import { planPath, receiptPath, shardFileName, workFolder } from './layout.js'
import { checkFolder, resolveRunOptions } from './options.js'
import { sourcePath } from './plan.js'
import { ProgressTimer } from './progress-timer.js'
import { readManifest, readPlan, readReceipt, recordsOf } from './records.js'
import { ShardBuilder, type ShardJob } from './shard-builder.js'
import { drive } from './slices.js'
import type { Plan, RunOptions, ShardReceipt, SourceRange } from './types.js'

/** A shard to be built and committed; plain data, which a worker thread can be sent. */
export interface ShardOrder {
  readonly output: string
  readonly planHash: string
  readonly index: number
  readonly ranges: readonly SourceRange[]
  readonly job: ShardJob
}

/** What goes on between two chunks. */
export interface ShardControl {
  /** Says when the work shall stop: an AbortSignal, or what is like one. */
  readonly signal: { readonly aborted: boolean } | undefined
  /** A core has nothing else to do: what is written may go on beside the framing. */
  readonly freeCore: boolean
  progress(inputBytes: number, documents: number): void
}

/**
 * Runs shard `index` (from 0) of the plan that {@link plan} left in `output`, and returns its receipt; at once, if it
 * is there already. Any number of processes may run different shards at the same time.
 *
 * @throws ERR_ARGUMENT, ERR_OUTPUT_INCOMPLETE (no plan), ERR_INPUT_NOT_FOUND, ERR_INPUT_UNREADABLE, ERR_INPUT_CHANGED,
 *   ERR_DOCUMENT_INVALID, ERR_DOCUMENT_RESERVED, ERR_OUTPUT_WRITE, ERR_INTERRUPTED, ERR_ENGINE_UNAVAILABLE.
 */
export async function runShard(
  output: string,
  index: number,
  options: RunOptions = {},
): Promise<ShardReceipt> {
  checkFolder('output', output)
  const { engine: name, target, signal, onProgress } = resolveRunOptions(options)
  const plan = readPlan(output)
  const count = (plan ?? readManifest(output))?.shards.length
  if (count === undefined) {
    const message = `there is no plan in ${output}; make one first`
    throw new Utf8TokenizerError('ERR_OUTPUT_INCOMPLETE', message, { file: planPath(output) })
  }
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw argumentError('index', `a shard from 0 to ${count - 1}`, index)
  }
  const done = plan === undefined ? readManifest(output)?.shards[index] : readReceipt(output, plan, index)
  if (plan === undefined || done !== undefined) {
    if (done === undefined) throw argumentError('index', 'a shard of the manifest', index)
    return done
  }
  const order = shardOrder(output, plan, index)
  const bytesTotal = order.ranges.reduce((sum, { start, end }) => sum + end - start, 0)
  const timer = new ProgressTimer(onProgress)
  const report = (bytesDone: number, documents: number, shardsDone: number) =>
    timer.report({ phase: 'frame', bytesDone, bytesTotal, documents, shardsDone, shardsTotal: 1 })
  const receipt = await buildShard(order, chooseEngine({ engine: name, target }).engine, {
    signal,
    freeCore: availableParallelism() > 1,
    progress: (bytes, documents) => report(bytes, documents, 0),
  })
  timer.force()
  report(bytesTotal, receipt.counts.documents, 1)
  return receipt
}

export function shardOrder(output: string, plan: Plan, index: number): ShardOrder {
  const { ranges } = plan.shards[index]
  const count = plan.shards.length
  return {
    output,
    planHash: plan.hash,
    index,
    ranges,
    job: shardJob(output, plan, index, {
      bin: shardFileName('bin', index, count),
      idx: shardFileName('idx', index, count),
      quarantine: shardFileName('quarantine', index, count),
    }),
  }
}

function shardJob(output: string, plan: Plan, index: number, names: ShardJob['names']): ShardJob {
  const ranges = plan.shards[index].ranges.map(({ input: number, start, end }) => {
    const input = plan.inputs[number]
    return { file: { input, path: sourcePath(output, input) }, start, end }
  })
  return { options: plan.options, ranges, names }
}

/** Builds and commits a shard. */
export async function buildShard(
  order: ShardOrder,
  engine: Engine,
  control: ShardControl,
): Promise<ShardReceipt> {
  const { output, planHash, index, ranges, job } = order
  const files = new Map<string, StreamedFile>()
  const open = (name: string) => {
    const file = new StreamedFile(workFolder(output), name, control.freeCore)
    files.set(name, file)
    return file
  }
  let builder: ShardBuilder | undefined
  try {
    const current = new ShardBuilder(job, engine, {
      bin: open(job.names.bin),
      idx: open(job.names.idx),
      quarantine: () => open(job.names.quarantine),
    })
    builder = current
    const built = await drive(current.build(), control.signal, () =>
      control.progress(current.inputBytes, current.documents),
    )
    const receipt: ShardReceipt = { index, planHash, files: built.files, ranges, counts: built.counts }
    for (const file of files.values()) await file.finish()
    for (const { name } of recordsOf(receipt.files)) files.get(name)?.rename(join(output, name))
    syncFolder(output)
    writeFileAtomic(receiptPath(output, index), `${JSON.stringify(receipt)}\n`)
    return receipt
  } finally {
    builder?.close()
    for (const file of files.values()) await file.abandon()
  }
}
