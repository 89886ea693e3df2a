/** OffsetMap, against a table of all places of a text. */
import { Random } from '../../seeded.js'
import { type Case, type Cases, refuses, same } from './case.js'
import { referenceBytes } from './reference.js'

const UNITS = ['byte', 'utf16', 'codePoint'] as const
type Unit = (typeof UNITS)[number]
type Place = Record<Unit, number>

/** The places of `text` at which characters begin, and its end. */
function placesOf(text: string): Place[] {
  const places: Place[] = [{ byte: 0, utf16: 0, codePoint: 0 }]
  for (const character of text) {
    const { byte, utf16, codePoint } = places[places.length - 1]
    const { length } = referenceBytes(character)
    places.push({ byte: byte + length, utf16: utf16 + character.length, codePoint: codePoint + 1 })
  }
  return places
}

/** For each offset up to the length: the place that it is at or inside of, rounded. */
function placeAt(places: readonly Place[], from: Unit, up: boolean): Place[] {
  const table: Place[] = []
  for (const [i, place] of places.entries()) {
    table.push(place)
    const next = places[i + 1]
    for (let inside = place[from] + 1; next !== undefined && inside < next[from]; inside++)
      table.push(up ? next : place)
  }
  return table
}

const TEXTS = [
  '',
  'a',
  'é',
  '文',
  '😀',
  'aé文😀',
  '😀😀',
  '\ud800a\udc00',
  'a'.repeat(256),
  'a'.repeat(257),
  '😀'.repeat(64),
  '😀'.repeat(65),
  `a${'😀'.repeat(200)}`,
  `ab${'文'.repeat(300)}`,
  'é'.repeat(600),
  `${'a'.repeat(255)}😀${'文'.repeat(200)}`,
  `${'a'.repeat(254)}文${'b'.repeat(700)}é`,
  '文'.repeat(256) + 'a'.repeat(256) + '😀'.repeat(256) + 'é'.repeat(256),
]

