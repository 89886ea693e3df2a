/**
 * The one table of the command line's options. commander's definitions, the help of each command and the README's
 * table are made from it, so that they cannot tell different stories.
 */
import { DEFAULT_SHARD_SIZE, DEFAULT_WORKERS, MAX_WORKERS } from '../corpus/options.js'
import { CHECKSUMS, DOCUMENT_UNITS, DTYPES, INPUT_FORMATS } from '../corpus/types.js'
import { BYTE_MODEL_NAMES } from '../protocol/byte-models.js'
import { INVALID_POLICIES, RESERVED_POLICIES } from '../protocol/controls.js'
import { parseCount, parseDocuments, parseSeparator, parseSize } from './values.js'

export const COMMANDS = [
  'prepare',
  'plan',
  'run',
  'merge',
  'verify',
  'decode',
  'inspect',
  'validate',
  'fold',
  'table',
  'cross-check',
  'info',
] as const
export type CommandName = (typeof COMMANDS)[number]

export interface OptionSpec {
  /** With its dashes; `--no-x` turns off x, which is on by default. */
  readonly flag: string
  readonly short?: string
  /** Placeholder of the value; without it the option is a switch. */
  readonly value?: string
  readonly required?: true
  /** As the user would write it. */
  readonly default?: string
  /** What holds without the option, where that is not a value of it, or hangs on other things. */
  readonly otherwise?: string
  readonly choices?: readonly string[]
  readonly parse?: (text: string, flag: string) => unknown
  readonly help: string
  /** Heading in the help. */
  readonly group: string
  readonly commands: readonly CommandName[]
}

const FRAMING = ['prepare', 'plan', 'cross-check'] as const
const PLANNING = ['prepare', 'plan'] as const

