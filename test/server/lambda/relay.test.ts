import { PassThrough } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBufferedHandler } from '../../../src/server/lambda/buffered-handler.ts'
import { openEnvironment } from '../../../src/server/lambda/environment.ts'
import { createRelayHandler } from '../../../src/server/lambda/relay-handler.ts'
import { createTables, directItem, type Emulator, startDynoxide, type Tables } from '../../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'
import { restEvent } from '../../helpers/lambda/events.ts'
import { openTableStream, type StreamRecord, type TableStream } from '../../helpers/lambda/table-stream.ts'

let emulator: Emulator
let proxy: FaultProxy
let tables: Tables
let stream: TableStream
beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())
beforeEach(async () => {
  proxy = await startFaultProxy(emulator.endpoint)
  tables = await createTables(emulator)
  stream = await openTableStream(emulator, tables.table)
})
afterEach(() => proxy.stop())

/** One execution environment, without what it shares with others but the tables. */
async function environment(endpoint?: string) {
  const output = new PassThrough().resume()
  const settings = { IOPS_STORE: tables.url('', endpoint), IOPS_INSECURE: 'on' }
  const opened = await openEnvironment(settings, { output })
  return { handler: createBufferedHandler(opened), relay: createRelayHandler(opened) }
}

const time = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, seconds)).toISOString()
const ttl = 4_000_000_000

async function send(
  handler: Awaited<ReturnType<typeof environment>>['handler'],
  method: string,
  path: string,
  body: object,
) {
  const headers = { 'content-type': 'application/json' }
  const answer = await handler(restEvent(path, { method, headers, body: JSON.stringify(body) }))
  expect(answer.statusCode).toBeLessThan(300)
}

