/**
 * `validate`: every ill-formed sequence in files, as a compiler tells of errors: file, line, column, what is wrong, and
 * how it looks.
 */
import { relative } from 'node:path'
import type { IllFormedFile, IllFormedSequence, ValidateOptions, ValidateReport } from '../corpus/types.js'
import { visualizeControlTokens } from '../protocol/visualize.js'
import { argumentBytes } from './argument-bytes.js'
import { command, EXIT, type MessageOptions } from './command.js'
import { aligned, printJson, printLines } from './print.js'
import { type ProgressDisplay, progressDisplay } from './progress.js'
import { byReason, passedOverRows } from './report.js'
import { byteRate, byteSize, counted, duration, thousands } from './units.js'

type Options = Pick<ValidateOptions, 'allFiles' | 'engine' | 'workers'> &
  MessageOptions & { readonly maxErrors: number }

/** How many times `--max-errors` sequences are printed of all files together. */
const FILES = 10

export const validateCommand = command<Options>({
  name: 'validate',
  argument: { name: '<input...>', help: 'files, folders, globs, or - for standard input' },
  summary: 'find ill-formed UTF-8 in text files',
  description:
    'Prints each ill-formed sequence (RFC 3629) as file:line:column, byte offset, reason, and its bytes between what ' +
    'stands around them. Lines end with LF, columns count code points, both from 1; offsets from 0. Of a folder it ' +
    'takes what prepare takes. Exit code 1 if there is any, or if a file cannot be read.',
  examples: [
    'utf8-tokenizer validate corpus/',
    "utf8-tokenizer validate 'src/**/*.c' --max-errors 1000",
    'zcat books.txt.gz | utf8-tokenizer validate -',
  ],
  async run(inputs, options, interrupt) {
    const { validate } = await import('../corpus/validate.js')
    const { allFiles, engine, workers, maxErrors } = options
    const progress = progressDisplay(options)
    const printer = options.json ? new JsonPrinter() : new LinePrinter(progress)
    const start = performance.now()
    try {
      const report = await validate({
        inputs: inputs.map(argumentBytes),
        allFiles,
        engine,
        workers,
        signal: interrupt(),
        onProgress: progress.update,
        maxFindingsPerFile: maxErrors,
        maxFindings: Math.min(FILES * maxErrors, Number.MAX_SAFE_INTEGER),
        onFinding: (finding) => printer.finding(finding),
        onFile: (file) => printer.file(file),
      })
      progress.stop()
      printer.report(report, (performance.now() - start) / 1000, options.quiet === true)
      return report.ok ? EXIT.done : EXIT.failed
    } finally {
      progress.stop()
    }
  },
})

/** One object at the end. */
class JsonPrinter {
  readonly #findings: object[] = []
  readonly #files: IllFormedFile[] = []

  finding({ bytes, context: _, ...place }: IllFormedSequence): void {
    this.#findings.push({ ...place, bytes: Buffer.from(bytes).toString('hex') })
  }

  file(file: IllFormedFile): void {
    this.#files.push(file)
  }

  report(report: ValidateReport, seconds: number): void {
    const { ok, files, bytes, illFormed, reasons, problems, passedOver } = report
    printJson({
      ok,
      files,
      bytes,
      illFormed,
      reasons,
      illFormedFiles: this.#files,
      findings: this.#findings,
      problems,
      passedOver,
      seconds,
    })
  }
}

/** Lines, as soon as there is something to tell. */
class LinePrinter {
  readonly #progress: ProgressDisplay
  #shown = 0
  #shownFiles = 0

  constructor(progress: ProgressDisplay) {
    this.#progress = progress
  }

  finding(finding: IllFormedSequence): void {
    this.#shown++
    this.#print([findingLine(finding)])
  }

  /** What is to be said of a file whose sequences were printed, or some of them. */
  file({ file, illFormed, reasons, findings, looksLike }: IllFormedFile): void {
    if (findings === 0) return
    this.#shownFiles++
    const lines: string[] = []
    const name = nameOf(file)
    if (findings < illFormed) {
      const rest = thousands(illFormed - findings)
      lines.push(
        `${name}: … and ${rest} more, in all ${counted(illFormed, 'sequence')}: ${byReason(reasons)}`,
      )
    }
    if (looksLike !== undefined) lines.push(`${name}: looks like ${looksLike.what}; ${looksLike.advice}`)
    if (lines.length > 0) this.#print(lines)
  }

  report(report: ValidateReport, seconds: number, quiet: boolean): void {
    const { problems } = report
    if (problems.length > 0) {
      printLines(
        problems.map(({ message }) => `utf8-tokenizer: ${message}`),
        process.stderr,
      )
    }
    if (!quiet) printLines(this.#summary(report, seconds))
  }

  #summary(report: ValidateReport, seconds: number): string[] {
    const { files, bytes, illFormed, reasons, illFormedFiles, problems, passedOver } = report
    const rows: [string, string][] = []
    if (illFormed > this.#shown) {
      const hidden = counted(illFormed - this.#shown, 'sequence')
      const others = illFormedFiles - this.#shownFiles
      const where = others > 0 ? `, among them all of ${counted(others, 'file')}` : ''
      rows.push(['not shown', `${hidden}${where} (--max-errors shows more)`])
    }
    if (problems.length > 0)
      rows.push(['not read', `${counted(problems.length, 'file or folder', 'files or folders')}`])
    rows.push(...passedOverRows(passedOver, '; --all-files takes them'))
    const where = `${illFormedFiles < files ? `${thousands(illFormedFiles)} of ` : ''}${counted(files, 'file')}`
    const verdict =
      illFormed > 0
        ? `${counted(illFormed, 'ill-formed sequence')} in ${where}: ${byReason(reasons)}`
        : `No ill-formed UTF-8 in ${counted(files, 'file')}.`
    // A small run's rate is that of starting.
    const rate = bytes >= 1e6 ? ` (${byteRate(bytes, seconds)})` : ''
    return [verdict, ...aligned(rows), `Read ${byteSize(bytes)} in ${duration(seconds)}${rate}.`]
  }

  #print(lines: string[]): void {
    this.#progress.stop()
    printLines(lines)
  }
}

/** `notes.txt:12:7: byte 345: truncated: …caf<E9> au lait`. */
function findingLine(finding: IllFormedSequence): string {
  const { file, line, column, offset, reason, bytes, context } = finding
  const before = `${context.cutBefore ? '…' : ''}${visible(context.before)}`
  const after = `${visible(context.after)}${context.cutAfter ? '…' : ''}`
  const place = `${nameOf(file)}:${line}:${column}: byte ${offset}`
  const hex = Array.from(bytes, (byte) => byte.toString(16).toUpperCase()).join(' ')
  return `${place}: ${reason.replaceAll('-', ' ')}: ${before}<${hex}>${after}`
}

/** As the user would name it: what is below the working folder without the way to it. */
function nameOf(file: string): string {
  if (file === '-') return 'standard input'
  const below = relative(process.cwd(), file)
  return visible(below === '' || below.startsWith('..') ? file : below)
}

/** On one line, and in the order in which it stands: what turns the direction of writing, or has no width, as its escape. */
function visible(text: string): string {
  const escaped = text.replace(
    /[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  )
  return visualizeControlTokens(escaped, { includeWhitespace: true })
}
