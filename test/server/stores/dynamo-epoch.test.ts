import { DeleteItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { newEpochDynamo } from '../../../src/server/stores/dynamo/tables/init.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import { type Change, type Store, StoreUnavailable } from '../../../src/server/stores/store.ts'
import {
  createTables,
  type Emulator,
  startDynalite,
  startDynoxide,
  type Tables,
} from '../../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'
import { insight } from '../../helpers/insights.ts'
import { readUpTo } from './contract.ts'

const logger = () => {}
const create = (alertId: string): Change => ({ alertId, apply: () => insight({ alert_id: alertId }) })
const keyOf = (epoch: string, sequence: string) => ({ shard: { S: epoch }, seq: { N: sequence } })
const opened: Store[] = []
const proxies: FaultProxy[] = []
afterEach(async () => {
  for (const proxy of proxies) proxy.fault = () => undefined
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()))
})

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])('epochs of the log on $name', ({ start }) => {
  let emulator: Emulator
  let tables: Tables
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  async function open(parameters = 'poll=50ms', endpoint = emulator.endpoint): Promise<Store> {
    const store = await openDynamo(tables.url(parameters, endpoint), { logger })
    opened.push(store)
    return store
  }

  /** The sequence numbers at which batches begin. */
  async function places(epoch: string): Promise<string[]> {
    const { Items = [] } = await emulator.client.send(
      new QueryCommand({
        TableName: tables.log,
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': { S: epoch } },
      }),
    )
    return Items.map((item) => item['seq']?.N ?? '')
  }

  async function expire(epoch: string): Promise<void> {
    for (const sequence of await places(epoch))
      await emulator.client.send(
        new UpdateItemCommand({
          TableName: tables.log,
          Key: keyOf(epoch, sequence),
          UpdateExpression: 'SET #ttl = :past',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':past': { N: String(Math.floor(Date.now() / 1000) - 10) } },
        }),
      )
  }

  const remove = (epoch: string, sequence: string) =>
    emulator.client.send(new DeleteItemCommand({ TableName: tables.log, Key: keyOf(epoch, sequence) }))

  test.each([
    ['the last', ['3']],
    ['none', []],
    ['all', ['1', '2', '3']],
    ['the first', ['1']],
  ])('a log whose last batch has expired goes on in a new one, when %s was deleted', async (_, deleted) => {
    tables = await createTables(emulator)
    const store = await open()
    for (const id of ['a', 'b', 'c']) await store.append([create(id)])
    const before = await store.head()
    await store.close()
    await expire(before.epoch)
    for (const sequence of deleted) await remove(before.epoch, sequence)
    const [again, other] = await Promise.all([open(), open()])
    const [outcome] = await again.append([create('d')])
    expect(outcome?.cursor.epoch).not.toBe(before.epoch)
    expect((await other.head()).epoch).toBe(outcome?.cursor.epoch)
    for (const sequence of [0, 2, 3, 4])
      expect(await readUpTo(again, { ...before, sequence }, 99)).toEqual(['foreign'])
  })

  test('a log that was opened and never written keeps its epoch', async () => {
    tables = await createTables(emulator)
    const { epoch } = await (await open()).head()
    expect((await (await open()).head()).epoch).toBe(epoch)
  })

  test('a node that was away while a new epoch began appends nothing to the former', async () => {
    tables = await createTables(emulator)
    const proxy = await startFaultProxy(emulator.endpoint)
    proxies.push(proxy)
    const sleeper = await open('poll=1h&retention=4s', proxy.endpoint)
    for (const id of ['a', 'b', 'c']) await sleeper.append([create(id)])
    const { epoch } = await sleeper.head()
    const waking = Promise.withResolvers<void>()
    const asleep = Promise.withResolvers<void>()
    proxy.fault = ({ operation, table }) => {
      if (operation !== 'PutItem' || table !== tables.log) return undefined
      asleep.resolve()
      return waking.promise
    }
    const sleeping = sleeper.append([create('late')]).then(
      () => 'acknowledged',
      (error: unknown) => error,
    )
    await asleep.promise
    // Nothing is left that could tell where the former log ended.
    for (const sequence of await places(epoch)) await remove(epoch, sequence)
    const other = await open('poll=50ms&retention=4s')
    const head = await other.head()
    expect(head.epoch).not.toBe(epoch)
    await other.append([create('d')])
    // Longer than it may sleep without looking again.
    await new Promise((resolve) => setTimeout(resolve, 1100))
    waking.resolve()
    proxy.fault = () => undefined
    expect(await sleeping).toBeInstanceOf(StoreUnavailable)
    expect((await places(epoch)).filter((sequence) => sequence !== '1')).toEqual([])
    await vi.waitFor(async () => expect((await sleeper.head()).epoch).toBe(head.epoch), 20_000)
    const [outcome] = await sleeper.append([create('late')])
    expect(outcome?.cursor).toEqual({ epoch: head.epoch, sequence: 2 })
  })

  test('servers that run go over to a new epoch, and their readers are told', async () => {
    tables = await createTables(emulator)
    const [store, idle] = [await open('poll=50ms'), await open('poll=50ms')]
    await store.append([create('a')])
    const before = await store.head()
    const reading = readUpTo(store, before, 99).catch((error: unknown) => error)
    const { former, epoch } = await newEpochDynamo(tables.url(), logger)
    expect(former).toBe(before.epoch)
    expect(epoch).not.toBe(former)
    await expect(reading).resolves.toBeInstanceOf(StoreUnavailable)
    for (const server of [store, idle])
      await vi.waitFor(async () => expect(await server.head()).toEqual({ epoch, sequence: 0 }), 20_000)
    expect(await readUpTo(store, before, 99)).toEqual(['foreign'])
    const [outcome] = await idle.append([create('b')])
    expect(outcome?.cursor).toEqual({ epoch, sequence: 1 })
    expect((await store.append([create('a')]))[0]?.result).toBe('unchanged')
  })
})
