/**
 * The output folder while a run works on it: refuses folders that are somebody else's, holds the lock, and leaves
 * nothing of its own behind that says nothing (an empty work folder, an empty output folder that it made).
 */
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, Utf8TokenizerError, writeError } from '../errors.js'
import { ownerOfTemporary, syncFolder, writeFileAtomic } from '../files/atomic-file.js'
import { isAlive } from '../files/process-identity.js'
import {
  lockPath,
  MANIFEST,
  planPath,
  receiptPath,
  SHA256SUMS,
  SHARD_FILE_KINDS,
  shardFileName,
  WORK_FOLDER,
  workFolder,
} from './layout.js'
import { takeLock } from './lock.js'
import { filesAreThere, planOf, readManifest, readPlan } from './records.js'
import type { Manifest, Plan, PlannedInput } from './types.js'

export class OutputFolder {
  readonly path: string
  readonly #made: boolean
  readonly #unlock: () => void

  /** Makes the folder if it is not there, and locks it. */
  constructor(path: string) {
    this.path = path
    refuseForeign(path)
    this.#made = makeFolder(path)
    makeFolder(workFolder(path))
    try {
      this.#unlock = takeLock(lockPath(path))
      // Somebody may have come between.
      refuseForeign(path)
    } catch (error) {
      this.#removeIfEmpty()
      throw error
    }
  }

  /** Where unfinished things live. */
  get work(): string {
    return workFolder(this.path)
  }

  close(): void {
    this.#unlock()
    this.#removeIfEmpty()
  }

  /**
   * Makes `plan` the plan of this folder. Returns the manifest if the run is complete already. Another plan's work is
   * an error, or, with `overwrite`, removed: those files that it names, and no others. `keepInput` is called before the
   * plan is written, if it is: what the plan needs shall be there first.
   */
  adopt(plan: Plan, overwrite: boolean, keepInput: () => void): Manifest | undefined {
    const manifest = readManifest(this.path)
    const old = manifest === undefined ? readPlan(this.path) : planOf(manifest)
    if (manifest?.planHash === plan.hash) {
      if (manifest.shards.every(({ files }) => filesAreThere(this.path, files))) return manifest
      keepInput()
      this.#reopen(manifest, plan)
      return undefined
    }
    if (old !== undefined && old.hash !== plan.hash) {
      if (!overwrite) throw otherPlan(this.path, old, plan)
      this.#removeRun(old)
    }
    keepInput()
    this.#write(planPath(this.path), plan)
    return undefined
  }

  /** Removes what killed processes left unfinished in the work folder. */
  removeStray(): void {
    for (const name of readdirSync(this.work)) {
      const owner = ownerOfTemporary(name)
      if (owner !== undefined && !isAlive(owner)) rmSync(join(this.work, name), { force: true })
    }
  }

  /** Removes the work folder's content, save the lock. */
  clearWork(): void {
    for (const name of readdirSync(this.work)) {
      const path = join(this.work, name)
      if (path !== lockPath(this.path)) rmSync(path, { force: true, recursive: true })
    }
  }

  /** Turns a finished run of which files are missing into one that can be resumed. */
  #reopen(manifest: Manifest, plan: Plan): void {
    for (const receipt of manifest.shards) {
      if (filesAreThere(this.path, receipt.files)) {
        this.#write(receiptPath(this.path, receipt.index), receipt)
      }
    }
    this.#write(planPath(this.path), plan)
    rmSync(join(this.path, MANIFEST), { force: true })
    syncFolder(this.path)
  }

  /**
   * Removes the files of another run. Its plan stands in the work folder all the while, so that a run which is killed
   * here still knows whose the rest is; and what says that files are complete goes before the files.
   */
  #removeRun(old: Plan): void {
    const remove = (path: string) => rmSync(path, { force: true })
    try {
      this.#write(planPath(this.path), old)
      remove(join(this.path, MANIFEST))
      syncFolder(this.path)
      const count = old.shards.length
      for (let index = 0; index < count; index++) remove(receiptPath(this.path, index))
      remove(join(this.path, SHA256SUMS))
      for (let index = 0; index < count; index++) {
        for (const kind of SHARD_FILE_KINDS) remove(join(this.path, shardFileName(kind, index, count)))
      }
    } catch (error) {
      throw error instanceof Utf8TokenizerError ? error : writeError(this.path, error)
    }
  }

  #write(path: string, value: unknown): void {
    writeFileAtomic(path, `${JSON.stringify(value)}\n`)
  }

  #removeIfEmpty(): void {
    if (removeEmpty(workFolder(this.path)) && this.#made) removeEmpty(this.path)
  }
}

