/**
 * Ends a run: when every shard has its receipt, the receipts become the manifest, and the work folder goes. The
 * manifest is written last, so that its being there says that all else is.
 */
import { join } from 'node:path'
import { Utf8TokenizerError } from '../errors.js'
import { writeFileAtomic } from '../files/atomic-file.js'
import { packageVersion } from '../version.js'
import { FORMAT_VERSION, MANIFEST, SHA256SUMS, TOOL_NAME } from './layout.js'
import { checkFolder } from './options.js'
import { OutputFolder } from './output-folder.js'
import { readManifest, readPlan, readReceipt, recordsOf } from './records.js'
import { sumCounts } from './tally.js'
import type { Manifest, Plan, ShardReceipt } from './types.js'

/**
 * Writes the manifest of a run whose shards are all finished, and returns it. A run that was merged already is
 * returned as it is.
 *
 * @throws ERR_ARGUMENT, ERR_OUTPUT_INCOMPLETE (no plan, or a shard is missing), ERR_OUTPUT_BUSY, ERR_OUTPUT_WRITE.
 */
export function merge(output: string): Manifest {
  checkFolder('output', output)
  const folder = new OutputFolder(output)
  try {
    return mergeFolder(folder)
  } finally {
    folder.close()
  }
}

/** The same in a folder that is locked already. */
export function mergeFolder(folder: OutputFolder): Manifest {
  const done = readManifest(folder.path)
  if (done !== undefined) {
    folder.clearWork()
    return done
  }
  const plan = readPlan(folder.path)
  if (plan === undefined) throw incomplete(folder.path, 'there is no plan', 'make one and run its shards')
  const manifest = manifestOf(plan, receipts(folder.path, plan))
  if (plan.options.checksum === 'sha256') {
    writeFileAtomic(join(folder.path, SHA256SUMS), sha256Sums(manifest), folder.work)
  }
  writeFileAtomic(join(folder.path, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, folder.work)
  folder.clearWork()
  return manifest
}

/** The content of SHA256SUMS, as `sha256sum -c` takes it. */
export function sha256Sums(manifest: Manifest): string {
  const records = manifest.shards.flatMap(({ files }) => recordsOf(files))
  return records.map(({ sha256, name }) => `${sha256}  ${name}\n`).join('')
}

function manifestOf(plan: Plan, shards: readonly ShardReceipt[]): Manifest {
  const { options, inputs, passedOver } = plan
  return {
    formatVersion: FORMAT_VERSION,
    tool: { name: TOOL_NAME, version: packageVersion() },
    planHash: plan.hash,
    options,
    inputs,
    shards,
    totals: sumCounts(shards.map(({ counts }) => counts)),
    passedOver,
  }
}

function receipts(output: string, plan: Plan): ShardReceipt[] {
  const found = plan.shards.map(({ index }) => readReceipt(output, plan, index))
  const finished = found.filter((receipt) => receipt !== undefined)
  if (finished.length === found.length) return finished
  const missing = found.flatMap((receipt, index) => (receipt === undefined ? [index] : []))
  const some = missing.slice(0, 5).join(', ')
  throw incomplete(
    output,
    `${missing.length} of ${found.length} shards are not finished (${some}${missing.length > 5 ? ', …' : ''})`,
    'run them first',
  )
}

function incomplete(output: string, what: string, advice: string): Utf8TokenizerError {
  return new Utf8TokenizerError('ERR_OUTPUT_INCOMPLETE', `${what} in ${output}; ${advice}`, { file: output })
}
