import { defineConfig } from 'vitest/config'

/** Long runs against real processes; minutes each, one at a time. */
export default defineConfig({
  test: {
    globalSetup: 'test/helpers/temporary-folder.ts',
    include: ['test/soak/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 1,
  },
})