/** Every version in the log, in order. */
async function logged(): Promise<string[]> {
  const { handler } = await environment()
  const { body } = await handler(restEvent('/stream?limit=0'))
  const epoch = /^id: (\w+)-/m.exec(body)?.[1]
  const all = await handler(restEvent(`/stream?lastEventId=${epoch}-0`))
  return [...all.body.matchAll(/^data: (\{"alert_id".*)$/gm)].map(([, json = '']) => {
    const { alert_id, explanation, status } = JSON.parse(json) as Record<string, string>
    return `${alert_id} ${explanation || status}`
  })
}

test('brings what others put into the table into the log, once, however often it is told', async () => {
  for (const n of [1, 2, 3])
    await tables.putDirectly(directItem(`d${n}`, time(n), { ttl, explanation: `first ${n}` }))
  await tables.putDirectly({ entity_id: 'student', entity_type: 'student', timestamp: time(0) })
  const Records = await stream.records()
  expect(Records).toHaveLength(4)
  const { relay } = await environment()
  expect(await relay({ Records })).toEqual({ batchItemFailures: [] })
  expect(await logged()).toEqual(['d1 first 1', 'd2 first 2', 'd3 first 3'])
  await relay({ Records })
  await (await environment()).relay({ Records })
  await Promise.all([environment(), environment()].map(async (each) => (await each).relay({ Records })))
  expect(await logged()).toHaveLength(3)
})

test('takes what the log itself put into the table for no news', async () => {
  const { handler } = await environment()
  await send(handler, 'POST', '/insights', {
    alert_id: 'own',
    entity_id: 'e',
    risk_score: 50,
    explanation: 'v1',
  })
  await send(handler, 'POST', '/insights', {
    alert_id: 'own',
    entity_id: 'e',
    risk_score: 50,
    explanation: 'v2',
  })
  await send(handler, 'POST', '/insights', {
    alert_id: 'own',
    entity_id: 'e',
    risk_score: 50,
    explanation: 'v1',
  })
  const Records = await stream.records()
  expect(Records.length).toBeGreaterThan(0)
  const { relay } = await environment()
  for (const record of Records) await relay({ Records: [record] })
  await relay({ Records })
  expect(await logged()).toEqual(['own v1', 'own v2', 'own v1'])
})

test('tells another writer’s version from ours, also when it is one that was there before', async () => {
  const { handler } = await environment()
  await send(handler, 'POST', '/insights', {
    alert_id: 'a',
    entity_id: 'e',
    risk_score: 50,
    explanation: 'ours',
  })
  const [ours] = await stream.records()
  await tables.putDirectly(directItem('a', time(1), { ttl, explanation: 'theirs' }))
  const theirs = await stream.records()
  const { relay } = await environment()
  await relay({ Records: [ours, ...theirs] })
  expect(await logged()).toEqual(['a ours', 'a theirs'])
  await send(handler, 'POST', '/insights', {
    alert_id: 'a',
    entity_id: 'e',
    risk_score: 51,
    explanation: 'again',
  })
  for (const explanation of ['theirs 2', 'theirs']) {
    await tables.putDirectly(directItem('a', time(1), { ttl, explanation }))
    await relay({ Records: await stream.records() })
  }
  expect(await logged()).toEqual(['a ours', 'a theirs', 'a again', 'a theirs 2', 'a theirs'])
})

test('a write that changes nothing but the expiry is no news', async () => {
  await tables.putDirectly(directItem('a', time(1), { ttl, explanation: 'once' }))
  const { relay } = await environment()
  await relay({ Records: await stream.records() })
  await tables.putDirectly(directItem('a', time(1), { ttl: ttl + 1, explanation: 'once' }))
  const Records = await stream.records()
  expect(Records).toHaveLength(1)
  await relay({ Records })
  expect(await logged()).toEqual(['a once'])
})

test('names the first record that could not be brought, and brings the rest when it is told again', async () => {
  const { relay } = await environment(proxy.endpoint)
  const records: StreamRecord[] = []
  for (let n = 0; n < 520; n++)
    await tables.putDirectly(directItem(`d${n}`, time(n), { ttl, explanation: 'x' }))
  records.push(...(await stream.records()))
  expect(records).toHaveLength(520)
  // Two name the epoch, one is the first batch.
  let puts = 0
  proxy.fault = ({ operation, table }) =>
    operation === 'PutItem' && table === tables.log && ++puts > 3 ? 'AccessDeniedException' : undefined
  const { batchItemFailures } = await relay({ Records: records })
  expect(batchItemFailures).toHaveLength(1)
  const at = records.findIndex(
    ({ dynamodb }) => dynamodb.SequenceNumber === batchItemFailures[0]?.itemIdentifier,
  )
  expect(at).toBeGreaterThan(0)
  proxy.fault = () => undefined
  expect(await relay({ Records: records.slice(at) })).toEqual({ batchItemFailures: [] })
  const ids = (await logged()).map((line) => line.split(' ')[0])
  expect(ids).toEqual(Array.from({ length: 520 }, (_, n) => `d${n}`))
})

test('all of a batch fails when the store does not serve at all', async () => {
  await tables.putDirectly(directItem('a', time(1), { ttl, explanation: 'x' }))
  const Records = await stream.records()
  const { relay } = await environment(proxy.endpoint)
  proxy.fault = () => 'AccessDeniedException'
  expect(await relay({ Records })).toEqual({
    batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb.SequenceNumber }],
  })
})

test('an item that is no insight stops nothing', async () => {
  await tables.putDirectly({ entity_id: 'odd', entity_type: 'insight', timestamp: 'never', risk_score: 'x' })
  await tables.putDirectly(directItem('a', time(1), { ttl, explanation: 'x' }))
  const { relay } = await environment()
  expect(await relay({ Records: await stream.records() })).toEqual({ batchItemFailures: [] })
  expect(await logged()).toContain('a x')
})

test('a schedule writes what a writer that died left to write', async () => {
  const dying = await environment(proxy.endpoint)
  // Its entry gets into the log, and it is never heard of again.
  proxy.fault = ({ operation, table }) => {
    if (operation === 'TransactWriteItems' || (operation === 'PutItem' && table === tables.table))
      return 'cut'
    return undefined
  }
  void dying.handler(
    restEvent('/insights', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ alert_id: 'late', entity_id: 'e', risk_score: 50 }),
    }),
  )
  const { handler, relay } = await environment()
  await expect.poll(async () => (await logged()).length).toBe(1)
  expect((await handler(restEvent('/insights/late'))).statusCode).toBe(404)
  expect(await relay({ source: 'aws.events' })).toEqual({ batchItemFailures: [] })
  expect((await handler(restEvent('/insights/late'))).statusCode).toBe(200)
})
