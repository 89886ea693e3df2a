/**
 * Counts ill-formed sequences where there are many, and nobody wants to know where: one step of an automaton a byte, and
 * no branch that depends on the bytes. In noise, where a processor guesses every branch wrong, that is eight times as
 * fast as to decode it character by character.
 *
 * Its table is made by asking the plain decoder what it makes of each byte behind each kind of begun character, so that
 * the rules stand there alone.
 */
import { characterAt, isCut, reasonOf } from '../../engine/javascript/utf8.js'

/** Bytes without an error behind which {@link countThrough} ends, a multiple of 4. */
const CALM = 128

/**
 * Counts the sequences of bytes[start, end) by reason, where a character begins at `start`. Returns where it ended: a place
 * where a character begins, with nothing ill-formed in the bytes before it; or the begin of the character that `end` cuts,
 * which is not counted; or `end`.
 */
export function countThrough(bytes: Uint8Array, start: number, end: number, counts: number[]): number {
  const table = automaton()
  let state = 0
  let at = start
  let steps = 0
  events.fill(0)
  do {
    steps = 0
    for (const stop = Math.min(end, at + CALM) - 3; at < stop; at += 4) {
      const first = table[state | bytes[at]]
      const second = table[(first & STATE) | bytes[at + 1]]
      const third = table[(second & STATE) | bytes[at + 2]]
      const fourth = table[(third & STATE) | bytes[at + 3]]
      // Four rows of counts, as the same number would have to wait for itself.
      events[first & EVENT]++
      events[ROW | (second & EVENT)]++
      events[(2 * ROW) | (third & EVENT)]++
      events[(3 * ROW) | (fourth & EVENT)]++
      steps |= first | second | third | fourth
      state = fourth & STATE
    }
    while (at < end && end - at < 4) {
      const step = table[state | bytes[at++]]
      events[step & EVENT]++
      steps |= step
      state = step & STATE
    }
  } while (at < end && (steps & EVENT) !== 0)
  for (const [index, count] of events.entries()) {
    counts[(index & EVENT) >> 3] += count
    counts[index & 7] += count
  }
  counts[0] = 0
  return at - PREFIXES[state >> 8].length
}

/**
 * A step is what a byte does in a state: the next state, in the bits of STATE, and an event in those of EVENT: the reason
 * why the character that was begun is ill-formed, times 8, and why the byte itself is; 0 for none.
 */
const EVENT = 0x3f
const STATE = 0xf00

const ROW = EVENT + 1

const events = new Int32Array(4 * ROW)

/** The states: what has been read of a character. Each stands for all that can go on and end in the same ways. */
const PREFIXES: readonly (readonly number[])[] = [
  [],
  [0xc2],
  [0xe0],
  [0xe1],
  [0xed],
  [0xf0],
  [0xf1],
  [0xf4],
  [0xe1, 0x80],
  [0xf1, 0x80],
  [0xf1, 0x80, 0x80],
]

/** Bytes from one of these up to the next do the same in every state: the bounds of table 3-7. */
const CLASSES = [
  0x00, 0x80, 0x90, 0xa0, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0x100,
]

/** The first and the last continuation tell all leads of one length apart. */
const SECONDS = [0x80, 0xbf]

let made: Int32Array | undefined

function automaton(): Int32Array {
  made ??= makeAutomaton()
  return made
}

function makeAutomaton(): Int32Array {
  const table = new Int32Array(PREFIXES.length << 8)
  const kinds = PREFIXES.map(kindOf)
  const stepOf = (prefix: readonly number[], byte: number): number => {
    const begun = [...prefix, byte]
    const character = decode(begun)
    const reason = reasonOf(character)
    if (reason === 0) return 0
    if (isCut(character)) return kinds.indexOf(kindOf(begun)) << 8
    // What was begun is ill-formed without the byte, with which something new begins; or it is the byte that is.
    return prefix.length === 0 ? reason : (reason << 3) | stepOf([], byte)
  }
  for (const [state, prefix] of PREFIXES.entries()) {
    for (let i = 0; i < CLASSES.length - 1; i++) {
      table.fill(stepOf(prefix, CLASSES[i]), (state << 8) | CLASSES[i], (state << 8) + CLASSES[i + 1])
    }
  }
  return table
}

/** The same text for what can go on and end in the same ways. */
function kindOf(prefix: readonly number[]): string {
  const ways = SECONDS.flatMap((second) => [[second], [second, 0x80], [second, 0x80, 0x80]])
  return [prefix.length, ...ways.map((way) => decode([...prefix, ...way]))].join()
}

function decode(bytes: readonly number[]): number {
  return characterAt(Uint8Array.from(bytes), 0)
}
