import { describe, expect, test } from 'vitest'
import { RawClient } from '../../../helpers/raw-client.ts'
import { publishOne, runServer } from '../../../helpers/server.ts'
import { openWaysIn, waysIn, type WireRequest } from '../../../helpers/ways-in.ts'

/** Other machines could reach it. */
const everywhere = { host: '0.0.0.0', address: '0.0.0.0', loopback: false }
const insight = '{"entity_id":"cust_1","risk_score":50}'
const post = (...lines: string[]): WireRequest => ({
  method: 'POST',
  path: '/insights',
  lines: ['Content-Type: application/json', ...lines],
  body: insight,
})
const patch = (...lines: string[]): WireRequest => ({
  ...post(...lines),
  method: 'PATCH',
  path: '/insights/known',
  body: '{"status":"acknowledged"}',
})
const notify = (...lines: string[]): WireRequest => ({
  ...post(...lines),
  path: '/integrations/alertmanager',
  body: '{"version":"4","alerts":[]}',
})
const evil = 'Origin: https://evil.example'
const allowed = (headers: Headers) => headers.get('access-control-allow-origin')

describe.for(waysIn)('on the way by %s', (way) => {
  test.for<[string, WireRequest, number]>([
    ['no page', post(), 201],
    ['a page of another origin', post(evil), 403],
    ['a page without an origin', post('Origin: null'), 403],
    ['a page on another port', post('Origin: http://localhost:5173'), 403],
    ['a page over another scheme', post('Origin: https://localhost'), 403],
    ['a page under another loopback name', post('Origin: http://127.0.0.1'), 403],
    ['a page of this server', post('Origin: http://localhost'), 201],
    ['a page of this server, its default port written out', post('Origin: http://localhost:80'), 201],
    ['a page of this server behind TLS', post('Origin: https://localhost', 'X-Forwarded-Proto: https'), 201],
    [
      'a page of this server behind two proxies',
      post('Origin: https://localhost', 'X-Forwarded-Proto: https, http'),
      201,
    ],
    ['an empty origin', post('Origin:'), 403],
    ['two origins', post('Origin: http://localhost, https://evil.example'), 403],
    ['an origin that only begins like this server', post('Origin: http://localhost.evil.example'), 403],
    ['an origin with a user', post('Origin: http://localhost@evil.example'), 403],
    ['a form of another site', post('Sec-Fetch-Site: cross-site'), 403],
    ['a page of a sibling', post('Sec-Fetch-Site: same-site'), 403],
    [
      'a page of another site that says to be this',
      post('Origin: http://localhost', 'Sec-Fetch-Site: cross-site'),
      403,
    ],
    ['an address that was typed', post('Sec-Fetch-Site: none'), 201],
    ['a change from another origin', patch(evil), 403],
    ['a change from this server', patch('Origin: http://localhost'), 200],
    ['a notification from another origin', notify(evil), 403],
    ['a notification from no page', notify(), 200],
    ['another method from another origin', { ...post(evil), method: 'DELETE' }, 403],
    ['plain text from another origin', { ...post(evil), lines: ['Content-Type: text/plain', evil] }, 403],
    [
      'a form from another origin',
      { ...post(evil), lines: ['Content-Type: application/x-www-form-urlencoded', evil] },
      403,
    ],
  ])('%s', async ([, request, status], { expect }) => {
    await using scene = await openWaysIn()
    await publishOne(scene.server, { alert_id: 'known' })
    const answer = await scene.ways[way](request)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('vary')).toBe('Origin')
    const written = scene.server.memory.log.length - 1
    expect(written).toBe(status < 300 && request.path !== '/integrations/alertmanager' ? 1 : 0)
  })

  test('an origin that is named may write and read; others may not', async () => {
    await using scene = await openWaysIn({ corsOrigins: ['https://Ops.example:443', 'null'] })
    for (const origin of ['https://ops.example', 'null']) {
      const answer = await scene.ways[way](post(`Origin: ${origin}`))
      expect([answer.status, allowed(answer.headers)]).toEqual([201, origin])
      expect(
        allowed((await scene.ways[way]({ path: '/stream', lines: [`Origin: ${origin}`] })).headers),
      ).toBe(origin)
    }
    expect((await scene.ways[way](post('Origin: http://ops.example'))).status).toBe(403)
    expect((await scene.ways[way](post('Origin: https://ops.example.evil.example'))).status).toBe(403)
  })

  test('every origin may read and write where * is named', async () => {
    await using scene = await openWaysIn({ corsOrigins: ['*'] })
    for (const request of [post(evil), post('Origin: null'), post('Sec-Fetch-Site: cross-site')]) {
      const { status, headers } = await scene.ways[way](request)
      expect([status, allowed(headers)]).toEqual([201, '*'])
    }
    expect(allowed((await scene.ways[way]({ path: '/stream', lines: [evil] })).headers)).toBe('*')
  })

  test.for<[string, string | null]>([
    ['http://localhost:5173', 'http://localhost:5173'],
    ['https://app.localhost', 'https://app.localhost'],
    ['http://127.8.9.1:80', 'http://127.8.9.1:80'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://evil.example', null],
    ['http://localhost.evil.example', null],
    ['http://evillocalhost', null],
    ['http://128.0.0.1', null],
    ['http://localhost/', null],
    ['chrome-extension://localhost', null],
    ['null', null],
    ['*', null],
  ])('without a token on loopback, a page of %s may read: %s', async ([origin, readable], { expect }) => {
    await using scene = await openWaysIn()
    for (const path of [
      '/stream',
      '/insights/stream',
      '/insights/recent',
      '/healthz',
      '/nowhere',
      '/stream?limit=x',
    ]) {
      const { headers } = await scene.ways[way]({ path, lines: [`Origin: ${origin}`] })
      expect(allowed(headers), path).toBe(readable)
      expect(headers.get('vary'), path).toBe('Origin')
    }
    scene.server.memory.down = true
    for (const request of [{ path: '/stream' }, post()]) {
      const { status, headers } = await scene.ways[way]({
        ...request,
        lines: [...(request.lines ?? []), `Origin: ${origin}`],
      })
      expect(status).toBe(request.path === '/stream' ? 503 : 403)
      expect([allowed(headers), headers.get('vary')]).toEqual([readable, 'Origin'])
    }
  })

  test.for([[{ token: 'secret' }], [{ listen: everywhere }]] as const)(
    'every page may read, none of another origin may write: %j',
    async ([options], { expect }) => {
      await using scene = await openWaysIn(options)
      const authorization = 'Authorization: Bearer secret'
      for (const origin of [[], [evil]]) {
        const { status, headers } = await scene.ways[way]({
          path: '/stream',
          lines: [authorization, ...origin],
        })
        expect([status, allowed(headers)]).toEqual([200, '*'])
      }
      expect((await scene.ways[way](post(authorization, evil))).status).toBe(403)
      expect((await scene.ways[way](post(authorization))).status).toBe(201)
    },
  )

  test.for<[string, number]>([
    ['localhost', 200],
    ['localhost:4677', 200],
    ['LOCALHOST:1', 200],
    ['localhost.', 200],
    ['a.b.localhost:80', 200],
    ['127.0.0.1', 200],
    ['127.255.3.4:80', 200],
    ['[::1]:4677', 200],
    ['ops.example:9', 200],
    ['OPS.example.', 200],
    ['evil.example', 421],
    ['evil.example:4677', 421],
    ['localhost.evil.example', 421],
    ['localhost.evil.example.', 421],
    ['evillocalhost', 421],
    ['128.0.0.1', 421],
    ['0.0.0.0', 421],
    ['10.0.0.1:4677', 421],
    ['[::2]', 421],
  ])('a loopback listener meets the host %s with %i', async ([host, status], { expect }) => {
    await using scene = await openWaysIn({ allowHosts: ['ops.example'] })
    const writes = status === 200 ? 201 : status
    expect((await scene.ways[way]({ path: '/stream', host })).status).toBe(status)
    expect((await scene.ways[way]({ path: '/healthz', host })).status).toBe(status)
    expect((await scene.ways[way]({ method: 'OPTIONS', path: '/insights', host })).status).toBe(
      status === 200 ? 204 : status,
    )
    expect((await scene.ways[way]({ ...post(), host })).status).toBe(writes)
  })

  test.for([
    'evil@localhost',
    'localhost@evil.example',
    'localhost, evil.example',
    'localhost/evil',
    'loc%61lhost',
    '',
  ])('a host that is no host is refused: %s', async (host, { expect }) => {
    await using scene = await openWaysIn()
    for (const request of [{ path: '/stream' }, { path: '/insights/recent' }, post()])
      expect([400, 421]).toContain((await scene.ways[way]({ ...request, host })).status)
    expect(scene.server.memory.log).toEqual([])
  })

  test('a listener that is not on loopback answers to any host', async () => {
    await using scene = await openWaysIn({ listen: everywhere })
    for (const host of ['ops.example', 'localhost', '10.0.0.1:80'])
      for (const request of [{ path: '/stream' }, { path: '/insights/recent' }, post()])
        expect((await scene.ways[way]({ ...request, host })).status).toBeLessThan(300)
  })

  test('a preflight lets pages of another origin read only', async () => {
    await using scene = await openWaysIn({ corsOrigins: ['https://ops.example'] })
    const preflight = (origin: string) =>
      scene.ways[way]({
        method: 'OPTIONS',
        path: '/insights',
        lines: [`Origin: ${origin}`, 'Access-Control-Request-Method: POST'],
      })
    const foreign = await preflight('https://evil.example')
    expect([foreign.status, allowed(foreign.headers)]).toEqual([204, null])
    expect(foreign.headers.get('access-control-allow-methods')).toBe('GET')
    const local = await preflight('http://localhost:5173')
    expect(allowed(local.headers)).toBe('http://localhost:5173')
    expect(local.headers.get('access-control-allow-methods')).toBe('GET')
    const named = await preflight('https://ops.example')
    expect(allowed(named.headers)).toBe('https://ops.example')
    expect(named.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PATCH')
    const headers = (named.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(', ')
    for (const name of [
      'authorization',
      'last-event-id',
      'cache-control',
      'x-requested-with',
      'content-type',
      'if-match',
    ])
      expect(headers).toContain(name)
    expect(named.headers.get('vary')).toContain('Origin')
  })
})

test.for([
  [
    'a target with another host',
    'GET http://evil.example/insights/recent HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '421',
  ],
  [
    'a target with another host, to the stream',
    'GET http://evil.example/stream HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '421',
  ],
  [
    'a target with a loopback name, beside another Host',
    'GET http://localhost/insights/recent HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    '421',
  ],
  [
    'two Host fields',
    'GET /insights/recent HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n',
    '400',
  ],
  [
    'two Host fields, to the stream',
    'GET /stream HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n',
    '400',
  ],
  [
    'two Host fields, on a post',
    `POST /insights HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}`,
    '400',
  ],
  [
    'two origins, the first of this server',
    `POST /insights HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nOrigin: https://evil.example\r\nContent-Length: 2\r\n\r\n{}`,
    '403',
  ],
  [
    'a target of this server with its own origin',
    `POST http://localhost/insights HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: application/json\r\nContent-Length: ${insight.length}\r\n\r\n${insight}`,
    '201',
  ],
  ['HTTP/1.0, which has no Host', 'GET /insights/recent HTTP/1.0\r\n\r\n', '200'],
  ['HTTP/1.0 with another host', 'GET /insights/recent HTTP/1.0\r\nHost: evil.example\r\n\r\n', '421'],
  [
    'a post of HTTP/1.0 from another origin',
    `POST /insights HTTP/1.0\r\n${evil}\r\nContent-Length: 2\r\n\r\n{}`,
    '403',
  ],
] as const)('%s', async ([, bytes, status]) => {
  await using server = await runServer()
  using client = await RawClient.open(server.url)
  client.send(bytes)
  await client.expect('\r\n\r\n')
  expect(client.received.slice(9, 12)).toBe(status)
})

test('on one connection each request is judged for itself', async () => {
  await using server = await runServer()
  using client = await RawClient.open(server.url)
  const send = (host: string, ...lines: string[]) =>
    client.send(
      [
        `POST /insights HTTP/1.1`,
        `Host: ${host}`,
        'Content-Type: application/json',
        ...lines,
        `Content-Length: ${insight.length}`,
        '',
        insight,
      ].join('\r\n'),
    )
  send('localhost')
  await client.expect('201 Created')
  send('evil.example')
  await client.expect('421 Misdirected Request')
  send('localhost', evil)
  await client.expect('403 Forbidden')
  send('localhost')
  await client.until(({ received }) => received.split('201 Created').length === 3)
  expect(server.memory.log).toHaveLength(2)
})
