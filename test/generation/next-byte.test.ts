/** nextByteMask: against the decoder of the platform, the reference's vectors, the grammar of blocks, and by walking all states. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nextState, START } from '../../dist/generation/history.js'
import { type AllowedControls, nextByteMask } from '../../dist/generation/next-byte.js'
import { BLOCK_STATES, BLOCK_TABLE, REFUSED } from '../../dist/protocol/blocks.js'
import { CONTROLS } from '../../dist/protocol/controls.js'
import { BOUNDARY_BYTES, Random } from '../seeded.js'
import { codeOf } from './codes.js'

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte)
const TEXT = [0x03, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]
const PROTOCOL = [0x01, 0x05, 0x06, 0x0e, 0x0f, 0x10, 0x11, 0x17, 0x1a, 0x1b, ...TEXT]
/** With which blocks can end, and nothing can begin. */
const ENDS = [0x06, 0x0a, 0x0e, 0x0f, 0x17, 0x1b]

function allowedBytes(
  ids: ArrayLike<number | bigint>,
  options?: Parameters<typeof nextByteMask>[1],
): number[] {
  return [...nextByteMask(ids, options)].flatMap((flag, byte) => (flag === 0 ? [] : [byte]))
}

describe('nextByteMask', () => {
  it('allows in every history what some text goes on with', () => {
    // Whatever a shorter text is followed by, its mask is that of a prefix.
    const shorter = [[], ...BOUNDARY_BYTES.flatMap((a) => [[a], ...BOUNDARY_BYTES.map((b) => [a, b])])]
    for (const history of shorter) {
      expect(allowedBytes(history, { controls: 'all' }), String(history)).toEqual(naive(history, ALL_BYTES))
    }
    for (const [a, b] of shorter.filter(({ length }) => length === 2)) {
      for (const c of BOUNDARY_BYTES) {
        const mask = nextByteMask([a, b, c], { controls: 'all' })
        const flagged = BOUNDARY_BYTES.filter((byte) => mask[byte] === 1)
        expect(flagged, String([a, b, c])).toEqual(naive([a, b, c], BOUNDARY_BYTES))
      }
    }
  })

  it('says the same of four bytes as of all that is in front of them', () => {
    const random = new Random(1)
    for (let round = 0; round < 20_000; round++) {
      const history = Array.from({ length: 4 + random.below(4) }, () => random.pick(BOUNDARY_BYTES))
      const byte = random.below(256)
      const mask = nextByteMask(history, { controls: 'all' })
      expect(mask[byte] === 1, `${history} ${byte}`).toBe(naive(history, [byte]).length === 1)
    }
  })

  it('agrees with the reference but that it allows no continuation where the reference allows all', () => {
    const { logits } = JSON.parse(
      readFileSync(new URL('../vectors/reference-logits.json', import.meta.url), 'utf8'),
    ) as { logits: { ids: number[]; allowed: 'all' | number[] }[] }
    const boundary = ALL_BYTES.filter((byte) => byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4))
    for (const { ids, allowed } of logits) {
      expect(allowedBytes(ids, { controls: 'all' }), String(ids)).toEqual(
        allowed === 'all' ? boundary : allowed,
      )
    }
    expect(logits.filter(({ allowed }) => allowed !== 'all').length).toBeGreaterThan(50)
    expect(logits.length).toBe(376)
  })

  it.each<[AllowedControls | undefined, number[]]>([
    [undefined, PROTOCOL],
    ['protocol', PROTOCOL],
    ['text', TEXT],
    ['all', ALL_BYTES.slice(0, 32)],
    [[], []],
    [Uint8Array.of(0x00, 0x1f, 0x00), [0x00, 0x1f]],
  ])('allows the controls of %j at a boundary alone', (controls, expected) => {
    for (const history of ['', 'a', 'é', '文', '😀', '\x03', '\x01', '\0']) {
      const bytes = new TextEncoder().encode(history)
      const controlBytes = allowedBytes(bytes, { controls }).filter((byte) => byte < 0x20)
      expect(controlBytes, history).toEqual(expected.toSorted((a, b) => a - b))
      for (let length = 1; length < bytes.length; length++) {
        const cut = allowedBytes(bytes.subarray(0, length), { controls })
        expect(cut.every((byte) => byte >= 0x80 && byte < 0xc0)).toBe(true)
      }
    }
  })

  it('takes any control byte as allowed', () => {
    for (const { byte } of CONTROLS) {
      expect(allowedBytes([], { controls: [byte] }).filter((other) => other < 0x20)).toEqual([byte])
    }
  })

  it('takes numbers, bigints and any typed array, with padding in front', () => {
    const ids = [0, 0, 0xf0, 0x90]
    const expected = allowedBytes(ids)
    expect(expected).toEqual(ALL_BYTES.slice(0x80, 0xc0))
    for (const row of [
      ids.map(BigInt),
      Uint8Array.from(ids),
      Int32Array.from(ids),
      BigInt64Array.from(ids, BigInt),
    ]) {
      expect(allowedBytes(row)).toEqual(expected)
      expect(allowedBytes(row, { blocks: true })).toEqual(expected)
    }
  })

  it('gives memory of its own', () => {
    const mask = nextByteMask([])
    mask.fill(0)
    expect(nextByteMask([])[0x41]).toBe(1)
  })

  it('reads an id from 256 on as one that ends a character and leaves blocks as they are', () => {
    expect(allowedBytes([0xc3, 256])).toEqual(allowedBytes([]))
    expect(allowedBytes([0xc3, 2n ** 70n])).toEqual(allowedBytes([]))
    const header = [...new TextEncoder().encode('\x01user\n')]
    expect(allowedBytes([...header, 300], { blocks: true })).toEqual([0x0e])
  })
})

