import { defineConfig } from 'vitest/config'

/** What is shipped: builds and installs packages, one after the other; minutes. */
export default defineConfig({
  test: {
    include: ['test/release/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 1,
  },
})
