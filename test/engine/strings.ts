/**
 * Strings for the suites of the text engine: several scripts in any length, surrogates in every constellation, and the
 * ways in which V8 may keep one and the same string.
 */
import { SCRIPTS } from './text.js'

export const STRINGS = {
  ...SCRIPTS,
  /** A string of nothing above U+00FF has one byte for each unit in V8. */
  latin1: 'Größe: naïve façade, déjà vu, 45° über ½ µm. ',
} as const
export type StringScript = keyof typeof STRINGS
export const STRING_SCRIPTS = Object.keys(STRINGS) as StringScript[]

/** Exactly `units` code units of well-formed text; a dot stands where a pair would be cut. */
export function stringOf(script: StringScript, units: number): string {
  const text = STRINGS[script].repeat(Math.ceil(units / STRINGS[script].length)).slice(0, units)
  return isHigh(text.charCodeAt(units - 1)) ? `${text.slice(0, -1)}.` : text
}

/** Some units of `text`; a dot stands where a pair is cut. */
export function partOf(text: string, at: number, units: number): string {
  const part = text.slice(at, at + units)
  const first = at > 0 && isHigh(text.charCodeAt(at - 1)) ? '.' : ''
  const last = isHigh(part.charCodeAt(part.length - 1)) ? '.' : ''
  return `${first}${part.slice(first.length, part.length - last.length)}${last}`
}

/** The code units at which a rule changes, and their neighbours. */
export const BOUNDARY_UNITS = [
  0x00, 0x01, 0x41, 0x7f, 0x80, 0xff, 0x100, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xd800, 0xd801, 0xdbff,
  0xdc00, 0xdc01, 0xdfff, 0xe000, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff,
] as const

/** Units of which at least one is a lone surrogate, wherever they are put between the characters of a text. */
export const LONE_SURROGATES = [
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
  '\udfff\ud800',
  '\ud83d\ud83d',
  '\ude00\ude00',
  '\ud83d\ud83d\ude00',
  '\ud83d\ude00\ude00',
] as const

/** The same string in each way that V8 keeps strings: flat, as a sum, as a part, interned. */
export function representationsOf(text: string): Record<string, string> {
  const half = Math.floor(text.length / 2)
  const pieces = Array.from({ length: Math.ceil(text.length / 13) }, (_, i) =>
    text.slice(13 * i, 13 * i + 13),
  )
  const interned = copyOf(text)
  const another = copyOf(text)
  // The name of a property is interned; of what is equal to it only a reference to it is left.
  Object.hasOwn({ [interned]: true }, another)
  return {
    flat: copyOf(text),
    sum: `${text.slice(0, half)}${text.slice(half)}`,
    'sum of many': pieces.reduce((sum, piece) => sum + piece, ''),
    'sum of many, the other way round': pieces.reduceRight((sum, piece) => piece + sum, ''),
    part: copyOf(`....${text}....`).slice(4, 4 + text.length),
    'part of two-byte text': copyOf(`文${text}文`).slice(1, 1 + text.length),
    'part of a sum': `..${text.slice(0, half)}${text.slice(half)}..`.slice(2, 2 + text.length),
    interned,
    'reference to interned': another,
  }
}

/** A string of its own; Node keeps one of more than a million units outside of V8's heap. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}
