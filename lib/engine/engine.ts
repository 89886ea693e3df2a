/**
 * The Engine interface: what the native core and the JavaScript engine both do, byte for byte alike. Its part that is
 * about text and needs nothing of the control protocol stands in text-engine.ts, that about rows of token ids in
 * token-engine.ts.
 *
 * An engine knows bytes. It does not know files, options of the command line, or what becomes of a refused document.
 * It is a set of synchronous functions over typed arrays that the caller owns; between two calls it keeps nothing but
 * the numbers in the caller's state array (slots in abi.ts), so that a call can be repeated, moved to another thread,
 * or compared with the other engine's. {@link Framer} in framer.ts is the comfortable way to call it.
 */
import type { FrameStatus, Target } from './abi.js'
import type { TextEngine } from './text-engine.js'
import type { TokenEngine } from './token-engine.js'

export type EngineName = 'native' | 'javascript'

/** A field of a JSON object, by the keys that lead to it. */
export interface JsonPath {
  readonly keys: readonly string[]
  /** The same for the addon: for each key its UTF-8 length as u32 little endian, and its bytes. */
  readonly packed: Uint8Array
}

export interface Engine extends TextEngine, TokenEngine {
  readonly name: EngineName
  /** The instruction set in use; `javascript` for the JavaScript engine. */
  readonly target: Target | 'javascript'

  /** CRC-32 (IEEE 802.3, as zlib's) of bytes[start, end), continued from `previous` (0 at the start). */
  crc32(bytes: Uint8Array, start: number, end: number, previous: number): number

  /**
   * Counts what framed bytes hold: adds the CENSUS_SLOTS of bytes[start, end) to `counts`, and returns the offset of
   * the first ill-formed sequence, counted from the start of `bytes`, or -1. If it is not -1, `counts` says nothing.
   * The range must not begin behind a DLE that escapes its first byte, nor end in front of an escaped one.
   */
  census(bytes: Uint8Array, start: number, end: number, counts: Float64Array): number

  /**
   * Finds the documents of input[start, end), and writes each one, framed, to `output`, and its framed length to
   * `lengths`, as `state` asks. Returns why it stopped. The rules, which hold for every engine:
   *
   * Documents, by `unit`:
   * - `stream`: all input up to the end of the final call is one document, an empty one too.
   * - `line`: LF or CR LF ends a document and belongs to none. What follows the last one is a document if it has a
   *   byte. A CR without LF is content.
   * - `separator`: the same with `separator`, taken from left to right without overlap.
   * - `paragraph`: documents are runs of lines that are not empty; one or more empty lines (`blankLines` counts them)
   *   stand between. Line ends inside belong to the document, the last one does not.
   *
   * A document becomes STX (if `bos`), its content, ETX (if `eos`). Content is copied, but
   * - a reserved byte is treated by `reservedPolicy`: `escape` DLE and the byte + 40h; `keep` as it is; `picture`
   *   U+2400 + byte; `strip` nothing; `quarantine` and `fail` refuse the document (`reserved-byte`). All are counted.
   * - ill-formed UTF-8 refuses the document; with `replaceInvalid` each maximal subpart becomes U+FFFD instead.
   * - a document whose framed length would exceed `maxLength` is refused (`too-long`) at the first character that
   *   does not fit.
   * What comes first in the source is the reason; `errorOffset` is its offset from the document's start. The rest of
   * a refused document is passed over up to its terminator, and the call returns `rejected`: `written` and
   * `lengthCount` are as if it had not been, save for `takeBack` bytes that had left `output` earlier and that the
   * caller must take back. The document's source is `documentInput` bytes long and ends `terminatorLength` bytes
   * before `consumed`.
   * - with `skipEmpty` a document without a byte of source is counted and not written.
   * `codePoints` counts the content's code points before the policies, U+FFFD for ill-formed ones.
   *
   * `output` must have at least MIN_OUTPUT bytes and `lengths` MIN_LENGTHS numbers; a call makes progress if they are
   * empty. Output may be emptied between any two calls. Without `final`, up to separator.length + 4 bytes may stay
   * unused at the end of the input (a cut character or terminator): hand them in again, in front of what follows.
   */
  frame(
    state: Float64Array,
    separator: Uint8Array,
    input: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    output: Uint8Array,
    lengths: Int32Array,
  ): FrameStatus

  /**
   * The same over lines of JSON: the document is the string at `path` of each line's object; the last of duplicate
   * keys wins. Lines of nothing but JSON white space are passed over and counted (`blankLines`).
   *
   * Only plain cases are done here. A line that is ill-formed UTF-8, or that is no JSON, or that has no such string, or whose
   * string would be refused, and, as the engine likes, any other that it finds hard, gives `undecided` and leaves no
   * trace in output and totals; its place is `documentInput` bytes that end `terminatorLength` before `consumed`.
   * Only whole lines are used; a line needs 3 * its length + MIN_OUTPUT bytes of room in `output`, else `output-full`.
   */
  frameJsonl(
    state: Float64Array,
    path: JsonPath,
    input: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    output: Uint8Array,
    lengths: Int32Array,
  ): FrameStatus
}

/** The least that `output` and `lengths` of a framing call must hold. */
export const MIN_OUTPUT = 4096
export const MIN_LENGTHS = 1024
