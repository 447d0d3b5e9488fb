import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
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

const create = (alertId: string): Change => ({ alertId, apply: () => insight({ alert_id: alertId }) })
const now = () => new Date().toISOString()
const opened: Store[] = []
const proxies: FaultProxy[] = []
afterEach(async () => {
  for (const proxy of proxies) proxy.fault = () => undefined
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()))
})

const close = async (store: Store) => {
  opened.splice(opened.indexOf(store), 1)
  await store.close()
}

async function logged(store: Store): Promise<string[]> {
  const { epoch, sequence } = await store.head()
  const ids: string[] = []
  if (sequence === 0) return ids
  for await (const batch of store.read({ epoch, sequence: 0 }, { signal: AbortSignal.timeout(50_000) })) {
    if ('reset' in batch) throw new Error(batch.reset)
    ids.push(...batch.entries.map((entry) => entry.insight.alert_id))
    if (batch.next.sequence >= sequence) break
  }
  return ids
}

/** Spread over the past, and some over the future. */
const item = (id: string, n: number): Record<string, AttributeValue> => ({
  entity_id: { S: id },
  entity_type: { S: 'insight' },
  timestamp: { S: new Date(Date.now() + 60_000 - n * 1000).toISOString() },
  risk_score: { N: '50' },
  explanation: { S: 'was there before' },
})

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])('what is an event on $name', ({ start }) => {
  let emulator: Emulator
  let tables: Tables
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  async function open(parameters = 'poll=50ms&sweep=100ms', endpoint = emulator.endpoint): Promise<Store> {
    const store = await openDynamo(tables.url(parameters, endpoint), { logger: () => {} })
    opened.push(store)
    return store
  }

  /** Resolves when the relay has been over the whole table twice: what is put at either end of it is in the log. */
  async function relayed(store: Store, mark: string): Promise<void> {
    for (const [at, time] of ['1999-01-01T00:00:00Z', '2098-01-01T00:00:00Z'].entries()) {
      const { sequence } = await store.head()
      await tables.putDirectly(directItem(`${mark}-${at}`, time))
      await vi.waitFor(async () => expect((await store.head()).sequence).toBeGreaterThan(sequence), 30_000)
    }
  }

  async function putMany(count: number, prefix: string): Promise<void> {
    for (let from = 0; from < count; from += 25) {
      const requests = Array.from({ length: Math.min(25, count - from) }, (_, at) => ({
        PutRequest: { Item: item(`${prefix}${from + at}`, from + at) },
      }))
      await emulator.client.send(new BatchWriteItemCommand({ RequestItems: { [tables.table]: requests } }))
    }
  }

  test('a first start makes none of what is there; what comes after it is one, once', async () => {
    tables = await createTables(emulator)
    await putMany(2501, 'old')
    const store = await open()
    expect((await store.head()).sequence).toBe(0)
    await Promise.all(
      ['2026-11-05T10:11:12', now(), '2099-01-01T00:00:00Z'].map((time, at) =>
        tables.putDirectly(directItem(`new${at}`, time)),
      ),
    )
    await tables.putDirectly(directItem('old7', now(), { explanation: 'changed' }))
    await vi.waitFor(async () => expect((await store.head()).sequence).toBe(4), 30_000)
    await relayed(store, 'mark')
    expect((await logged(store)).sort()).toEqual(['mark-0', 'mark-1', 'new0', 'new1', 'new2', 'old7'])
    await close(store)
    const again = await open()
    await relayed(again, 'again')
    expect((await again.head()).sequence).toBe(8)
  })

  test('what is put while a first start walks over the table is one', async () => {
    tables = await createTables(emulator)
    await putMany(200, 'old')
    const proxy = await startFaultProxy(emulator.endpoint)
    proxies.push(proxy)
    const held = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    let walks = 0
    proxy.fault = ({ operation, table }) => {
      if (operation !== 'Query' || table !== tables.table || ++walks < 2) return undefined
      reached.resolve()
      return held.promise
    }
    const opening = open(undefined, proxy.endpoint)
    await reached.promise
    await tables.putDirectly(directItem('racing', now()))
    held.resolve()
    const store = await opening
    await vi.waitFor(async () => expect(await logged(store)).toEqual(['racing']), 30_000)
    await relayed(store, 'mark')
    expect(await logged(store)).toEqual(['racing', 'mark-0', 'mark-1'])
  })

  test('nodes that start together over the same table agree', async () => {
    tables = await createTables(emulator)
    await putMany(300, 'old')
    const stores = await Promise.all([open(), open(), open()])
    for (let n = 0; n < 20; n++) await tables.putDirectly(directItem(`new${n}`, now()))
    const [first] = stores
    if (!first) return
    await vi.waitFor(async () => expect((await first.head()).sequence).toBe(20), 30_000)
    await relayed(first, 'mark')
    for (const store of stores) expect((await logged(store)).length).toBe(22)
  })

  test('what was put while no server ran is one, and nothing else is after a restart', async () => {
    tables = await createTables(emulator)
    await putMany(30, 'old')
    const store = await open()
    await store.append([create('own')])
    await tables.putDirectly(directItem('theirs', '2026-11-05T10:11:12'))
    await vi.waitFor(async () => expect((await store.head()).sequence).toBe(2), 30_000)
    await close(store)
    await tables.putDirectly(directItem('meanwhile', '2026-11-05T10:11:12'))
    const again = await open()
    await vi.waitFor(async () => expect((await again.head()).sequence).toBe(3), 30_000)
    await relayed(again, 'mark')
    expect(await logged(again)).toEqual(['own', 'theirs', 'meanwhile', 'mark-0', 'mark-1'])
  })

  /** As DynamoDB does with what has expired. */
  async function forgetAllBut(last: number, epoch: string): Promise<void> {
    const { Items = [] } = await emulator.client.send(
      new QueryCommand({
        TableName: tables.log,
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': { S: epoch } },
      }),
    )
    for (const { shard, seq } of Items.slice(0, -last))
      if (shard && seq)
        await emulator.client.send(new DeleteItemCommand({ TableName: tables.log, Key: { shard, seq } }))
  }

  test('items that outlive their entries are none after a restart', async () => {
    tables = await createTables(emulator)
    const store = await open()
    for (let n = 0; n < 50; n++)
      await tables.putDirectly(directItem(`d${n}`, '2026-11-05T10:11:12', { ttl: 4_000_000_000 }))
    await vi.waitFor(async () => expect((await store.head()).sequence).toBe(50), 30_000)
    await store.append([create('last')])
    const { epoch } = await store.head()
    await close(store)
    await forgetAllBut(1, epoch)
    const again = await open()
    await relayed(again, 'mark')
    expect((await again.head()).sequence).toBe(53)
  })

  test('what is known is kept beyond the log, so that news of the time without servers is told from it', async () => {
    tables = await createTables(emulator)
    const store = await open('poll=50ms&sweep=100ms&retention=20s')
    for (let n = 0; n < 50; n++)
      await tables.putDirectly(directItem(`d${n}`, '2026-11-05T10:11:12', { ttl: 4_000_000_000 }))
    await vi.waitFor(async () => expect((await store.head()).sequence).toBe(50), 30_000)
    const { epoch } = await store.head()
    const saved = async () => {
      const { Items: [item] = [] } = await emulator.client.send(
        new QueryCommand({
          TableName: tables.log,
          KeyConditionExpression: '#shard = :shard',
          ExpressionAttributeNames: { '#shard': 'shard' },
          ExpressionAttributeValues: { ':shard': { S: `${epoch}#checkpoint` } },
        }),
      )
      return Number(item?.['at']?.N)
    }
    await vi.waitFor(async () => expect(await saved()).toBe(50), 30_000)
    await store.append([create('last')])
    await close(store)
    await forgetAllBut(1, epoch)
    await tables.putDirectly(directItem('meanwhile', '2026-11-05T10:11:12', { ttl: 4_000_000_000 }))
    const again = await open()
    expect((await again.head()).epoch).toBe(epoch)
    await vi.waitFor(async () => expect((await again.head()).sequence).toBe(52), 30_000)
    await relayed(again, 'mark')
    expect((await again.head()).sequence).toBe(54)
  })

  test('a node that has not read the history yet answers and writes all the same', async () => {
    tables = await createTables(emulator)
    const store = await open()
    for (let n = 0; n < 20; n++) await store.append([create(`a${n}`)])
    await close(store)
    const proxy = await startFaultProxy(emulator.endpoint)
    proxies.push(proxy)
    const held = Promise.withResolvers<void>()
    let isHeld = false
    // The history is read backwards and without a limit; the end of the log by a limit, or forwards.
    proxy.fault = ({ operation, table, input }) => {
      const isHistory = input['ScanIndexForward'] === false && input['Limit'] === undefined
      if (operation !== 'Query' || table !== tables.log || !isHistory) return undefined
      isHeld = true
      return held.promise
    }
    const again = await open(undefined, proxy.endpoint)
    await vi.waitFor(() => expect(isHeld).toBe(true), 20_000)
    const [changed] = await again.append([
      { alertId: 'a3', apply: (current) => current && { ...current, status: 'acknowledged' as const } },
    ])
    expect(changed).toMatchObject({ result: 'updated', cursor: { sequence: 21 } })
    expect((await again.get('a7'))?.alert_id).toBe('a7')
    expect((await again.recent({ limit: 5 })).items.length).toBe(5)
    held.resolve()
    await relayed(again, 'mark')
    expect((await again.head()).sequence).toBe(23)
  })
})
