import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Insight } from '../../../src/protocol/insight/insight.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import type { StoreEvent } from '../../../src/server/stores/dynamo/tables/count.ts'
import type { Change, Store } from '../../../src/server/stores/store.ts'
import {
  createTables,
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

const create = (alertId: string): Change => ({
  alertId,
  apply: () => insight({ alert_id: alertId, risk_score: 0 }),
})
const increment = (alertId: string): Change => ({
  alertId,
  apply: (current) => ({
    ...(current ?? insight({ alert_id: alertId })),
    risk_score: current === undefined ? 1 : Number(current.risk_score) + 1,
  }),
})

async function logged(store: Store): Promise<{ sequence: number; insight: Insight }[]> {
  const { epoch, sequence } = await store.head()
  const found: { sequence: number; insight: Insight }[] = []
  for await (const batch of store.read({ epoch, sequence: 0 }, { signal: AbortSignal.timeout(50_000) })) {
    if ('reset' in batch) throw new Error(batch.reset)
    found.push(...batch.entries.map((entry) => ({ sequence: entry.cursor.sequence, insight: entry.insight })))
    if (batch.next.sequence >= sequence) break
  }
  return found
}

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])('many writers on $name', ({ start }) => {
  let emulator: Emulator
  let tables: Tables
  let counts: Map<StoreEvent, number>
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  async function openMany(count: number, fault: FaultProxy['fault']): Promise<Store[]> {
    tables = await createTables(emulator)
    counts = new Map()
    const proxy = await startFaultProxy(emulator.endpoint)
    proxies.push(proxy)
    proxy.fault = fault
    const url = tables.url('poll=100ms', proxy.endpoint)
    const options = {
      logger: () => {},
      count: (event: StoreEvent, by = 1) => void counts.set(event, (counts.get(event) ?? 0) + by),
    }
    const stores = await Promise.all(Array.from({ length: count }, () => openDynamo(url, options)))
    opened.push(...stores)
    return stores
  }

  const waiting = async (epoch: string) => {
    const { Count } = await emulator.client.send(
      new QueryCommand({
        TableName: tables.log,
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': { S: `${epoch}#waiting` } },
      }),
    )
    return Count
  }

  test.each([
    ['a distant table', () => sleep(10)],
    ['answers that get lost', () => (Math.random() < 0.03 ? 'lose' : sleep(3))],
    ['throttling', () => (Math.random() < 0.05 ? 'ThrottlingException' : sleep(3))],
  ] as [string, FaultProxy['fault']][])(
    'hand over to each other, lose nothing and write nothing twice: %s',
    async (_, fault) => {
      const stores = await openMany(4, fault)
      const rounds = 6
      const lastCursors: number[] = []
      await Promise.all(
        stores.flatMap((store, node) =>
          [0, 1].map(async (client) => {
            for (let round = 0; round < rounds; round++) {
              const outcomes = await store.append([
                create(`own-${node}-${client}-${round}`),
                increment(`shared-${round % 3}`),
              ])
              expect(outcomes.map(({ result }) => result)).not.toContain('unchanged')
              for (const { cursor } of outcomes) lastCursors.push(cursor.sequence)
            }
          }),
        ),
      )
      const [store] = stores
      if (!store) return
      const log = await logged(store)
      expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, at) => at + 1))
      // Each acknowledged change has a place of its own.
      expect(new Set(lastCursors).size).toBe(stores.length * 2 * rounds * 2)
      expect(log.length).toBe(lastCursors.length)
      for (const shared of [0, 1, 2]) {
        const versions = log.filter(({ insight: { alert_id } }) => alert_id === `shared-${shared}`)
        expect(versions.map(({ insight }) => insight.risk_score)).toEqual(versions.map((_, at) => at + 1))
        await vi.waitFor(
          async () => expect((await store.get(`shared-${shared}`))?.risk_score).toBe(versions.length),
          20_000,
        )
      }
      expect(counts.get('handed_over')).toBeGreaterThan(0)
      const { epoch } = await store.head()
      // Whoever writes next clears up.
      await vi.waitFor(
        async () => {
          await store.append([create(`clear-${Math.random()}`)])
          expect(await waiting(epoch)).toBe(0)
        },
        { timeout: 20_000, interval: 100 },
      )
    },
  )
})
