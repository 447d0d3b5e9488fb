import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/protocol/filter/filter.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { fieldText, Unreadable } from '../../../src/protocol/insight/unreadable.ts'
import { normalizeTimestamp } from '../../../src/protocol/time/timestamp.ts'
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
import { insight } from '../../helpers/insights.ts'

const quiet = { logger: () => {} }

describe.each([
  { name: 'dynoxide', start: startDynoxide },
  { name: 'dynalite', start: startDynalite },
])('the existing table on $name', ({ start }) => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  async function withStore(
    work: (store: Store, tables: Tables) => Promise<void>,
    parameters = 'relay=off',
  ): Promise<void> {
    const tables = await createTables(emulator)
    const store = await openDynamo(tables.url(parameters), quiet)
    try {
      await work(store, tables)
    } finally {
      await store.close()
    }
  }

  test('maps what the existing jobs write', () =>
    withStore(async (store, tables) => {
      await tables.putDirectly(directItem('full', '2026-11-05T10:11:12.123456'))
      expect(await store.get('full')).toEqual({
        alert_id: 'full',
        entity_id: 'cust_1',
        timestamp: '2026-11-05T10:11:12.123Z',
        prediction_type: 'churn_risk',
        risk_score: 61.5,
        explanation: 'written directly',
        recommendations: ['call'],
        model_used: 'jobs',
        confidence: 0.5,
        status: 'open',
      })
      await tables.putDirectly({
        entity_id: 'bare',
        entity_type: 'insight',
        timestamp: '2026-11-05T10:11:12',
      })
      expect(await store.get('bare')).toEqual({
        alert_id: 'bare',
        entity_id: 'bare',
        timestamp: '2026-11-05T10:11:12.000Z',
        prediction_type: 'unknown',
        risk_score: new Unreadable(undefined),
        explanation: '',
        recommendations: [],
        model_used: 'unknown',
        confidence: 0,
        status: 'open',
      })
    }))

  test('passes on what cannot be read as it came, and takes it for a warning', () =>
    withStore(async (store, tables) => {
      const odd = { risk_score: 'n/a', status: 'closed', labels: { team: 'x', tries: 7 }, explanation: null }
      await tables.putDirectly(directItem('odd', '2026-11-05T10:00:00Z', odd))
      await tables.putDirectly(directItem('calm', '2026-11-05T10:00:00Z', { risk_score: 10 }))
      const warnings = parseFilter('severity:warning label.team:x')
      const { items } = await store.recent({ limit: 10, filter: warnings })
      expect(items.map((item) => JSON.parse(encodeInsight(item)) as unknown)).toEqual([
        expect.objectContaining({ alert_id: 'odd', ...odd }),
      ])
      expect(await store.aggregate({})).toMatchObject({ total: 2, warning: 1, info: 1, avgRisk: 10 })
      const [changed] = await store.append([
        { alertId: 'odd', apply: (current) => current && { ...current, status: 'resolved' } },
      ])
      const kept = { ...odd, status: 'resolved' }
      expect(JSON.parse(encodeInsight(changed!.insight!))).toMatchObject(kept)
      const { entries } = await store.snapshot({ limit: 10, filter: warnings })
      expect(entries.map(({ json }) => JSON.parse(json) as unknown)).toEqual([expect.objectContaining(kept)])
      const { Item } = await emulator.client.send(
        new GetItemCommand({
          TableName: tables.table,
          Key: { entity_id: { S: 'odd' }, entity_type: { S: 'insight' } },
        }),
      )
      expect(Item).toMatchObject({
        risk_score: { S: 'n/a' },
        explanation: { NULL: true },
        labels: { M: { team: { S: 'x' }, tries: { N: '7' } } },
        status: { S: 'resolved' },
      })
    }))

  test('shows neither what expired nor what is no insight', () =>
    withStore(async (store, tables) => {
      await tables.putDirectly(directItem('old', '2026-11-05T10:00:00Z', { ttl: 1_700_000_000 }))
      await tables.putDirectly(directItem('student', '2026-11-05T10:00:00Z', { entity_type: 'student' }))
      await tables.putDirectly(directItem('kept', '2026-11-05T10:00:00Z'))
      const { items } = await store.recent({ limit: 10 })
      expect(items.map(({ alert_id }) => alert_id)).toEqual(['kept'])
      expect(await store.get('old')).toBeUndefined()
      expect(await store.get('student')).toBeUndefined()
      expect((await store.aggregate({})).total).toBe(1)
    }))

  test('writes insights and nothing else, and keeps what others wrote beside them', () =>
    withStore(async (store, { table, putDirectly }) => {
      await putDirectly(directItem('student', '2026-11-05T10:00:00Z', { entity_type: 'student' }))
      const theirs = { tags: new Set(['a', 'b']), blob: new Uint8Array([1, 2]), note: 'kept' }
      await putDirectly(directItem('theirs', '2026-11-05T10:00:00.123456', { ...theirs, ttl: 4_000_000_000 }))
      const [outcome] = await store.append([
        {
          alertId: 'theirs',
          apply: (current) => current && { ...current, status: 'acknowledged', acknowledged_by: 'ann' },
        },
      ])
      expect(outcome?.result).toBe('updated')
      await store.append([
        {
          alertId: 'new',
          apply: () => insight({ alert_id: 'new', labels: { team: 'x', constructor: 'y' } }),
        },
      ])
      const { Items = [] } = await emulator.client.send(new ScanCommand({ TableName: table }))
      expect(Items.map((item) => `${item['entity_id']?.S}/${item['entity_type']?.S}`).sort()).toEqual([
        'new/insight',
        'student/student',
        'theirs/insight',
      ])
      const { Item } = await emulator.client.send(
        new GetItemCommand({
          TableName: table,
          Key: { entity_id: { S: 'theirs' }, entity_type: { S: 'insight' } },
        }),
      )
      expect(Item).toEqual({
        entity_id: { S: 'theirs' },
        entity_type: { S: 'insight' },
        related_entity: { S: 'cust_1' },
        timestamp: { S: '2026-11-05T10:00:00.123456' },
        prediction_type: { S: 'churn_risk' },
        risk_score: { N: '61.5' },
        explanation: { S: 'written directly' },
        recommendations: { L: [{ S: 'call' }] },
        model_used: { S: 'jobs' },
        confidence: { N: '0.5' },
        status: { S: 'acknowledged' },
        acknowledged_by: { S: 'ann' },
        note: { S: 'kept' },
        tags: { SS: ['a', 'b'] },
        blob: { B: new Uint8Array([1, 2]) },
        ttl: { N: '4000000000' },
      })
      const fresh = Items.find((item) => item['entity_id']?.S === 'new')
      expect(
        Object.keys(fresh ?? {})
          .sort()
          .join(' '),
      ).toBe(
        'confidence entity_id entity_type explanation labels model_used prediction_type ' +
          'recommendations related_entity risk_score status timestamp ttl',
      )
    }))

  test('pages are in order and complete, however writers write their times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rawTime, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        (times, limit) =>
          withStore(async (store, tables) => {
            await Promise.all(times.map((time, at) => tables.putDirectly(directItem(`a${at}`, time))))
            const expected = times
              .map((time, at) => ({ timestamp: normalizeTimestamp(time) ?? '', alertId: `a${at}` }))
              .sort((a, b) => (order(a) < order(b) ? 1 : -1))
            const seen: PagePosition[] = []
            let after: PagePosition | undefined
            do {
              const page = await store.recent({ limit, after })
              expect(page.items.length).toBeLessThanOrEqual(limit)
              seen.push(
                ...page.items.map((item) => ({
                  timestamp: fieldText(item.timestamp),
                  alertId: item.alert_id,
                })),
              )
              after = page.next
            } while (after)
            expect(seen).toEqual(expected)
            const [{ timestamp: since } = { timestamp: '' }] = expected.slice(expected.length >> 1)
            const inRange = expected.filter(({ timestamp }) => timestamp >= since).length
            expect((await store.recent({ limit: 100, since })).items.length).toBe(inRange)
            expect((await store.recent({ limit: 100, until: since })).items.length).toBe(
              expected.length - inRange,
            )
            expect((await store.aggregate({ since })).total).toBe(inRange)
          }, 'relay=on'),
      ),
      { numRuns: 8 },
    )
  })
})

const order = ({ timestamp, alertId }: PagePosition) => `${timestamp} ${alertId}`

/** Times within a few days, many in the same second, in every form that is met. */
const rawTime = fc
  .record({
    second: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -200_000, max: 200_000 })),
    fraction: fc.constantFrom('', '.1', '.123', '.123456', '.000', '.999999'),
    form: fc.constantFrom('Z', 'z', '', '+05:30', '-11:00', '+14:00', ' '),
  })
  .map(({ second, fraction, form }) => {
    const sign = form.startsWith('-') ? -1 : 1
    const [hours = 0, minutes = 0] = /\d/.test(form) ? form.slice(1).split(':').map(Number) : []
    const local = Date.parse('2026-11-05T23:59:59Z') + second * 1000 + sign * (hours * 60 + minutes) * 60_000
    const text = new Date(local).toISOString().slice(0, 19)
    return form === ' ' ? text.replace('T', ' ') + fraction : text + fraction + form
  })