describe('nextByteMask with blocks', () => {
  it('is the table of blocks, cut down to controls that are allowed, in every state', () => {
    for (const controls of ['protocol', 'all', ENDS] as const) {
      const flagged = controls === 'protocol' ? PROTOCOL : controls === 'all' ? ALL_BYTES : ENDS
      const seen = new Set<number>()
      for (const { state, history } of reachable()) {
        const block = Math.floor(state / 8)
        if (state % 8 !== 0) continue
        seen.add(block)
        const expected = ALL_BYTES.filter((byte) => {
          const control = byte >= 0x20 || flagged.includes(byte)
          const begins = byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4)
          return control && begins && BLOCK_TABLE[256 * block + byte] !== REFUSED
        })
        expect(allowedBytes(history, { controls, blocks: true }), BLOCK_STATES[block].name).toEqual(expected)
      }
      expect(seen.size).toBe(BLOCK_STATES.length)
    }
  })

  it.each(['protocol', 'all', ENDS, [...ENDS, 0x03, 0x01]] as const)(
    'with the controls %j leaves no state without a way to the end of all blocks',
    (controls) => {
      const states = [...reachable()]
      const masks = states.map(({ history }) => allowedBytes(history, { controls, blocks: true }))
      const nextStates = new Map(
        states.map(({ state }, index) => [state, masks[index].map((byte) => nextState(state, byte))]),
      )
      const ends = new Set([START])
      for (let before = 0; before < ends.size; ) {
        before = ends.size
        for (const [state, nexts] of nextStates) if (nexts.some((next) => ends.has(next))) ends.add(state)
      }
      expect([...nextStates.keys()].filter((state) => !ends.has(state))).toEqual([])
      // What a mask allows is never what the grammar refuses, within characters neither.
      for (const [index, { state }] of states.entries()) {
        for (const byte of masks[index]) {
          expect(BLOCK_TABLE[256 * Math.floor(state / 8) + byte], `${state} ${byte}`).not.toBe(REFUSED)
        }
      }
    },
  )

  it.each<[string, number[]]>([
    // Text between blocks; ETB and SI, which end what is not open, are refused, so is SUB.
    ['a', [0x01, 0x03, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x10, 0x11]],
    ['\x01assistant\n', [0x05, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x10, 0x17, 0x1a]],
    ['\0\0\x02\x01assistant\nhi', [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x10, 0x17, 0x1a]],
    ['\x01user\n\x0ehi', [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0f, 0x10, 0x1a]],
    ['\x01user\n\x0ehi\x0f', [0x17]],
    ['\x01assistant\n\x05', [0x06, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x10]],
    ['\x01assistant\n\x1afunction f({})', [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]],
    ['\x01assistant\nhi\x17', [0x0a]],
    ['\x11', [0x0e]],
  ])('behind %j allows these controls and no others', (history, expected) => {
    const bytes = new TextEncoder().encode(history)
    expect(allowedBytes(bytes, { blocks: true }).filter((byte) => byte < 0x20)).toEqual(expected)
  })

  it('allows ordinary characters wherever text is', () => {
    const parts = ['text', 'role', 'thinking', 'content', 'callType', 'callName', 'callArguments', 'argument']
    const states = [...reachable()].filter(({ state }) => {
      const { part, escaped } = BLOCK_STATES[Math.floor(state / 8)]
      return state % 8 === 0 && !escaped && parts.includes(part)
    })
    expect(states.length).toBeGreaterThan(20)
    for (const { history } of states) {
      const mask = nextByteMask(history, { blocks: true })
      expect([0x41, 0x7a, 0x7f, 0xc2, 0xf4].map((byte) => mask[byte])).toEqual([1, 1, 1, 1, 1])
    }
  })

  it('refuses controls with which a block could not end, and no others', () => {
    expect(allowedBytes([], { controls: ENDS, blocks: true })).toContain(0x41)
    for (const byte of ENDS) {
      const without = PROTOCOL.filter((other) => other !== byte)
      expect(
        codeOf(() => nextByteMask([], { controls: without, blocks: true })),
        String(byte),
      ).toBe('ERR_ARGUMENT')
    }
    for (const byte of ALL_BYTES.slice(0, 32).filter((other) => !ENDS.includes(other))) {
      const without = ALL_BYTES.slice(0, 32).filter((other) => other !== byte)
      expect(nextByteMask([], { controls: without, blocks: true })[byte]).toBe(0)
    }
    expect(codeOf(() => nextByteMask([], { controls: 'text', blocks: true }))).toBe('ERR_ARGUMENT')
  })
})

