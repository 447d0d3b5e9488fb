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
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'
import { insight } from '../../helpers/insights.ts'

const opened: Store[] = []
const proxies: FaultProxy[] = []
afterEach(async () => {
  for (const proxy of proxies) proxy.fault = () => undefined
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()))
})

const acknowledge: Change = {
  alertId: 'a',
  apply: (current) => current && { ...current, status: 'acknowledged', acknowledged_by: 'ann' },
}
const reopen: Change = {
  alertId: 'a',
  apply: (current) => {
    if (!current) return undefined
    const { acknowledged_by: _, ...rest } = current
    return { ...rest, status: 'open' }
  },
}

async function logged(store: Store): Promise<Insight[]> {
  const { epoch, sequence } = await store.head()
  const found: Insight[] = []
  for await (const batch of store.read({ epoch, sequence: 0 }, { signal: AbortSignal.timeout(50_000) })) {
    if ('reset' in batch) throw new Error(batch.reset)
    found.push(...batch.entries.map((entry) => entry.insight))
    if (batch.next.sequence >= sequence) break
  }
  return found
}

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])('a node that sleeps between its two writes, on $name', ({ start }) => {
  let emulator: Emulator
  let tables: Tables
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  /** A node whose writes to the insight table are held up on their way. */
  async function sleeper(): Promise<{ store: Store; asleep: Promise<void>; wake: () => void }> {
    const proxy = await startFaultProxy(emulator.endpoint)
    proxies.push(proxy)
    const store = await open('relay=off', proxy.endpoint)
    const waking = Promise.withResolvers<void>()
    const asleep = Promise.withResolvers<void>()
    proxy.fault = ({ operation, table }) => {
      const isWrite = operation === 'PutItem' ? table === tables.table : operation === 'TransactWriteItems'
      if (!isWrite) return undefined
      asleep.resolve()
      return waking.promise
    }
    return { store, asleep: asleep.promise, wake: waking.resolve }
  }

  async function open(parameters: string, endpoint = emulator.endpoint): Promise<Store> {
    const store = await openDynamo(tables.url(parameters, endpoint), { logger: () => {} })
    opened.push(store)
    return store
  }

  /** Expects that what the log said last is what the table holds, and that a relay finds nothing new. */
  async function expectNoResurrection(expected: readonly string[]): Promise<void> {
    const relay = await open('poll=50ms&sweep=100ms')
    const before = await relay.head()
    // The relay has been over the whole table when it has found what was put there last.
    await tables.putDirectly(directItem('marker', new Date().toISOString()))
    await vi.waitFor(async () => expect(await relay.get('marker')).toBeDefined(), 20_000)
    await vi.waitFor(
      async () => expect((await logged(relay)).some(({ alert_id }) => alert_id === 'marker')).toBe(true),
      { timeout: 20_000 },
    )
    expect((await relay.head()).sequence).toBe(before.sequence + 1)
    const states = (await logged(relay)).filter(({ alert_id }) => alert_id === 'a')
    expect(states.map(({ status }) => status)).toEqual(expected)
    expect((await relay.get('a'))?.status).toBe(expected.at(-1))
  }

  const items: [string, (id: string) => Promise<unknown>][] = [
    [
      'an alert of its own',
      async () => {
        const store = await open('relay=off')
        await store.append([{ alertId: 'a', apply: () => insight({ alert_id: 'a' }) }])
      },
    ],
    [
      'an item that never expires',
      () => tables.putDirectly(directItem('a', '2026-11-05T10:11:12Z', { ttl: null })),
    ],
    [
      'an item that expires later than ours',
      () => tables.putDirectly(directItem('a', '2026-11-05T10:11:12Z', { ttl: 4_000_000_000 })),
    ],
  ]

  test.each(items)('writes nothing over what others wrote meanwhile: %s', async (_, prepare) => {
    tables = await createTables(emulator)
    await prepare('a')
    // So that there is a log, and what the item says is known.
    const other = await open('relay=off')
    await other.append([{ alertId: 'first', apply: () => insight({ alert_id: 'first' }) }])
    const { store, asleep, wake } = await sleeper()
    const sleeping = store.append([acknowledge])
    await asleep
    await other.head()
    const [back] = await other.append([reopen])
    expect(back?.result).toBe('updated')
    expect(back?.insight?.status).toBe('open')
    wake()
    const [late] = await sleeping
    expect(late?.insight?.status).toBe('acknowledged')
    await other.append([{ alertId: 'last', apply: () => insight({ alert_id: 'last' }) }])
    const states = (await logged(other)).filter(({ alert_id }) => alert_id === 'a')
    await expectNoResurrection(states.map(({ status }) => String(status)))
    expect(states.at(-1)?.status).toBe('open')
  })

  test('has its entry seen by whoever changes nothing', async () => {
    tables = await createTables(emulator)
    const other = await open('relay=off&poll=1h')
    await other.append([{ alertId: 'a', apply: () => insight({ alert_id: 'a' }) }])
    const { store, asleep, wake } = await sleeper()
    const sleeping = store.append([acknowledge])
    await asleep
    const [back] = await other.append([reopen])
    expect(back).toMatchObject({ result: 'updated', cursor: { sequence: 3 } })
    wake()
    await sleeping
  })

  test('two of them, and a third that goes on', async () => {
    tables = await createTables(emulator)
    const third = await open('relay=off')
    await third.append([{ alertId: 'a', apply: () => insight({ alert_id: 'a' }) }])
    const one = await sleeper()
    const first = one.store.append([acknowledge])
    await one.asleep
    const two = await sleeper()
    const second = two.store.append([reopen])
    // It has to bring the first one's entry into the table before its own, and sleeps there or later.
    await two.asleep
    await third.append([acknowledge])
    await third.append([reopen])
    two.wake()
    one.wake()
    await Promise.all([first, second])
    await third.append([{ alertId: 'last', apply: () => insight({ alert_id: 'last' }) }])
    const states = (await logged(third))
      .filter(({ alert_id }) => alert_id === 'a')
      .map(({ status }) => String(status))
    expect((await third.get('a'))?.status).toBe(states.at(-1))
    await expectNoResurrection(states)
  })
})
