/**
 * Generates text byte by byte. Utf8LogitsProcessor leaves of each step's scores what goes on as well-formed UTF-8, whatever the
 * model prefers, so that every sample decodes.
 */
import { ETX, findInvalidUtf8, STX, UTF8Tokenizer, Utf8LogitsProcessor } from 'utf8-tokenizer'
import { jit, numpy as np, tree } from './jax.js'
import { logits, type ModelSize, type Parameters } from './model.js'
import type { Random } from './random.js'

export interface GenerateOptions {
  readonly size: ModelSize
  /** Bytes that the model sees. */
  readonly length: number
  readonly prompt: string
  /** Most bytes of an answer; it ends sooner with ETX, and never within a character. */
  readonly bytes: number
  readonly temperature: number
  readonly random: Random
}

/** The answer's bytes, whole characters and ETX if it came to that; the parameters stay the caller's. */
export function generate(parameters: Parameters, options: GenerateOptions): Uint8Array {
  const { size, length, prompt, bytes, temperature, random } = options
  const scoresOf = jit((given: Parameters, ids: Parameters['norm']) => logits(given, ids, size))
  const processor = new Utf8LogitsProcessor({ controls: 'text' })
  const ids = [STX, ...new UTF8Tokenizer().encode(prompt, { add_special_tokens: false })]
  const start = ids.length
  while (ids.length < start + bytes && ids.at(-1) !== ETX) {
    // What stands behind the last byte changes nothing in front of it: one shape, compiled once, serves all.
    const window = new Int32Array(length)
    const seen = ids.slice(-length)
    window.set(seen)
    const all = scoresOf(tree.ref(parameters), np.array(window).reshape([1, length])).dataSync()
    const scores = Float32Array.from(all.subarray(256 * (seen.length - 1), 256 * seen.length))
    ids.push(sample(processor.process([ids], scores), temperature, random))
  }
  scoresOf.dispose()
  const answer = Uint8Array.from(ids.slice(start))
  const invalid = findInvalidUtf8(answer)
  return invalid?.reason === 'truncated' ? answer.subarray(0, invalid.offset) : answer
}

/** A byte by the softmax of the scores over `temperature`. */
function sample(scores: Float32Array, temperature: number, random: Random): number {
  const best = scores.reduce((a, b) => Math.max(a, b))
  const shares = Array.from(scores, (score) => Math.exp((score - best) / temperature))
  let left = random.uniform() * shares.reduce((a, b) => a + b)
  let last = 0
  for (const [byte, share] of shares.entries()) {
    if (share === 0) continue
    last = byte
    left -= share
    if (left < 0) break
  }
  return last
}
