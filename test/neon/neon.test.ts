/**
 * NEON, on a machine that has none: the linux-arm64 prebuild in Node for that processor, under qemu.
 */
import { expect } from 'vitest'
import { itWith, NEEDS, NODE_ARM64, QEMU, ROOT } from '../needs.js'
import { run } from '../package/installed.js'

itWith(NEEDS.qemu, NEEDS.nodeArm64, NEEDS.prebuildArm64)(
  'NEON and scalar on 64-bit ARM agree with the JavaScript engine',
  () => {
    const [qemu, ...options] = QEMU
    const { status, signal, stdout, stderr } = run(qemu, [
      ...options,
      NODE_ARM64,
      `${ROOT}test/neon/neon.mjs`,
    ])
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    expect(stdout).toMatch(/scalar and neon agree with JavaScript in \d{5,} cases/)
  },
  600_000,
)
