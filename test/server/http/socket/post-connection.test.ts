import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { Receiver } from '../../../../src/server/http/receive-insights.ts'
import { PostConnection } from '../../../../src/server/http/socket/post-connection.ts'
import { RawClient } from '../../../helpers/raw-client.ts'
import { runServer } from '../../../helpers/server.ts'

const insight = JSON.stringify({ entity_id: 'cust_1', risk_score: 50, explanation: 'naïve ☃' })
function post(body: string, ...lines: string[]): string {
  const bytes = Buffer.from(body)
  const fields = ['Content-Type: application/json', ...lines, `Content-Length: ${bytes.length}`]
  return `POST /insights HTTP/1.1\r\nHost: localhost\r\n${fields.join('\r\n')}\r\n\r\n${bytes.toString('latin1')}`
}
const answers = ({ received }: RawClient) => received.split(/(?=HTTP\/1\.1 \d)/).filter((text) => text !== '')
const statuses = (client: RawClient) => answers(client).map((text) => Number(text.slice(9, 12)))
/** Whether the last answer's body has come. */
const complete = (client: RawClient, count: number) =>
  answers(client).length === count && /\r\n\r\n\{.*\}$/.test(client.received)

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** A connection whose requests are answered when `open` is called, with their bodies. */
async function gated(idleMs = 60_000) {
  const waiting: (() => void)[] = []
  const other: string[] = []
  const connections: PostConnection[] = []
  const receive: Receiver = async ({ body }) => {
    const text = (await body(1024)).toString()
    await new Promise<void>((resolve) => waiting.push(resolve))
    return { status: 201, headers: {}, body: text }
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new PostConnection(socket, {
      receive,
      idleMs,
      other: (bytes) => other.push(bytes.toString('latin1')),
    })
    connections.push(connection)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = await RawClient.open(`http://127.0.0.1:${port}`)
  return {
    client,
    connections,
    other,
    until: (condition: (connection: PostConnection) => boolean) => until(() => condition(connections[0]!)),
    /** Waits until so many requests wait, then answers them. */
    async open(count: number) {
      await until(() => waiting.length === count)
      for (const resolve of waiting.splice(0)) resolve()
    },
    waits: (count: number) => until(() => waiting.length === count),
    async [Symbol.asyncDispose]() {
      client.close()
      server.close()
    },
  }
}

/** What must not depend on the way that a request came. */
const plain = ({ received }: RawClient) => {
  const [head = '', body = ''] = received.split('\r\n\r\n')
  const { items } = JSON.parse(body) as { items: object[] }
  const [line = '', ...fields] = head.toLowerCase().split('\r\n')
  return [line, fields.filter((field) => !field.startsWith('date: ')).sort(), items.map(Object.keys)]
}

test('a post in one packet is answered like one that comes byte by byte', async () => {
  await using server = await runServer()
  using whole = await RawClient.open(server.url)
  using pieces = await RawClient.open(server.url)
  whole.send(post(insight))
  await pieces.sendSlowly(post(insight))
  await whole.until((client) => complete(client, 1))
  await pieces.until((client) => complete(client, 1))
  expect(plain(whole)).toEqual(plain(pieces))
  const page = await server.memory.recent({ limit: 10 })
  expect(page.items.map(({ explanation }) => explanation)).toEqual(['naïve ☃', 'naïve ☃'])
})

test('a request is answered wherever it is split into two packets', async () => {
  await using server = await runServer()
  const request = post(insight)
  await Promise.all(
    Array.from({ length: request.length - 1 }, async (_, index) => {
      using client = await RawClient.open(server.url)
      client.send(request.slice(0, index + 1))
      await new Promise((resolve) => setImmediate(resolve))
      client.send(request.slice(index + 1))
      await client.until((now) => complete(now, 1))
      expect(statuses(client)).toEqual([201])
    }),
  )
  const { items } = await server.memory.recent({ limit: 1000 })
  expect(items.map(({ explanation }) => explanation)).toEqual(
    Array.from({ length: request.length - 1 }, () => 'naïve ☃'),
  )
})

test('one connection serves posts one after the other, then other requests', async () => {
  await using server = await runServer()
  using client = await RawClient.open(server.url)
  for (let count = 1; count <= 3; count++) {
    client.send(post(insight))
    await client.until((now) => complete(now, count))
  }
  client.send(post(insight) + post(insight))
  await client.until((now) => complete(now, 5))
  client.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await client.expect('"status":"ok"')
  client.send(post(insight))
  await client.until((now) => complete(now, 7))
  expect(statuses(client)).toEqual([201, 201, 201, 201, 201, 200, 201])
  expect((await server.memory.recent({ limit: 10 })).items).toHaveLength(6)
})

test.for([
  ['no JSON', post('{'), 400],
  ['a wrong field', post('{"entity_id":"a","risk_score":101}'), 400],
  ['another type', post(insight).replace('application/json', 'text/plain'), 415],
  ['an encoding', post(insight, 'Content-Encoding: gzip'), 415],
  ['another length', post(insight).replace(/Content-Length: \d+/, 'Content-Length: 2'), 400],
  ['two lengths', post(insight, 'Content-Length: 2'), 400],
  ['a length and chunks', post(insight, 'Transfer-Encoding: chunked'), 400],
  ['a negative length', post(insight).replace(/Content-Length: /, 'Content-Length: -'), 400],
  ['no host', post(insight).replace('Host: localhost\r\n', ''), 400],
  ['another version', post(insight).replace('HTTP/1.1', 'HTTP/1.2'), 400],
] as const)('%s is refused, and nothing is stored', async ([, bytes, status]) => {
  await using server = await runServer()
  using client = await RawClient.open(server.url)
  client.send(bytes)
  await client.until(({ received, ended }) => ended || /\r\n\r\n\{.*\}$/.test(received))
  expect(statuses(client)[0]).toBe(status)
  expect((await server.memory.recent({ limit: 10 })).items).toEqual([])
})

test('the token is asked for on every request', async () => {
  await using server = await runServer({ token: 'secret' })
  using client = await RawClient.open(server.url)
  client.send(post(insight, 'Authorization: Bearer secret'))
  await client.until((now) => complete(now, 1))
  client.send(post(insight))
  await client.until((now) => complete(now, 2))
  expect(statuses(client)).toEqual([201, 401])
})

test('a request that comes before the answer waits for it', async () => {
  await using scene = await gated()
  const { client } = scene
  client.send(post('{"n":1}'))
  await scene.waits(1)
  client.send(post('{"n":2}'))
  await scene.until(({ socket }) => socket.bytesRead === 2 * post('{"n":1}').length)
  await scene.waits(1)
  await scene.open(1)
  await client.expect('{"n":1}')
  await scene.open(1)
  await client.expect('{"n":2}')
  expect(scene.other).toEqual([])
})

test('the first bytes of another request are handed over', async () => {
  await using scene = await gated()
  const { client } = scene
  client.send(post('{"n":1}'))
  await scene.waits(1)
  client.send('GET /stre')
  await scene.until(({ socket }) => socket.bytesRead === (post('{"n":1}') + 'GET /stre').length)
  await scene.open(1)
  await scene.until(() => scene.other.length > 0)
  await client.expect('{"n":1}')
  expect(scene.other).toEqual(['GET /stre'])
})

test('a client that ends its side gets its answer, and the connection is closed', async () => {
  await using scene = await gated()
  const { client } = scene
  client.send(post('{"n":1}'))
  await scene.waits(1)
  client.socket.end()
  await scene.until(({ socket }) => socket.readableEnded)
  await scene.open(1)
  await client.until(({ ended }) => ended)
  expect(client.received).toContain('connection: close')
  expect(client.received).toContain('{"n":1}')
})

test('closing sends the pending answer, and cuts idle connections', async () => {
  await using busy = await gated()
  busy.client.send(post('{"n":1}'))
  await busy.waits(1)
  busy.connections[0]?.close()
  await busy.open(1)
  await busy.client.until(({ ended }) => ended)
  expect(statuses(busy.client)).toEqual([201])
  await using idle = await gated()
  idle.client.send(post('{"n":1}'))
  await idle.open(1)
  await idle.client.until((client) => complete(client, 1))
  idle.connections[0]?.close()
  await idle.client.until(({ ended }) => ended)
})

test('an idle connection is closed, one that waits for its answer is not', async () => {
  await using scene = await gated(30)
  const { client } = scene
  client.send(post('{"n":1}'))
  await scene.waits(1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(client.ended).toBe(false)
  await scene.open(1)
  await client.expect('{"n":1}')
  await client.until(({ ended }) => ended)
})

test('a server that closes answers the posts it has received', async () => {
  const server = await runServer()
  using idle = await RawClient.open(server.url)
  using busy = await RawClient.open(server.url)
  for (const client of [idle, busy]) {
    client.send(post(insight))
    await client.until((now) => complete(now, 1))
  }
  busy.send(post(insight))
  await server.close()
  for (const client of [idle, busy]) await client.until(({ ended, closed }) => ended || closed)
  const acknowledged = [...statuses(idle), ...statuses(busy)].filter((status) => status === 201)
  expect((await server.memory.recent({ limit: 10 })).items).toHaveLength(acknowledged.length)
})
