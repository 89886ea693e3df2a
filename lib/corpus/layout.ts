/**
 * Names of the files of a corpus run. What stands under a final name is complete; everything that is under way lives
 * in the work folder, which goes away when the manifest is written.
 */
import { join } from 'node:path'

/** Version of plan, receipt and manifest; raised whenever the same plan would give other bytes. */
export const FORMAT_VERSION = 1
export const TOOL_NAME = 'utf8-tokenizer'
export const MANIFEST = 'manifest.json'
export const SHA256SUMS = 'SHA256SUMS'
export const WORK_FOLDER = '.prepare'

export type ShardFileKind = keyof typeof KINDS

const KINDS = {
  bin: { stem: 'data', extension: 'bin' },
  idx: { stem: 'data', extension: 'idx' },
  quarantine: { stem: 'quarantine', extension: 'jsonl' },
} as const

export const SHARD_FILE_KINDS = Object.keys(KINDS) as ShardFileKind[]

/** data-00000-of-00004.bin; data.bin if there is but one shard. */
export function shardFileName(kind: ShardFileKind, index: number, count: number): string {
  const { stem, extension } = KINDS[kind]
  if (count === 1) return `${stem}.${extension}`
  return `${stem}-${fiveDigits(index)}-of-${fiveDigits(count)}.${extension}`
}

export function workFolder(output: string): string {
  return join(output, WORK_FOLDER)
}

export function planPath(output: string): string {
  return join(output, WORK_FOLDER, 'plan.json')
}

/** Where standard input is kept until the merge. */
export function stdinPath(output: string): string {
  return join(output, WORK_FOLDER, 'stdin')
}

export function lockPath(output: string): string {
  return join(output, WORK_FOLDER, 'lock')
}

export function receiptPath(output: string, index: number): string {
  return join(output, WORK_FOLDER, `shard-${fiveDigits(index)}.json`)
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, '0')
}
