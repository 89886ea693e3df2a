/**
 * `cross-check`: both engines over the inputs, and the smallest piece of them that shows a difference.
 */
import type { CrossCheckReport, EngineDifference } from '../corpus/cross-check.js'
import { command, EXIT, type FramingOptions, framingOptions, type MessageOptions } from './command.js'
import { aligned, harmless, printJson, printLines } from './print.js'
import { progressDisplay } from './progress.js'
import { byteRate, byteSize, counted, thousands } from './units.js'

type Options = FramingOptions & MessageOptions

export const crossCheckCommand = command<Options>({
  name: 'cross-check',
  argument: { name: '<input...>', help: 'files, folders or globs' },
  summary: 'compare the native and the JavaScript engine on your data',
  description:
    'Frames the inputs with the native and the JavaScript engine, in memory, and compares all that they give, ' +
    'byte for byte. On a difference it shows the place and the smallest input that still differs, and the exit ' +
    'code is 1.',
  examples: [
    'utf8-tokenizer cross-check corpus/',
    'utf8-tokenizer cross-check crawl.jsonl --text-field page.body',
  ],
  async run(inputs, options, interrupt) {
    const { crossCheck } = await import('../corpus/cross-check.js')
    const progress = progressDisplay(options)
    try {
      const report = await crossCheck({
        ...framingOptions(inputs, options),
        signal: interrupt(),
        onProgress: progress.update,
      })
      progress.stop()
      const { difference } = report
      if (options.json) printJson({ ...report, difference: difference && inHex(difference) })
      else if (difference !== null) printLines(differenceLines(report, difference), process.stderr)
      else if (!options.quiet) printLines(agreementLines(report))
      return difference === null ? EXIT.done : EXIT.failed
    } finally {
      progress.stop()
    }
  },
})

/** Bytes of an input or output that are shown at most. */
const SHOWN = 256

function agreementLines(report: CrossCheckReport): string[] {
  const { files, bytes, documents, refused } = report
  const kept = `${counted(documents, 'document')}, ${thousands(refused)} refused`
  return [
    `Both engines give the same bytes for ${counted(files, 'file')} (${byteSize(bytes)}): ${kept}`,
    ...speedLines(report),
  ]
}

function differenceLines(report: CrossCheckReport, difference: EngineDifference): string[] {
  const { file, start, end, what, input, outputs, smallest } = difference
  const [first, second] = report.engines.map(({ target }) => target)
  return [
    `The engines differ: ${first} against ${second}, in ${file}, bytes ${start} to ${end}`,
    ...aligned([
      ['what', what],
      [smallest ? 'smallest input' : 'input (not all was tried)', counted(input.length, 'byte')],
      ...bytesRows('', input),
      [`${first} gives`, counted(outputs[0].length, 'byte')],
      ...bytesRows('', outputs[0]),
      [`${second} gives`, counted(outputs[1].length, 'byte')],
      ...bytesRows('', outputs[1]),
    ]),
    ...speedLines(report),
  ]
}

/** In hexadecimal and as text. */
function bytesRows(name: string, bytes: Uint8Array): [string, string][] {
  if (bytes.length === 0) return []
  const part = Buffer.from(bytes.subarray(0, SHOWN))
  const more = bytes.length > SHOWN ? ' …' : ''
  const hex = (part.toString('hex').match(/../g) ?? []).join(' ')
  const text = harmless(part.toString()).replaceAll('\n', '␊').replaceAll('\t', '␉')
  return [
    [name, `${hex}${more}`],
    [name, `${text}${more}`],
  ]
}

function speedLines({ engines, bytes }: CrossCheckReport): string[] {
  return aligned(
    engines.map(({ name, target, seconds }): [string, string] => [
      name === 'native' ? `native (${target})` : name,
      byteRate(bytes, seconds),
    ]),
  )
}

function inHex({ input, outputs, ...rest }: EngineDifference): object {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return { ...rest, inputHex: hex(input), outputsHex: outputs.map(hex) }
}
