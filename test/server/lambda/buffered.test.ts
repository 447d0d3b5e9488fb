import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { PassThrough } from 'node:stream'
import { createBufferedHandler } from '../../../src/server/lambda/buffered-handler.ts'
import { openEnvironment } from '../../../src/server/lambda/environment.ts'
import { createTables, directItem, type Emulator, startDynoxide, type Tables } from '../../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'
import { httpEvent, restEvent } from '../../helpers/lambda/events.ts'

let emulator: Emulator
let proxy: FaultProxy
let tables: Tables
beforeAll(async () => {
  emulator = await startDynoxide()
  proxy = await startFaultProxy(emulator.endpoint)
})
afterAll(async () => {
  await proxy.stop()
  await emulator.stop()
})
beforeEach(async () => {
  tables = await createTables(emulator)
})

async function open(env: Record<string, string> = {}) {
  const output = new PassThrough()
  let log = ''
  output.setEncoding('utf8').on('data', (text: string) => (log += text))
  const settings = { IOPS_STORE: tables.url('', proxy.endpoint), IOPS_INSECURE: 'on', ...env }
  const environment = await openEnvironment(settings, { output })
  const handler = createBufferedHandler(environment)
  proxy.calls.length = 0
  const call = async (event: object) => {
    const answer = await handler(event)
    return { ...answer, json: answer.body.startsWith('{') ? (JSON.parse(answer.body) as Answer) : {} }
  }
  return { call, handler, log: () => log }
}

interface Answer {
  readonly items?: { alert_id: string }[]
  readonly nextToken?: string
  readonly code?: string
  readonly alert_id?: string
  readonly explanation?: string
  readonly accepted?: number
}

const insight = (alertId: string, more: object = {}) => ({
  alert_id: alertId,
  entity_id: 'cust_1',
  risk_score: 85,
  ...more,
})
const json = { 'content-type': 'application/json' }
const post = (body: unknown) => ({ method: 'POST', headers: json, body: JSON.stringify(body) })
const ids = (stream: string) => [...stream.matchAll(/"alert_id":"([^"]+)"/g)].map(([, id]) => id)
const operations = () => proxy.calls.map(({ operation }) => operation)

test.each([
  ['REST API, payload 1.0', restEvent],
  ['function URL, payload 2.0', httpEvent],
  ['HTTP API with a stage', (target: string, call?: object) => httpEvent(target, { ...call, stage: 'prod' })],
  [
    'HTTP API, payload 1.0, with the stage in its path',
    (target: string, call?: object) => ({
      ...restEvent(`/prod${target}`, call),
      requestContext: { stage: 'prod', path: '/prod/x' },
    }),
  ],
])('answers the whole API over a %s', async (_, event) => {
  const { call } = await open()
  const posted = await call(event('/insights', post([insight('a1'), insight('a2')])))
  expect([posted.statusCode, posted.json.accepted]).toEqual([201, 2])
  const recent = await call(event('/insights/recent?limit=1'))
  expect(recent.json.items).toHaveLength(1)
  const next = await call(event(`/insights/recent?nextToken=${recent.json.nextToken}`))
  expect(next.json.items).toHaveLength(1)
  const one = await call(event('/insights/a1'))
  expect([one.statusCode, one.json.alert_id]).toEqual([200, 'a1'])
  const changed = await call(
    event('/insights/a1', {
      method: 'PATCH',
      headers: json,
      body: JSON.stringify({ status: 'acknowledged' }),
    }),
  )
  expect([changed.statusCode, changed.json]).toMatchObject([200, { status: 'acknowledged' }])
  expect((await call(event('/nothing'))).statusCode).toBe(404)
  expect((await call(event('/insights', { method: 'DELETE' }))).headers['allow']).toContain('POST')
  expect((await call(event('/healthz'))).statusCode).toBe(200)
  expect((await call(event('/readyz'))).statusCode).toBe(200)
})

test('takes bodies in base64, as API Gateway sends binary media types', async () => {
  const { call } = await open()
  const body = Buffer.from(JSON.stringify(insight('ä', { explanation: 'größer' }))).toString('base64')
  const event = { method: 'POST', headers: json, body, isBase64Encoded: true }
  expect((await call(restEvent('/insights', event))).statusCode).toBe(201)
  const { json: stored } = await call(restEvent(`/insights/${encodeURIComponent('ä')}`))
  expect(stored.explanation).toBe('größer')
})