/** Throws if the path is a file, or a folder with content that is not of a run. */
function refuseForeign(path: string): void {
  const names = namesIn(path)
  if (names.length === 0 || readManifest(path) !== undefined || readPlan(path) !== undefined) return
  const other = names.find((name) => name !== WORK_FOLDER)
  if (other === undefined) return
  throw new Utf8TokenizerError(
    'ERR_OUTPUT_OTHER_PLAN',
    `${path} is not empty (it has ${other}) and holds no run of this tool; choose an empty or a new folder`,
    { file: path },
  )
}

/** The names in a folder; none if it is not there. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw folderError(path, error)
  }
}

/** Makes a folder and those above it; false if it is there. */
function makeFolder(path: string): boolean {
  try {
    return mkdirSync(path, { recursive: true }) !== undefined
  } catch (error) {
    throw folderError(path, error)
  }
}

function folderError(path: string, error: unknown): Utf8TokenizerError {
  const errno = errnoOf(error)
  if (errno !== 'EEXIST' && errno !== 'ENOTDIR') return writeError(path, error)
  return new Utf8TokenizerError(
    'ERR_OUTPUT_NOT_DIRECTORY',
    `expected a folder for the output, and ${path}, or a part of it, is a file; choose another path`,
    { file: path },
  )
}

function removeEmpty(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch {
    // Not empty, or not ours to remove: either way it stays.
    return false
  }
}

function otherPlan(path: string, old: Plan, plan: Plan): Utf8TokenizerError {
  return new Utf8TokenizerError(
    'ERR_OUTPUT_OTHER_PLAN',
    `${path} holds another run (${differences(old, plan).join('; ')}); choose another folder, or replace it with --overwrite`,
    { file: path },
  )
}

/** What is different, in words. */
function differences(old: Plan, plan: Plan): string[] {
  const words: string[] = []
  for (const [name, value] of Object.entries(plan.options)) {
    const before = Object.entries(old.options).find(([other]) => other === name)?.[1]
    if (before !== value) words.push(`${name} was ${JSON.stringify(before)}, and is ${JSON.stringify(value)}`)
  }
  const before = new Map(old.inputs.map((input) => [keyOf(input), input]))
  const after = new Set(plan.inputs.map(keyOf))
  const added = plan.inputs.filter((input) => !before.has(keyOf(input)))
  const removed = old.inputs.filter((input) => !after.has(keyOf(input)))
  const changed = plan.inputs.filter((input) => {
    const other = before.get(keyOf(input))
    return other !== undefined && JSON.stringify(other) !== JSON.stringify(input)
  })
  for (const [what, inputs] of [
    ['new', added],
    ['no more', removed],
    ['changed', changed],
  ] as const) {
    if (inputs.length > 0) words.push(`inputs ${what}: ${listed(inputs)}`)
  }
  return words.length > 0 ? words : ['the order of the inputs']
}

function listed(inputs: readonly PlannedInput[]): string {
  const rest = inputs.length - 1
  return rest === 0 ? inputs[0].path : `${inputs[0].path} and ${rest} more`
}

function keyOf({ path, pathBase64 }: PlannedInput): string {
  return pathBase64 ?? `=${path}`
}
