import { describe, expect, test } from 'vitest'
import { RawClient } from '../../../helpers/raw-client.ts'
import { publishOne, runServer } from '../../../helpers/server.ts'

const get = (path: string, ...lines: string[]) =>
  `${[`GET ${path} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`

test('a stream on a bare socket has the headers of the contract, and chunks that decode', async () => {
  await using server = await runServer({ corsOrigins: ['*'] })
  using client = await RawClient.open(server.url)
  client.send(get('/stream', 'Accept: text/event-stream'))
  await client.expect('event: beat')
  await publishOne(server, { explanation: 'naïve ☃ 🔥' })
  await client.expect('"status":"open"}\n\n\r\n')
  await server.close()
  await client.until(({ ended }) => ended)
  const [head = '', ...rest] = client.received.split('\r\n\r\n')
  expect(head.split('\r\n').filter((line) => !line.startsWith('date: '))).toEqual([
    'HTTP/1.1 200 OK',
    'content-type: text/event-stream',
    'cache-control: no-cache',
    'x-accel-buffering: no',
    'connection: keep-alive',
    'transfer-encoding: chunked',
    'access-control-allow-origin: *',
  ])
  const body = decodeChunks(rest.join('\r\n\r\n'))
  expect(body.startsWith('retry: 5000\n\n')).toBe(true)
  expect(Buffer.from(body, 'latin1').toString()).toContain('naïve ☃ 🔥')
})

/** Throws unless the chunked coding is exact to its last byte. */
function decodeChunks(coded: string): string {
  let body = ''
  let rest = coded
  for (;;) {
    const [, digits = ''] = /^([0-9a-f]+)\r\n/.exec(rest) ?? []
    const size = Number.parseInt(digits, 16)
    const start = digits.length + 2
    body += rest.slice(start, start + size)
    if (rest.slice(start + size, start + size + 2) !== '\r\n') throw new Error(`no chunk: ${rest}`)
    rest = rest.slice(start + size + 2)
    if (size > 0) continue
    if (rest !== '') throw new Error(`after the last chunk: ${rest}`)
    return body
  }
}

describe('whatever is not a plain stream request is served by the HTTP server', () => {
  test('a request that comes byte by byte', async () => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    await client.sendSlowly(get('/stream'))
    await client.expect('event: beat')
    await publishOne(server)
    await client.expect('"status":"open"}')
  })

  test('two requests at once, the second a stream', async () => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    client.send(get('/healthz') + get('/stream'))
    await client.expect('"status":"ok"')
    await client.expect('event: beat')
  })

  test('a stream after another request on the same connection', async () => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    client.send(get('/healthz'))
    await client.expect('"status":"ok"')
    client.send(get('/stream'))
    await client.expect('event: beat')
    await publishOne(server)
    await client.expect('"status":"open"}')
  })

  test('a stream request with another one behind it', async () => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    client.send(get('/stream') + get('/healthz'))
    await client.expect('event: beat')
    await publishOne(server)
    await client.expect('"status":"open"}')
  })

  test('HTTP/1.0: not chunked, and closed at the end', async () => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    client.send('GET /stream HTTP/1.0\r\nHost: localhost\r\n\r\n')
    await client.expect('event: beat')
    expect(client.received.toLowerCase()).not.toContain('transfer-encoding')
    expect(client.received).toContain('\r\n\r\nretry: 5000\n\n')
    await server.close()
    await client.until(({ ended }) => ended)
  })

  test('HEAD', async () => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    client.send('HEAD /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    await client.until(({ ended }) => ended)
    expect(client.received).toContain('content-type: text/event-stream')
    expect(client.received).not.toContain('retry')
    expect(server.hub.subscribers).toBe(0)
  })

  test.for([
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.repeat(9), '400'],
    ['no host', 'GET /stream HTTP/1.1\r\n\r\n', '400'],
    ['a space before the colon', get('/stream', 'X-A : b'), '400'],
    ['a bare line feed', 'GET /stream HTTP/1.1\nHost: localhost\n\n', '400'],
    ['a huge head', get('/stream', `X-A: ${'a'.repeat(40_000)}`), '431'],
    ['a wrong filter', get('/stream?filter=foo:1', 'Connection: close'), '400'],
    ['a wrong limit', get('/stream?limit=1001', 'Connection: close'), '400'],
    ['another path', get('/streams', 'Connection: close'), '404'],
    ['another method', 'DELETE /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', '405'],
  ])('%s', async ([, bytes, status]) => {
    await using server = await runServer()
    using client = await RawClient.open(server.url)
    client.send(bytes ?? '')
    await client.until(({ ended, closed }) => ended || closed)
    expect(client.received.slice(9, 12)).toBe(status)
    expect(server.hub.subscribers).toBe(0)
  })
})

test('a stream whose client disconnects is released', async () => {
  await using server = await runServer()
  const leaving = [
    await RawClient.open(server.url),
    await RawClient.open(server.url),
    await RawClient.open(server.url),
  ]
  for (const client of leaving) {
    client.send(get('/stream'))
    await client.expect('event: beat')
  }
  expect(server.hub.subscribers).toBe(3)
  leaving[0]?.socket.end()
  leaving[1]?.socket.destroy()
  leaving[2]?.socket.resetAndDestroy()
  await leaving[0]?.until(({ closed }) => closed)
  while (server.hub.subscribers > 0) await new Promise((resolve) => setImmediate(resolve))
})

test('silent and closed connections do not delay a shutdown', async () => {
  const server = await runServer()
  using silent = await RawClient.open(server.url)
  using half = await RawClient.open(server.url)
  half.send('GET /stre')
  const gone = await RawClient.open(server.url)
  gone.close()
  await server.close()
  await silent.until(({ closed, ended }) => closed || ended)
})

test('a stream on an unavailable store is 503 with Retry-After', async () => {
  await using server = await runServer()
  server.memory.down = true
  using client = await RawClient.open(server.url)
  client.send(get('/stream'))
  await client.until(({ ended }) => ended)
  expect(client.received).toContain('HTTP/1.1 503')
  expect(client.received).toContain('retry-after: 7')
  expect(client.received).toContain('"code":"store_unavailable"')
})

test('a wrong token is 401, the right one gets the stream', async () => {
  await using server = await runServer({ token: 'secret' })
  using wrong = await RawClient.open(server.url)
  wrong.send(get('/stream', 'Authorization: Bearer other', 'Connection: close'))
  await wrong.until(({ ended }) => ended)
  expect(wrong.received).toContain('HTTP/1.1 401')
  expect(wrong.received.toLowerCase()).toContain('www-authenticate: bearer')
  using right = await RawClient.open(server.url)
  right.send(get('/stream', 'Authorization: Bearer secret'))
  await right.expect('event: beat')
})

test.for([
  ['on the bare socket', []],
  ['on node:http', ['Connection: close']],
] as const)('a stream %s is logged as one, with path, position and filter', async ([, lines]) => {
  const logged: string[] = []
  await using server = await runServer({
    logger: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
  })
  using client = await RawClient.open(server.url)
  client.send(get('/insights/stream?filter=risk%3E80', 'Last-Event-ID: other-7', ...lines))
  await client.expect('event: beat')
  expect(logged).toEqual([expect.stringContaining('info SSE stream request ')])
  for (const part of ['"path":"/insights/stream"', '"from":"other-7"', 'risk>80'])
    expect(logged[0]).toContain(part)
})

test('a position that can not be honoured is counted', async () => {
  await using server = await runServer()
  using client = await RawClient.open(server.url)
  client.send(get('/stream', 'Last-Event-ID: other-7'))
  await client.expect('event: reset')
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toMatch(/^iops_stream_resets_total 1$/m)
})
