import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { formatCursor } from '../../../src/protocol/cursor.ts'
import { parseFilter } from '../../../src/protocol/filter/filter.ts'
import { Hub, type HubOptions } from '../../../src/server/stream/hub.ts'
import { appendInputs } from '../../../src/server/ingest/ingest.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { StreamReader } from '../../helpers/stream-reader.ts'

const hubs: Hub[] = []
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.close()
})

async function startHub(store: MemoryStore, options: Partial<HubOptions> = {}): Promise<Hub> {
  const hub = await Hub.start({ store, logger: () => {}, ...options })
  hubs.push(hub)
  return hub
}

const risky = parseFilter('risk>=50')

/** Appends alerts with these risk scores; a repeated name is a new version. */
function publish(store: MemoryStore, alerts: { name: number; risk: number }[]) {
  const inputs = alerts.map(({ name, risk }) => ({
    alert_id: `alert-${name}`,
    entity_id: 'e',
    risk_score: risk,
    explanation: `version ${serial++}: two lines\n\nid: x`,
  }))
  return appendInputs(store, inputs, new Date())
}
let serial = 0

const count = (store: MemoryStore, many: number) =>
  publish(
    store,
    Array.from({ length: many }, (_, name) => ({ name, risk: name % 100 })),
  )

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n)

test('a stream starts with a snapshot, then a beat, then what comes', async () => {
  const store = new MemoryStore()
  await count(store, 20)
  const hub = await startHub(store)
  const reader = new StreamReader(hub, { limit: 3 })
  await reader.connect()
  await until(() => reader.beats.length === 1)
  await publish(store, [{ name: 99, risk: 1 }])
  await until(() => reader.sequences.length === 4)
  expect(reader.events).toEqual(['insight', 'insight', 'insight', 'beat', 'insight'])
  expect(reader.sequences).toEqual([18, 19, 20, 21])
  expect(reader.beats).toEqual([20])
})

test('a snapshot of nothing still gives a position', async () => {
  const hub = await startHub(new MemoryStore())
  const reader = new StreamReader(hub, { limit: 0 })
  await reader.connect()
  await until(() => reader.beats.length === 1)
  expect(reader.lastEventId).toBe('test-0')
})

test('a resume that the ring covers reads nothing from the store', async () => {
  const store = new MemoryStore()
  await count(store, 500)
  const hub = await startHub(store)
  const before = store.reads
  const reader = new StreamReader(hub, { from: 'test-123' })
  await reader.connect()
  await until(() => reader.beats.length === 1)
  expect(reader.sequences).toEqual(range(124, 500))
  expect(store.reads).toBe(before)
})

test('a resume from before the ring is served by the store, then by the ring', async () => {
  const store = new MemoryStore()
  await count(store, 500)
  const hub = await startHub(store, { ring: { frames: 50, bytes: 1e6 } })
  const reader = new StreamReader(hub, { from: 'test-0', filter: risky })
  await reader.connect()
  await until(() => reader.beats.length === 1)
  expect(reader.sequences).toEqual(range(1, 500).filter((sequence) => (sequence - 1) % 100 >= 50))
  expect(reader.lastEventId).toBe('test-500')
})

test.for([
  ['foreign', 'other-3'],
  ['foreign', 'no cursor at all'],
  ['ahead', 'test-31'],
  ['expired', 'test-4'],
])('a position that is %s gets a reset and a snapshot', async ([reason, from]) => {
  const store = new MemoryStore()
  await count(store, 30)
  store.expire(10)
  const hub = await startHub(store, { ring: { frames: 5, bytes: 1e6 } })
  const reader = new StreamReader(hub, { from: from ?? '', limit: 4 })
  await reader.connect()
  await until(() => reader.beats.length === 1)
  expect(reader.resets).toEqual([reason])
  expect(reader.events[0]).toBe('reset')
  expect(reader.sequences).toEqual([27, 28, 29, 30])
})

test('a resume from a position ahead of the hub waits for it', async () => {
  const store = new MemoryStore()
  const hub = await startHub(store)
  const [last] = (await count(store, 5)).items.slice(-1)
  const reader = new StreamReader(hub, { from: last?.id ?? '' })
  await reader.connect()
  await publish(store, [{ name: 1, risk: 3 }])
  await until(() => reader.beats.length === 1 && reader.sequences.length === 1)
  expect(reader.sequences).toEqual([6])
  expect(reader.resets).toEqual([])
})

test('beats carry the position even if the filter matches nothing', async () => {
  const store = new MemoryStore()
  const hub = await startHub(store, { beatMs: 5 })
  const reader = new StreamReader(hub, { filter: parseFilter('entity:nobody') })
  await reader.connect()
  await count(store, 7)
  await until(() => reader.beats.at(-1) === 7)
  expect(reader.sequences).toEqual([])
})

test('a live reader that does not read is cut off, the others lose nothing, and it resumes', async () => {
  const store = new MemoryStore()
  const hub = await startHub(store, { backlogBytes: 4000 })
  const stalled = new StreamReader(hub, { eager: false })
  const healthy = new StreamReader(hub)
  await stalled.connect()
  await healthy.connect()
  for (let n = 0; n < 200; n++) stalled.take()
  await until(() => healthy.beats.length === 1)
  for (let n = 0; n < 50; n++) {
    await publish(store, [{ name: n, risk: 1 }])
    await turn()
  }
  await until(() => healthy.sequences.length === 50)
  expect(stalled.connected).toBe(false)
  expect(hub.stats.cutOff).toBe(1)
  expect(hub.subscribers).toBe(1)
  const again = new StreamReader(hub, { from: stalled.lastEventId ?? 'test-0' })
  await again.connect()
  await until(() => again.beats.length === 1)
  expect([...stalled.sequences, ...again.sequences]).toEqual(range(1, 50))
})

