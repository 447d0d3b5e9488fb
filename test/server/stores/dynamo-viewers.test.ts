import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Filter, parseFilter } from '../../../src/protocol/filter/filter.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import type { PagePosition, Store } from '../../../src/server/stores/store.ts'
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
let proxy: FaultProxy
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await proxy.stop()
})

function filterOf(text: string): Filter {
  const filter = parseFilter(text)
  if (!filter || !('matches' in filter)) throw new Error(text)
  return filter
}

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])('viewers on $name', ({ start }) => {
  let emulator: Emulator
  let tables: Tables
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())
  beforeEach(async () => {
    tables = await createTables(emulator)
    proxy = await startFaultProxy(emulator.endpoint)
  })

  async function open(parameters: string, endpoint = proxy.endpoint): Promise<Store> {
    const store = await openDynamo(tables.url(parameters, endpoint), { logger: () => {} })
    opened.push(store)
    return store
  }

  const readsOfTheTable = () =>
    proxy.calls.filter(({ operation, table }) => operation === 'Query' && table === tables.table).length

  test('cost nothing but the first one; totals follow every change', async () => {
    const store = await open('relay=off&poll=50ms')
    const other = await open('relay=off&poll=50ms', emulator.endpoint)
    const timestamp = new Date().toISOString()
    const since = new Date(Date.now() - 3_600_000).toISOString()
    const add = (id: string, risk: number) => ({
      alertId: id,
      apply: () => insight({ alert_id: id, risk_score: risk, timestamp }),
    })
    await other.append([add('before', 90)])
    const filter = filterOf('status:open')
    expect(await store.aggregate({ since, filter })).toMatchObject({ total: 1, critical: 1 })
    expect(await store.aggregate({ since })).toMatchObject({ total: 1 })
    const reads = readsOfTheTable()
    await other.append([add('a', 85), add('b', 10)])
    await store.append([add('c', 70)])
    await vi.waitFor(
      async () => expect(await store.aggregate({ since, filter })).toMatchObject({ total: 4, critical: 2 }),
      20_000,
    )
    await other.append([
      { alertId: 'a', apply: (current) => current && { ...current, status: 'resolved' as const } },
    ])
    await vi.waitFor(
      async () => expect(await store.aggregate({ since, filter })).toMatchObject({ total: 3, critical: 1 }),
      20_000,
    )
    expect(await store.aggregate({ since })).toMatchObject({
      total: 4,
      byStatus: { open: 3, resolved: 1 },
    })
    // A dashboard's since moves on with the clock.
    for (let ms = 1; ms < 50; ms++)
      await store.aggregate({ since: new Date(Date.parse(since) + ms).toISOString(), filter })
    expect(readsOfTheTable()).toBe(reads)
    const before = new Date(Date.parse(since) - 1000).toISOString()
    expect(await store.aggregate({ since: before })).toMatchObject({ total: 4 })
    expect(readsOfTheTable()).toBeGreaterThan(reads)
  })

  test('see in their totals what other writers put there', async () => {
    const store = await open('poll=50ms&sweep=200ms')
    expect(await store.aggregate({})).toMatchObject({ total: 0 })
    await tables.putDirectly(directItem('theirs', new Date().toISOString()))
    await vi.waitFor(async () => expect(await store.aggregate({})).toMatchObject({ total: 1 }), 20_000)
  })

  test('who look for what is rare get pages at a bounded cost, and all of it in the end', async () => {
    const count = 9000
    for (let from = 0; from < count; from += 25) {
      const requests = Array.from({ length: 25 }, (_, at) => {
        const n = from + at
        const Item = {
          entity_id: { S: `a${n}` },
          entity_type: { S: 'insight' },
          timestamp: { S: new Date(Date.UTC(2026, 10, 1) + n * 60_000).toISOString() },
          risk_score: { N: n % 3001 === 7 ? '99' : '5' },
          explanation: { S: 'x'.repeat(600) },
        }
        return { PutRequest: { Item } }
      })
      await emulator.client.send(new BatchWriteItemCommand({ RequestItems: { [tables.table]: requests } }))
    }
    const store = await open('relay=off')
    for (const [text, expected] of [
      ['risk>=90', ['a6009', 'a3008', 'a7']],
      ['risk>=100', []],
    ] as const) {
      const found: string[] = []
      let after: PagePosition | undefined
      let pages = 0
      do {
        const page = await store.recent({ limit: 2, filter: filterOf(text), after })
        expect(page.readUnits).toBeGreaterThan(0)
        // The page that passes the bound is read to its end: a megabyte is 128 units.
        expect(page.readUnits).toBeLessThan(250 + 130)
        found.push(...page.items.map(({ alert_id }) => alert_id))
        if (after && page.next) expect(page.next.timestamp <= after.timestamp).toBe(true)
        after = page.next
        pages++
      } while (after && pages < 50)
      expect(found).toEqual(expected)
      expect(pages).toBeGreaterThan(2)
    }
  })
})
