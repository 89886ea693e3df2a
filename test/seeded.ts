/** Randomness that can be repeated, and the bytes that matter most. Runs anywhere, in browsers too. */

/** The bytes at which rules for leads and continuations change, and their neighbours. */
export const BOUNDARY_BYTES = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
] as const

/** A seeded generator (Marsaglia's xorshift with 32 bits, three shifts): the same numbers for the same seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    // Neighbouring seeds are spread by a multiplication; the state must not be 0.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1
    for (let i = 0; i < 4; i++) this.below(2)
  }

  /** A whole number from 0 to limit - 1. */
  below(limit: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }

  chance(probability: number): boolean {
    return this.below(2 ** 20) < probability * 2 ** 20
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }
}