test('finds ids in paths, encoded or decoded on their way', async () => {
  const { call } = await open()
  await call(httpEvent('/insights', post(['a b', '100%', 'a/b', 'q?x'].map((id) => insight(id)))))
  for (const id of ['a b', '100%', 'a/b', 'q?x'])
    expect((await call(httpEvent(`/insights/${encodeURIComponent(id)}`))).json.alert_id).toBe(id)
  for (const id of ['a b', '100%', 'q?x'])
    expect((await call({ ...httpEvent('/'), rawPath: `/insights/${id}` })).json.alert_id).toBe(id)
})

test('reads by key and index alone, and describes no table', async () => {
  const writer = await open()
  await writer.call(restEvent('/insights', post(insight('a1'))))
  const { call } = await open()
  await call(restEvent('/insights/a1'))
  expect(operations()).toEqual(['GetItem'])
  await call(restEvent('/insights/recent'))
  expect(operations()).toEqual(['GetItem', 'Query'])
  await call(restEvent('/stream'))
  await call(restEvent('/insights', post(insight('a2'))))
  expect(operations()).not.toContain('DescribeTable')
})

test('shares one read end of the log between invocations', async () => {
  const { call } = await open()
  await call(restEvent('/insights', post(insight('a1'))))
  await call(restEvent('/stream?limit=1'))
  proxy.calls.length = 0
  await call(restEvent('/stream?limit=1'))
  expect(proxy.calls.length).toBeLessThanOrEqual(3)
  expect(new Set(proxy.calls.map(({ table }) => table))).toEqual(new Set([tables.log]))
})

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')

test('leaves nothing running when it has answered', async () => {
  const { call } = await open()
  await call(restEvent('/insights', post(insight('a1'))))
  await call(restEvent('/stream'))
  // The test runner has a short timer now and then; waiting with one would be another.
  for (const end = Date.now() + 3000; timers().length > 0 && Date.now() < end;) await setImmediate()
  expect(timers()).toEqual([])
})

