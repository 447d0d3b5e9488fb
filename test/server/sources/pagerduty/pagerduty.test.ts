import { expect, test } from 'vitest'
import { runServer } from '../../../helpers/server.ts'
import { fixture, latestOf, postTo } from '../../../helpers/sources.ts'

const path = '/v2/enqueue'
const key = 'prod-datapipe03/disk'
const trigger = (fields: object = {}, payload: object = {}) => {
  const event = fixture('pagerduty/trigger') as { payload: object }
  return { ...event, ...fields, payload: { ...event.payload, ...payload } }
}
const change = (event_action: string, fields: object = {}) => ({
  routing_key: 'samplekeyhere-0123456789abcdef01',
  dedup_key: key,
  event_action,
  ...fields,
})

test('a trigger is answered as PagerDuty does, and keeps all it says', async () => {
  await using server = await runServer()
  const { status, body } = await postTo(server, path, trigger())
  expect([status, body]).toEqual([202, { status: 'success', message: 'Event processed', dedup_key: key }])
  expect(await latestOf(server)).toMatchObject([
    {
      alert_id: `pd-${key}`,
      entity_id: 'prod-datapipe03.example.com',
      prediction_type: 'disk',
      risk_score: 90,
      timestamp: '2026-11-17T08:42:58.315Z',
      explanation: 'DISK at 99% on machine prod-datapipe03.example.com',
      url: 'https://example.com/runbook',
      recommendations: [
        'Graph: https://example.com/graph',
        'Example text: https://www.pagerduty.com/wp-content/uploads/2016/05/pagerduty-logo-green.png',
      ],
      labels: { 'free space': '1%', 'load avg': '0.75', mounts: '["/","/data"]', component: 'postgres' },
      source: 'pagerduty',
      status: 'open',
    },
  ])
})

test('acknowledge and resolve by key; what they repeat changes nothing', async () => {
  await using server = await runServer()
  for (const step of [
    'trigger',
    'trigger',
    'acknowledge',
    'acknowledge',
    'trigger',
    'resolve',
    'resolve',
    'acknowledge',
    'trigger',
  ])
    expect((await postTo(server, path, step === 'trigger' ? trigger() : change(step))).status).toBe(202)
  expect(server.memory.log.map(({ insight }) => insight.status)).toEqual(['open', 'acknowledged', 'resolved'])
  expect((await latestOf(server))[0]?.explanation).toContain('DISK at 99%')
})

test('a new trigger opens what is resolved, with a later timestamp or without one', async () => {
  for (const timestamp of ['2026-11-18T00:00:00Z', undefined]) {
    await using server = await runServer()
    for (const event of [trigger(), change('resolve'), trigger({}, { timestamp })])
      await postTo(server, path, event)
    expect(await latestOf(server)).toMatchObject([{ status: 'open' }])
  }
})

test('a resolve before its trigger: the late trigger is kept, and resolved', async () => {
  await using server = await runServer()
  for (const event of [change('resolve'), trigger(), trigger()]) await postTo(server, path, event)
  expect(await latestOf(server)).toMatchObject([
    { status: 'resolved', explanation: expect.stringContaining('DISK') as string },
  ])
  expect(server.memory.log).toHaveLength(2)
})

test('an acknowledge before its trigger holds', async () => {
  await using server = await runServer()
  for (const event of [change('acknowledge'), trigger()]) await postTo(server, path, event)
  expect(await latestOf(server)).toMatchObject([{ status: 'acknowledged', risk_score: 90 }])
})

test('without a key the answer names one, the same for the same event', async () => {
  await using server = await runServer()
  const first = await postTo(server, path, trigger({ dedup_key: undefined }))
  const second = await postTo(server, path, trigger({ dedup_key: null }))
  expect(first.body.dedup_key).toMatch(/^[\da-f]{32}$/)
  expect(server.memory.log).toHaveLength(second.body.dedup_key === first.body.dedup_key ? 1 : 2)
  await postTo(server, path, change('resolve', { dedup_key: first.body.dedup_key }))
  expect((await latestOf(server)).map(({ status }) => status)).toContain('resolved')
})

test.for<[string, object, string]>([
  ['an unknown action', change('page'), 'event_action'],
  ['a resolve without a key', change('resolve', { dedup_key: undefined }), 'dedup_key'],
  ['an empty key', change('acknowledge', { dedup_key: '' }), 'dedup_key'],
  ['a severity that PagerDuty does not know', trigger({}, { severity: 'bad' }), 'payload.severity'],
  ['a trigger without a summary', trigger({}, { summary: undefined }), 'payload.summary'],
])('%s is 400 in the shape of PagerDuty', async ([, event, path_]) => {
  await using server = await runServer()
  const { status, body } = await postTo(server, path, event)
  expect([status, body.status, body.message]).toEqual([400, 'invalid event', 'Event object is invalid'])
  expect(String(body.errors)).toContain(path_)
  expect(body.code).toBe('invalid_notification')
})

test('the routing key is the token of a server that has one; the header works, too', async () => {
  const token = 'samplekeyhere-0123456789abcdef01'
  await using server = await runServer({ token })
  expect((await postTo(server, path, trigger())).status).toBe(202)
  for (const routing_key of ['samplekeyhere-0123456789abcdef02', '', undefined, 7, `${token} x`]) {
    const { status, body } = await postTo(server, path, trigger({ routing_key, dedup_key: 'other' }))
    expect([status, body.status]).toEqual([401, 'invalid event'])
  }
  const bearer = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  expect((await postTo(server, path, trigger({ routing_key: 'x' }), bearer)).status).toBe(202)
  expect(server.memory.log).toHaveLength(1)
  expect((await postTo(server, '/integrations/grafana', { alerts: [] })).status).toBe(401)
  expect((await fetch(server.url + path)).status).toBe(401)
})

test('a page of another origin can not post events', async () => {
  await using server = await runServer()
  const headers = { 'content-type': 'application/json', origin: 'https://evil.example' }
  expect((await postTo(server, path, trigger(), headers)).status).toBe(403)
  expect((await postTo(server, path, trigger(), { 'content-type': 'text/plain' })).status).toBe(415)
})

test.for(['-rf', '../x', 'a\nb', 'ü'.repeat(255)])(
  'the key %j is an alert that can be changed',
  async (dedup_key) => {
    await using server = await runServer()
    await postTo(server, path, trigger({ dedup_key }))
    await postTo(server, path, change('resolve', { dedup_key }))
    expect(await latestOf(server)).toMatchObject([{ status: 'resolved', labels: { dedup_key } }])
  },
)
