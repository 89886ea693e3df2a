/** How far two arrays of numbers lie apart: their largest difference, as a share of the largest number of `expected`. */
export function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) {
    throw new Error(`expected ${expected.length} numbers, received ${actual.length}`)
  }
  let difference = 0
  let largest = 0
  for (const [i, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(value - actual[i]))
    largest = Math.max(largest, Math.abs(value))
  }
  return difference / largest
}
