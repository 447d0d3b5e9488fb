import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Insight } from '../../../src/protocol/insight/insight.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import type { Change, Store } from '../../../src/server/stores/store.ts'
import {
  createTables,
  directItem,
  type Emulator,
  startDynalite,
  startDynoxide,
  type Tables,
} from '../../helpers/dynamo.ts'
import { startFaultProxy } from '../../helpers/fault-proxy.ts'
import { insight } from '../../helpers/insights.ts'

const brisk = 'poll=50ms&sweep=200ms'
const opened: Store[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
})

async function open(tables: Tables, parameters = brisk): Promise<Store> {
  const store = await openDynamo(tables.url(parameters), { logger: () => {} })
  opened.push(store)
  return store
}

const at = (offset: number) => new Date(Date.now() + offset)

const create = (alertId: string): Change => ({ alertId, apply: () => insight({ alert_id: alertId }) })

async function logged(store: Store, atLeast: number): Promise<{ id: string; insight: Insight }[]> {
  const { epoch } = await store.head()
  const found: { id: string; insight: Insight }[] = []
  const signal = AbortSignal.timeout(50_000)
  for await (const batch of store.read({ epoch, sequence: 0 }, { signal })) {
    if ('reset' in batch) throw new Error(batch.reset)
    for (const { insight, cursor } of batch.entries)
      found.push({ id: `${cursor.sequence} ${insight.alert_id} ${insight.explanation}`, insight })
    if (found.length >= atLeast) break
  }
  return found
}

/** Long enough for several looks and walks of every relay. */
const settled = (store: Store, length: number) =>
  vi.waitFor(async () => {
    const before = (await store.head()).sequence
    expect(before).toBeGreaterThanOrEqual(length)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect((await store.head()).sequence).toBe(before)
  }, 50_000)

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])("other writers' insights on $name", ({ start }) => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  test('reach the log once, whatever their time stamps, with three servers at it', async () => {
    const tables = await createTables(emulator)

    const times = [
      ...Array.from({ length: 20 }, () => '2026-11-05T10:11:12'),
      ...Array.from({ length: 20 }, (_, n) => at(n * 7).toISOString()),
      ...Array.from({ length: 20 }, (_, n) =>
        at(n * 7)
          .toISOString()
          .replace('Z', '456'),
      ),
      ...Array.from({ length: 10 }, (_, n) => at(86_400_000 * (n + 1)).toISOString()),
      ...Array.from({ length: 10 }, (_, n) =>
        at(-86_400_000 * 100 * n)
          .toISOString()
          .slice(0, 19),
      ),
      ...Array.from({ length: 5 }, () => at(0).toISOString().replace('Z', '+09:00')),
      '2099-01-01T00:00:00Z',
      '1999-01-01 00:00:00',
    ]
    const half = times.length >> 1
    // Some come while no server is there, but after the first one was.
    const before = await open(tables)
    await before.close()
    for (const [n, time] of times.slice(0, half).entries())
      await tables.putDirectly(directItem(`d${n}`, time))
    const stores = await Promise.all([1, 2, 3].map(() => open(tables)))
    const own = stores.flatMap((store, n) =>
      Array.from({ length: 20 }, (_, k) => store.append([create(`own${n}-${k}`)])),
    )
    for (const [n, time] of times.slice(half).entries())
      await tables.putDirectly(directItem(`d${half + n}`, time))
    await Promise.all(own)
    const total = times.length + own.length
    await Promise.all(stores.map((store) => settled(store, total)))
    const logs = await Promise.all(stores.map((store) => logged(store, total)))
    expect(new Set(logs[0]?.map(({ insight }) => insight.alert_id)).size).toBe(total)
    expect(logs[0]?.length).toBe(total)
    for (const log of logs) expect(log.map(({ id }) => id)).toEqual(logs[0]?.map(({ id }) => id))
  })

  test('are not lost to a change that comes before they were seen', async () => {
    const tables = await createTables(emulator)
    const store = await open(tables, 'poll=1h&sweep=1h')
    await vi.waitFor(async () => expect((await store.append([create('first')]))[0]?.result).toBe('unchanged'))
    await tables.putDirectly(directItem('theirs', '2026-11-05T10:11:12'))
    const [outcome] = await store.append([
      { alertId: 'theirs', apply: (current) => current && { ...current, status: 'resolved' } },
    ])
    expect(outcome).toMatchObject({ result: 'updated', cursor: { sequence: 3 } })
    const log = await logged(store, 3)
    expect(log.map(({ insight }) => `${insight.alert_id} ${String(insight.status)}`)).toEqual([
      'first open',
      'theirs open',
      'theirs resolved',
    ])
  })

  test('come as new versions when they change, and their return to an old one too', async () => {
    const tables = await createTables(emulator)
    const [store, other] = await Promise.all([open(tables), open(tables)])
    const texts = ['one', 'two', 'one', 'three']
    for (const [n, explanation] of texts.entries()) {
      await tables.putDirectly(directItem('a', '2026-11-05T10:11:12', { explanation }))
      await vi.waitFor(async () => expect((await store?.head())?.sequence).toBe(n + 1), 40_000)
    }
    if (store) await settled(store, 4)
    const log = other ? await logged(other, 4) : []
    expect(log.map(({ insight }) => insight.explanation)).toEqual(texts)
  })

  test('and a restart does not bring them again', async () => {
    const tables = await createTables(emulator)
    const store = await open(tables)
    for (let n = 0; n < 30; n++) await tables.putDirectly(directItem(`d${n}`, '2026-11-05T10:11:12'))
    await store.append([create('own')])
    await settled(store, 31)
    await store.close()
    const again = await open(tables)
    await settled(again, 31)
    expect((await again.head()).sequence).toBe(31)
  })

  test('are looked for by one server at a time, and by another once it is gone', async () => {
    const tables = await createTables(emulator)
    const proxies = [await startFaultProxy(emulator.endpoint), await startFaultProxy(emulator.endpoint)]
    const looks = () =>
      proxies.map(
        ({ calls }) =>
          calls.filter(({ operation, table }) => operation === 'Query' && table === tables.table).length,
      )
    try {
      for (const { endpoint } of proxies)
        opened.push(await openDynamo(tables.url(brisk, endpoint), { logger: () => {}, patience: 500 }))
      const [, other] = opened
      await tables.putDirectly(directItem('first', at(0).toISOString()))
      await vi.waitFor(async () => expect((await other?.head())?.sequence).toBe(1), 40_000)
      const [mine = 0, others = 0] = looks()
      await vi.waitFor(() => expect(looks()[0]).toBeGreaterThan(mine + 20), 40_000)
      expect(looks()[1]).toBe(others)
      const [holder] = proxies
      if (holder) holder.fault = () => 'cut'
      await tables.putDirectly(directItem('second', at(0).toISOString()))
      await vi.waitFor(async () => expect((await other?.head())?.sequence).toBe(2), 40_000)
      expect(looks()[1]).toBeGreaterThan(others)
    } finally {
      for (const proxy of proxies) proxy.fault = () => undefined
      await Promise.all(opened.splice(0).map((store) => store.close()))
      await Promise.all(proxies.map((proxy) => proxy.stop()))
    }
  })
})
