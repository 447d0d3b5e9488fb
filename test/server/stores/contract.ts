import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cursor } from '../../../src/protocol/cursor.ts'
import { type Filter, parseFilter } from '../../../src/protocol/filter/filter.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import type { Insight } from '../../../src/protocol/insight/insight.ts'
import type { Change, Entry, Range, Store } from '../../../src/server/stores/store.ts'
import { insight, riskOf } from '../../helpers/insights.ts'

export interface StoreFixture {
  /** Empty at first. */
  readonly store: Store
  /** Closes the store and opens it again over the same data. */
  reopen(): Promise<Store>
  /** Closes the store that is open and removes what it left. */
  dispose(): Promise<void>
}

export interface Capabilities {
  /** How many examples a property is tried with. 30 by default. */
  readonly runs?: number
}

const write = (insight: Insight): Change => ({ alertId: insight.alert_id, apply: () => insight })
const at = (ms: number) => new Date(Date.UTC(2026, 10, 23) + ms).toISOString()

/** Entries after a cursor until one with this sequence, the first reset included. */
export async function readUpTo(store: Store, after: Cursor, last: number): Promise<(Entry | string)[]> {
  const stop = new AbortController()
  const found: (Entry | string)[] = []
  for await (const batch of store.read(after, { signal: stop.signal })) {
    if ('reset' in batch) found.push(batch.reset)
    else found.push(...batch.entries)
    if ('reset' in batch || batch.next.sequence >= last) stop.abort()
  }
  return found
}

const matching = (all: Map<string, Insight>, { since, until, filter }: Range) =>
  [...all.values()].filter(
    (item) =>
      (since === undefined || item.timestamp >= since) &&
      (until === undefined || item.timestamp < until) &&
      (filter?.matches(item) ?? true),
  )

