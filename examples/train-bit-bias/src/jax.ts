/**
 * The autograd library, jax-js, on its WebAssembly device. It looks at `navigator`, which Node 20 does not have: so it is given one, of
 * one core, before the library loads. All else here imports from this file, never from the library.
 *
 * Arrays are counted references. A function takes over what it is given, and `.ref` keeps one for later; also a function that
 * is differentiated or compiled, as those of model.ts are.
 */
if (!('navigator' in globalThis)) {
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Node.js', hardwareConcurrency: 1 } })
}
const jax = await import('@jax-js/jax')
await jax.init('wasm')
jax.defaultDevice('wasm')

export const { grad, jit, nn, numpy, tree, valueAndGrad } = jax
export type { Array as JaxArray } from '@jax-js/jax'

/** The numbers of an array, row-major. The array is used up. */
export function floatsOf(array: InstanceType<typeof jax.Array>): Float32Array {
  const data = array.dataSync()
  if (data instanceof Float32Array) return data
  throw new Error(`expected an array of 32-bit floats, received ${array.dtype}`)
}
