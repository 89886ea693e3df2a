/**
 * The grammar of tool and message blocks, as a table: state × byte → state. Parsing, streaming, loss masks and masks for
 * generation all walk through it, in TypeScript and, generated from here, in C++.
 *
 *     text     = ( any | SO any SI | tool | message | STX | ETX | NUL )*
 *     tool     = DC1 SO name LF ( argument ": " description LF )* SI
 *     message  = SOH role LF ( SO body SI | body ) ETB LF           (body without SO and SI if the role is assistant)
 *     body     = ( ENQ any ACK )? any ( SUB type " " name "(" arguments ")" ESC )*
 *     any      = ( every byte but the protocol's | DLE escaped )*
 *
 * A byte of well-formed text leaves the state as UTF-8 has it alone: whether characters are complete is not seen here.
 * Reserved bytes without a use (CONTROLS) are text like any other; NUL is padding, between blocks only.
 */
import { CONTROLS, DLE, ESCAPE_OFFSET, isReserved } from './controls.js'

/** What a byte that is read in a state belongs to. */
export type BlockPart =
  | 'text'
  | 'frame'
  | 'role'
  | 'toolName'
  | 'argument'
  | 'description'
  | 'thinking'
  | 'content'
  | 'callType'
  | 'callName'
  | 'callArguments'

export interface BlockState {
  readonly name: string
  readonly part: BlockPart
  /** Whose body the state lies in. */
  readonly body: 'assistant' | 'other' | null
  /** The byte before was a DLE. */
  readonly escaped: boolean
}

/** What the table holds where a byte is not allowed. */
export const REFUSED = 0xff

/** The state in front of a text, between blocks and behind all of them. Its number is 0. */
export const BETWEEN_BLOCKS = 0

const SOH = 0x01
const STX = 0x02
const ETX = 0x03
const ENQ = 0x05
const ACK = 0x06
const LF = 0x0a
const SO = 0x0e
const SI = 0x0f
const DC1 = 0x11
const ETB = 0x17
const SUB = 0x1a
const ESC = 0x1b
const SPACE = 0x20
const OPEN = 0x28
const CLOSE = 0x29
const COLON = 0x3a
const ASSISTANT = 'assistant'
const WHITE_SPACE = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, SPACE]

/** Bytes that are part of text wherever text is: all but the controls that the protocol uses. */
const ORDINARY = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => !isReserved(byte) || CONTROLS[byte].use === 'reserved',
)
const ESCAPED = CONTROLS.filter(({ byte }) => isReserved(byte)).map(({ byte }) => byte + ESCAPE_OFFSET)
/** In fields that a line feed ends, it is escaped as well. */
const ESCAPED_IN_LINE = [...ESCAPED, LF + ESCAPE_OFFSET]

interface Rule {
  readonly part: BlockPart
  /** Where ordinary bytes lead; without it they are refused. */
  readonly ordinary?: string
  /** Where an escape leads, DLE and the byte behind it; without it there is none. */
  readonly escape?: string
  /** A line feed ends the field, so that it is escaped in it. */
  readonly line?: true
  /** Where other bytes lead, or ordinary ones elsewhere; null refuses. */
  readonly bytes?: Readonly<Record<number, string | null>>
}

const NO_WHITE_SPACE = Object.fromEntries(WHITE_SPACE.map((byte) => [byte, null]))

/** A text field that leads to itself. */
function field(name: string, part: BlockPart, bytes: Rule['bytes']): Rule {
  return { part, ordinary: name, escape: name, ...(bytes && { bytes }) }
}

function body(who: 'assistant' | 'other'): Record<string, Rule> {
  const end = who === 'assistant' ? { [ETB]: 'messageEnd' } : { [SI]: 'spanEnd' }
  const state = (name: string) => `${who}.${name}`
  const content = field(state('content'), 'content', { [SUB]: state('callType'), ...end })
  const closed = { [CLOSE]: state('callClose') }
  return {
    [state('start')]: { ...content, bytes: { ...content.bytes, [ENQ]: state('thinking') } },
    [state('thinking')]: field(state('thinking'), 'thinking', { [ACK]: state('content') }),
    [state('content')]: content,
    [state('callType')]: {
      ...field(state('callType'), 'callType', {
        ...NO_WHITE_SPACE,
        [OPEN]: null,
        [SPACE]: state('callName'),
      }),
      line: true,
    },
    [state('callName')]: {
      ...field(state('callName'), 'callName', { ...NO_WHITE_SPACE, [OPEN]: state('callArguments') }),
      line: true,
    },
    [state('callArguments')]: { part: 'callArguments', ordinary: state('callArguments'), bytes: closed },
    [state('callClose')]: {
      part: 'callArguments',
      ordinary: state('callArguments'),
      bytes: { ...closed, [ESC]: state('calls') },
    },
    [state('calls')]: { part: 'frame', bytes: { [SUB]: state('callType'), ...end } },
  }
}

