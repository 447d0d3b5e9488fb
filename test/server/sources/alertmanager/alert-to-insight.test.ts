import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Insight } from '../../../../src/protocol/insight/insight.ts'
import { InsightInput } from '../../../../src/protocol/insight/schema.ts'
import { alertmanager } from '../../../../src/server/sources/alertmanager/alertmanager.ts'
import { receiveNotification } from '../../../../src/server/sources/receive-notification.ts'
import { createSeverityScale } from '../../../../src/server/sources/severity-scale.ts'
import { MemoryStore } from '../../../helpers/memory-store.ts'

const names = fc.oneof(
  fc.constantFrom('alertname', 'severity', 'instance', 'entity', '__proto__', 'constructor', 'toString', '7'),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('critical', 'Warning', '', 'x'.repeat(10_000), '🔥'.repeat(5000), '\u0000\u001b[2J\ud800'),
)
/** As JSON brings it: `__proto__` is a name like any other. */
const record = fc
  .array(fc.tuple(names, texts), { maxLength: 80 })
  .map(
    (pairs) =>
      JSON.parse(
        `{${pairs.map((pair) => pair.map((part) => JSON.stringify(part)).join(':')).join(',')}}`,
      ) as Record<string, string>,
  )
const startsAt = fc.constantFrom('2026-11-23T15:53:50.394794Z', '2026-11-23T16:53:50+01:00', 'yesterday', '')
const alert = fc.record(
  {
    labels: record,
    startsAt,
    annotations: record,
    endsAt: fc.constantFrom('0001-01-01T00:00:00Z', '2026-11-23T16:00:00Z', 'soon'),
    generatorURL: fc.constantFrom('http://prom/graph', 'javascript:alert(1)', 'no url', ''),
    fingerprint: fc.constantFrom(
      'f4aed9989ef4a890',
      '',
      '\u001b]0;x\u0007',
      '--token-command=id',
      'f'.repeat(10_000),
    ),
  },
  { requiredKeys: ['labels', 'startsAt'] },
)

const riskOf = createSeverityScale()
const now = new Date('2026-11-23T17:00:00.000Z')
const post = (store: MemoryStore, alerts: unknown, arrival = now) =>
  receiveNotification(
    { store, riskOf },
    'alertmanager',
    alertmanager,
    JSON.parse(JSON.stringify({ version: '4', alerts })),
    arrival,
  )

test('any notification becomes valid insights, and firing and resolved are one alert', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(alert, { minLength: 1, maxLength: 4 }), async (alerts) => {
      const store = new MemoryStore()
      const fired = await post(
        store,
        alerts.map((one) => ({ ...one, status: 'firing' })),
      )
      const again = await post(
        store,
        alerts.map((one) => ({ ...one, status: 'firing' })),
        new Date(+now + 1000),
      )
      const resolved = await post(
        store,
        alerts.map((one) => ({ ...one, status: 'resolved' })),
      )
      const ids = fired.items.map(({ alert_id }) => alert_id)
      expect(again.items.map(({ alert_id }) => alert_id)).toEqual(ids)
      expect(resolved.items.map(({ alert_id }) => alert_id)).toEqual(ids)
      for (const id of ids) {
        const insight = (await store.get(id)) as Insight
        expect(InsightInput.safeParse(insight).error).toBeUndefined()
        expect(insight.status).toBe('resolved')
        expect(insight.resolved_at).not.toMatch(/^0001/)
        expect(Object.getPrototypeOf(insight.labels)).toBe(Object.prototype)
      }
      // Who sends the same again without a fault makes nothing new.
      if (new Set(ids).size === ids.length)
        expect(again.items.map(({ result }) => result)).toEqual(ids.map(() => 'unchanged'))
    }),
    { numRuns: 150 },
  )
})

test.each([
  ['without startsAt', { status: 'firing', labels: {} }],
  ['with a label that is no string', { status: 'firing', labels: { a: 1 }, startsAt: '' }],
  ['with another status', { status: 'maybe', labels: {}, startsAt: '' }],
])('an alert %s is refused, and nothing is stored', async (_, one) => {
  const store = new MemoryStore()
  await expect(post(store, [one])).rejects.toMatchObject({
    status: 400,
    body: { code: 'invalid_notification' },
  })
  expect(store.log).toHaveLength(0)
})
