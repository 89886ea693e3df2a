/** Random whole numbers below a limit, the same for the same seed (xorshift), for programs that run without vitest. */
export function generator(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
}
