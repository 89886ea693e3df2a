/**
 * Which bytes of a text an assistant has to say, by the grammar of blocks as its comment has it (lib/protocol/blocks.ts) and
 * nothing of its table: one reader for each rule, which takes byte after byte and tells of each whether it is in the
 * assistant's body.
 */

/** The loss mask of one row: 1 or 0 for each byte. */
export function lossOracle(bytes: Iterable<number>): number[] {
  const mask: number[] = []
  let reader = begin()
  for (const byte of bytes) {
    let answer = read(reader, byte)
    if (answer === null) {
      // As if all blocks had ended in front of it; what is no begin of a block is then text.
      reader = begin()
      answer = read(reader, byte)
      if (answer === null) reader = begin()
      mask.push(0)
    } else {
      mask.push(answer ? 1 : 0)
    }
  }
  return mask
}

/** Takes byte after byte, and throws at one that is refused. */
type Reader<Result = void> = Generator<void, Result, number>

class Refused extends Error {}

const [NUL, SOH, STX, ETX, ENQ, ACK, LF] = [0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x0a]
const [SO, SI, DLE, DC1, ETB, SUB, ESC] = [0x0e, 0x0f, 0x10, 0x11, 0x17, 0x1a, 0x1b]
const PROTOCOL = [NUL, SOH, STX, ETX, ENQ, ACK, SO, SI, DLE, DC1, ETB, SUB, ESC]
const [SPACE, OPEN, CLOSE, COLON] = [0x20, 0x28, 0x29, 0x3a]
const SPACES = [0x09, LF, 0x0b, 0x0c, 0x0d, SPACE]

function begin(): Reader {
  const reader = text()
  reader.next()
  return reader
}

/** Whether the byte that a reader took last is part of an assistant's body. */
let counts = false

/** Whether `byte` is that, or null if it is refused. */
function read(reader: Reader, byte: number): boolean | null {
  try {
    reader.next(byte)
    return counts
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

function* take(inAssistant = false): Reader<number> {
  const byte = yield
  counts = inAssistant
  return byte
}

function* expected(byte: number): Reader {
  if ((yield* take()) !== byte) throw new Refused()
}

/** What `byte`, which was taken, begins is content: itself, or an escape, which is read to its end. Returns `byte`. */
function* content(byte: number, line: boolean, inAssistant: boolean): Reader<number> {
  if (byte === DLE) {
    const plain = (yield* take(inAssistant)) - 0x40
    const isReserved = plain >= 0 && plain < 0x20 && !(plain >= 9 && plain <= 13)
    if (!isReserved && !(line && plain === LF)) throw new Refused()
  } else if (PROTOCOL.includes(byte)) {
    throw new Refused()
  }
  return byte
}

interface FieldRules {
  readonly ends: readonly number[]
  readonly refused?: readonly number[]
  /** A line feed is escaped, too. */
  readonly line?: boolean
  readonly inAssistant?: boolean
}

/** Reads content up to the byte that ends it, and returns that and what was in front of it. */
function* field({
  ends,
  refused = [],
  line = false,
  inAssistant = false,
}: FieldRules): Reader<{ end: number; read: number[] }> {
  for (const read: number[] = []; ; ) {
    const byte = yield* take(inAssistant)
    if (ends.includes(byte)) return { end: byte, read }
    if (refused.includes(byte)) throw new Refused()
    read.push(yield* content(byte, line, inAssistant))
  }
}

function* text(): Reader {
  while (true) {
    const { end } = yield* field({ ends: [NUL, STX, ETX, SO, DC1, SOH] })
    if (end === SO) yield* field({ ends: [SI] })
    if (end === DC1) yield* tool()
    if (end === SOH) yield* message()
  }
}

function* tool(): Reader {
  yield* expected(SO)
  yield* field({ ends: [LF], refused: [...SPACES, OPEN], line: true })
  while (true) {
    // An argument ends with its first colon that a space follows.
    for (let before = -1; ; ) {
      const byte = yield* take()
      if (byte === SI && before === -1) return
      if (byte === SPACE && before === COLON) break
      if (byte === LF) throw new Refused()
      before = yield* content(byte, true, false)
    }
    yield* field({ ends: [LF], line: true })
  }
}

function* message(): Reader {
  const role = yield* field({ ends: [LF], line: true })
  if (Buffer.from(role.read).equals(Buffer.from('assistant'))) {
    yield* body(ETB, true)
  } else {
    yield* expected(SO)
    yield* body(SI, false)
    yield* expected(ETB)
  }
  yield* expected(LF)
}

/** Up to and with the byte that ends it. */
function* body(ending: number, inAssistant: boolean): Reader {
  let { end, read } = yield* field({ ends: [ENQ, SUB, ending], inAssistant })
  if (end === ENQ) {
    if (read.length > 0) throw new Refused()
    yield* field({ ends: [ACK], inAssistant })
    end = (yield* field({ ends: [SUB, ending], inAssistant })).end
  }
  while (end === SUB) {
    yield* field({ ends: [SPACE], refused: [...SPACES, OPEN], line: true, inAssistant })
    yield* field({ ends: [OPEN], refused: SPACES, line: true, inAssistant })
    // Nothing is escaped in JSON: what is reserved it writes otherwise.
    for (let before = -1, byte = 0; !(byte === ESC && before === CLOSE); ) {
      before = byte
      byte = yield* take(inAssistant)
      if (PROTOCOL.includes(byte) && !(byte === ESC && before === CLOSE)) throw new Refused()
    }
    end = yield* take(inAssistant)
    if (end !== SUB && end !== ending) throw new Refused()
  }
}
