/**
 * Checks and completes the options of a corpus run. An option is honoured or refused: an unknown name or a value out
 * of range throws ERR_ARGUMENT. What comes out is split in two: the options that decide the output, which the plan
 * and its hash hold, and the rest, which only says how the work is done.
 */
import { endianness } from 'node:os'
import { TARGETS } from '../engine/abi.js'
import { jsonPath } from '../engine/json-path.js'
import { argumentError } from '../errors.js'
import {
  BYTE_MODEL_NAMES,
  type ByteModel,
  type ByteModelName,
  byteModel,
  largestId,
} from '../protocol/byte-models.js'
import { INVALID_POLICIES, RESERVED_POLICIES } from '../protocol/controls.js'
import {
  CHECKSUMS,
  DOCUMENT_UNITS,
  DTYPES,
  type Dtype,
  INPUT_FORMATS,
  type PlanOptions,
  type PrepareOptions,
  type RunOptions,
  type ValidateOptions,
  type VerifyOptions,
} from './types.js'

export const DEFAULT_SHARD_SIZE = 512 * 1024 * 1024
export const DEFAULT_WORKERS = 2
export const MAX_WORKERS = 256
/** Largest separator in bytes: far above any that is used, and small against a chunk of input. */
export const MAX_SEPARATOR = 4096
/** Largest framed document: Megatron's index holds lengths as int32. */
export const MAX_DOCUMENT = 2 ** 31 - 1

const ENGINES = ['native', 'javascript'] as const
const RUN_OPTIONS = ['engine', 'target', 'signal', 'onProgress']
const PREPARE_OPTIONS = [
  ...RUN_OPTIONS,
  'inputs',
  'output',
  'inputFormat',
  'document',
  'separator',
  'textField',
  'bos',
  'eos',
  'byteModel',
  'dtype',
  'invalid',
  'reserved',
  'skipEmpty',
  'shardSize',
  'checksum',
  'workers',
  'overwrite',
]

const VALIDATE_OPTIONS = [
  ...RUN_OPTIONS,
  'inputs',
  'allFiles',
  'onFinding',
  'maxFindingsPerFile',
  'maxFindings',
  'onFile',
  'workers',
]

/** Everything that `prepare` needs, with no gaps. */
export interface ResolvedOptions {
  readonly plan: PlanOptions
  readonly inputs: readonly (string | Uint8Array)[]
  readonly output: string
  readonly inputFormat: 'auto' | 'text' | 'jsonl'
  readonly workers: number
  readonly overwrite: boolean
  readonly run: RunOptions
}

export function resolveOptions(options: PrepareOptions): ResolvedOptions {
  checkObject('options', options)
  checkNames(options, PREPARE_OPTIONS)
  // The files are little endian, and numbers are written as the machine holds them.
  if (endianness() !== 'LE') throw argumentError('machine', 'a little-endian machine', endianness())
  const { inputs, separator } = options
  checkInputs(inputs)
  checkPath('output', options.output, false)
  if (separator !== undefined) checkSeparator(separator)
  const document = oneOf(
    'document',
    DOCUMENT_UNITS,
    options.document,
    separator === undefined ? 'file' : 'separator',
  )
  if ((document === 'separator') !== (separator !== undefined)) {
    throw separator === undefined
      ? argumentError('separator', "a text, as document is 'separator'", undefined)
      : argumentError('document', "'separator', as a separator is given", document)
  }
  const model = modelOf(options.byteModel)
  const bos = mark('bos', options.bos, model)
  const eos = mark('eos', options.eos, model)
  const reserved = oneOf('reserved', RESERVED_POLICIES, options.reserved, 'escape')
  if (model !== undefined && reserved === 'keep' && (bos || eos)) {
    throw argumentError(
      'reserved',
      `a policy that leaves no STX and ETX in texts, as they would become the frame of ${model.name} (or neither bos nor eos),`,
      reserved,
    )
  }
  return {
    plan: {
      document,
      separator: separator ?? null,
      textField: textField(options.textField),
      bos,
      eos,
      dtype: dtype(options.dtype, model),
      ...(model !== undefined && { byteModel: model.name }),
      invalid: oneOf('invalid', INVALID_POLICIES, options.invalid, 'quarantine'),
      reserved,
      skipEmpty: boolean('skipEmpty', options.skipEmpty, false),
      shardSize: integer('shardSize', options.shardSize, DEFAULT_SHARD_SIZE, 1, Number.MAX_SAFE_INTEGER),
      checksum: oneOf('checksum', CHECKSUMS, options.checksum, 'crc32'),
    },
    inputs,
    output: options.output,
    inputFormat: oneOf('inputFormat', ['auto', ...INPUT_FORMATS] as const, options.inputFormat, 'auto'),
    workers: integer('workers', options.workers, DEFAULT_WORKERS, 1, MAX_WORKERS),
    overwrite: boolean('overwrite', options.overwrite, false),
    run: runOptions(options),
  }
}

/** Checks the options of `runShard`. */
export function resolveRunOptions(options: RunOptions): RunOptions {
  checkObject('options', options)
  checkNames(options, RUN_OPTIONS)
  return runOptions(options)
}

/** Checks the options of `verify`. */
export function resolveVerifyOptions(options: VerifyOptions): RunOptions & { againstSource: boolean } {
  checkObject('options', options)
  checkNames(options, [...RUN_OPTIONS, 'againstSource'])
  return { ...runOptions(options), againstSource: boolean('againstSource', options.againstSource, false) }
}

