/**
 * Reads a finished dataset back and checks all that can be checked of it: see the files in verify/ for what. It goes
 * on after a problem, so that one report says all that is wrong.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chooseEngine } from '../engine/choose.js'
import type { Engine } from '../engine/engine.js'
import { loadManifest } from './dataset.js'
import { SHA256SUMS } from './layout.js'
import { sha256Sums } from './merge.js'
import { checkFolder, resolveVerifyOptions } from './options.js'
import { tokenSize } from './output/megatron-index.js'
import { isStdin } from './plan.js'
import { ProgressTimer } from './progress-timer.js'
import { planHash, planOf, recordsOf } from './records.js'
import { shardOrder } from './shard.js'
import { drive } from './slices.js'
import { sumCounts } from './tally.js'
import type { Manifest, ShardReceipt, VerifyOptions, VerifyReport } from './types.js'
import { checkBin } from './verify/bin-check.js'
import { CheckedFile } from './verify/checked-file.js'
import { checkIndex } from './verify/index-check.js'
import { Problems } from './verify/problems.js'
import { checkQuarantine } from './verify/quarantine-check.js'
import { checkAgainstSource } from './verify/source-check.js'

/**
 * Checks the dataset in `folder`: sizes, checksums, index, each document's frame, UTF-8, reserved bytes, quarantine,
 * totals; with `againstSource` also that the source gives the same bytes again.
 *
 * @returns a report; what is wrong with the dataset is in its `problems`, and no error.
 * @throws ERR_DATASET if there is no finished dataset, or its manifest cannot be read; ERR_INTERRUPTED.
 */
export async function verify(folder: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  checkFolder('folder', folder)
  const { engine: name, target, signal, onProgress, againstSource } = resolveVerifyOptions(options)
  const { engine } = chooseEngine({ engine: name, target })
  const manifest = loadManifest(folder)
  const timer = new ProgressTimer(onProgress)
  const work = new Verification(folder, manifest, engine)
  const shardsTotal = manifest.shards.length
  work.checkManifest()
  const bytesTotal = manifest.shards
    .flatMap(({ files }) => recordsOf(files))
    .reduce((sum, { size }) => sum + size, 0)
  const report = (phase: 'verify' | 'compare', total: number) =>
    timer.report({
      phase,
      bytesDone: phase === 'verify' ? work.bytes : work.sourceBytes,
      bytesTotal: total,
      documents: work.documents,
      shardsDone: work.shardsDone,
      shardsTotal,
    })
  await drive(work.checkFiles(), signal, () => report('verify', bytesTotal))
  timer.force()
  report('verify', bytesTotal)
  if (againstSource) {
    const sourceTotal = manifest.totals.inputBytes
    await drive(work.compare(), signal, () => report('compare', sourceTotal))
    timer.force()
    report('compare', sourceTotal)
  }
  const { list, truncated } = work.problems
  const { documents, tokens, codePoints } = manifest.totals
  return {
    ok: list.length === 0,
    problems: list,
    truncated,
    againstSource,
    shards: shardsTotal,
    documents,
    tokens,
    codePoints,
    bytes: work.bytes,
  }
}

class Verification {
  readonly problems = new Problems()
  bytes = 0
  sourceBytes = 0
  documents = 0
  shardsDone = 0
  readonly #folder: string
  readonly #manifest: Manifest
  readonly #engine: Engine

  constructor(folder: string, manifest: Manifest, engine: Engine) {
    this.#folder = folder
    this.#manifest = manifest
    this.#engine = engine
  }

  /** What the manifest says of itself. */
  checkManifest(): void {
    const manifest = this.#manifest
    const problem = (message: string) => this.problems.dataset('manifest.json', message)
    if (planHash(planOf(manifest)) !== manifest.planHash) problem('expected the hash of its own plan')
    const totals = sumCounts(manifest.shards.map(({ counts }) => counts))
    if (JSON.stringify(totals) !== JSON.stringify(manifest.totals)) {
      problem('expected totals that are the sums of the shards')
    }
    for (const [index, { counts, files, planHash: hash, index: own }] of manifest.shards.entries()) {
      if (hash !== manifest.planHash || own !== index) problem(`expected shard ${index} of this plan`)
      const expected = counts.tokens * tokenSize(manifest.options.dtype)
      if (counts.outputBytes !== expected || files.bin.size !== expected) {
        problem(`expected ${expected} bytes for ${files.bin.name}, and it says ${files.bin.size}`)
      }
    }
    if (manifest.options.checksum === 'sha256') this.#checkSums()
  }

  *checkFiles(): Generator<void> {
    let first = 0
    for (const receipt of this.#manifest.shards) {
      yield* this.#counted(this.#checkShard(receipt, first))
      first += receipt.counts.documents
      this.documents = first
      this.shardsDone++
    }
  }

  *compare(): Generator<void> {
    const plan = planOf(this.#manifest)
    this.documents = 0
    this.shardsDone = 0
    /** Source files that were reported: many shards may need the same one. */
    const reported = new Set<string>()
    for (const receipt of this.#manifest.shards) {
      const { index, counts } = receipt
      const { ranges, job } = shardOrder(this.#folder, plan, index)
      const before = this.sourceBytes
      if (ranges.some(({ input }) => isStdin(plan.inputs[input]))) {
        this.#reportOnce(reported, 'standard input')
      } else {
        try {
          for (const done of checkAgainstSource(
            this.#folder,
            receipt,
            job,
            this.documents,
            this.#engine,
            this.problems,
          )) {
            this.sourceBytes = before + done
            yield
          }
        } catch (error) {
          const file = error instanceof Error && 'file' in error ? String(error.file) : ''
          if (!reported.has(file)) this.problems.error(error, job.names.bin)
          reported.add(file)
        }
      }
      this.sourceBytes = before + counts.inputBytes
      this.documents += counts.documents
      this.shardsDone++
    }
  }

  *#checkShard(receipt: ShardReceipt, first: number): Generator<number> {
    const { files } = receipt
    const { options } = this.#manifest
    const open = (record: (typeof files)['bin']) =>
      CheckedFile.open(this.#folder, record, this.#engine, this.problems)
    const idx = open(files.idx)
    const bin = open(files.bin)
    const quarantine = files.quarantine && open(files.quarantine)
    try {
      const sound = idx !== undefined && (yield* checkIndex(idx, receipt, options, first, this.problems))
      if (bin !== undefined) {
        const index = sound && bin.size === bin.record.size ? idx : undefined
        yield* checkBin(bin, index, receipt, options, first, this.#engine, this.problems)
      }
      if (quarantine !== undefined) yield* checkQuarantine(quarantine, receipt, this.problems)
    } finally {
      idx?.close()
      bin?.close()
      quarantine?.close()
    }
  }

  *#counted(steps: Generator<number>): Generator<void> {
    for (const bytes of steps) {
      this.bytes += bytes
      yield
    }
  }

  #reportOnce(reported: Set<string>, file: string): void {
    if (reported.has(file)) return
    reported.add(file)
    this.problems.add({
      code: 'ERR_INPUT_NOT_FOUND',
      file,
      message: `the source ${file} is not available any more, so that what came from it cannot be compared`,
    })
  }

  #checkSums(): void {
    try {
      const text = readFileSync(join(this.#folder, SHA256SUMS), 'utf8')
      if (text === sha256Sums(this.#manifest)) return
      this.problems.dataset(SHA256SUMS, 'expected the sums that the manifest has')
    } catch (error) {
      this.problems.dataset(SHA256SUMS, `could not be read: ${String(error)}`)
    }
  }
}
