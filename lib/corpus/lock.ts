/**
 * A lock file, so that two runs do not work on one output folder. It names its process; a lock whose process is gone
 * is taken over. It is made as a complete file under another name and then linked, so that nobody ever reads a lock
 * that is half written.
 */
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { errnoOf, Utf8TokenizerError, writeError } from '../errors.js'
import { temporaryName } from '../files/atomic-file.js'
import { isAlive, type ProcessIdentity, processIdentity } from '../files/process-identity.js'

interface LockContent extends ProcessIdentity {
  readonly host: string
}

/** Takes the lock or throws ERR_OUTPUT_BUSY; the function that it returns gives it back. */
export function takeLock(path: string): () => void {
  const content: LockContent = { ...processIdentity(), host: hostname() }
  const text = `${JSON.stringify(content)}\n`
  const own = join(dirname(path), temporaryName('lock'))
  try {
    writeFileSync(own, text, { flag: 'wx' })
    while (!link(own, path, text)) removeStale(path)
  } catch (error) {
    throw error instanceof Utf8TokenizerError ? error : writeError(path, error)
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(path, { force: true })
}

/** Makes the lock; false if there is one. */
function link(own: string, path: string, text: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error
  }
  // A file system without hard links.
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a process that is gone; throws if it lives. */
function removeStale(path: string): void {
  const seen = read(path)
  if (seen === undefined) return
  refuseIfAlive(path, seen)
  // Between the look and the removal another process may have taken the lock over: move it aside and look again.
  const aside = join(dirname(path), temporaryName('stale-lock'))
  try {
    renameSync(path, aside)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  const moved = read(aside)
  if (moved !== seen) {
    link(aside, path, moved ?? '')
    unlinkSync(aside)
    refuseIfAlive(path, moved ?? '')
    return
  }
  unlinkSync(aside)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function refuseIfAlive(path: string, text: string): void {
  const holder = parse(text)
  if (holder === undefined) return
  const here = holder.host === hostname()
  if (here && !isAlive(holder)) return
  throw new Utf8TokenizerError(
    'ERR_OUTPUT_BUSY',
    here
      ? `process ${holder.pid} is working on ${dirname(dirname(path))}; wait for it, or choose another folder`
      : `process ${holder.pid} on ${holder.host} is working on ${dirname(dirname(path))}; if it is gone, remove ${path}`,
    { file: path },
  )
}

/** The content, or undefined if it is none: what a machine that lost its power left. */
function parse(text: string): LockContent | undefined {
  try {
    const { pid, start, host } = JSON.parse(text)
    return Number.isInteger(pid) && typeof start === 'string' && typeof host === 'string'
      ? { pid, start, host }
      : undefined
  } catch {
    return undefined
  }
}