describe('nextByteMask refuses', () => {
  it.each<[string, unknown, unknown]>([
    ['a negative id', [-1], undefined],
    ['a negative bigint', [-1n], undefined],
    ['a fraction', [0.5], undefined],
    ['NaN', [Number.NaN], undefined],
    ['infinity', [Number.POSITIVE_INFINITY], undefined],
    ['a text as id', ['65'], undefined],
    ['a hole', new Array(1), undefined],
    ['a text', 'abc', undefined],
    ['nothing', null, undefined],
    ['a set', new Set([1]), undefined],
    ['a negative id of a block', [0x01, -1, 0x61], { blocks: true }],
    ['an unknown option', [], { control: 'all' }],
    ['an unknown name', [], { controls: 'none' }],
    ['a control that is none', [], { controls: [0x20] }],
    ['a control that is a text', [], { controls: ['1'] }],
    ['controls that are a number', [], { controls: 3 }],
    ['blocks that are no flag', [], { blocks: 1 }],
  ])('%s', (_what, ids, options) => {
    expect(codeOf(() => nextByteMask(ids as number[], options as { blocks: boolean }))).toBe('ERR_ARGUMENT')
  })
})

/**
 * Of `bytes` those with which a text that begins with `history` can go on without an error more than `history` has by
 * itself.
 */
function naive(history: readonly number[], bytes: readonly number[]): number[] {
  const before = errorsIn(history, true)
  return bytes.filter((byte) =>
    COMPLETIONS.some((rest) => errorsIn([...history, byte, ...rest], false) === before),
  )
}

/** What completes any begun character: some second bytes are right behind E0, or F0, alone. */
const COMPLETIONS = [[], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xa0, 0x80], [0x90, 0x80, 0x80]]

/** How many maximal subparts are ill-formed; one that could still be completed does not count, if it is `open`. */
function errorsIn(bytes: readonly number[], open: boolean): number {
  for (const [index, byte] of bytes.entries()) memory[index] = byte
  const text = open
    ? new TextDecoder().decode(memory.subarray(0, bytes.length), { stream: true })
    : memory.toString('utf8', 0, bytes.length)
  if (!text.includes('\ufffd')) return 0
  return text.split('\ufffd').length - memory.toString('latin1', 0, bytes.length).split('\xef\xbf\xbd').length
}

const memory = Buffer.alloc(16)

/** All states that a history can lead to, each with one of the shortest such histories. */
function* reachable(): Generator<{ state: number; history: number[] }> {
  const found = new Map([[START, [] as number[]]])
  for (const [state, history] of found) {
    yield { state, history }
    for (const id of [...ALL_BYTES, 256]) {
      const next = nextState(state, id)
      if (!found.has(next)) found.set(next, [...history, id])
    }
  }
}