export const OPTIONS: readonly OptionSpec[] = [
  {
    flag: '--output',
    short: '-o',
    value: 'dir',
    required: true,
    help: 'folder for the shards; made if it is not there',
    group: 'Output:',
    commands: PLANNING,
  },
  {
    flag: '--output',
    short: '-o',
    value: 'path',
    required: true,
    help: 'where it goes: a .safetensors file, or a folder; a file that is there is replaced, but never the input',
    group: 'Output:',
    commands: ['fold'],
  },
  {
    flag: '--tensor',
    value: 'name',
    help: 'which tensor is the table',
    otherwise: 'the input embedding',
    group: 'Input:',
    commands: ['table'],
  },
  {
    flag: '--svg',
    value: 'file',
    help: 'draw the table, its bytes by their two principal components, coloured by class',
    group: 'Output:',
    commands: ['table'],
  },
  {
    flag: '--nearest',
    value: 'number',
    default: '4',
    parse: (text, flag) => parseCount(text, flag, 1),
    help: 'how many of the nearest bytes to print, by cosine, 1 to 255',
    group: 'Output:',
    commands: ['table'],
  },
  {
    flag: '--input-format',
    value: 'format',
    default: 'auto',
    choices: ['auto', ...INPUT_FORMATS],
    help: 'auto goes by extension: .jsonl, .ndjson and .json are lines of JSON, all else is text',
    group: 'Input:',
    commands: FRAMING,
  },
  {
    flag: '--document',
    value: 'unit',
    choices: DOCUMENT_UNITS,
    help: 'what one document is in a text file; an empty line ends a paragraph',
    otherwise: 'file',
    group: 'Input:',
    commands: FRAMING,
  },
  {
    flag: '--separator',
    value: 'text',
    parse: parseSeparator,
    help: String.raw`what ends a document, with \n \t \r \\ \xNN as escapes; implies --document separator`,
    group: 'Input:',
    commands: FRAMING,
  },
  {
    flag: '--text-field',
    value: 'path',
    default: 'text',
    help: 'field of a JSON line that holds the text; dots lead into objects, as in page.body',
    group: 'Input:',
    commands: FRAMING,
  },
  {
    flag: '--invalid',
    value: 'policy',
    default: 'quarantine',
    choices: INVALID_POLICIES,
    help: 'documents of ill-formed UTF-8, malformed JSON, without the field',
    group: 'Documents:',
    commands: FRAMING,
  },
  {
    flag: '--reserved',
    value: 'policy',
    default: 'escape',
    choices: RESERVED_POLICIES,
    help: 'C0 control bytes in the text, white space excepted: structure is made of them',
    group: 'Documents:',
    commands: FRAMING,
  },
  {
    flag: '--skip-empty',
    help: 'leave out documents without a byte',
    group: 'Documents:',
    commands: FRAMING,
  },
  {
    flag: '--no-bos',
    help: 'put no STX (02) in front of a document',
    group: 'Documents:',
    commands: FRAMING,
  },
  {
    flag: '--no-eos',
    help: 'put no ETX (03) behind a document',
    group: 'Documents:',
    commands: FRAMING,
  },
  {
    flag: '--byte-model',
    value: 'model',
    choices: BYTE_MODEL_NAMES,
    help: 'write the ids of this model, its begin and end of a text in place of STX and ETX',
    otherwise: 'the bytes themselves',
    group: 'Output:',
    commands: PLANNING,
  },
  {
    flag: '--dtype',
    value: 'type',
    choices: DTYPES,
    help: 'type of a token in the .bin files',
    otherwise: 'uint8, or uint16 for a byte model with ids above 255',
    group: 'Output:',
    commands: PLANNING,
  },
  {
    flag: '--shard-size',
    value: 'size',
    default: `${DEFAULT_SHARD_SIZE / 2 ** 20}MiB`,
    parse: parseSize,
    help: 'about so much input a shard, which ends with a document; KB, MB, GB, KiB, MiB, GiB or bytes',
    group: 'Output:',
    commands: PLANNING,
  },
  {
    flag: '--checksum',
    value: 'kind',
    default: 'crc32',
    choices: CHECKSUMS,
    help: 'CRC-32 is always taken; sha256 comes on top, and in SHA256SUMS',
    group: 'Output:',
    commands: PLANNING,
  },
  {
    flag: '--overwrite',
    help: 'replace what another plan has left in the folder',
    group: 'Output:',
    commands: PLANNING,
  },
  {
    flag: '--shard',
    value: 'number',
    required: true,
    parse: (text, flag) => parseCount(text, flag, 0),
    help: 'which shard to run, from 0',
    group: 'Work:',
    commands: ['run'],
  },
  {
    flag: '--against-source',
    help: 'build everything again from the source files, and compare byte for byte',
    group: 'Work:',
    commands: ['verify'],
  },
  {
    flag: '--all-files',
    help: 'take every file of a folder, whatever its extension; hidden ones are passed over all the same',
    group: 'Input:',
    commands: ['validate'],
  },
  {
    flag: '--max-errors',
    value: 'number',
    default: '10',
    parse: (text, flag) => parseCount(text, flag, 0),
    help: 'how many ill-formed sequences to print of a file, and ten times as many of all; all are counted',
    group: 'Output:',
    commands: ['validate'],
  },
  {
    flag: '--documents',
    value: 'range',
    parse: parseDocuments,
    help: 'which documents, from 0, both ends included: 5, 3..7, 3.. or ..7',
    otherwise: 'all',
    group: 'Output:',
    commands: ['decode'],
  },
  {
    flag: '--format',
    value: 'format',
    default: 'jsonl',
    choices: ['jsonl', 'raw'],
    help: 'a line of JSON for each document, or its bytes',
    group: 'Output:',
    commands: ['decode'],
  },
  {
    flag: '--document',
    value: 'number',
    default: '0',
    parse: (text, flag) => parseCount(text, flag, 0),
    help: 'which document to show, from 0',
    group: 'Output:',
    commands: ['inspect'],
  },
  {
    flag: '--workers',
    value: 'number',
    default: String(DEFAULT_WORKERS),
    parse: (text, flag) => parseCount(text, flag, 1),
    help: `threads, 1 to ${MAX_WORKERS}; they do not change the result`,
    group: 'Work:',
    commands: ['prepare', 'validate'],
  },
  {
    flag: '--engine',
    value: 'engine',
    choices: ['native', 'javascript'],
    help: 'does not change the result',
    otherwise: 'native where it loads',
    group: 'Work:',
    commands: ['prepare', 'run', 'verify', 'validate'],
  },
  {
    flag: '--json',
    help: 'print one JSON object for machines',
    group: 'Messages:',
    commands: [
      'prepare',
      'plan',
      'run',
      'merge',
      'verify',
      'inspect',
      'validate',
      'fold',
      'table',
      'cross-check',
      'info',
    ],
  },
  {
    flag: '--quiet',
    help: 'print nothing but errors',
    group: 'Messages:',
    commands: ['prepare', 'plan', 'run', 'merge', 'verify', 'validate', 'fold', 'cross-check'],
  },
]
