/**
 * What a finished run says to a person: one sentence, then only the lines that have something to say.
 */
import type { Counts, Manifest, PlanOptions, PrepareResult, ShardReceipt } from '../corpus/types.js'
import { byteModel } from '../protocol/byte-models.js'
import type { ReservedPolicy } from '../protocol/controls.js'
import { aligned } from './print.js'
import { approximately, byteRate, byteSize, counted, duration, thousands } from './units.js'

export interface Work {
  readonly seconds: number
  /** As in `native (avx512)`. */
  readonly engine: string
  readonly workers: number
}

/** The summary of `prepare` and `merge`; `work` is left out where the work was done elsewhere. */
export function summary(manifest: Manifest, folder: string, work?: Work): string[] {
  const { totals, shards, passedOver } = manifest
  const documents = counted(totals.documents, 'document')
  const into = `${counted(shards.length, 'shard')} in ${shown(folder)}`
  const lines = [`Prepared ${documents} from ${sources(manifest)} into ${into}`]
  const rows = countRows(totals, manifest.options, quarantineFiles(shards, folder))
  rows.push(...passedOverRows(passedOver))
  lines.push(...aligned(rows))
  const check = `Check it with: utf8-tokenizer verify ${quoted(folder)}`
  if (work !== undefined) lines.push(workText(work, totals, manifest))
  lines.push(check)
  return lines
}

/** For a run that found everything done. */
export function nothingToDo(result: PrepareResult, folder: string): string[] {
  const { totals, shards } = result
  const documents = counted(totals.documents, 'document')
  return [
    `Nothing to do: ${shown(folder)} holds this already, ${documents} in ${counted(shards.length, 'shard')}.`,
    `Check it with: utf8-tokenizer verify ${quoted(folder)}`,
  ]
}

/** Rows of names and values for counts that are not zero. */
export function countRows(counts: Counts, options: PlanOptions, quarantine: string): [string, string][] {
  const rows: [string, string][] = [['tokens', `${approximately(counts.tokens)} (${frameText(options)})`]]
  const quarantined = sum(counts.quarantined)
  if (quarantined > 0) {
    const where = quarantine === '' ? '' : ` → ${quarantine}`
    rows.push(['quarantined', `${counted(quarantined, 'document')}: ${byReason(counts.quarantined)}${where}`])
  }
  const dropped = sum(counts.dropped)
  if (dropped > 0) rows.push(['dropped', `${counted(dropped, 'document')}: ${byReason(counts.dropped)}`])
  if (counts.replaced > 0) {
    rows.push(['replaced', `${counted(counts.replaced, 'ill-formed sequence')} by U+FFFD`])
  }
  if (counts.reservedBytes > 0) {
    rows.push(['reserved', `${counted(counts.reservedBytes, 'control byte')} ${TREATED[options.reserved]}`])
  }
  if (counts.skippedEmpty > 0) {
    rows.push(['empty', `${counted(counts.skippedEmpty, 'empty document')} left out`])
  }
  // Between paragraphs empty lines are what one expects.
  if (counts.blankLines > 0 && options.document !== 'paragraph') {
    rows.push(['blank lines', `${thousands(counts.blankLines)} passed over`])
  }
  if (counts.crlf > 0) {
    rows.push(['line ends', `${counted(counts.crlf, 'document')} ended with CR LF; decode gives LF`])
  }
  if (counts.bom > 0)
    rows.push(['byte order', `${counted(counts.bom, 'mark')} at the start of a file passed over`])
  return rows
}

/** A row for files of folders that were not taken, if there are any; `more` is said of them, too. */
export function passedOverRows(passedOver: Manifest['passedOver'], more = ''): [string, string][] {
  const files = sum(passedOver)
  if (files === 0) return []
  const why = `neither text nor JSON lines, by extension${more}`
  return [['passed over', `${counted(files, 'file')}: ${byReason(passedOver)} (${why})`]]
}

/** A path as it is shown for a folder. */
export function shown(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) && !path.startsWith('-') ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

/** `truncated 2, overlong 1`, the most frequent first. */
export function byReason(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts)
    .map(([reason, count = 0]) => [reason, count] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${REASON_NAMES[reason] ?? reason.replaceAll('-', ' ')} ${thousands(count)}`)
    .join(', ')
}

export function sum(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0)
}

/** Where the quarantine is, or an empty text. */
export function quarantineFiles(shards: readonly ShardReceipt[], folder: string): string {
  const names = shards.flatMap(({ files }) => (files.quarantine === undefined ? [] : [files.quarantine.name]))
  if (names.length === 0) return ''
  return `${shown(folder)}${names.length === 1 ? names[0] : `quarantine-*.jsonl (${names.length} files)`}`
}

/** `502 files (7.9 MB)`. */
export function sources({ inputs, totals }: Pick<Manifest, 'inputs' | 'totals'>): string {
  const files = inputs.filter(({ path }) => path !== '-').length
  const parts = files > 0 ? [counted(files, 'file')] : []
  if (files < inputs.length) parts.push('standard input')
  return `${parts.join(' and ')} (${byteSize(totals.inputBytes)})`
}

const REASON_NAMES: Readonly<Record<string, string>> = {
  'json-malformed': 'malformed JSON',
  'field-missing': 'no such field',
  'field-not-string': 'field is no string',
  'reserved-byte': 'control byte',
}

const TREATED: Readonly<Record<ReservedPolicy, string>> = {
  escape: 'escaped',
  keep: 'kept as they are',
  picture: 'made pictures (U+2400 …)',
  strip: 'taken out',
  quarantine: 'set aside',
  fail: 'refused',
}

function frameText({ dtype, bos, eos, byteModel: name }: PlanOptions): string {
  const model = name === undefined ? undefined : byteModel(name)
  const tokens = model === undefined ? dtype : `${dtype}, ids of ${model.name}`
  const begin = model === undefined ? 'STX' : `id ${model.bos}`
  const end = model === undefined ? 'ETX' : `id ${model.eos}`
  if (bos && eos) return `${tokens}, ${begin} … ${end} around each document`
  if (bos) return `${tokens}, ${begin} in front of each document`
  if (eos) return `${tokens}, ${end} behind each document`
  return `${tokens}, ${model === undefined ? 'no bytes' : 'nothing'} between documents`
}

function workText(work: Work, totals: Counts, manifest: Manifest): string {
  const resumed = 'resumedShards' in manifest ? Number(manifest.resumedShards) : 0
  // What an earlier run did is not this run's speed, and a small run's is that of starting threads.
  const telling = resumed === 0 && totals.inputBytes >= 1e6
  const rate = telling ? ` (${byteRate(totals.inputBytes, work.seconds)})` : ''
  const earlier = resumed > 0 ? `, ${counted(resumed, 'shard')} from an earlier run` : ''
  const workers = counted(work.workers, 'worker')
  return `Took ${duration(work.seconds)}${rate}, engine ${work.engine}, ${workers}${earlier}.`
}