/** What any store must do, run over each. */
export function describeStore(
  name: string,
  open: () => Promise<StoreFixture>,
  { runs = 30 }: Capabilities = {},
): void {
  describe(name, () => {
    let fixture: StoreFixture
    let store: Store
    beforeEach(async () => {
      fixture = await open()
      store = fixture.store
    })
    afterEach(() => fixture.dispose())

    const start = async (): Promise<Cursor> => ({ ...(await store.head()), sequence: 0 })
    const fill = (...insights: Insight[]) => store.append(insights.map(write))

    it('tells a new alert from a new version and from the same again', async () => {
      const first = insight({ alert_id: 'a', labels: { x: '1', y: '2' } })
      const again = { ...first, labels: { y: '2', x: '1' } }
      const [created] = await fill(first)
      const [unchanged] = await fill(again)
      const [updated] = await fill({ ...first, risk_score: 12 })
      expect([created?.result, unchanged?.result, updated?.result]).toEqual([
        'created',
        'unchanged',
        'updated',
      ])
      expect(unchanged?.cursor).toEqual(created?.cursor)
      expect(await store.head()).toEqual(updated?.cursor)
      expect(await store.get('a')).toEqual({ ...first, risk_score: 12 })
      expect(await store.get('b')).toBeUndefined()
    })

    it('applies the changes of one append in order', async () => {
      const outcomes = await store.append([
        write(insight({ alert_id: 'a', risk_score: 1 })),
        write(insight({ alert_id: 'b' })),
        { alertId: 'a', apply: (current) => current && { ...current, risk_score: riskOf(current) + 1 } },
        { alertId: 'a', apply: (current) => current },
        { alertId: 'c', apply: (current) => current },
        { alertId: 'b', apply: () => undefined },
      ])
      expect(outcomes.map(({ result }) => result)).toEqual([
        'created',
        'created',
        'updated',
        'unchanged',
        'absent',
        'unchanged',
      ])
      expect(outcomes[3]?.insight?.risk_score).toBe(2)
      expect(outcomes[4]?.insight).toBeUndefined()
      expect((await store.head()).sequence).toBe(3)
    })

    it('lets no change be lost when many act on one alert at once', async () => {
      await fill(insight({ alert_id: 'a', risk_score: 0 }))
      const increment: Change = {
        alertId: 'a',
        apply: (current) => current && { ...current, risk_score: riskOf(current) + 1 },
      }
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.append([increment])))
      const scores = outcomes.map(([outcome]) => (outcome?.insight ? riskOf(outcome.insight) : -1))
      expect(scores.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
      expect((await store.get('a'))?.risk_score).toBe(20)
    })

    it('makes one entry of the same alert sent many times at once', async () => {
      const same = insight({ alert_id: 'a' })
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => fill(same)))
      expect(outcomes.filter(([outcome]) => outcome?.result === 'created')).toHaveLength(1)
      expect((await store.head()).sequence).toBe(1)
    })

    it('keeps nothing of an append whose change throws', async () => {
      const broken: Change = {
        alertId: 'b',
        apply: () => {
          throw new RangeError('no')
        },
      }
      await expect(store.append([write(insight({ alert_id: 'a' })), broken])).rejects.toThrow(RangeError)
      expect(await store.get('a')).toBeUndefined()
      const [outcome] = await fill(insight({ alert_id: 'c' }))
      expect(outcome?.cursor.sequence).toBe(1)
    })

    it('replays every version in order, then goes on live, and ends when told', async () => {
      const from = await start()
      await fill(insight({ alert_id: 'a' }), insight({ alert_id: 'b' }))
      await fill(insight({ alert_id: 'a', explanation: 'zwei\n"Zeilen" ∆ 🚨' }))
      const reading = readUpTo(store, from, 5)
      await fill(insight({ alert_id: 'c' }))
      await fill(insight({ alert_id: 'd' }))
      const entries = (await reading) as Entry[]
      expect(entries.map(({ cursor }) => cursor.sequence)).toEqual([1, 2, 3, 4, 5])
      expect(entries.map(({ insight }) => insight.alert_id)).toEqual(['a', 'b', 'a', 'c', 'd'])
      for (const { cursor, json, insight } of entries) {
        expect(cursor.epoch).toBe(from.epoch)
        expect(json).toBe(encodeInsight(insight))
      }
      expect(entries[2]?.insight.explanation).toBe('zwei\n"Zeilen" ∆ 🚨')
    })

    it('resets a reader whose position it does not know', async () => {
      await fill(insight({ alert_id: 'a' }))
      const head = await store.head()
      expect(await readUpTo(store, { ...head, sequence: 2 }, 3)).toEqual(['ahead'])
      expect(await readUpTo(store, { epoch: 'another', sequence: 1 }, 3)).toEqual(['foreign'])
      expect(await readUpTo(store, { epoch: 'another', sequence: 0 }, 3)).toEqual(['foreign'])
    })

    it('shows every reader each entry once, however appends, readers and ends interleave', async () => {
      const act = fc.oneof(
        fc.record({
          kind: fc.constant('append' as const),
          count: fc.integer({ min: 1, max: 5 }),
          wait: fc.boolean(),
        }),
        fc.record({ kind: fc.constant('read' as const), back: fc.nat(20) }),
        fc.record({ kind: fc.constant('end' as const), which: fc.nat(5) }),
      )
      let serial = 0
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
          const readers: { from: number; seen: Entry[]; stop: AbortController; done: Promise<void> }[] = []
          const appends: Promise<unknown>[] = []
          for (const one of acts) {
            if (one.kind === 'append') {
              const batch = Array.from({ length: one.count }, () =>
                insight({
                  alert_id: `p-${serial++ % 7}`,
                  risk_score: serial % 101,
                  explanation: `${serial}`,
                }),
              )
              appends.push(fill(...batch))
              if (one.wait) await appends.at(-1)
            } else if (one.kind === 'read') {
              const head = await store.head()
              const from = Math.max(0, head.sequence - one.back)
              const stop = new AbortController()
              const seen: Entry[] = []
              const follow = async () => {
                for await (const batch of store.read({ ...head, sequence: from }, { signal: stop.signal })) {
                  if ('reset' in batch) throw new Error(batch.reset)
                  seen.push(...batch.entries)
                  expect(batch.next.sequence).toBe(from + seen.length)
                }
              }
              readers.push({ from, seen, stop, done: follow() })
            } else readers[one.which]?.stop.abort()
          }
          await Promise.all(appends)
          const head = await store.head()
          await expect
            .poll(
              () =>
                readers.filter(
                  ({ from, seen, stop }) => !stop.signal.aborted && from + seen.length < head.sequence,
                ),
              { timeout: 40_000, interval: 5 },
            )
            .toEqual([])
          for (const { from, seen, stop, done } of readers) {
            stop.abort()
            await done
            expect(seen.map(({ cursor }) => cursor.sequence)).toEqual(
              seen.map((_, index) => from + 1 + index),
            )
          }
        }),
        { numRuns: runs },
      )
    }, 60_000)

    it('takes a snapshot of what changed last, that reading continues without a seam', async () => {
      await fill(...['a', 'b', 'c', 'd'].map((alert_id) => insight({ alert_id, risk_score: 10 })))
      await fill(insight({ alert_id: 'a', risk_score: 90 }))
      await fill(insight({ alert_id: 'c', risk_score: 91 }))
      const { entries, at } = await store.snapshot({ limit: 3 })
      expect(entries.map(({ insight }) => insight.alert_id)).toEqual(['d', 'a', 'c'])
      expect(entries.map(({ cursor }) => cursor.sequence)).toEqual([4, 5, 6])
      expect(entries.map(({ insight }) => insight.risk_score)).toEqual([10, 90, 91])
      expect(at).toEqual(await store.head())
      await fill(insight({ alert_id: 'e' }))
      expect(((await readUpTo(store, at, 7)) as Entry[]).map(({ insight }) => insight.alert_id)).toEqual([
        'e',
      ])
      const filtered = await store.snapshot({ limit: 5, filter: parseFilter('risk<50 id:b,d') })
      expect(filtered.entries.map(({ insight }) => insight.alert_id)).toEqual(['b', 'd'])
      expect(await store.snapshot({ limit: 0 })).toEqual({ entries: [], at: await store.head() })
    })

    it('pages through the recent ones, newest first, also while new ones come', async () => {
      const ids = ['\u{ffef}', '\u{1f6a8}', 'B', 'a', 'aa', 'quote"d', 'é']
      await fill(...ids.map((alert_id) => insight({ alert_id, timestamp: at(5) })))
      await fill(...[1, 9, 3, 7].map((ms) => insight({ alert_id: `t${ms}`, timestamp: at(ms) })))
      const expected = ['t9', 't7', ...ids.toSorted((a, b) => (a > b ? -1 : 1)), 't3', 't1']
      const found: string[] = []
      let after: Awaited<ReturnType<Store['recent']>>['next']
      do {
        const page = await store.recent({ limit: 3, after })
        expect(page.items.length).toBeLessThanOrEqual(3)
        found.push(...page.items.map(({ alert_id }) => alert_id))
        after = page.next
        await fill(insight({ alert_id: `new-${found.length}`, timestamp: at(20 + found.length) }))
      } while (after)
      expect(found).toEqual(expected)
    })

    it('moves an alert whose new version has another time', async () => {
      await fill(...[1, 2, 3].map((ms) => insight({ alert_id: `t${ms}`, timestamp: at(ms) })))
      await fill(insight({ alert_id: 't1', timestamp: at(4) }))
      const { items, next } = await store.recent({ limit: 3 })
      expect(items.map(({ alert_id }) => alert_id)).toEqual(['t1', 't3', 't2'])
      expect(next).toBeUndefined()
    })

    const someInsight = fc.record({
      alert_id: fc.integer({ min: 0, max: 30 }).map((n) => `alert-${n}`),
      timestamp: fc.integer({ min: 0, max: 10_000 }).map(at),
      prediction_type: fc.constantFrom('churn_risk', 'session_quality', 'größe'),
      risk_score: fc.integer({ min: 0, max: 400 }).map((n) => n / 4),
      status: fc.constantFrom('open' as const, 'acknowledged' as const, 'resolved' as const),
      source: fc.constantFrom('alertmanager', 'demo'),
    })
    const someRange = fc.record({
      since: fc.option(fc.integer({ min: 0, max: 10_000 }).map(at), { nil: undefined }),
      until: fc.option(fc.integer({ min: 0, max: 10_000 }).map(at), { nil: undefined }),
      filter: fc
        .constantFrom('', 'risk>=60', '-status:open', 'source:demo', 'severity:critical type:churn*', 'größe')
        .map((text): Filter | undefined => parseFilter(text)),
    })
    it('answers queries as a plain list would', async () => {
      const latest = new Map<string, Insight>()
      await fc.assert(
        fc.asyncProperty(
          fc.array(someInsight, { maxLength: 10 }),
          someRange,
          fc.integer({ min: 1, max: 12 }),
          async (news, range, limit) => {
            const insights = news.map(insight)
            await fill(...insights)
            for (const one of insights) latest.set(one.alert_id, one)
            const items = matching(latest, range).sort((a, b) =>
              a.timestamp !== b.timestamp
                ? a.timestamp > b.timestamp
                  ? -1
                  : 1
                : a.alert_id > b.alert_id
                  ? -1
                  : 1,
            )
            const page = await store.recent({ ...range, limit })
            expect(page.items).toEqual(items.slice(0, limit))
            const last = page.items.at(-1)
            expect(page.next).toEqual(
              items.length > limit && last
                ? { timestamp: last.timestamp, alertId: last.alert_id }
                : undefined,
            )
            const totals = await store.aggregate({ ...range, buckets: 7 })
            const count = (pick: (item: Insight) => string) => {
              const counts: Record<string, number> = {}
              for (const item of items) counts[pick(item)] = (counts[pick(item)] ?? 0) + 1
              return counts
            }
            const critical = items.filter((item) => riskOf(item) >= 80).length
            const warning = items.filter((item) => riskOf(item) >= 60 && riskOf(item) < 80).length
            expect(totals).toMatchObject({
              total: items.length,
              critical,
              warning,
              info: items.length - critical - warning,
            })
            expect(totals.byType).toEqual(count((item) => item.prediction_type))
            expect(totals.byStatus).toEqual(count((item) => String(item.status)))
            const sum = items.reduce((total, item) => total + riskOf(item), 0)
            expect(totals.avgRisk).toBe(items.length > 0 ? Math.round((sum / items.length) * 100) / 100 : 0)
            const buckets = totals.buckets ?? []
            if (items.length > 0) expect(buckets).toHaveLength(7)
            expect(buckets.reduce((total, bucket) => total + bucket.total, 0)).toBe(items.length)
            expect(buckets.reduce((total, bucket) => total + bucket.critical, 0)).toBe(critical)
            if (range.since !== undefined && buckets[0]) expect(buckets[0].start).toBe(range.since)
          },
        ),
        { numRuns: runs },
      )
    }, 60_000)

    it('divides a range into buckets that include their start and not their end', async () => {
      await fill(
        ...[0, 99, 100, 299, 300].map((ms) =>
          insight({ alert_id: `t${ms}`, timestamp: at(ms), risk_score: ms === 100 ? 85 : 5 }),
        ),
      )
      const { buckets } = await store.aggregate({ since: at(0), until: at(300), buckets: 3 })
      expect(buckets).toEqual([
        { start: at(0), total: 2, critical: 0 },
        { start: at(100), total: 1, critical: 1 },
        { start: at(200), total: 1, critical: 0 },
      ])
    })

    it('has everything again after it was closed and opened', async () => {
      await fill(insight({ alert_id: 'a' }), insight({ alert_id: 'b', explanation: 'naïve\u2028"' }))
      await fill(insight({ alert_id: 'a', status: 'acknowledged', acknowledged_by: 'eva' }))
      const head = await store.head()
      const before = await store.recent({ limit: 10 })
      store = await fixture.reopen()
      expect(await store.head()).toEqual(head)
      expect(await store.recent({ limit: 10 })).toEqual(before)
      const [outcome] = await fill(insight({ alert_id: 'c' }))
      expect(outcome?.cursor).toEqual({ ...head, sequence: head.sequence + 1 })
      expect(await readUpTo(store, { ...head, sequence: 0 }, 4)).toHaveLength(4)
    })

    it('ends its readers when it is closed', async () => {
      const reading = readUpTo(store, await start(), 100)
      await fill(insight({ alert_id: 'a' }))
      await store.close()
      expect((await reading).length).toBeLessThanOrEqual(1)
    })
  })
}
