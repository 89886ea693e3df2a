/**
 * Saved tokenizers as Hugging Face's tools load them, as names and texts of files: pure functions, for browsers too.
 *
 * For UTF-8 there is tokenizer.json, so that AutoTokenizer, `tokenizers` and transformers.js give our ids with no code of
 * ours. UTF-16 and UTF-32 cannot be said in a tokenizer.json, whose pieces are UTF-8: there tokenizer_config.json names the class
 * of the Python package `utf8-tokenizer`, and only that and this package load it. The chat template is written
 * twice, in chat_template.jinja for Python and in tokenizer_config.json for transformers.js, which reads no other file.
 */
import { argumentError, pretrainedError } from '../errors.js'
import { CHAT_TEMPLATE } from '../protocol/chat-template.js'
import { ETX, STX } from '../protocol/controls.js'
import { isByteTokenizer, SPECIAL_BYTES, SPECIAL_TOKEN, tokenizerJson } from './tokenizer-json.js'

export const TOKENIZER_CLASSES = ['UTF8Tokenizer', 'UTF16Tokenizer', 'UTF32Tokenizer'] as const
export type TokenizerClassName = (typeof TOKENIZER_CLASSES)[number]

const SIDES = ['left', 'right'] as const
type Side = (typeof SIDES)[number]

/** What of a tokenizer is saved. */
export interface PretrainedSettings {
  readonly tokenizer_class: TokenizerClassName
  readonly padding_side: Side
  readonly truncation_side: Side
  /** Infinity: no limit. */
  readonly model_max_length: number
  /** Jinja; null: the built-in one. */
  readonly chat_template: string | null
}

/** Where saved tokenizers are kept. */
export interface PretrainedFolders {
  /**
   * Writes files to a folder, which is made if it is not there. Files with other names stay as they are; those of a saved
   * tokenizer that are not among `files` are removed, for they would be of another one.
   *
   * @throws ERR_OUTPUT_WRITE with the file that could not be written.
   */
  write(folder: string, files: Readonly<Record<string, string>>): Promise<void>

  /**
   * The files of a saved tokenizer that a folder has.
   *
   * @throws ERR_INPUT_NOT_FOUND if there is no such folder, ERR_INPUT_UNREADABLE with the file that cannot be read.
   */
  read(folder: string): Promise<Record<string, string>>
}

/** `folders`, which browsers do not have. */
export function presentFolders(folders: PretrainedFolders | undefined): PretrainedFolders {
  if (folders !== undefined) return folders
  throw argumentError(
    'folder',
    'Node, or pretrainedFiles and fromPretrainedFiles where there are no',
    'a browser',
  )
}

export const TOKENIZER_JSON = 'tokenizer.json'
export const TOKENIZER_CONFIG = 'tokenizer_config.json'
export const TEMPLATE_FILE = 'chat_template.jinja'
/** The names of all files that a saved tokenizer may have. */
export const PRETRAINED_FILES: readonly string[] = [TOKENIZER_JSON, TOKENIZER_CONFIG, TEMPLATE_FILE]

/** Classes of Hugging Face's that load any tokenizer.json: version 4 of transformers' name, and version 5's. */
const JSON_CLASSES: readonly unknown[] = ['PreTrainedTokenizerFast', 'TokenizersBackend']
/** From here on a model_max_length of Hugging Face's means that there is no limit. */
const NO_LIMIT = 1e20
const NUL = 0x00

/** The files of a saved tokenizer: their names, and what is in them. */
export function writePretrained(settings: PretrainedSettings): Record<string, string> {
  const { tokenizer_class, padding_side, truncation_side, model_max_length } = settings
  const chat_template = settings.chat_template ?? CHAT_TEMPLATE
  const isUtf8 = tokenizer_class === 'UTF8Tokenizer'
  const described = SPECIAL_BYTES.map((id) => [id, { content: String.fromCharCode(id), ...SPECIAL_TOKEN }])
  const config = {
    // With the reference's class AutoTokenizer would load nothing where that package is not imported.
    tokenizer_class: isUtf8 ? JSON_CLASSES[0] : tokenizer_class,
    added_tokens_decoder: Object.fromEntries(described),
    bos_token: String.fromCharCode(STX),
    eos_token: String.fromCharCode(ETX),
    pad_token: String.fromCharCode(NUL),
    clean_up_tokenization_spaces: false,
    model_input_names: ['input_ids', 'attention_mask'],
    padding_side,
    truncation_side,
    // Hugging Face's tools have no limit where none is named; JSON has no Infinity.
    ...(model_max_length !== Infinity && { model_max_length }),
    chat_template,
  }
  return {
    ...(isUtf8 && { [TOKENIZER_JSON]: toJson(tokenizerJson()) }),
    [TOKENIZER_CONFIG]: toJson(config),
    [TEMPLATE_FILE]: chat_template,
  }
}

