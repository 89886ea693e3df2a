/**
 * From what the user named to the list of input files, in an order that depends on names alone: the given order, and
 * within a folder or glob the byte order of names, folder by folder. Folders and globs are walked here and not by a
 * library, because names are bytes: a file whose name is no UTF-8, or has a line feed in it, is an input like any
 * other.
 *
 * Hidden entries of a folder are passed over, as are files whose extension says neither text nor JSON lines (those are
 * counted). Links are followed, save one that leads back to a folder above itself.
 *
 * What a file holds is looked at here only where it would be wrong to take it (`binary`): whoever asks what is wrong
 * with files wants them all.
 */
import { accessSync, constants, readdirSync, type Stats, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { errnoOf, readError, Utf8TokenizerError } from '../../errors.js'
import type { InputFormat, PlannedInput } from '../types.js'
import { type BytePath, bytePath, displayPath, fsPath, recordPath } from './byte-path.js'
import { extensionOf, formatOfName, refuseBinary } from './format.js'

export interface DiscoverOptions {
  readonly inputs: readonly (string | Uint8Array)[]
  readonly inputFormat: 'auto' | InputFormat
  /** The output folder, which is never an input. */
  readonly output: string
  /** What stands for `-`. */
  readonly stdin: PlannedInput | undefined
  /** A file that is no UTF-8 text by its first bytes, or cannot be read, is an error; or taken like any other. */
  readonly binary: 'refuse' | 'take'
  /** How the user takes all files of a folder, for the error about one in which none was taken. */
  readonly takeAll: string
  /** Called with each input as soon as it is found. */
  readonly onInput?: (input: PlannedInput) => void
  /** Called with what of a folder or glob cannot be looked at, which is then passed over; without it, it is thrown. */
  readonly onUnreadable?: (error: Utf8TokenizerError) => void
}

/** {@link DiscoverOptions.takeAll} where there is an input format to choose. */
export const TAKE_ALL_BY_FORMAT = 'name the input format (--input-format) to take them all'

export interface Discovery {
  readonly inputs: PlannedInput[]
  readonly passedOver: Record<string, number>
}

/** Finds the inputs; yields now and then, so that the caller can do something else or stop. */
export function* discover(options: DiscoverOptions): Generator<void, Discovery> {
  const found = new Found(options)
  const walker = new Walker(options)
  for (const input of options.inputs) {
    if (input === '-') {
      if (options.stdin !== undefined) found.add(options.stdin)
      continue
    }
    const path = bytePath(input)
    const stats = statIfThere(path)
    if (stats?.isDirectory()) yield* takeFolder(found, walker, path, options.takeAll)
    else if (stats !== undefined) found.take(path, stats, true)
    else yield* takeGlob(found, walker, input)
  }
  return { inputs: found.inputs, passedOver: Object.fromEntries([...found.passedOver].sort(byName)) }
}

class Found {
  readonly inputs: PlannedInput[] = []
  readonly passedOver = new Map<string, number>()
  readonly #seen = new Set<BytePath>()
  readonly #format: 'auto' | InputFormat
  readonly #binary: DiscoverOptions['binary']
  readonly #onInput: DiscoverOptions['onInput']

  constructor({ inputFormat, binary, onInput }: DiscoverOptions) {
    this.#format = inputFormat
    this.#binary = binary
    this.#onInput = onInput
  }

  add(input: PlannedInput): void {
    this.inputs.push(input)
    this.#onInput?.(input)
  }

  /** Takes a file; one that was only met in a folder, and not named, needs an extension that says what it is. */
  take(path: BytePath, stats: Stats, named: boolean): void {
    const known = this.#format === 'auto' ? formatOfName(path) : this.#format
    if (!stats.isFile()) {
      if (named) throw notRegular(path)
      this.#passOver('(no regular file)')
      return
    }
    if (known === undefined && !named) {
      this.#passOver(extensionOf(path))
      return
    }
    if (this.#seen.has(path)) return
    this.#seen.add(path)
    if (this.#binary === 'refuse') {
      if (this.#format === 'auto') refuseBinary(path)
      else checkReadable(path)
    }
    const { size, mtimeMs } = stats
    const format = known ?? 'text'
    const { path: name, pathBase64 } = recordPath(path)
    // Spelt out, as spreading an object takes as long as asking for the status of a file.
    this.add(
      pathBase64 === undefined
        ? { path: name, size, mtimeMs, format }
        : { path: name, pathBase64, size, mtimeMs, format },
    )
  }

  #passOver(what: string): void {
    this.passedOver.set(what, (this.passedOver.get(what) ?? 0) + 1)
  }
}

class Walker {
  /** How often something could not be looked at. */
  unreadable = 0
  readonly #output: BytePath
  readonly #outputIdentity: string | undefined
  readonly #onUnreadable: DiscoverOptions['onUnreadable']

  constructor({ output, onUnreadable }: DiscoverOptions) {
    this.#output = bytePath(output)
    const stats = statIfThere(this.#output)
    this.#outputIdentity = stats && identity(stats)
    this.#onUnreadable = onUnreadable
  }

  /** Yields the files below a folder with their status. `depth` is how many levels of names to go down. */
  *files(
    folder: BytePath,
    hidden: boolean,
    depth: number,
    above: readonly string[] = [],
  ): Generator<{ path: BytePath; stats: Stats }> {
    const self = identity(status(folder))
    if (folder === this.#output || self === this.#outputIdentity || above.includes(self)) return
    const prefix = folder.endsWith('/') ? folder : `${folder}/`
    for (const name of this.#tried(() => names(folder)) ?? []) {
      if (!hidden && name.startsWith('.')) continue
      const path = prefix + name
      const stats = this.#tried(() => status(path))
      if (stats === undefined) continue
      if (!stats.isDirectory()) yield { path, stats }
      else if (depth > 1) yield* this.files(path, hidden, depth - 1, [...above, self])
    }
  }

  #tried<T>(look: () => T): T | undefined {
    try {
      return look()
    } catch (error) {
      if (this.#onUnreadable === undefined || !(error instanceof Utf8TokenizerError)) throw error
      this.unreadable++
      this.#onUnreadable(error)
      return undefined
    }
  }
}

function* takeFolder(found: Found, walker: Walker, folder: BytePath, takeAll: string): Generator<void> {
  const before = found.inputs.length
  const unreadableBefore = walker.unreadable
  const passedBefore = new Map(found.passedOver)
  let files = 0
  for (const { path, stats } of walker.files(folder, false, Number.POSITIVE_INFINITY)) {
    found.take(path, stats, false)
    if (++files % 256 === 0) yield
  }
  if (found.inputs.length > before || walker.unreadable > unreadableBefore) return
  const passed = [...found.passedOver]
    .map(([what, count]) => [what, count - (passedBefore.get(what) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} of ${what}`)
  // A folder whose files were all named before is no mistake.
  if (files > 0 && passed.length === 0) return
  throw emptyError(
    `the folder ${displayPath(folder)} has no text or JSON lines in it`,
    passed.length === 0 ? 'it has no files' : `passed over: ${passed.join(', ')}; ${takeAll}`,
    displayPath(folder),
  )
}

function* takeGlob(found: Found, walker: Walker, input: string | Uint8Array): Generator<void> {
  // Loaded when a glob may be there only: a library for patterns is a large part of the time to start.
  const picomatch: typeof import('picomatch') = createRequire(import.meta.url)('picomatch')
  const pattern = typeof input === 'string' ? input : undefined
  const scan = pattern === undefined ? undefined : picomatch.scan(pattern)
  if (pattern === undefined || scan === undefined || !scan.isGlob || scan.negated) {
    const path = displayPath(bytePath(input))
    throw readError(pattern ?? path, Object.assign(new Error('no such file'), { code: 'ENOENT' }))
  }
  // A line feed in a name is a character like any other: `.` shall match it.
  const matches = picomatch(scan.glob, { flags: 's' })
  const base = bytePath(scan.base === '' ? '.' : scan.base.replace(/\\(.)/g, '$1'))
  const depth = scan.glob.includes('**') ? Number.POSITIVE_INFINITY : scan.glob.split('/').length
  const unreadableBefore = walker.unreadable
  let matched = 0
  let files = 0
  if (statIfThere(base)?.isDirectory()) {
    const below = base.endsWith('/') ? base.length : base.length + 1
    for (const { path, stats } of walker.files(base, true, depth)) {
      if (matches(displayPath(path.slice(below)))) {
        found.take(path, stats, true)
        matched++
      }
      if (++files % 256 === 0) yield
    }
  }
  if (matched === 0 && walker.unreadable === unreadableBefore) {
    throw emptyError(`no file matches ${pattern}`, 'check the pattern and the folder', pattern)
  }
}

function byName([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1
}

function names(folder: BytePath): BytePath[] {
  try {
    // As latin1: one code unit a byte, and so sort() goes by bytes.
    return readdirSync(fsPath(folder), 'latin1').sort()
  } catch (error) {
    throw readError(displayPath(folder), error)
  }
}

function status(path: BytePath): Stats {
  try {
    return statSync(fsPath(path))
  } catch (error) {
    throw readError(displayPath(path), error)
  }
}

function statIfThere(path: BytePath): Stats | undefined {
  try {
    return statSync(fsPath(path))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw readError(displayPath(path), error)
  }
}

function checkReadable(path: BytePath): void {
  try {
    accessSync(fsPath(path), constants.R_OK)
  } catch (error) {
    throw readError(displayPath(path), error)
  }
}

function identity(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`
}

function notRegular(path: BytePath): Utf8TokenizerError {
  const file = displayPath(path)
  return new Utf8TokenizerError(
    'ERR_INPUT_UNREADABLE',
    `${file} is no regular file, so that its size is not known; pass it through standard input (-)`,
    { file },
  )
}

function emptyError(what: string, advice: string, file: string): Utf8TokenizerError {
  return new Utf8TokenizerError('ERR_INPUT_EMPTY', `${what}; ${advice}`, { file })
}