export const offsetMapCases: Cases = (layer) => {
  const { OffsetMap } = layer
  type Map = InstanceType<typeof OffsetMap>

  function checkAll(map: Map, text: string, where: unknown): void {
    const places = placesOf(text)
    const end = places[places.length - 1]
    same([map.byteLength, map.utf16Length, map.codePointLength], [end.byte, end.utf16, end.codePoint], where)
    for (const from of UNITS) {
      for (const rounding of ['down', 'up'] as const) {
        const table = placeAt(places, from, rounding === 'up')
        same(table.length, end[from] + 1, where)
        for (const to of UNITS) {
          for (const offset of table.keys()) {
            const got = map.convert(offset, from, to, rounding)
            if (got !== table[offset][to]) same(got, table[offset][to], { where, offset, from, to, rounding })
          }
          // Downwards, so that no place can be gone on from.
          for (let offset = end[from]; offset >= 0; offset--) {
            const got = map.convert(offset, from, to, rounding)
            if (got !== table[offset][to]) same(got, table[offset][to], { where, offset, from, to, rounding })
          }
          const all = map.convertAll([...table.keys()], from, to, { rounding })
          same(
            all,
            Uint32Array.from(table, (place) => place[to]),
            where,
          )
        }
      }
    }
  }

  const cases: Case[] = [
    {
      name: 'converts every offset of short texts, from strings and from bytes',
      run() {
        for (const text of TEXTS) {
          checkAll(new OffsetMap(text), text, text)
          checkAll(new OffsetMap(referenceBytes(text)), text.toWellFormed(), text)
        }
      },
    },
    {
      name: 'converts every offset of all texts of up to 4 characters',
      run() {
        const letters = ['a', 'é', '文', '😀', '\ud800']
        for (let number = 0; number < 5 ** 4; number++) {
          const text = [1, 5, 25, 125].map((step) => letters[Math.floor(number / step) % 5]).join('')
          // A high half in front of an emoji is no pair: the text's characters are what string iteration says.
          checkAll(new OffsetMap(text), text, text)
        }
      },
    },
    {
      name: 'converts random offsets of long texts, in any order',
      run() {
        for (let seed = 0; seed < 12; seed++) {
          const random = new Random(seed)
          const scripts = ['a', 'plain text ', 'é', '文', '😀'].slice(random.below(3))
          let text = ''
          while (text.length < 20_000)
            text += random.pick(scripts).repeat(1 + random.below(random.pick([3, 400])))
          const map = new OffsetMap(text)
          const places = placesOf(text)
          for (const from of UNITS) {
            for (const rounding of ['down', 'up'] as const) {
              const table = placeAt(places, from, rounding === 'up')
              for (let i = 0; i < 3000; i++) {
                // Sometimes near the last one, in front of it or behind it.
                const offset = random.below(table.length)
                const near = Math.min(table.length - 1, offset + random.below(40))
                for (const one of random.chance(0.5) ? [offset, near] : [near, offset]) {
                  const to = random.pick(UNITS)
                  const got = map.convert(one, from, to, rounding)
                  if (got !== table[one][to]) same(got, table[one][to], { seed, one, from, to, rounding })
                }
              }
            }
          }
        }
      },
    },
    {
      name: 'takes no more than a sixteenth of the text',
      run() {
        for (const letter of ['a', 'é', '文', '😀', 'a文']) {
          for (const length of [0, 1, 255, 256, 257, 1000, 100_000]) {
            const map = new OffsetMap(letter.repeat(length))
            const most = map.byteLength / 16 + 32
            if (map.indexByteLength > most)
              throw new Error(`${map.indexByteLength} bytes for ${length} ${letter}`)
          }
        }
      },
    },
    {
      name: 'answers as fast at the end of a long text as at its start',
      run() {
        const text = `${'文a😀é'.repeat(500_000)}`
        const map = new OffsetMap(text)
        const random = new Random(7)
        const time = (from: number, to: number) => {
          const offsets = Array.from({ length: 20_000 }, () => from + random.below(to - from))
          const started = performance.now()
          map.convertAll(offsets, 'codePoint', 'byte')
          return performance.now() - started
        }
        time(0, 20_000)
        const [start, end] = [time(0, 20_000), time(1_980_000, 2_000_000)]
        // A walk along the text would take thousands of times as long.
        if (end > 20 * start + 50) throw new Error(`${start} ms at the start, ${end} ms at the end`)
        const apart = Uint32Array.from({ length: 20_000 }, (_, i) => (i % 2) * 1_999_999)
        const jumping = performance.now()
        map.convertAll(apart, 'codePoint', 'byte')
        const jumped = performance.now() - jumping
        if (jumped > 1000) throw new Error(`20,000 jumps took ${jumped} ms`)
        const ascending = Uint32Array.from({ length: 2_000_000 }, (_, i) => i)
        const started = performance.now()
        const bytes = map.convertAll(ascending, 'codePoint', 'byte')
        const took = performance.now() - started
        same([bytes[4], bytes[1_999_999]], [10, 4_999_998])
        if (took > 3000) throw new Error(`2,000,000 ascending offsets took ${took} ms`)
      },
    },
    {
      name: 'puts results where it is told to',
      run() {
        const map = new OffsetMap('aé文😀')
        for (const offsets of [[4, 0, 2], Uint8Array.of(4, 0, 2), Float64Array.of(4, 0, 2)]) {
          const fresh = map.convertAll(offsets, 'utf16', 'byte')
          same(fresh, Uint32Array.of(6, 0, 3))
          for (const into of [new Uint32Array(5), new Float64Array(5)]) {
            const results = map.convertAll(offsets, 'utf16', 'byte', { into })
            same(results.buffer === into.buffer, true)
            same([...results], [6, 0, 3])
            same([...into], [6, 0, 3, 0, 0])
          }
        }
        same(map.convertAll([], 'byte', 'byte'), new Uint32Array(0))
        const small = { code: 'ERR_OUTPUT_TOO_SMALL', type: RangeError }
        refuses(() => map.convertAll([1, 2], 'byte', 'byte', { into: new Uint32Array(1) }), small)
      },
    },
    {
      name: 'refuses offsets, names and options that are none',
      run() {
        const map = new OffsetMap('aé文😀')
        const refused = { code: 'ERR_ARGUMENT' }
        for (const offset of [-1, 0.5, 11, Number.NaN, Infinity, '1', 1n, null, undefined, {}]) {
          refuses(() => map.convert(offset as never, 'byte', 'utf16'), refused, offset)
          refuses(() => map.convertAll([0, offset as never], 'byte', 'utf16'), refused, offset)
        }
        refuses(() => map.convert(6, 'utf16', 'byte'), refused)
        refuses(() => map.convert(5, 'codePoint', 'byte'), refused)
        for (const name of ['bytes', 'codepoint', 'toString', '', undefined, null, 0]) {
          refuses(() => map.convert(0, name as never, 'byte'), refused, name)
          refuses(() => map.convert(0, 'byte', name as never), refused, name)
        }
        refuses(() => map.convert(0, 'byte', 'byte', 'nearest' as never), refused)
        refuses(() => map.convertAll([0], 'byte', 'byte', { rounding: 'nearest' as never }), refused)
        refuses(() => map.convertAll([0], 'byte', 'byte', { round: 'up' } as never), refused)
        refuses(() => map.convertAll([0], 'byte', 'byte', { into: [] as never }), refused)
        for (const offsets of [undefined, null, 'text', 3, { length: 1, 0: 0 }, new Set([1])]) {
          refuses(() => map.convertAll(offsets as never, 'byte', 'byte'), refused, offsets)
        }
      },
    },
    {
      name: 'refuses texts that are none, and ill-formed bytes with their offset',
      run() {
        for (const text of [undefined, null, 1, [1], {}]) {
          refuses(() => new OffsetMap(text as never), { code: 'ERR_ARGUMENT' }, text)
        }
        const invalid = (offset: number) => ({ code: 'ERR_UTF8_INVALID', offset })
        refuses(() => new OffsetMap(Uint8Array.of(0x61, 0xff)), invalid(1))
        refuses(() => new OffsetMap(Uint8Array.of(0x61, 0x62, 0xe6, 0x96)), invalid(2))
      },
    },
    {
      name: 'stands what becomes of its bytes',
      run() {
        const bytes = referenceBytes('aé文😀'.repeat(200))
        const map = new OffsetMap(bytes)
        for (const filler of [0x80, 0xff, 0x41, 0xf0]) {
          bytes.fill(filler)
          for (const from of UNITS) {
            for (const rounding of ['down', 'up'] as const) {
              for (let offset = 0; offset <= map.codePointLength; offset += 7) {
                const got = map.convert(offset, from, 'codePoint', rounding)
                same(Number.isFinite(got), true, { filler, from, offset })
              }
            }
          }
        }
        structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
        refuses(() => map.convert(0, 'byte', 'utf16'), { code: 'ERR_ARGUMENT' })
        refuses(() => map.convertAll([5], 'utf16', 'byte'), { code: 'ERR_ARGUMENT' })
      },
    },
  ]
  return cases
}
