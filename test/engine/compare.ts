/**
 * Compares what an engine gave with what an oracle says, and makes the message of a failure: seed, engine, target,
 * options, how the input was cut, input, offset, and the first byte that differs.
 */
import type { Engine } from '../../dist/engine/engine.js'
import type { FramerOptions } from '../../dist/engine/framer.js'
import { type Driven, drive, type Plan } from './drive.js'
import { frameJsonlOracle, type JsonLine, jsonLines } from './jsonl-oracle.js'
import { type Framed, frameOracle } from './oracle.js'

/** Runs one case of framing. `expected` and `seed` are given where the caller has them. */
export function checkFrame(
  engine: Engine,
  options: FramerOptions,
  input: Uint8Array,
  plan: Plan,
  expected: Framed = frameOracle(input, options),
  seed?: number,
): Driven {
  const run = () => {
    const got = drive(engine, options, input, plan)
    const problem = difference(got, { ...expected, undecided: [] })
    if (problem !== null) throw new Error(problem)
    return got
  }
  return explained(run, engine, options, input, plan, seed)
}

/** Runs one case of JSON lines. Hard lines may be undecided; all else must be as the oracle says. */
export function checkJsonl(
  engine: Engine,
  options: FramerOptions,
  input: Uint8Array,
  plan: Plan & Required<Pick<Plan, 'path'>>,
  lines: readonly JsonLine[] = jsonLines(input, plan.path.keys, options),
  seed?: number,
): Driven {
  const run = () => {
    const got = drive(engine, options, input, plan)
    const mayLeaveOut = new Set(lines.filter(({ hard }) => hard).map(({ offset }) => offset))
    const leftOut = new Set(got.undecided.map(({ offset }) => offset).filter((one) => mayLeaveOut.has(one)))
    const expected = frameJsonlOracle(lines, options, leftOut)
    const problem = difference(got, { ...expected, rejected: [] })
    if (problem !== null) throw new Error(problem)
    return got
  }
  return explained(run, engine, options, input, plan, seed)
}

/** What a sweep over plain calls has found wrong. */
export function fail(engine: Engine, what: string, place: Readonly<Record<string, unknown>>): never {
  throw new Error(`${engine.name} ${engine.target}: ${what}; ${JSON.stringify(place)}`)
}

function explained<T>(
  run: () => T,
  engine: Engine,
  options: FramerOptions,
  input: Uint8Array,
  plan: Plan,
  seed: number | undefined,
): T {
  try {
    return run()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const { separator, ...plain } = options
    const { path, random, ...cutting } = plan
    const shown = input.length > 400 ? input.subarray(0, 400) : input
    throw new Error(
      [
        `${engine.name} ${engine.target}: ${message}`,
        ...(seed === undefined ? [] : [`seed ${seed}`]),
        `options ${JSON.stringify(plain)}${separator ? ` separator ${hex(separator)}` : ''}`,
        ...(path === undefined ? [] : [`path ${JSON.stringify(path.keys)}`]),
        `handed over ${JSON.stringify(cutting)}`,
        `input of ${input.length} bytes ${hex(shown)}`,
        `as text ${JSON.stringify(Buffer.from(shown).toString())}`,
      ].join('\n  '),
      { cause: error },
    )
  }
}

type Result = Omit<Driven, 'statuses'>

function difference(got: Result, expected: Result): string | null {
  return (
    places('undecided', got.undecided, expected.undecided) ??
    places('rejected', got.rejected, expected.rejected) ??
    bytes(got.bytes, expected.bytes) ??
    places('lengths', got.lengths, expected.lengths) ??
    places('totals', [got.totals], [expected.totals])
  )
}

function bytes(got: Uint8Array, expected: Uint8Array): string | null {
  if (Buffer.compare(got, expected) === 0) return null
  let at = 0
  while (at < got.length && at < expected.length && got[at] === expected[at]) at++
  const around = (of: Uint8Array) => hex(of.subarray(Math.max(0, at - 4), at + 12))
  return `output differs at offset ${at} (lengths ${got.length}, expected ${expected.length}): ${around(got)}, expected ${around(expected)}`
}

function places(
  what: string,
  got: readonly (number | object)[],
  expected: readonly (number | object)[],
): string | null {
  if (got.length === 0 && expected.length === 0) return null
  const count = Math.max(got.length, expected.length)
  for (let i = 0; i < count; i++) {
    if (!same(got[i], expected[i])) {
      return `${what}, entry ${i}: ${JSON.stringify(got[i])}, expected ${JSON.stringify(expected[i])}`
    }
  }
  return null
}

function same(a: number | object | undefined, b: number | object | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  const fields = Object.keys(b) as (keyof typeof b)[]
  return fields.length === Object.keys(a).length && fields.every((field) => Object.is(a[field], b[field]))
}

function hex(of: Uint8Array): string {
  return Buffer.from(of).toString('hex')
}