test('answers a stream with retry, the recent insights with ids, and ends', async () => {
  const { call } = await open()
  for (let n = 1; n <= 12; n++) await call(restEvent('/insights', post(insight(`a${n}`))))
  const { body, headers, statusCode } = await call(restEvent('/stream'))
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream'])
  expect(body.startsWith('retry: 5000\n\nid: ')).toBe(true)
  expect(ids(body)).toEqual(['a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'a10', 'a11', 'a12'])
  expect(body.match(/^id: /gm)).toHaveLength(11)
})

test('gives what follows a position, and only that', async () => {
  const { call } = await open()
  await call(restEvent('/insights', post([insight('a1'), insight('a2'), insight('a3')])))
  const { body } = await call(restEvent('/stream'))
  const id = /^id: (\S+)\ndata: .*"a2"/m.exec(body)?.[1] ?? ''
  const rest = await call(httpEvent('/stream', { headers: { 'Last-Event-ID': id } }))
  expect(ids(rest.body)).toEqual(['a3'])
  const filtered = await call(httpEvent(`/stream?lastEventId=${id}&filter=risk<50`))
  expect(ids(filtered.body)).toEqual([])
  const end = /event: beat\nid: (\S+)/.exec(filtered.body)?.[1] ?? ''
  expect(ids((await call(httpEvent(`/stream?lastEventId=${end}`))).body)).toEqual([])
  expect((await call(httpEvent('/stream?lastEventId=other-3'))).body).toContain('"reason":"foreign"')
})

test('shows what was in the table before there was a log', async () => {
  for (const n of [1, 2, 3])
    await tables.putDirectly(directItem(`old${n}`, `2026-11-0${n}T10:11:12.123456`, { ttl: 4e9 }))
  const { call } = await open()
  expect(ids((await call(restEvent('/stream'))).body)).toEqual(['old1', 'old2', 'old3'])
  await call(restEvent('/insights', post(insight('new'))))
  const { body } = await call(restEvent('/stream'))
  expect(ids(body)).toEqual(['old1', 'old2', 'old3', 'new'])
  const id = /^id: (\S+)\ndata: .*"old3"/m.exec(body)?.[1] ?? ''
  expect(ids((await call(restEvent(`/stream?lastEventId=${id}`))).body)).toEqual(['new'])
})

const size = (result: object) => Buffer.byteLength(JSON.stringify(result))
const large = (id: string) =>
  insight(id, {
    explanation: '"'.repeat(8000),
    recommendations: Array.from({ length: 32 }, () => '\\'.repeat(2000)),
  })

test('cuts answers at what Lambda can send, and goes on where it cut', { timeout: 120_000 }, async () => {
  const { handler, call } = await open()
  const all = Array.from({ length: 40 }, (_, n) => `big${n}`)
  for (let at = 0; at < all.length; at += 5)
    expect((await call(restEvent('/insights', post(all.slice(at, at + 5).map(large))))).statusCode).toBe(201)
  const seen: string[] = []
  for (let token: string | undefined = ''; token !== undefined;) {
    const event = restEvent(`/insights/recent?limit=1000${token && `&nextToken=${token}`}`)
    expect(size(await handler(event))).toBeLessThanOrEqual(6 * 1024 * 1024)
    const { json: page } = await call(event)
    seen.push(...(page.items ?? []).map(({ alert_id }) => alert_id))
    token = page.nextToken
  }
  expect(seen.sort()).toEqual(all.toSorted())
  const streamed: (string | undefined)[] = []
  for (let id = ''; streamed.length < all.length;) {
    const result = await handler(restEvent(`/stream?limit=1000&lastEventId=${id}`))
    expect(size(result)).toBeLessThanOrEqual(6 * 1024 * 1024)
    const got = ids(result.body)
    expect(got.length).toBeGreaterThan(0)
    streamed.push(...got)
    id = [...result.body.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? ''
  }
  expect(streamed).toEqual(all)
})

test('says once which pages may read, and nothing where others say it', async () => {
  const { call, handler } = await open()
  const event = restEvent('/insights/recent', { headers: { Origin: 'https://ops.example' } })
  const { headers } = await call(event)
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(Object.keys(await handler(event))).not.toContain('multiValueHeaders')
  const behind = await open({ IOPS_CORS: 'off' })
  for (const [target, method] of [
    ['/insights/recent', 'GET'],
    ['/stream', 'GET'],
    ['/insights', 'POST'],
    ['/insights', 'OPTIONS'],
    ['/nothing', 'GET'],
  ] as const) {
    const answer = await behind.call(
      restEvent(target, { method, headers: { Origin: 'https://ops.example' } }),
    )
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('asks for its token, and without one lets nobody write', async () => {
  const guarded = await open({ IOPS_SERVER_TOKEN: 'secret' })
  expect((await guarded.call(restEvent('/stream'))).statusCode).toBe(401)
  expect(operations()).toEqual([])
  const headers = { Authorization: 'Bearer secret' }
  expect((await guarded.call(restEvent('/stream', { headers }))).statusCode).toBe(200)
  const open_ = await open({ IOPS_INSECURE: 'off' })
  expect((await open_.call(restEvent('/stream'))).statusCode).toBe(200)
  const refused = await open_.call(restEvent('/insights', post(insight('a1'))))
  expect([refused.statusCode, refused.json.code]).toEqual([403, 'writing_disabled'])
})

test('logs stream requests by the words that operators filter for, and counts for CloudWatch', async () => {
  const { call, log } = await open()
  await call(restEvent('/stream'))
  expect(log()).toContain('SSE stream request')
  const line =
    log()
      .split('\n')
      .find((text) => text.startsWith('{')) ?? '{}'
  expect(JSON.parse(line)).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'iops', Dimensions: [['Function']] }] },
    Requests: 1,
  })
})

test('answers an event of another kind, and a failure, with 500 and a line in the log', async () => {
  const { call, log } = await open()
  expect((await call({ hello: 'world' })).statusCode).toBe(500)
  expect(log()).toContain('no HTTP call')
})

test('says that the store does not answer, and serves again when it does', async () => {
  const { call } = await open()
  proxy.fault = () => 'AccessDeniedException'
  const denied = await call(restEvent('/stream'))
  expect([denied.statusCode, denied.json.code]).toEqual([503, 'store_unavailable'])
  expect(denied.headers['retry-after']).toBeDefined()
  proxy.fault = () => undefined
  expect((await call(restEvent('/stream'))).statusCode).toBe(200)
})

test.each([
  [{ IOPS_STORE: '' }, 'IOPS_STORE is not set'],
  [{ IOPS_STORE: 'dynamodb://table?log=none' }, 'Without a log'],
  [{ IOPS_STREAM_SECONDS: '10' }, 'IOPS_STREAM_SECONDS'],
  [{ IOPS_CORS_ORIGINS: 'ops.example' }, 'no origin'],
  [{ IOPS_INSECURE: 'maybe' }, 'IOPS_INSECURE'],
])('does not start with %j', async (env, message) => {
  await expect(open(env)).rejects.toThrow(message)
})
