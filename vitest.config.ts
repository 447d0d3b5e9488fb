import { defineConfig } from 'vitest/config'

/** Tests that keep no state in modules share their workers, and load the modules once a worker. */
const shared = [
  'test/{commands,program,protocol,text,ui}/**/*.test.{ts,tsx}',
  'test/server/{http,ingest,sources,stream}/**/*.test.ts',
]
const notHere = ['test/soak/**', 'test/release/**']

export default defineConfig({
  test: {
    globalSetup: 'test/helpers/temporary-folder.ts',
    // Bounds for hangs only: a slow machine must not fail a test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // Most of the time goes into waiting for processes.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
      {
        extends: true,
        test: { name: 'isolated', include: ['test/**/*.test.{ts,tsx}'], exclude: [...shared, ...notHere] },
      },
    ],
  },
})