/**
 * The options for a tokenizer of class `expected` out of files that {@link writePretrained} has made, or Hugging Face's tools
 * out of them, or the Python reference. Files with other names are passed over.
 *
 * @throws ERR_PRETRAINED, with the file, if they are of another tokenizer, whose ids would be others, or damaged.
 */
export function readPretrained(
  expected: TokenizerClassName,
  files: Readonly<Record<string, string>>,
): Omit<PretrainedSettings, 'tokenizer_class'> {
  const config = parsed(files, TOKENIZER_CONFIG)
  const { tokenizer_class: name } = config
  const byName = TOKENIZER_CLASSES.find((one) => one === name)
  if (byName === undefined) {
    if (!JSON_CLASSES.includes(name)) {
      throw pretrainedError(TOKENIZER_CONFIG, `the tokenizer_class of a tokenizer of bytes`, name)
    }
    if (!isByteTokenizer(parsed(files, TOKENIZER_JSON))) {
      throw pretrainedError(TOKENIZER_JSON, 'the tokenizer of bytes', 'another one')
    }
  }
  const found = byName ?? 'UTF8Tokenizer'
  if (found !== expected) throw pretrainedError(TOKENIZER_CONFIG, `a ${expected}`, found)
  checkSpecialTokens(config)
  return {
    padding_side: side(config, 'padding_side'),
    truncation_side: side(config, 'truncation_side'),
    model_max_length: limit(config),
    // The reference's own classes take no template from a file: what it saves there, its own, has escapes that only
    // Python's Jinja knows.
    chat_template: template(config) ?? (byName === undefined ? ownTemplate(files[TEMPLATE_FILE]) : null),
  }
}

type Config = Readonly<Record<string, unknown>>

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function parsed(files: Readonly<Record<string, string>>, name: string): Config {
  const text = files[name]
  if (typeof text !== 'string') throw pretrainedError(name, 'a text of JSON', text)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Config
  } catch {
    // Said below.
  }
  throw pretrainedError(name, 'a JSON object', 'something else')
}

/** Special tokens that are others, or more, would be other ids, or pieces of text that are no bytes. */
function checkSpecialTokens(config: Config): void {
  for (const [name, byte] of [
    ['pad_token', NUL],
    ['bos_token', STX],
    ['eos_token', ETX],
  ] as const) {
    checkToken(name, config[name], byte)
  }
  const added = config.added_tokens_decoder ?? {}
  if (typeof added !== 'object' || added === null) {
    throw pretrainedError(TOKENIZER_CONFIG, 'an object as added_tokens_decoder', added)
  }
  for (const [id, token] of Object.entries(added)) {
    if (!SPECIAL_BYTES.includes(Number(id))) {
      throw pretrainedError(TOKENIZER_CONFIG, 'no added token but 0, 2 and 3', id)
    }
    checkToken(`added token ${id}`, token, Number(id))
  }
}

function checkToken(name: string, token: unknown, byte: number): void {
  if (token === undefined || token === null) return
  const content = typeof token === 'object' && 'content' in token ? token.content : token
  if (content !== String.fromCharCode(byte)) {
    throw pretrainedError(TOKENIZER_CONFIG, `the control character ${byte} as ${name}`, content)
  }
}

function side(config: Config, name: 'padding_side' | 'truncation_side'): Side {
  const value = config[name] ?? 'right'
  const found = SIDES.find((one) => one === value)
  if (found === undefined) throw pretrainedError(TOKENIZER_CONFIG, `left or right as ${name}`, value)
  return found
}

function limit({ model_max_length: value }: Config): number {
  if (value === undefined || value === null) return Infinity
  if (typeof value !== 'number' || !(value >= 0) || (value < NO_LIMIT && !Number.isInteger(value))) {
    throw pretrainedError(TOKENIZER_CONFIG, 'a number of tokens as model_max_length', value)
  }
  return value < NO_LIMIT ? value : Infinity
}

function template({ chat_template: value }: Config): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return ownTemplate(value)
  throw pretrainedError(TOKENIZER_CONFIG, 'one template as chat_template', value)
}

/** The built-in template is native code, and need not be compiled. */
function ownTemplate(source: string | undefined): string | null {
  return source === undefined || source === CHAT_TEMPLATE ? null : source
}
