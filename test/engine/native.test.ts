/**
 * The native engine, held to the suite of all engines on every instruction set that this machine and build have.
 * Without an addon this file fails: tests run on a build, and a build has one.
 */
import { describe, expect, it } from 'vitest'
import { TARGETS } from '../../dist/engine/abi.js'
import { createNativeEngine, loadNative } from '../../dist/engine/native.js'
import { engineSuite } from './suite.js'

const native = loadNative()
const targets = native.binding?.targets() ?? []

describe('the native addon', () => {
  it('loads', () => {
    expect(native.binding === null ? native.why : 'loaded').toBe('loaded')
  })

  it('has the scalar target and, on x86-64 and arm64, one with vectors', () => {
    expect(targets[0]).toBe('scalar')
    expect(TARGETS.filter((target) => targets.includes(target))).toEqual(targets)
    if (['x64', 'arm64'].includes(process.arch)) expect(targets.length).toBeGreaterThan(1)
  })
})

const { binding } = native
if (binding !== null) {
  // Kernels are written once for all vectors, so that those between the scalar target and the best differ in little.
  const full = [targets[0], targets.at(-1)]
  for (const target of targets) {
    engineSuite(
      `native ${target}`,
      () => createNativeEngine(binding, target),
      full.includes(target) ? 'full' : 'quick',
    )
  }
}
