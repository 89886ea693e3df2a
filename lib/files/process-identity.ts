/**
 * Which process this is, and whether another one still lives. A process id alone does not say: it is used again. On
 * Linux the time at which the process started, in clock ticks since boot, tells two of the same id apart.
 */
import { readFileSync } from 'node:fs'
import { errnoOf } from '../errors.js'

export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot; 'x' where the system does not tell. */
  readonly start: string
}

let own: ProcessIdentity | undefined

export function processIdentity(): ProcessIdentity {
  own ??= { pid: process.pid, start: startTime(process.pid) ?? 'x' }
  return own
}

/** True if the process lives, or if nobody can say. */
export function isAlive({ pid, start }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (errnoOf(error) !== 'EPERM') return false
  }
  const now = startTime(pid)
  return now === undefined || start === 'x' || now === start
}

function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Field 22 (proc_pid_stat(5)); field 2 is the name in brackets, which may hold anything, so count from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
