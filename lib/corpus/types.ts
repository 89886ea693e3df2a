/**
 * The shapes that a corpus run is made of, from options to manifest. They are plain data: what is written as JSON is
 * read back as the same type, and worker threads receive them as they are.
 */
import type { Reason, Target } from '../engine/abi.js'
import type { EngineName } from '../engine/engine.js'
import type { ErrorCode } from '../errors.js'
import type { ByteModelName } from '../protocol/byte-models.js'
import type { InvalidPolicy, ReservedPolicy } from '../protocol/controls.js'

export const INPUT_FORMATS = ['text', 'jsonl'] as const
export type InputFormat = (typeof INPUT_FORMATS)[number]

export const DOCUMENT_UNITS = ['file', 'line', 'paragraph', 'separator'] as const
/** What one document is within a text input. In JSON lines it is always the text field of one line. */
export type DocumentUnit = (typeof DOCUMENT_UNITS)[number]

export const DTYPES = ['uint8', 'uint16'] as const
/** The type of a token in the `.bin` file. */
export type Dtype = (typeof DTYPES)[number]

export const CHECKSUMS = ['crc32', 'sha256'] as const
export type Checksum = (typeof CHECKSUMS)[number]

/** Why a document was refused: an engine's reason, or one that only JSON lines have. */
export type RefusalReason =
  | Exclude<Reason, 'none'>
  /** The line is no JSON text (RFC 8259). */
  | 'json-malformed'
  /** The line has no such field, or something on the way to it is no object. */
  | 'field-missing'
  /** The field is there, but it is no string. */
  | 'field-not-string'
  /** The line is longer than LINE_LIMIT bytes. */
  | 'line-too-long'

/** Which engine runs; neither changes a byte of the output. */
export interface EngineRequest {
  /** Default: the native engine where it loads, else JavaScript. */
  engine?: EngineName | undefined
  /** An instruction set for the native engine. Default: the best that the machine has. */
  target?: Target | undefined
}

