/**
 * Tests run against dist/, which Node loads itself: worker threads and child processes need real files, and the code
 * under test is then what users get. Two processes, because the suites are bound by the processor.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    server: { deps: { external: [/\/dist\//] } },
  },
})
