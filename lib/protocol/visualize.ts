/**
 * Control characters made visible, for people and terminals: each becomes its picture from the block U+2400, so that
 * what frames a text can be seen, and an ESC in it does nothing to a terminal.
 */

import { checkedOptions } from '../checked-options.js'
import { argumentError } from '../errors.js'

export interface VisualizeOptions {
  /** Show white space (U+0009–U+000D) as pictures too; by default it stays, as the space always does. */
  readonly includeWhitespace?: boolean
}

/**
 * `text` with each C0 control character as U+2400 + its code point and DEL (U+007F) as U+2421. Not reversible: pictures
 * that are in the text already stay.
 *
 * @throws ERR_ARGUMENT if `text` is no string, and for unknown options.
 */
export function visualizeControlTokens(text: string, options?: VisualizeOptions): string {
  if (typeof text !== 'string') throw argumentError('text', 'a string', text)
  const { includeWhitespace = false } = checkedOptions(options, ['includeWhitespace'])
  if (typeof includeWhitespace !== 'boolean') {
    throw argumentError('includeWhitespace', 'true or false', includeWhitespace)
  }
  return text.replace(includeWhitespace ? CONTROLS : CONTROLS_BUT_WHITESPACE, pictureOf)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this file is about.
const CONTROLS = /[\x00-\x1f\x7f]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const CONTROLS_BUT_WHITESPACE = /[\x00-\x08\x0e-\x1f\x7f]/g

function pictureOf(control: string): string {
  return control === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + control.charCodeAt(0))
}
