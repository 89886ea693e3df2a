/**
 * Arguments as the system gave them. Node decodes the command line as UTF-8, and what is not UTF-8 in a file's name
 * becomes U+FFFD, under which no file is found. On Linux the bytes are still there to be read.
 */
import { readFileSync } from 'node:fs'

const REPLACEMENT = '\ufffd'

/** The argument itself, or its bytes if they are no UTF-8 and can be had. */
export function argumentBytes(argument: string): string | Uint8Array {
  if (!argument.includes(REPLACEMENT)) return argument
  let line: Buffer
  try {
    line = readFileSync('/proc/self/cmdline')
  } catch {
    return argument
  }
  const raw = splitAtNul(line)
  const seen = taken.get(argument) ?? 0
  // Two different names may look alike once decoded: each one is handed out in its turn.
  const found = raw.filter((bytes) => bytes.toString() === argument)
  taken.set(argument, seen + 1)
  const bytes = found[Math.min(seen, found.length - 1)]
  if (bytes === undefined || bytes.equals(Buffer.from(argument))) return argument
  return new Uint8Array(bytes)
}

const taken = new Map<string, number>()

function splitAtNul(line: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let start = 0; start < line.length; ) {
    const nul = line.indexOf(0, start)
    const end = nul < 0 ? line.length : nul
    parts.push(line.subarray(start, end))
    start = end + 1
  }
  return parts
}
