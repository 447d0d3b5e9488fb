import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { keyOf } from '../../../src/server/stores/dynamo/tables/item.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import { checkDynamo } from '../../../src/server/stores/dynamo/tables/init.ts'
import type { Change, Store } from '../../../src/server/stores/store.ts'
import { createTables, directItem, type Emulator, startDynoxide, type Tables } from '../../helpers/dynamo.ts'
import { insight } from '../../helpers/insights.ts'

let emulator: Emulator
let tables: Tables
let store: Store
const logger = () => {}
const create = (alertId: string): Change => ({ alertId, apply: () => insight({ alert_id: alertId }) })

beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())
afterEach(() => store.close())

async function openWithThree(): Promise<string> {
  tables = await createTables(emulator)
  store = await openDynamo(tables.url('relay=off'), { logger })
  for (const id of ['a', 'b', 'c']) await store.append([create(id)])
  return (await store.head()).epoch
}

test('finds nothing wrong with a store in use, and tells what is on its way', async () => {
  const epoch = await openWithThree()
  const found = { epoch, batches: 3, entries: 3, alerts: 3, faults: [] }
  expect(await checkDynamo(tables.url(), logger)).toEqual({ ...found, pending: 0 })
  await tables.putDirectly(directItem('a', '2026-11-05T10:11:12'))
  expect(await checkDynamo(tables.url(), logger)).toEqual({ ...found, pending: 1 })
})

const drop = (TableName: string, Key: Record<string, { S: string } | { N: string }>) =>
  emulator.client.send(new DeleteItemCommand({ TableName, Key }))

test('finds entries that are gone, and alerts that are', async () => {
  const epoch = await openWithThree()
  await drop(tables.log, { shard: { S: epoch }, seq: { N: '2' } })
  await drop(tables.table, keyOf('c') as Record<string, { S: string }>)
  expect((await checkDynamo(tables.url(), logger)).faults).toEqual([
    'the entries 2 to 2 are gone',
    'c is in the log and not in the table',
  ])
})

test('a log that nobody reads is asked for seldom, and often while somebody watches', async () => {
  await openWithThree()
  const other = await openDynamo(tables.url('relay=off&poll=1h'), { logger })
  try {
    const from = await other.head()
    const watching = other.read(from, { signal: AbortSignal.timeout(50_000), isWatched: () => true })
    const first = watching[Symbol.asyncIterator]().next()
    await store.append([create('d')])
    expect((await first).value).toMatchObject({ entries: [{ cursor: { sequence: 4 } }] })
  } finally {
    await other.close()
  }
})
