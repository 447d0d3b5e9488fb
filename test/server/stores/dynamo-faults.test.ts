import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { StoreEvent } from '../../../src/server/stores/dynamo/tables/count.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import { type Change, type Store, StoreUnavailable } from '../../../src/server/stores/store.ts'
import { createTables, directItem, type Emulator, startDynoxide, type Tables } from '../../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'
import { insight } from '../../helpers/insights.ts'

let emulator: Emulator
let proxy: FaultProxy
let tables: Tables
let counts: Map<StoreEvent, number>
const opened: Store[] = []

beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())

beforeEach(async () => {
  proxy = await startFaultProxy(emulator.endpoint)
  tables = await createTables(emulator)
  counts = new Map()
})
afterEach(async () => {
  proxy.fault = () => undefined
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await proxy.stop()
})

/** `through` the proxy, or straight at the emulator. */
async function open(parameters = '', through = true): Promise<Store> {
  const url = tables.url(parameters, through ? proxy.endpoint : emulator.endpoint)
  const store = await openDynamo(url, { logger: () => {}, count, patience: 1500 })
  opened.push(store)
  return store
}

const count = (event: StoreEvent, by = 1) => void counts.set(event, (counts.get(event) ?? 0) + by)

const create = (alertId: string): Change => ({ alertId, apply: () => insight({ alert_id: alertId }) })

/** The whole log, as another server reads it. */
async function logged(): Promise<string[]> {
  const store = await open('relay=off', false)
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

/** Lets the first `times` calls of an operation on a table fail. */
const first = (
  times: number,
  operation: string,
  table: () => string,
  fault: ReturnType<FaultProxy['fault']>,
) => {
  let left = times
  proxy.fault = (call) =>
    call.operation === operation && call.table === table() && left-- > 0 ? fault : undefined
}

test.each(['lose', 'hang', 'cut', 'InternalServerError'] as const)(
  'an entry whose answer is lost (%s) is in the log once',
  async (fault) => {
    const store = await open()
    first(2, 'PutItem', () => tables.log, fault)
    const [outcome] = await store.append([create('a')])
    expect(outcome?.result).toBe('created')
    expect(await logged()).toEqual(['a'])
    expect((await store.get('a'))?.alert_id).toBe('a')
    expect(counts.get('lost')).toBeGreaterThan(0)
  },
)

test.each(['lose', 'hang', 'cut'] as const)(
  'an insight whose own write is lost (%s) gets to the table',
  async (fault) => {
    const store = await open()
    first(1, 'PutItem', () => tables.table, fault)
    await store.append([create('a')])
    const other = await open('relay=off', false)
    expect((await other.recent({ limit: 5 })).items.length).toBe(1)
    expect(await logged()).toEqual(['a'])
  },
)

test.each(['ProvisionedThroughputExceededException', 'ThrottlingException'] as const)(
  'waits out %s, and counts it',
  async (fault) => {
    const store = await open()
    first(3, 'PutItem', () => tables.log, fault)
    await store.append([create('a')])
    expect(counts.get('throttled')).toBe(3)
    expect(counts.get('retried')).toBe(3)
    expect(await logged()).toEqual(['a'])
  },
)

test('asks for new credentials when they have expired', async () => {
  const store = await open()
  first(2, 'PutItem', () => tables.log, 'ExpiredTokenException')
  await store.append([create('a')])
  expect(counts.get('expired')).toBe(2)
  expect(await logged()).toEqual(['a'])
})

test('says that it is unavailable, never that it wrote; a second try writes once', async () => {
  const store = await open()
  // Takes effect, unheard: the worst of both.
  proxy.fault = ({ operation, table }) =>
    operation === 'PutItem' && table === tables.log ? 'lose' : undefined
  const refused = await store.append([create('a')]).then(
    () => undefined,
    (error: unknown) => error,
  )
  // The first attempt landed and was recognised, or nobody could tell: both are honest.
  if (refused !== undefined) expect(refused).toBeInstanceOf(StoreUnavailable)
  proxy.fault = () => 'cut'
  await expect(store.append([create('b')])).rejects.toBeInstanceOf(StoreUnavailable)
  proxy.fault = () => undefined
  const outcomes = await store.append([create('a'), create('b')])
  expect(outcomes.map(({ alertId }) => alertId)).toEqual(['a', 'b'])
  expect((await logged()).sort()).toEqual(['a', 'b'])
})

/** Entries get into the log; insights never get to the table. */
const cutTableWrites: FaultProxy['fault'] = ({ operation, table }) =>
  operation === 'TransactWriteItems' || (operation === 'PutItem' && table === tables.table)
    ? 'cut'
    : undefined

test('another server finishes what one left half done', async () => {
  const dying = await open('relay=off')
  proxy.fault = cutTableWrites
  const other = await open('relay=off', false)
  const [outcome] = await dying.append([create('a')])
  expect(outcome?.result).toBe('created')
  await vi.waitFor(async () => expect((await other.recent({ limit: 5 })).items.length).toBe(1), 40_000)
  expect(counts.get('settled_for_others')).toBe(1)
  expect(await logged()).toEqual(['a'])
})

test('whoever appends next finishes it first, and sees its content', async () => {
  const dying = await open('relay=off')
  proxy.fault = cutTableWrites
  const other = await open('relay=off', false)
  await Promise.race([
    dying.append([create('a')]),
    vi.waitFor(async () => expect((await other.head()).sequence).toBe(1), 40_000),
  ])
  const [outcome] = await other.append([
    { alertId: 'a', apply: (current) => current && { ...current, status: 'resolved' } },
  ])
  expect(outcome?.result).toBe('updated')
  expect(await logged()).toEqual(['a', 'a'])
})

test.each([-5, 5])('a clock %i minutes off changes nothing', async (minutes) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })
  try {
    // So rare a walk over the whole table leaves the relay to its quick look.
    const store = await open('sweep=1h&poll=100ms')
    await vi.waitFor(async () => expect((await store.append([create('a')]))[0]?.result).toBe('unchanged'))
    const real = new Date(Date.now() - minutes * 60_000).toISOString()
    expect(Math.abs((store.now?.() ?? 0) - Date.parse(real))).toBeLessThan(30_000)
    await tables.putDirectly(directItem('direct', real.slice(0, -1)))
    await vi.waitFor(async () => expect((await store.head()).sequence).toBe(2), 40_000)
    expect(await logged()).toEqual(['a', 'direct'])
  } finally {
    vi.useRealTimers()
  }
})

test('an append that comes as the one before is answered is not forgotten', async () => {
  const store = await open('relay=off', false)
  for (let round = 0; round < 50; round++)
    await Promise.all([store.append([create(`a${round}`)]), store.append([create(`b${round}`)])])
  expect((await store.head()).sequence).toBe(100)
})
