/**
 * Which bytes of which document go to which place of which window: numbers only, so that one pass of the engine can copy
 * everything. The plan depends on the lengths and the options alone.
 */

export const SPLITS = ['cut', 'whole'] as const
/**
 * `cut`: documents follow each other without a gap, and a window's end cuts. `whole`: a document that fits into a window
 * is in one window.
 */
export type Split = (typeof SPLITS)[number]

export interface WindowPlan {
  readonly windows: number
  /** Three numbers a piece: start and end in the values, and its place in the windows, which are counted as one. */
  readonly pieces: Uint32Array
  /** For each piece the index of its document. */
  readonly documentOf: Uint32Array
  /** Where pieces begin, in the order of places, and where the last one ends. What is left of a window is a piece, too. */
  readonly boundaries: Int32Array<ArrayBuffer>
}

/** So many windows at the most wait for documents that fit: more find better places, and take longer to look through. */
export const OPEN_WINDOWS = 64

/** Document i is [offsets[i], offsets[i + 1]), and a window is `window` long. Documents without a byte are in no window. */
export function planWindows(offsets: Uint32Array, window: number, split: Split): WindowPlan {
  const plan = new Plan(window)
  if (split === 'cut') cut(plan, offsets)
  else whole(plan, offsets)
  return plan.finish()
}

class Plan {
  readonly window: number
  windows = 0
  readonly #pieces: number[] = []
  readonly #documentOf: number[] = []

  constructor(window: number) {
    this.window = window
  }

  /** Opens a new window, and returns where it begins. */
  open(): number {
    return this.windows++ * this.window
  }

  add(document: number, start: number, end: number, at: number): void {
    this.#pieces.push(start, end, at)
    this.#documentOf.push(document)
  }

  finish(): WindowPlan {
    const { windows, window } = this
    const pieces = Uint32Array.from(this.#pieces)
    return {
      windows,
      pieces,
      documentOf: Uint32Array.from(this.#documentOf),
      boundaries: boundariesOf(pieces, windows, window),
    }
  }
}

function cut(plan: Plan, offsets: Uint32Array): void {
  let at = 0
  let windowEnd = 0
  for (let document = 0; document + 1 < offsets.length; document++) {
    for (let start = offsets[document]; start < offsets[document + 1]; ) {
      if (at === windowEnd) {
        at = plan.open()
        windowEnd = at + plan.window
      }
      const size = Math.min(offsets[document + 1] - start, windowEnd - at)
      plan.add(document, start, start + size, at)
      start += size
      at += size
    }
  }
}

/** The free places of a window. */
interface Room {
  at: number
  readonly end: number
}

/** First fit: each document goes into the first open window that has the room. */
function whole(plan: Plan, offsets: Uint32Array): void {
  const { window } = plan
  const rooms: Room[] = []
  for (let document = 0; document + 1 < offsets.length; document++) {
    const [begin, end] = [offsets[document], offsets[document + 1]]
    let start = begin
    for (; end - start >= window; start += window) plan.add(document, start, start + window, plan.open())
    const size = end - start
    if (size === 0) continue
    // The rest of a long one goes behind the windows that it fills, so that windows in order have it in order.
    const found = start === begin ? rooms.findIndex((one) => one.end - one.at >= size) : -1
    const room = found === -1 ? openRoom(plan, rooms) : rooms[found]
    plan.add(document, start, end, room.at)
    room.at += size
    if (room.at === room.end) rooms.splice(rooms.indexOf(room), 1)
  }
}

/** A new window. Where too many are open, the one with the least room is left, the oldest of several. */
function openRoom(plan: Plan, rooms: Room[]): Room {
  if (rooms.length === OPEN_WINDOWS) {
    let least = 0
    for (let i = 1; i < rooms.length; i++) {
      if (rooms[i].end - rooms[i].at < rooms[least].end - rooms[least].at) least = i
    }
    rooms.splice(least, 1)
  }
  const at = plan.open()
  const room = { at, end: at + plan.window }
  rooms.push(room)
  return room
}

/** All places where a piece, a window, or what is left of one begins or ends, in order and once each. */
function boundariesOf(pieces: Uint32Array, windows: number, window: number): Int32Array<ArrayBuffer> {
  const count = pieces.length / 3
  const all = new Int32Array(2 * count + windows + 1)
  for (let p = 0; p < count; p++) {
    const at = pieces[3 * p + 2]
    all[2 * p] = at
    all[2 * p + 1] = at + pieces[3 * p + 1] - pieces[3 * p]
  }
  for (let w = 0; w <= windows; w++) all[2 * count + w] = w * window
  all.sort()
  return all.filter((place, i) => i === 0 || place !== all[i - 1])
}
