// Timing for benchmarks of single calls: contenders take turns, so that what disturbs one disturbs all, and the median of
// several rounds counts.

/**
 * Seconds per call of each contender: { name: () => result }. `seconds` is the time for one turn; `pick` makes one number of
 * those of all rounds.
 */
export function compare(contenders, { rounds = 5, seconds = 0.004, pick = median } = {}) {
  const names = Object.keys(contenders)
  const times = Object.fromEntries(names.map((name) => [name, []]))
  const repeats = Object.fromEntries(names.map((name) => [name, calibrate(contenders[name], seconds)]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].push(turn(contenders[name], repeats[name]))
  }
  return Object.fromEntries(names.map((name) => [name, pick(times[name])]))
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** For a machine that others use as well: what was disturbed the least. */
export function least(numbers) {
  return Math.min(...numbers)
}

/** What calls return is kept, so that none can be left out as useless. */
export let kept

function turn(work, repeats) {
  const started = performance.now()
  for (let i = 0; i < repeats; i++) kept = work()
  return (performance.now() - started) / 1000 / repeats
}

/** How often `work` must be called to take `seconds`; the compiler has seen it by then. */
function calibrate(work, seconds) {
  for (let repeats = 1; ; repeats *= 2) {
    const took = turn(work, repeats) * repeats
    if (took >= seconds) return Math.max(1, Math.round((repeats * seconds) / took))
  }
}