export interface RunOptions extends EngineRequest {
  /** Stops the work between two chunks, with ERR_INTERRUPTED. What was committed stays. */
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

export interface PrepareOptions extends RunOptions {
  /**
   * Files, folders and globs, in the order in which their documents shall stand; `-` is standard input. Bytes name a
   * file or folder whose path is not UTF-8.
   */
  inputs: readonly (string | Uint8Array)[]
  /** Folder for the shards; it is made if it is not there. */
  output: string
  /** Default `auto`: by extension; a named file with another extension is text. */
  inputFormat?: 'auto' | InputFormat | undefined
  /** Default `file`, or `separator` if a separator is given. */
  document?: DocumentUnit | undefined
  /** What stands between two documents: 1 to 4096 bytes as UTF-8. Implies `document: 'separator'`. */
  separator?: string | undefined
  /** Dotted path of the text in a line's object. Default `text`. */
  textField?: string | undefined
  /**
   * Put STX in front of each document, or the byte model's begin of a text. Default true, but false for a byte model that has
   * none.
   */
  bos?: boolean | undefined
  /** Put ETX behind each document, or the byte model's end. Default true, but false for a byte model that has none. */
  eos?: boolean | undefined
  /** Write the ids of another model of bytes, in place of the bytes themselves. */
  byteModel?: ByteModelName | undefined
  /** Default `uint8`, or `uint16` for a byte model with ids above 255. */
  dtype?: Dtype | undefined
  /** What is done with an ill-formed document. Default `quarantine`. */
  invalid?: InvalidPolicy | undefined
  /** What is done with reserved control bytes in content. Default `escape`. */
  reserved?: ReservedPolicy | undefined
  /** Leave out documents without a byte. Default false. */
  skipEmpty?: boolean | undefined
  /** Bytes of input a shard, about: it ends with a document. Default 512 MiB. */
  shardSize?: number | undefined
  /** `crc32` is always computed; `sha256` comes on top, and writes SHA256SUMS. Default `crc32`. */
  checksum?: Checksum | undefined
  /** Worker threads, 1 to 256; with 1 the work is done in the calling thread, in slices. Default 2. */
  workers?: number | undefined
  /**
   * Replace what another plan left in `output`. The same plan is resumed, not redone. Default false.
   */
  overwrite?: boolean | undefined
}

/** The options that decide the output, complete: a part of the plan. */
export interface PlanOptions {
  readonly document: DocumentUnit
  readonly separator: string | null
  readonly textField: string
  readonly bos: boolean
  readonly eos: boolean
  readonly dtype: Dtype
  /** Only if one was asked for. */
  readonly byteModel?: ByteModelName
  readonly invalid: InvalidPolicy
  readonly reserved: ReservedPolicy
  readonly skipEmpty: boolean
  readonly shardSize: number
  readonly checksum: Checksum
}

/** One input file as it was when the plan was made. */
export interface PlannedInput {
  /** Absolute path, U+FFFD for what is not UTF-8 in it; `-` for standard input. */
  readonly path: string
  /** The path's bytes, only if they are not UTF-8. */
  readonly pathBase64?: string
  readonly size: number
  /** Time of last modification; 0 for standard input. */
  readonly mtimeMs: number
  readonly format: InputFormat
  /** Only for standard input: what tells its content apart, as it has no name. */
  readonly sha256?: string
}

/** Bytes start to end (exclusive) of plan.inputs[input]: whole documents. */
export interface SourceRange {
  readonly input: number
  readonly start: number
  readonly end: number
}

export interface PlannedShard {
  readonly index: number
  readonly ranges: readonly SourceRange[]
}

export interface Plan {
  readonly formatVersion: number
  /** SHA-256 over version, options, inputs and shards: two runs with the same hash write the same bytes. */
  readonly hash: string
  readonly options: PlanOptions
  readonly inputs: readonly PlannedInput[]
  readonly shards: readonly PlannedShard[]
  /** Files in folders that were not taken: how many of each extension. */
  readonly passedOver: Readonly<Record<string, number>>
}

export interface FileRecord {
  /** Name within the output folder. */
  readonly name: string
  readonly size: number
  /** CRC-32 (IEEE 802.3), 8 hexadecimal digits. */
  readonly crc32: string
  /** Only with `checksum: 'sha256'`. */
  readonly sha256?: string
}

export interface ShardFiles {
  readonly bin: FileRecord
  readonly idx: FileRecord
  /** Only if a document was set aside. */
  readonly quarantine?: FileRecord
}

/** How many of what; the same for a shard and for all of them together. */
export interface Counts {
  /** Documents written. */
  readonly documents: number
  /** Source bytes read, byte order marks and line ends included. */
  readonly inputBytes: number
  /** Tokens written: bytes of framed documents. */
  readonly tokens: number
  /** Bytes of the `.bin` files: tokens times the size of the dtype. */
  readonly outputBytes: number
  /** Code points of the content of written documents, before the policies; U+FFFD for ill-formed ones. */
  readonly codePoints: number
  /** Reserved bytes in written documents, which the reserved policy treated. */
  readonly reservedBytes: number
  /** Ill-formed sequences (maximal subparts, lone surrogates) that became U+FFFD. */
  readonly replaced: number
  /** Documents set aside, by reason. */
  readonly quarantined: Readonly<Partial<Record<RefusalReason, number>>>
  /** Documents dropped, by reason. */
  readonly dropped: Readonly<Partial<Record<RefusalReason, number>>>
  readonly skippedEmpty: number
  /** Empty lines between paragraphs, and lines of JSON files with nothing but white space. */
  readonly blankLines: number
  /** Lines and paragraphs that ended with CR LF; the CR is no part of them. In JSON it is white space, and not counted. */
  readonly crlf: number
  /** Byte order marks (EF BB BF) at the start of a file, which were passed over. */
  readonly bom: number
}

/** What a finished shard is: its files are complete and under their final names. */
export interface ShardReceipt {
  readonly index: number
  readonly planHash: string
  readonly files: ShardFiles
  readonly ranges: readonly SourceRange[]
  readonly counts: Counts
}

export interface Manifest {
  readonly formatVersion: number
  readonly tool: { readonly name: string; readonly version: string }
  readonly planHash: string
  readonly options: PlanOptions
  readonly inputs: readonly PlannedInput[]
  readonly shards: readonly ShardReceipt[]
  readonly totals: Counts
  readonly passedOver: Readonly<Record<string, number>>
}

/** What `prepare` returns: the manifest, and what this call had to do for it. Only the manifest is on disk. */
export interface PrepareResult extends Manifest {
  /** The output was there already; nothing was done. */
  readonly alreadyComplete: boolean
  /** Shards that an earlier run had finished. */
  readonly resumedShards: number
}

export interface Progress {
  /** `frame` is runShard's work, `compare` that of verify against the source. */
  readonly phase: 'plan' | 'frame' | 'merge' | 'verify' | 'compare' | 'validate'
  /** Source bytes (`frame`, `compare`, `validate`), bytes spooled from standard input (`plan`), or dataset bytes (`verify`). */
  readonly bytesDone: number
  /** 0 while it is not known. */
  readonly bytesTotal: number
  readonly documents: number
  readonly shardsDone: number
  readonly shardsTotal: number
}

/** Why bytes are no UTF-8 (Unicode 15, table 3-7; RFC 3629). */
export type IllFormedReason = Exclude<Reason, 'none' | 'reserved-byte' | 'too-long'>

export interface ValidateOptions extends RunOptions {
  /** Files, folders and globs; `-` is standard input. Bytes name a file or folder whose path is not UTF-8. */
  inputs: readonly (string | Uint8Array)[]
  /** Take every file of a folder, whatever its extension says. Default false: text and JSON lines, as `prepare`. */
  allFiles?: boolean | undefined
  /** Called with each ill-formed sequence, in the order of the inputs. What it throws ends the validation. */
  onFinding?: ((finding: IllFormedSequence) => void) | undefined
  /** With how many of one file, and of all, it is called at most; all are counted. Default: no limit. */
  maxFindingsPerFile?: number | undefined
  maxFindings?: number | undefined
  /** Called with each ill-formed file, behind its findings. */
  onFile?: ((file: IllFormedFile) => void) | undefined
  /** Threads, 1 to 256, the calling one among them; they do not change the result. Default 2. */
  workers?: number | undefined
}

/** A maximal subpart of ill-formed UTF-8 (Unicode 15, D93b), and where it stands. */
export interface IllFormedSequence {
  /** Absolute path; `-` for standard input. */
  readonly file: string
  /** The path's bytes, only if they are not UTF-8. */
  readonly fileBase64?: string
  /** From 1; a line ends with LF. */
  readonly line: number
  /**
   * From 1, in code points, of which each ill-formed sequence counts as one: U+FFFD, as editors show it. A byte order mark
   * at the start of the file is not counted, which they do not show.
   */
  readonly column: number
  /** Bytes from the start of the file. */
  readonly offset: number
  readonly length: number
  readonly reason: IllFormedReason
  readonly bytes: Uint8Array
  readonly context: LineContext
}

/** What stands around a place in its line, without the line's end; U+FFFD for what is ill-formed in it. */
export interface LineContext {
  readonly before: string
  readonly after: string
  /** The line has more in front of it, or behind it. */
  readonly cutBefore: boolean
  readonly cutAfter: boolean
}

export interface IllFormedFile {
  readonly file: string
  readonly fileBase64?: string
  /** How many ill-formed sequences it has, and how many of each kind. */
  readonly illFormed: number
  readonly reasons: Readonly<Partial<Record<IllFormedReason, number>>>
  /** With how many of them `onFinding` was called. */
  readonly findings: number
  /** What the file is instead, if its first bytes tell, and what to do. */
  readonly looksLike?: { readonly what: string; readonly advice: string }
}

export interface ValidateReport {
  /** No ill-formed sequence, and nothing that could not be read. */
  readonly ok: boolean
  readonly files: number
  /** Bytes read and checked. */
  readonly bytes: number
  readonly illFormed: number
  readonly reasons: Readonly<Partial<Record<IllFormedReason, number>>>
  readonly illFormedFiles: number
  /** Files and folders that could not be read, or changed meanwhile. */
  readonly problems: readonly InputProblem[]
  /** Files in folders that were not taken: how many of each extension. */
  readonly passedOver: Readonly<Record<string, number>>
}

export interface InputProblem {
  readonly code: ErrorCode
  readonly file: string
  readonly message: string
}

export interface VerifyOptions extends RunOptions {
  /** Build everything again from the source, and compare byte for byte. Default false. */
  againstSource?: boolean | undefined
}

export interface VerifyProblem {
  readonly code: ErrorCode
  /** File within the dataset, or the source file. */
  readonly file: string
  /** Number of the document in the whole dataset, from 0. */
  readonly document?: number
  /** Byte offset in the file. */
  readonly offset?: number
  readonly message: string
}

export interface VerifyReport {
  readonly ok: boolean
  readonly problems: readonly VerifyProblem[]
  /** More problems than are listed. */
  readonly truncated: boolean
  readonly againstSource: boolean
  readonly shards: number
  readonly documents: number
  readonly tokens: number
  readonly codePoints: number
  /** Bytes read and checked. */
  readonly bytes: number
}

/** Random access to the documents of a finished dataset; memory does not grow with it. */
export interface Dataset {
  readonly manifest: Manifest
  /** Number of documents. */
  readonly length: number
  /**
   * Document i, from 0, framed by STX and ETX, one byte a token whatever the dtype. What ids of a byte model stand for is
   * the same.
   */
  document(index: number): Uint8Array
  /** Document i as it stands in the `.bin` file: with uint16, or a byte model, its tokens; else as {@link document}. */
  ids(index: number): Uint8Array | Uint16Array
  /** Its content: without the frame, escapes undone if the reserved policy was `escape`. */
  text(index: number): Uint8Array
  /** Documents first to end (exclusive), framed, read in blocks. Default: all. */
  documents(first?: number, end?: number): IterableIterator<Uint8Array>
  /** The same, as {@link text} gives them. */
  texts(first?: number, end?: number): IterableIterator<Uint8Array>
  /** Closes the files; afterwards reading is an error. */
  close(): void
}
