import { afterAll, beforeAll, expect, test } from 'vitest'
import { Insight } from '../../../src/protocol/insight.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import type { Store } from '../../../src/server/stores/store.ts'
import { createTables, directItem, type Emulator, startDynoxide } from '../../helpers/dynamo.ts'

let emulator: Emulator
const opened: Store[] = []
beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()))
  await emulator.stop()
})

async function open(url: string): Promise<Store> {
  const store = await openDynamo(url, { log: (l, w, f) => console.log(l, w, f) })
  opened.push(store)
  return store
}

test('smoke', async () => {
  const tables = await createTables(emulator)
  const store = await open(tables.url())
  const start = await store.head()
  const insight = Insight.parse({ alert_id: 'a', timestamp: '2026-11-23T10:00:00.000Z', risk_score: 3 })
  let t = performance.now()
  console.log(await store.append([{ alertId: 'a', apply: () => insight }]), performance.now() - t)
  t = performance.now()
  console.log(await store.append([{ alertId: 'a', apply: () => insight }]), performance.now() - t)
  await tables.putDirectly(directItem('b', '2026-11-05T10:11:12.123456'))
  const seen: string[] = []
  const abort = new AbortController()
  for await (const batch of store.read(start, { signal: abort.signal })) {
    if ('reset' in batch) throw new Error(batch.reset)
    seen.push(...batch.entries.map((e) => e.json))
    if (seen.length === 2) break
  }
  console.log(seen)
  console.log(
    await store.recent({ limit: 10 }),
    await store.get('b'),
    await store.snapshot({ limit: 5 }),
    await store.aggregate({ buckets: 2 }),
  )
  t = performance.now()
  for (let i = 0; i < 200; i++)
    await store.append([{ alertId: 'x' + i, apply: () => ({ ...insight, alert_id: 'x' + i }) }])
  console.log('seq', (performance.now() - t) / 200)
  t = performance.now()
  await Promise.all(
    Array.from({ length: 2000 }, (_, i) =>
      store.append([{ alertId: 'y' + i, apply: () => ({ ...insight, alert_id: 'y' + i }) }]),
    ),
  )
  console.log('par', (performance.now() - t) / 2000)
  expect((await store.head()).sequence).toBe(2202)
})
