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
  stream.write(`${escapeControls(JSON.stringify(value))}\n`)
}

/** Writes data to stdout, and waits while the reader is behind. */
export async function writeData(data: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, 'drain')
}

/** A reader that has seen enough (`| head`) is no error. */
export function exitQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
}

/** Control characters as pictures; DEL and C1, which have none, as their escape in JavaScript. HT and LF stay. */
export function harmless(text: string): string {
  return escapeControls(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    text.replace(/[\x00-\x08\x0b-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0))),
  )
}

/** DEL and C1 as JSON escapes; JSON.stringify leaves them as they are, and U+009B is a terminal's CSI. */
export function escapeControls(text: string): string {
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