function roles(): Record<string, Rule> {
  const rules: Record<string, Rule> = {}
  for (let matched = 0; matched <= ASSISTANT.length; matched++) {
    const next = matched < ASSISTANT.length ? { [ASSISTANT.charCodeAt(matched)]: `role${matched + 1}` } : {}
    rules[`role${matched}`] = {
      part: 'role',
      ordinary: 'role',
      escape: 'role',
      line: true,
      bytes: { ...next, [LF]: matched === ASSISTANT.length ? 'assistant.start' : 'headerEnd' },
    }
  }
  rules.role = { ...field('role', 'role', { [LF]: 'headerEnd' }), line: true }
  return rules
}

const RULES: Readonly<Record<string, Rule>> = {
  text: field('text', 'text', {
    0: 'text',
    [STX]: 'text',
    [ETX]: 'text',
    [SOH]: 'role0',
    [DC1]: 'toolOpen',
    [SO]: 'span',
  }),
  span: field('span', 'text', { [SI]: 'text' }),
  toolOpen: { part: 'frame', bytes: { [SO]: 'toolName' } },
  toolName: {
    ...field('toolName', 'toolName', { ...NO_WHITE_SPACE, [OPEN]: null, [LF]: 'toolLines' }),
    line: true,
  },
  toolLines: {
    part: 'argument',
    ordinary: 'argument',
    escape: 'argument',
    line: true,
    bytes: { [SI]: 'text', [LF]: null, [COLON]: 'argumentColon' },
  },
  argument: {
    ...field('argument', 'argument', { [LF]: null, [COLON]: 'argumentColon' }),
    line: true,
  },
  argumentColon: {
    part: 'argument',
    ordinary: 'argument',
    escape: 'argument',
    line: true,
    bytes: { [LF]: null, [COLON]: 'argumentColon', [SPACE]: 'description' },
  },
  description: { ...field('description', 'description', { [LF]: 'toolLines' }), line: true },
  ...roles(),
  headerEnd: { part: 'frame', bytes: { [SO]: 'other.start' } },
  ...body('assistant'),
  ...body('other'),
  spanEnd: { part: 'frame', bytes: { [ETB]: 'messageEnd' } },
  messageEnd: { part: 'frame', bytes: { [LF]: 'text' } },
}

/** All states. A state's number is its index. */
export const BLOCK_STATES: readonly BlockState[] = describeStates()

const NUMBERS: ReadonlyMap<string, number> = new Map(BLOCK_STATES.map(({ name }, number) => [name, number]))

/** BLOCK_TABLE[256 * state + byte] is the number of the next state, or {@link REFUSED}. */
export const BLOCK_TABLE: Uint8Array = fillTable()

/**
 * Where a reader goes on that met a byte which is refused: as if all blocks had ended in front of it. What is no begin of
 * a block is then text.
 */
export function blockStateAfterRefused(byte: number): number {
  const next = BLOCK_TABLE[byte]
  return next === REFUSED ? BETWEEN_BLOCKS : next
}

/** The number of the state `name`, one of {@link BLOCK_STATES}. */
export function blockState(name: string): number {
  const number = NUMBERS.get(name)
  if (number === undefined) throw new Error(`there is no block state ${name}`)
  return number
}

/** Behind a DLE: escaped bytes of a field lead where the field's rule says. */
function escapeName(rule: Rule): string {
  return `${rule.escape}${rule.line ? ' line' : ''} escape`
}

function describeStates(): BlockState[] {
  const states: BlockState[] = []
  const add = (name: string, rule: Rule, escaped: boolean) => {
    if (states.some((state) => state.name === name)) return
    const owner = name.split('.')[0]
    const inBody = owner === 'assistant' || owner === 'other' ? owner : null
    states.push({ name, part: rule.part, body: inBody, escaped })
  }
  for (const [name, rule] of Object.entries(RULES)) add(name, rule, false)
  for (const rule of Object.values(RULES)) if (rule.escape !== undefined) add(escapeName(rule), rule, true)
  return states
}

/** Every process and every thread makes it when it starts, so that names become numbers once a rule, not once a byte. */
function fillTable(): Uint8Array {
  const table = new Uint8Array(256 * BLOCK_STATES.length).fill(REFUSED)
  for (const [name, rule] of Object.entries(RULES)) {
    const row = rowOf(table, name)
    if (rule.ordinary !== undefined) {
      const next = blockState(rule.ordinary)
      for (const byte of ORDINARY) row[byte] = next
    }
    for (const [byte, next] of Object.entries(rule.bytes ?? {})) {
      row[Number(byte)] = next === null ? REFUSED : blockState(next)
    }
    if (rule.escape === undefined) continue
    row[DLE] = blockState(escapeName(rule))
    const escapes = rowOf(table, escapeName(rule))
    const next = blockState(rule.escape)
    for (const byte of rule.line ? ESCAPED_IN_LINE : ESCAPED) escapes[byte] = next
  }
  return table
}

function rowOf(table: Uint8Array, name: string): Uint8Array {
  const state = blockState(name)
  return table.subarray(256 * state, 256 * (state + 1))
}
