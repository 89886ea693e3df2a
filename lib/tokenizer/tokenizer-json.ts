/**
 * tokenizer.json, the file that Hugging Face's `tokenizers` (Rust, and through it Python) and transformers.js load without
 * code of ours: byte-level BPE without a merge, so that a token is a byte and its id the byte's value.
 *
 * Byte-level BPE writes each byte as a printable letter. Were the special tokens declared as theirs, U+0102 for the byte 02, a
 * text with that letter, which Romanian has, would be read as the special token. So NUL, STX and ETX stand in the
 * vocabulary as themselves: a text that has the control character gets the id that the byte has anyway, and no letter
 * is taken from anybody.
 */
import { ETX, STX } from '../protocol/controls.js'

const NUL = 0x00

/** The bytes that are special tokens: padding, begin and end of a text. */
export const SPECIAL_BYTES: readonly number[] = [NUL, STX, ETX]

/** How tokenizer_config.json and tokenizer.json describe a special token. */
export const SPECIAL_TOKEN = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
} as const

/** The content of tokenizer.json, to be written as JSON. */
export function tokenizerJson(): unknown {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false }
  const mark = (byte: number, type: number) => ({
    SpecialToken: { id: String.fromCharCode(byte), type_id: type },
  })
  const framed = (sequence: 'A' | 'B', type: number) => [
    mark(STX, type),
    { Sequence: { id: sequence, type_id: type } },
    mark(ETX, type),
  ]
  const described = [STX, ETX].map((byte) => {
    const token = String.fromCharCode(byte)
    return [token, { id: token, ids: [byte], tokens: [token] }]
  })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_BYTES.map((id) => ({ id, content: String.fromCharCode(id), ...SPECIAL_TOKEN })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: {
      type: 'TemplateProcessing',
      single: framed('A', 0),
      // A pair is two texts; without this it would get no marks at all.
      pair: [...framed('A', 0), ...framed('B', 1)],
      special_tokens: Object.fromEntries(described),
    },
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens().map((token, byte) => [token, byte])),
      merges: [],
    },
  }
}

/**
 * Whether the parsed content of a tokenizer.json is that of {@link tokenizerJson} in all that decides which ids a text
 * gets. Other programs that load and save the file again may write the rest differently.
 */
export function isByteTokenizer(content: unknown): boolean {
  const own = tokenizerJson() as TokenizerContent
  const other = content as Partial<TokenizerContent> | null
  if (typeof other !== 'object' || other === null) return false
  return (
    isSame(other.model?.vocab, own.model.vocab) &&
    other.model?.type === 'BPE' &&
    isSame(other.model.merges, []) &&
    (other.normalizer ?? null) === null &&
    isSame(other.pre_tokenizer, own.pre_tokenizer) &&
    isSame(other.post_processor, own.post_processor) &&
    isSame(other.added_tokens, own.added_tokens)
  )
}

interface TokenizerContent {
  readonly added_tokens: unknown
  readonly normalizer: unknown
  readonly pre_tokenizer: unknown
  readonly post_processor: unknown
  readonly model: { readonly type: unknown; readonly vocab: unknown; readonly merges: unknown }
}

/** What each byte is called: a letter, or for special tokens the control character itself. */
function tokens(): string[] {
  return byteLetters().map((letter, byte) =>
    SPECIAL_BYTES.includes(byte) ? String.fromCharCode(byte) : letter,
  )
}

/**
 * Byte-level BPE's letters (GPT-2, `bytes_to_unicode`): the printable ones of Latin-1 are themselves, all others take
 * U+0100 and on in their order.
 */
function byteLetters(): string[] {
  let next = 0x100
  const isPrintable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad)
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++))
}

/** Two values of JSON are the same, whatever the order of their members. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [mine, other] = [Object.entries(a), new Map(Object.entries(b))]
  return (
    mine.length === other.size &&
    mine.every(([key, value]) => other.has(key) && isSame(value, other.get(key)))
  )
}
