/**
 * The JSON files of a run: reading plan, receipts and manifest back, and the hash that ties them together.
 */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, Utf8TokenizerError } from '../errors.js'
import { BYTE_MODEL_NAMES } from '../protocol/byte-models.js'
import { FORMAT_VERSION, MANIFEST, planPath, receiptPath } from './layout.js'
import type { FileRecord, Manifest, Plan, ShardFiles, ShardReceipt } from './types.js'

/** SHA-256 over what decides the output, as JSON with sorted keys. */
export function planHash(plan: Pick<Plan, 'formatVersion' | 'options' | 'inputs' | 'shards'>): string {
  const { formatVersion, options, inputs, shards } = plan
  const hash = createHash('sha256')
  // Piece by piece: the text of a million inputs need not be in memory at once.
  hash.update(canonicalJson({ formatVersion, options }))
  for (const input of inputs) hash.update(canonicalJson(input))
  for (const shard of shards) hash.update(canonicalJson(shard))
  return hash.digest('hex')
}

/** The plan behind a finished run. */
export function planOf(manifest: Manifest): Plan {
  const { formatVersion, planHash: hash, options, inputs, passedOver } = manifest
  const shards = manifest.shards.map(({ index, ranges }) => ({ index, ranges }))
  return { formatVersion, hash, options, inputs, shards, passedOver }
}

export function readPlan(output: string): Plan | undefined {
  const path = planPath(output)
  const plan = readJson(path) as Plan | undefined
  if (plan === undefined) return undefined
  checkVersion(path, plan.formatVersion)
  if (!isPlan(plan) || plan.hash !== planHash(plan)) throw damaged(path, 'its hash does not fit its content')
  checkByteModel(path, plan)
  return plan
}

export function readManifest(output: string): Manifest | undefined {
  const path = join(output, MANIFEST)
  const manifest = readJson(path) as Manifest | undefined
  if (manifest === undefined) return undefined
  checkVersion(path, manifest.formatVersion)
  if (!isManifest(manifest)) throw damaged(path, 'it is no manifest')
  checkByteModel(path, manifest)
  return manifest
}

/** The receipt of a finished shard; undefined if the shard, or one of its files, is not there as it should be. */
export function readReceipt(output: string, plan: Plan, index: number): ShardReceipt | undefined {
  try {
    const receipt = readJson(receiptPath(output, index)) as ShardReceipt | undefined
    if (receipt === undefined || receipt.planHash !== plan.hash || receipt.index !== index) return undefined
    return filesAreThere(output, receipt.files) ? receipt : undefined
  } catch (error) {
    // A damaged receipt proves nothing: the shard is built again.
    if (error instanceof Utf8TokenizerError) return undefined
    throw error
  }
}

/** The files are there with the sizes that they should have. */
export function filesAreThere(output: string, files: ShardFiles): boolean {
  return recordsOf(files).every(({ name, size }) => {
    const stats = statSync(join(output, name), { throwIfNoEntry: false })
    return stats?.isFile() === true && stats.size === size
  })
}

export function recordsOf({ bin, idx, quarantine }: ShardFiles): FileRecord[] {
  return quarantine === undefined ? [bin, idx] : [bin, idx, quarantine]
}

export function datasetError(file: string, message: string): Utf8TokenizerError {
  return new Utf8TokenizerError('ERR_DATASET', message, { file })
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
    throw datasetError(path, `could not read ${path} (${String(error)})`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below.
  }
  throw damaged(path, 'it is no JSON object')
}

function checkVersion(path: string, version: unknown): void {
  if (version === FORMAT_VERSION) return
  if (!Number.isInteger(version)) throw damaged(path, 'it has no format version')
  throw datasetError(
    path,
    `${path} has format version ${String(version)}, and this is ${FORMAT_VERSION}: it was written by another version of the tool; use that one`,
  )
}

function checkByteModel(path: string, { options: { byteModel } }: Pick<Plan, 'options'>): void {
  if (byteModel === undefined || BYTE_MODEL_NAMES.includes(byteModel)) return
  throw datasetError(
    path,
    `${path} has ids of ${byteModel}, a byte model that is not known here: it was written by another version of the tool; use that one`,
  )
}

function damaged(path: string, how: string): Utf8TokenizerError {
  return datasetError(path, `${path} is damaged, or not of this tool: ${how}; choose another folder`)
}

function isPlan(value: Partial<Plan>): boolean {
  return (
    typeof value.hash === 'string' &&
    typeof value.options === 'object' &&
    Array.isArray(value.inputs) &&
    Array.isArray(value.shards)
  )
}

function isManifest(value: Partial<Manifest>): boolean {
  return (
    typeof value.planHash === 'string' &&
    typeof value.options === 'object' &&
    typeof value.totals === 'object' &&
    Array.isArray(value.inputs) &&
    Array.isArray(value.shards) &&
    value.shards.every(({ files, counts, ranges }) => files?.bin && files.idx && counts && ranges)
  )
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
