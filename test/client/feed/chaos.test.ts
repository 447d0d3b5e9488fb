import { expect, test } from 'vitest'
import { alert, runThroughChaos } from '../../helpers/chaos-run.ts'
import { startLogServer } from '../../helpers/log-server.ts'

test('over 50 cuts, with alerts flowing, the feed has each once and in order', async () => {
  await using server = await startLogServer({ retry: 10, snapshot: 0 })
  const run = await runThroughChaos(
    { port: server.port, publish: (alertId) => server.publish(alert(alertId)) },
    { cuts: 50, seed: 7 },
  )
  expect(run.swallowed).toBeGreaterThan(0)
  expect(run.replayed).toBeGreaterThan(0)
})
