/**
 * Everything that reaches stdout and stderr. Text for people passes through {@link harmless}: names of files and
 * contents of documents may hold control characters, which a terminal would obey.
 */
import { once } from 'node:events'

/** Prints lines for people. */
export function printLines(lines: readonly string[], stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(lines.map((line) => `${harmless(line)}\n`).join(''))
}

export function printJson(value: unknown, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${escapeC1(JSON.stringify(value))}\n`)
}

/** Writes data to stdout, and waits while the reader is behind. */
export async function writeData(data: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, 'drain')
}

/** Ends the process when its output cannot be written; quietly if the reader has seen enough (`| head`). */
export function exitOnBrokenOutput(): void {
  const end = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`utf8-tokenizer: could not write to standard output (${error.message})\n`)
    process.exit(1)
  }
  process.stdout.on('error', end)
  process.stderr.on('error', () => process.exit())
}

/** Control characters as pictures; DEL and C1, which have none, as their escape in JavaScript. HT and LF stay. */
export function harmless(text: string): string {
  return escapeC1(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    text.replace(/[\x00-\x08\x0b-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0))),
  )
}

/** DEL and C1 as JSON escapes; JSON.stringify leaves them as they are, and U+009B is a terminal's CSI. */
export function escapeC1(text: string): string {
  return text.replace(
    /[\x7f-\x9f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Two columns, the first as wide as its widest. */
export function aligned(rows: readonly (readonly [string, string])[], indent = '  '): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${indent}${name.padEnd(width)}  ${value}`)
}
