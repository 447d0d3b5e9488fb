import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createApi } from '../../src/client/api/api.ts'
import { createConnection } from '../../src/client/connection.ts'
import { openJournal } from '../../src/server/stores/journal/journal.ts'
import { alert, runThroughChaos } from '../helpers/chaos-run.ts'
import { runServer } from '../helpers/server.ts'

test('over 1000 cuts, while 50 alerts a second go into a journal, the feed has each once and in order', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'iops-chaos-'))
  try {
    await using server = await runServer({
      store: await openJournal(directory, { logger: () => {} }),
      beatMs: 40,
    })
    const api = createApi(createConnection({ url: server.url }))
    const run = await runThroughChaos(
      {
        port: Number(new URL(server.url).port),
        publish: async (alertId) => void (await api.publish([alert(alertId)])),
      },
      { cuts: 1001, seed: 2026 },
    )
    await api.close()
    process.stdout.write(`${JSON.stringify(run)}\n`)
    expect(run.cuts).toBeGreaterThan(1000)
    expect(run.swallowed).toBeGreaterThan(50)
    expect(run.replayed).toBeGreaterThan(100)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