test('a reader that stalls while it catches up is cut off', async () => {
  const store = new MemoryStore()
  await count(store, 100)
  const hub = await startHub(store, { stallMs: 5, sliceBytes: 500 })
  const reader = new StreamReader(hub, { from: 'test-0', eager: false })
  await reader.connect()
  await until(() => !reader.connected)
  expect(hub.subscribers).toBe(0)
})

test('closing sends what was appended, then ends every stream', async () => {
  const store = new MemoryStore()
  const hub = await startHub(store)
  const reader = new StreamReader(hub)
  await reader.connect()
  await until(() => reader.beats.length === 1)
  await count(store, 3)
  await until(() => hub.position === 3)
  await hub.close()
  expect(reader.sequences).toEqual([1, 2, 3])
  expect(reader.link?.writableEnded).toBe(true)
  const late = new StreamReader(hub)
  await late.connect()
  expect(late.connected).toBe(false)
})

test('the log being replaced ends the streams, and their positions are foreign then', async () => {
  const store = new MemoryStore({ batch: 3 })
  await count(store, 5)
  const hub = await startHub(store)
  const reader = new StreamReader(hub)
  await reader.connect()
  await until(() => reader.beats.length === 1)
  store.epoch = 'second'
  await count(store, 2)
  await until(() => !reader.connected)
  await reader.connect()
  await until(() => reader.resets.length === 1)
  expect(reader.resets).toEqual(['foreign'])
})

/** What may happen next; each step is one of these. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      alerts: fc.array(fc.record({ name: fc.nat(6), risk: fc.nat(99) }), { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      from: fc.option(fc.nat(100), { nil: undefined }),
      limit: fc.nat(8),
      filtered: fc.boolean(),
      eager: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('take' as const), who: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), who: fc.nat(9) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('store' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
)

test('in any interleaving each reader gets everything after its position once, in order', async () => {
  let cutOffs = 0
  let storeReplays = 0
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.nat(30),
      async (scheduler, steps, before) => {
        let free = true
        const store = new MemoryStore({
          batch: 4,
          turn: () => (free ? Promise.resolve() : scheduler.schedule(Promise.resolve())),
        })
        await count(store, before)
        const hub = await Hub.start({
          store,
          logger: () => {},
          ring: { frames: 6, bytes: 4000 },
          sliceBytes: 400,
          backlogBytes: 300,
          beatMs: 3_600_000,
        })
        free = false
        const readers: { reader: StreamReader; from: number | undefined }[] = []
        const waiting: Promise<unknown>[] = []
        for (const next of steps) {
          if (next.do === 'publish') waiting.push(publish(store, next.alerts))
          if (next.do === 'store' && scheduler.count() > 0) await scheduler.waitOne()
          if (next.do === 'turn') await turn()
          if (next.do === 'join') {
            const from = next.from === undefined ? undefined : Math.min(next.from, store.log.length)
            const reader = new StreamReader(hub, {
              ...(from !== undefined && { from: formatCursor({ epoch: 'test', sequence: from }) }),
              limit: next.limit,
              filter: next.filtered ? risky : undefined,
              eager: next.eager,
            })
            readers.push({ reader, from })
            waiting.push(reader.connect())
          }
          if (next.do === 'take') readers[next.who]?.reader.take()
          if (next.do === 'cut') {
            const one = readers[next.who]
            one?.reader.cut()
            if (one) waiting.push(one.reader.connect())
          }
        }
        free = true
        await scheduler.waitIdle()
        await Promise.all(waiting)
        // Now everyone reads on and comes back until all have everything.
        for (const { reader } of readers) {
          reader.hurry()
          let turns = 0
          while (reader.lastEventId !== formatCursor(hub.cursor) || hub.position < store.log.length) {
            expect(turns++).toBeLessThan(1000)
            if (scheduler.count() > 0) await scheduler.waitAll()
            if (!reader.connected) await reader.connect()
            reader.hurry()
            await turn()
            // Only a beat tells what a filter skipped, and there is one at the start.
            if (reader.filter && reader.link?.writableLength === 0 && hub.subscribers > 0) reader.cut()
          }
        }
        cutOffs += hub.stats.cutOff
        storeReplays += store.reads - 1
        await hub.close()
        for (const { reader, from } of readers) verify(store, reader, from)
      },
    ),
    { numRuns: 500 },
  )
  // Else the property has not seen what it is about.
  expect(cutOffs).toBeGreaterThan(0)
  expect(storeReplays).toBeGreaterThan(0)
})

function verify(store: MemoryStore, reader: StreamReader, from: number | undefined): void {
  const matching = store.log.filter(({ insight }) => reader.filter?.matches(insight) ?? true)
  const all = matching.map(({ cursor }) => cursor.sequence)
  expect(reader.resets).toEqual([])
  if (from !== undefined) {
    expect(reader.sequences).toEqual(all.filter((sequence) => sequence > from))
    return
  }
  // Began with a snapshot: rising, and without a gap from the snapshot's position on.
  expect(reader.sequences).toEqual([...new Set(reader.sequences)].sort((a, b) => a - b))
  const after = (sequence: number) => sequence > reader.snapshotAt
  expect(reader.sequences.filter(after)).toEqual(all.filter(after))
}
