import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Insight } from '../../../src/protocol/insight/insight.ts'
import type { MemoryStore } from '../../helpers/memory-store.ts'
import { openWaysIn, type WaysIn, waysIn } from '../../helpers/ways-in.ts'

const insight = (fields: object = {}) => JSON.stringify({ entity_id: 'cust_1', risk_score: 80, ...fields })

const alert = (name: string) =>
  readFileSync(new URL(`../../fixtures/alertmanager/${name}.json`, import.meta.url))

describe.for(waysIn)('by %s', (way) => {
  let scene: WaysIn
  let store: MemoryStore

  beforeEach(() => open())
  afterEach(() => scene[Symbol.asyncDispose]())

  async function open(token?: string): Promise<void> {
    scene = await openWaysIn(token === undefined ? {} : { token })
    store = scene.server.memory
  }

  async function call(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const lines = Object.entries({ ...type, ...headers }).map(([name, value]) => `${name}: ${value}`)
    const answer = await scene.ways[way]({ method, path, lines, ...(body !== undefined && { body }) })
    return { ...answer, json: () => JSON.parse(answer.text) as never }
  }

  test('an insight is published, read back, and unchanged the second time', async () => {
    const first = await call('POST', '/insights', insight({ alert_id: 'a/b %☃' }))
    expect(first.status).toBe(201)
    expect(first.json()).toEqual({
      accepted: 1,
      items: [{ alert_id: 'a/b %☃', id: 'test-1', result: 'created' }],
    })
    expect((await call('POST', '/insights', insight({ alert_id: 'a/b %☃' }))).text).toContain('"unchanged"')
    const read = await call('GET', `/insights/${encodeURIComponent('a/b %☃')}`)
    expect(read.json()).toMatchObject({ alert_id: 'a/b %☃', status: 'open', prediction_type: 'unknown' })
  })

  test('one wrong item refuses the batch, with every fault', async () => {
    const items = [{ entity_id: 'a', risk_score: 1 }, { risk_score: 101, colour: 'red' }, 5]
    const { status, json } = await call('POST', '/insights', JSON.stringify(items))
    expect(status).toBe(400)
    const { code, details } = json() as { code: string; details: { index: number; path: string }[] }
    expect(code).toBe('invalid_insight')
    expect(details.map(({ index, path }) => `${index} ${path}`).sort()).toEqual([
      '1 colour',
      '1 entity_id',
      '1 risk_score',
      '2 ',
    ])
    expect(store.log).toEqual([])
  })

  test('a label that an object can not hold is refused, never left out in silence', async () => {
    const body = '{"entity_id":"a","risk_score":1,"labels":{"__proto__":"x","constructor":"y"}}'
    const { status, json } = await call('POST', '/insights', body)
    expect(status).toBe(400)
    expect(json()).toMatchObject({ details: [{ index: 0, path: 'labels.__proto__' }] })
    const own = body.replace('"__proto__":"x",', '"toString":"x",')
    expect((await call('POST', '/insights', own)).status).toBe(201)
    expect(store.log.at(-1)?.insight.labels).toEqual({ constructor: 'y', toString: 'x' })
    expect(store.log).toHaveLength(1)
  })

  test('NDJSON is taken line by line', async () => {
    const { status, json } = await call('POST', '/insights', `${insight()}\n\n${insight()}\r\n`, {
      'content-type': 'application/x-ndjson; charset=utf-8',
    })
    expect(status).toBe(201)
    expect(json()).toMatchObject({ accepted: 2 })
  })

  test.for<[string, string | Uint8Array<ArrayBuffer>, string, number, string]>([
    ['no JSON', '{', 'application/json', 400, 'not_json'],
    ['NaN', '{"risk_score":NaN}', 'application/json', 400, 'not_json'],
    ['deep nesting', '['.repeat(500_000), 'application/json', 400, 'not_json'],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 400, 'not_utf8'],
    ['another type', insight(), 'text/plain', 415, 'unsupported_media_type'],
    ['no items', '[]', 'application/json', 400, 'empty_batch'],
    ['too many items', JSON.stringify(Array(1001).fill(1)), 'application/json', 413, 'too_many_items'],
    ['too many bytes', insight({ x: 'a'.repeat(1024 * 1024) }), 'application/json', 413, 'body_too_large'],
  ])('%s is the client’s mistake', async ([, body, type, status, code]) => {
    const answer = await call('POST', '/insights', body, { 'content-type': type })
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([status, code])
  })

  test('a producer that repeats itself does not undo an acknowledgement', async () => {
    await call('POST', '/insights', insight({ alert_id: 'x' }))
    const patched = await call('PATCH', '/insights/x', '{"status":"acknowledged","by":"ana"}')
    expect(patched.json()).toMatchObject({ status: 'acknowledged', acknowledged_by: 'ana' })
    expect((await call('POST', '/insights', insight({ alert_id: 'x' }))).text).toContain('"unchanged"')
    expect((await call('POST', '/insights', insight({ alert_id: 'x', risk_score: 90 }))).text).toContain(
      '"updated"',
    )
    expect((await call('GET', '/insights/x')).json()).toMatchObject({
      risk_score: 90,
      acknowledged_by: 'ana',
    })
  })

  test('a change with an old entity tag is refused', async () => {
    await call('POST', '/insights', insight({ alert_id: 'x' }))
    const etag = (await call('GET', '/insights/x')).headers.get('etag') ?? ''
    const acknowledge = '{"status":"acknowledged"}'
    expect((await call('PATCH', '/insights/x', acknowledge, { 'if-match': etag })).status).toBe(200)
    const late = await call('PATCH', '/insights/x', '{"status":"resolved"}', { 'if-match': etag })
    expect([late.status, (late.json() as { code: string }).code]).toEqual([412, 'precondition_failed'])
    expect((await call('PATCH', '/insights/none', acknowledge)).status).toBe(404)
    expect((await call('PATCH', '/insights/x', '{"status":"gone"}')).status).toBe(400)
  })

  test('pages follow each other', async () => {
    for (let n = 0; n < 5; n++) await call('POST', '/insights', insight({ alert_id: `a${n}` }))
    const first = (await call('GET', '/insights/recent?limit=3&aggregations=true')).json() as {
      items: Insight[]
      nextToken: string
      aggregations: { total: number }
    }
    expect(first.aggregations.total).toBe(5)
    const rest = (await call('GET', `/insights/recent?limit=3&nextToken=${first.nextToken}`)).json() as {
      items: Insight[]
    }
    expect(new Set([...first.items, ...rest.items].map((item) => item.alert_id)).size).toBe(5)
  })

  test.for([
    'limit=0',
    'limit=x',
    'since=yesterday',
    'nextToken=%7B',
    'filter=foo:1',
    'aggregations=perhaps',
  ])('a wrong query is answered with 400: %s', async (query) => {
    expect((await call('GET', `/insights/recent?${query}`)).status).toBe(400)
  })

  test.for([
    ['/insights/recent?fitler=risk>80', 'did you mean filter?'],
    ['/insights/recent?limit=5&Since=1h', 'did you mean since?'],
    ['/insights/recent?next_token=x', 'did you mean nextToken?'],
    ['/insights/recent?offset=5', 'there are limit, nextToken, aggregations, since, until, filter.'],
    ['/insights/recent?', undefined],
    ['/insights/recent?=5', 'no parameter \\"\\"'],
    ['/insights/recent?__proto__=5', 'no parameter'],
    ['/insights/recent?limit=5&limit=6', 'limit is given twice'],
    ['/insights/recent?nextToken=', 'nextToken is empty'],
    ['/insights/recent?limit=&since=&until=&filter=&aggregations=', undefined],
    ['/insights/aggregations?bucket=5', 'did you mean buckets?'],
    ['/insights/aggregations?buckets=&since=', undefined],
    ['/stream?last-event-id=x', 'did you mean lastEventId?'],
    ['/insights/stream?since=1h', 'no parameter'],
    ['/stream?limit=&lastEventId=&filter=', undefined],
    ['/insights/known?verbose=1', 'takes no query parameters'],
    ['/healthz?t=1', undefined],
  ] as const)('%s: an unknown parameter is named with the near one', async ([path, message]) => {
    await call('POST', '/insights', insight({ alert_id: 'known' }))
    const { status, text } = await call('GET', path)
    expect(status).toBe(message === undefined ? 200 : 400)
    expect(text).toContain(message ?? '')
  })

  test('a write takes no query parameters', async () => {
    expect((await call('POST', '/insights?dry_run=1', insight())).json()).toMatchObject({
      code: 'unknown_parameter',
    })
    expect(store.log).toEqual([])
    expect((await call('POST', '/insights?', insight({ alert_id: 'x' }))).status).toBe(201)
    expect((await call('PATCH', '/insights/x?status=resolved', '{"status":"resolved"}')).status).toBe(400)
    expect(store.log).toHaveLength(1)
  })

  test('methods, paths and preflight', async () => {
    const wrong = await call('DELETE', '/insights')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
    expect((await call('GET', '/nowhere')).json()).toMatchObject({ code: 'not_found' })
    expect((await call('GET', '/insights/none')).json()).toMatchObject({ error: 'Insight not found' })
    await scene[Symbol.asyncDispose]()
    await open('secret')
    const preflight = await call('OPTIONS', '/insights', undefined, {
      origin: 'https://a.example',
      'access-control-request-method': 'POST',
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('an unavailable store is 503 with Retry-After', async () => {
    store.down = true
    const answer = await call('GET', '/insights/recent')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7'])
    expect((await call('GET', '/readyz')).status).toBe(503)
    expect((await call('GET', '/healthz')).status).toBe(200)
  })

  test('a token is asked for, except for health', async () => {
    await scene[Symbol.asyncDispose]()
    await open('secret')
    const refused = await call('GET', '/insights/recent')
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="iops"'])
    const authorization = 'Bearer secret'
    expect((await call('GET', '/insights/recent', undefined, { authorization })).status).toBe(200)
    expect((await call('GET', '/healthz')).status).toBe(200)
  })

  test('the API describes itself', async () => {
    const document = (await call('GET', '/openapi.json')).json() as {
      paths: object
      components: { schemas: { InsightInput: { required: string[] } } }
    }
    expect(document.components.schemas.InsightInput.required).toEqual(['entity_id', 'risk_score'])
    expect(Object.keys(document.paths)).toContain('/insights/{alert_id}')
    expect((await call('GET', '/metrics')).text).toContain('iops_stream_subscribers 0')
  })

  test('an Alertmanager episode fires, repeats itself, is acknowledged and resolved', async () => {
    const path = '/integrations/alertmanager'
    const first = (await call('POST', path, alert('firing-single'))).json() as {
      items: { alert_id: string }[]
    }
    const id = encodeURIComponent(first.items[0]?.alert_id ?? '')
    expect((await call('GET', `/insights/${id}`)).json()).toMatchObject({
      entity_id: 'checkout',
      risk_score: 90,
      prediction_type: 'HighErrorRate',
      url: 'https://runbooks.example/high-error-rate',
      source: 'alertmanager',
      status: 'open',
    })
    await call('PATCH', `/insights/${id}`, '{"status":"acknowledged","by":"ana"}')
    expect((await call('POST', path, alert('firing-single'))).text).toContain('"unchanged"')
    await call('POST', path, alert('resolved-single'))
    expect((await call('GET', `/insights/${id}`)).json()).toMatchObject({
      status: 'resolved',
      acknowledged_by: 'ana',
      resolved_at: '2026-11-23T15:54:23.406Z',
    })
    expect((await call('POST', path, alert('refired-single'))).text).toContain('"created"')
  })

  test('hostile strings are kept as data, and what Alertmanager left out is said', async () => {
    const path = '/integrations/alertmanager'
    expect((await call('POST', path, alert('firing-hostile-strings'))).status).toBe(200)
    expect(store.log[0]?.insight.labels?.entity).toContain('\u001b[2J')
    expect(store.log[0]?.insight.entity_id).not.toContain('\u001b')
    const cut = (await call('POST', path, alert('firing-truncated-max1'))).json() as { notes: string[] }
    expect(cut.notes[0]).toContain('left out 2 alerts')
    expect((await call('POST', path, '{"alerts":5}')).status).toBe(400)
  })
})

test('the stream works without a socket', async () => {
  await using scene = await openWaysIn()
  const { server, app } = scene
  await scene.ways.app({
    method: 'POST',
    path: '/insights',
    lines: ['Content-Type: application/json'],
    body: insight(),
  })
  const response = await app.request('/stream')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('event: beat')) text += (await reader?.read())?.value ?? ''
  expect(text.startsWith('retry: 5000\n\nid: test-1\ndata: {')).toBe(true)
  await reader?.cancel()
  while (server.hub.subscribers > 0) await new Promise((resolve) => setImmediate(resolve))
})
