/**
 * frame over seeded random inputs: text of mixed scripts with line ends, separators, reserved bytes and errors at
 * random densities, random options, handed over at random. UTF8_TOKENIZER_RANDOM_CASES says how many, and
 * UTF8_TOKENIZER_RANDOM_SEED from which seed on; a failure names its seed.
 */
import { describe, it } from 'vitest'
import { UNITS } from '../../dist/engine/abi.js'
import { type Engine, MIN_LENGTHS, MIN_OUTPUT } from '../../dist/engine/engine.js'
import type { FramerOptions } from '../../dist/engine/framer.js'
import { INVALID_POLICIES, RESERVED_POLICIES } from '../../dist/protocol/controls.js'
import { checkFrame } from './compare.js'
import type { Plan } from './drive.js'
import { frameOracle } from './oracle.js'
import type { Level } from './suite.js'
import { bytesOf, ILL_FORMED, Random, SCRIPT_NAMES, SCRIPTS } from './text.js'

const CASES = Number(process.env.UTF8_TOKENIZER_RANDOM_CASES ?? 3000)
const FIRST_SEED = Number(process.env.UTF8_TOKENIZER_RANDOM_SEED ?? 1)
const SEPARATORS = ['\n', 'aa', 'aab', '\n\n', '\r\n', '\x02', '\xc3\xa9', '文字', '--------', 'a\n'].map(
  bytesOf,
)

export function describeRandom(create: () => Engine, level: Level): void {
  const engine = create()
  const cases = level === 'full' ? CASES : Math.ceil(CASES / 6)

  describe('frame at random', () => {
    it(`${cases} cases from seed ${FIRST_SEED} on`, () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + cases; seed++) {
        const random = new Random(seed)
        const options = randomOptions(random)
        const input = randomInput(random, options.separator ?? bytesOf('\n'))
        const expected = frameOracle(input, options)
        for (let again = 0; again < 3; again++) {
          checkFrame(engine, options, input, randomPlan(random, input.length), expected, seed)
        }
      }
    })
  })
}

function randomOptions(random: Random): FramerOptions {
  const unit = random.pick(UNITS)
  const options = {
    unit,
    bos: random.chance(0.5),
    eos: random.chance(0.5),
    reserved: random.pick(RESERVED_POLICIES),
    invalid: random.chance(0.5) ? 'replace' : random.pick(INVALID_POLICIES),
    skipEmpty: random.chance(0.5),
    maxLength: random.chance(0.3) ? 2 + random.below(random.pick([8, 100, 3000])) : 2 ** 31 - 1,
  } as const
  return unit === 'separator' ? { ...options, separator: random.pick(SEPARATORS) } : options
}

/** Pieces with one density each, so that some inputs have long clean stretches and others an event at every byte. */
function randomInput(random: Random, separator: Uint8Array): Uint8Array {
  const density = () => random.pick([0, 0, 0.002, 0.02, 0.2])
  const [ends, controls, errors] = [density(), density(), density()]
  const scripts = random.chance(0.5) ? SCRIPT_NAMES : [random.pick(SCRIPT_NAMES)]
  const length = random.below(random.pick([3, 20, 200, 700, 2000]))
  const pieces: Uint8Array[] = []
  let size = 0
  while (size < length) {
    let piece: Uint8Array
    if (random.chance(ends)) {
      const cut = separator.subarray(0, 1 + random.below(separator.length))
      piece = random.pick([separator, cut, bytesOf('\n'), bytesOf('\r\n'), bytesOf('\r'), bytesOf('\n\n')])
    } else if (random.chance(controls)) {
      piece = Uint8Array.of(random.below(0x20))
    } else if (random.chance(errors)) {
      piece = random.chance(0.8) ? random.pick(ILL_FORMED).bytes : Uint8Array.of(0x80 + random.below(128))
    } else {
      piece = Buffer.from(random.pick(CHARACTERS[random.pick(scripts)]))
    }
    pieces.push(piece)
    size += piece.length
  }
  return Buffer.concat(pieces)
}

const CHARACTERS = Object.fromEntries(SCRIPT_NAMES.map((name) => [name, [...SCRIPTS[name]]]))

function randomPlan(random: Random, length: number): Plan {
  const count = random.pick([0, 1, 2, 5, length])
  const cuts = Array.from({ length: Math.min(count, 300) }, () => random.below(length + 1))
  return {
    cuts: cuts.sort((a, b) => a - b),
    emptying: random.pick(['always', 'full', 'random']),
    prefilled: random.chance(0.5) ? 0 : MIN_OUTPUT - random.below(1500),
    prefilledLengths: random.chance(0.5) ? 0 : MIN_LENGTHS - random.below(100),
    alignment: random.below(64),
    random,
  }
}
