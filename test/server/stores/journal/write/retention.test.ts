import { afterEach, beforeEach, expect, it } from 'vitest'
import type { KnownInsight } from '../../../../../src/protocol/insight/insight.ts'
import type { Entry, Store } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'
import { readUpTo } from '../../contract.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

const put = (store: Store, alert_id: string, content: Partial<KnownInsight> = {}) =>
  store.append([{ alertId: alert_id, apply: () => insight({ alert_id, ...content }) }])
/** What may go once it is too much or too old. */
const putResolved = (store: Store, alert_id: string, content: Partial<KnownInsight> = {}) =>
  put(store, alert_id, { status: 'resolved', ...content })
const idsIn = async (store: Store) =>
  (await store.recent({ limit: 1000 })).items.map(({ alert_id }) => alert_id).toSorted()
const dropped = () => journal.lines.filter((line) => line.includes('retention dropped')).length

it('drops the oldest segments by count; what has a newer version stays', async () => {
  const store = await journal.open({ retention: { maxInsights: 8 } })
  for (let index = 1; index <= 12; index++) await putResolved(store, `a${index}`)
  const old = { ...(await store.head()), sequence: 0 }
  await putResolved(store, 'a1', { risk_score: 99 })
  for (let index = 13; index <= 16; index++) await putResolved(store, `a${index}`)
  await expect.poll(dropped).toBe(9)
  expect(await idsIn(store)).toEqual(['a1', 'a10', 'a11', 'a12', 'a13', 'a14', 'a15', 'a16'].toSorted())
  expect(await store.get('a2')).toBeUndefined()
  expect((await store.get('a1'))?.risk_score).toBe(99)
  expect((await store.aggregate({})).total).toBe(8)
  expect((await store.snapshot({ limit: 100 })).entries).toHaveLength(8)
  expect(await readUpTo(store, old, 17)).toEqual(['expired'])
  expect(await readUpTo(store, { ...old, sequence: 8 }, 17)).toEqual(['expired'])
  expect(((await readUpTo(store, { ...old, sequence: 9 }, 17)) as Entry[])[0]?.cursor.sequence).toBe(10)
  await journal.close()
  const again = await journal.open({ retention: { maxInsights: 8 } })
  expect(await idsIn(again)).toHaveLength(8)
  expect((await again.head()).sequence).toBe(17)
})

it('drops by age, down to nothing, and never forgets where the log stands', async () => {
  let now = 1_800_000_000_000
  const options = { retention: { maxAgeMs: 1000 }, now: () => now }
  const store = await journal.open(options)
  await putResolved(store, 'a')
  now += 500
  await putResolved(store, 'b')
  now += 600
  await putResolved(store, 'c')
  await expect.poll(dropped).toBe(1)
  expect(await idsIn(store)).toEqual(['b', 'c'])
  await journal.close()
  now += 5000
  const again = await journal.open(options)
  await expect.poll(() => idsIn(again)).toEqual([])
  const head = await again.head()
  expect(head.sequence).toBe(3)
  expect((await putResolved(again, 'a'))[0]).toMatchObject({ result: 'created', cursor: { sequence: 4 } })
  await journal.close()
  expect((await (await journal.open(options)).head()).sequence).toBe(4)
})

it('drops by age while nobody appends', async () => {
  const store = await journal.open({ retention: { maxAgeMs: 20 } })
  await putResolved(store, 'a')
  await expect.poll(() => idsIn(store)).toEqual([])
})

it('never lets a reader skip what was dropped under it', async () => {
  const store = await journal.open({ retention: { maxInsights: 400 }, segmentBytes: 2000 })
  const head = await store.head()
  const batch = (from: number) =>
    store.append(
      Array.from({ length: 40 }, (_, index) => ({
        alertId: `a${from + index}`,
        apply: () => insight({ alert_id: `a${from + index}`, status: 'resolved' }),
      })),
    )
  for (let from = 0; from < 400; from += 40) await batch(from)
  const stop = new AbortController()
  let passed = 0
  let reset: string | undefined
  for await (const one of store.read(head, { signal: stop.signal })) {
    if ('reset' in one) reset = one.reset
    else {
      expect(one.entries[0]?.cursor.sequence).toBe(passed + 1)
      passed = one.next.sequence
      // Each batch read, the log moves on by ten.
      for (let index = 0; index < 10; index++) await batch(1000 + passed * 400 + index * 40)
    }
    if (passed > 3000) stop.abort()
  }
  expect(reset).toBe('expired')
})

it('gives the memory of forgotten alerts to new ones', async () => {
  const store = await journal.open({ retention: { maxInsights: 100 } })
  for (let round = 0; round < 60; round++)
    await store.append(
      Array.from({ length: 50 }, (_, index) => {
        const alertId = `alert-${round}-${index}-${'x'.repeat(index)}`
        return {
          alertId,
          apply: () => insight({ alert_id: alertId, prediction_type: `type-${round}`, status: 'resolved' }),
        }
      }),
    )
  await expect.poll(dropped).toBe(58)
  const { total, byType } = await store.aggregate({})
  expect(total).toBe(100)
  expect(byType).toEqual({ 'type-58': 50, 'type-59': 50 })
  expect(await store.get('alert-3-1-x')).toBeUndefined()
  expect(await store.get('alert-58-1-x')).toBeDefined()
  expect(await store.get('alert-59-49-' + 'x'.repeat(49))).toBeDefined()
})