/** Everything that `validate` needs, with no gaps. */
export interface ResolvedValidation extends Required<Pick<ValidateOptions, 'inputs'>> {
  readonly allFiles: boolean
  readonly onFinding: ValidateOptions['onFinding']
  /** 0 without `onFinding`. */
  readonly maxFindingsPerFile: number
  readonly maxFindings: number
  readonly onFile: ValidateOptions['onFile']
  readonly workers: number
  readonly run: RunOptions
}

export function resolveValidateOptions(options: ValidateOptions): ResolvedValidation {
  checkObject('options', options)
  checkNames(options, VALIDATE_OPTIONS)
  const { inputs, onFinding, onFile, maxFindingsPerFile, maxFindings } = options
  checkInputs(inputs)
  checkFunction('onFinding', onFinding)
  checkFunction('onFile', onFile)
  const limit = (name: string, value: unknown) => {
    const most = integer(name, value, Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER)
    return onFinding === undefined ? 0 : most
  }
  return {
    inputs,
    allFiles: boolean('allFiles', options.allFiles, false),
    onFinding,
    maxFindingsPerFile: limit('maxFindingsPerFile', maxFindingsPerFile),
    maxFindings: limit('maxFindings', maxFindings),
    onFile,
    workers: integer('workers', options.workers, DEFAULT_WORKERS, 1, MAX_WORKERS),
    run: runOptions(options),
  }
}

/** Checks the path of a folder. */
export function checkFolder(name: string, value: unknown): void {
  checkPath(name, value, false)
}

function runOptions(options: RunOptions): RunOptions {
  const { engine, target, signal, onProgress } = options
  if (engine !== undefined) oneOf('engine', ENGINES, engine, 'native')
  if (target !== undefined) oneOf('target', TARGETS, target, 'scalar')
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw argumentError('signal', 'an AbortSignal', signal)
  }
  checkFunction('onProgress', onProgress)
  return { engine, target, signal, onProgress }
}

function checkObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw argumentError(name, 'an object', value)
}

function checkNames(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw argumentError('options', `one of ${known.join(', ')}`, name)
  }
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw argumentError(name, 'a function', value)
}

function checkInputs(inputs: unknown): void {
  if (!Array.isArray(inputs)) throw argumentError('inputs', 'an array of paths', inputs)
  if (inputs.length === 0) throw argumentError('inputs', 'at least one path', 'an empty array')
  for (const input of inputs) checkPath('inputs', input, input instanceof Uint8Array)
  if (inputs.filter((input) => input === '-').length > 1) {
    throw argumentError('inputs', "'-' (standard input) once", 'it more than once')
  }
}

function checkPath(name: string, value: unknown, bytes: boolean): void {
  if (bytes) {
    const path = value as Uint8Array
    if (path.length === 0 || path.includes(0)) throw argumentError(name, 'a path without NUL', 'other bytes')
  } else if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw argumentError(name, 'a path', value)
  }
}

function checkSeparator(separator: unknown): void {
  if (typeof separator !== 'string') throw argumentError('separator', 'a string', separator)
  const length = Buffer.byteLength(separator)
  if (length < 1 || length > MAX_SEPARATOR) {
    throw argumentError('separator', `1 to ${MAX_SEPARATOR} bytes`, `${length} bytes`)
  }
  if (/\p{Surrogate}/u.test(separator)) {
    throw argumentError('separator', 'well-formed text', 'a lone surrogate')
  }
}

function modelOf(value: unknown): (ByteModel & { readonly name: ByteModelName }) | undefined {
  if (value === undefined) return undefined
  return byteModel(oneOf('byteModel', BYTE_MODEL_NAMES, value, BYTE_MODEL_NAMES[0]))
}

/** Whether documents get a begin or an end: each model has its own, or none. */
function mark(name: 'bos' | 'eos', value: unknown, model: ByteModel | undefined): boolean {
  const has = model === undefined || model[name] !== null
  const asked = boolean(name, value, has)
  if (asked && !has) throw argumentError(name, `false (${model?.name} has no such id)`, true)
  return asked
}

function dtype(value: unknown, model: ByteModel | undefined): Dtype {
  const wide = model !== undefined && largestId(model) > 0xff
  const chosen = oneOf('dtype', DTYPES, value, wide ? 'uint16' : 'uint8')
  if (wide && chosen === 'uint8') {
    throw argumentError('dtype', `uint16 (ids of ${model.name} go up to ${largestId(model)})`, chosen)
  }
  return chosen
}

function textField(value: unknown): string {
  if (value === undefined) return 'text'
  if (typeof value !== 'string') throw argumentError('textField', 'keys with dots between', value)
  // Throws if it is no path.
  jsonPath(value)
  return value
}

function oneOf<const T extends readonly string[]>(
  name: string,
  names: T,
  value: unknown,
  fallback: T[number],
): T[number] {
  if (value === undefined) return fallback
  if (typeof value !== 'string' || !names.includes(value)) {
    throw argumentError(name, `one of ${names.join(', ')}`, value)
  }
  return value
}

function boolean(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw argumentError(name, 'true or false', value)
  return value
}

function integer(name: string, value: unknown, fallback: number, least: number, most: number): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw argumentError(name, `a whole number from ${least} to ${most}`, value)
  }
  return value
}
