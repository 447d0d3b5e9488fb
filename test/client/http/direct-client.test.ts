import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Connection, createConnection } from '../../../src/client/connection.ts'
import { explainNetworkFault } from '../../../src/client/network-fault.ts'
import { openStream, type Route, startScriptedServer } from '../../helpers/scripted-server.ts'

async function textOf({ body }: { readonly body: AsyncIterable<Uint8Array> }): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const opened = (connection: Connection) =>
  Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() })

const moved =
  (status: number, location: string): Route =>
  (response) =>
    response.writeHead(status, { location }).end('moved')
const echo: Route = (response, { headers, body }) => response.end(JSON.stringify({ headers, body }))

describe('redirects', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PATCH', 'GET'],
    [301, 'PATCH', 'PATCH'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i makes %s a %s', async (status, method, then) => {
    await using server = await startScriptedServer({
      '/old': moved(status, '/new?a=1'),
      '/new': (response, { body }) => response.end(`${response.req.method} ${body}`),
    })
    await using connection = opened(createConnection({ url: server.url }))
    const headers = { 'content-type': 'text/plain' }
    const answer = await connection.fetch(`${server.url}/old`, { method, body: 'hello', headers })
    expect(answer).toMatchObject({ redirected: true, url: `${server.url}/new?a=1` })
    const isKept = then === method
    expect(await textOf(answer)).toBe(`${then} ${isKept ? 'hello' : ''}`)
    const [visit] = server.visits('/new')
    expect(visit?.headers['content-type']).toBe(isKept ? 'text/plain' : undefined)
  })

  test('to another origin carry neither the token nor a name and password', async () => {
    await using other = await startScriptedServer({ '*': echo })
    const { host } = new URL(other.url)
    await using server = await startScriptedServer({ '*': moved(307, `http://ana:secret@${host}/x`) })
    await using connection = opened(createConnection({ url: server.url, token: 'secret' }))
    const answer = await connection.fetch(`${server.url}/`, { headers: { cookie: 'a=b' } })
    const { headers } = JSON.parse(await textOf(answer))
    expect(headers).toMatchObject({ host })
    expect(Object.keys(headers)).not.toContain('authorization')
    expect(Object.keys(headers)).not.toContain('cookie')
    expect(server.visits('/')[0]?.headers.authorization).toBe('Bearer secret')
  })

  test('there and back again carry no token either', async () => {
    await using server = await startScriptedServer({
      '/old': (response) => response.writeHead(302, { location: `${other.url}/x` }).end(),
      '/back': echo,
    })
    await using other = await startScriptedServer({
      '*': (response) => response.writeHead(302, { location: `${server.url}/back` }).end(),
    })
    await using connection = opened(createConnection({ url: server.url, token: 'secret' }))
    const { headers } = JSON.parse(await textOf(await connection.fetch(`${server.url}/old`)))
    expect(headers.authorization).toBeUndefined()
  })

  test('in circles, and to what is no web page, are refused', async () => {
    await using server = await startScriptedServer({
      '/circle': moved(302, '/circle'),
      '/file': moved(302, 'file:///etc/passwd'),
      '/nowhere': (response) => response.writeHead(302).end('here'),
    })
    await using connection = opened(createConnection({ url: server.url }))
    const circle = await connection.fetch(`${server.url}/circle`).catch((error: unknown) => error)
    expect(explainNetworkFault(circle)).toMatchObject({ message: 'it redirects in circles', lasting: true })
    expect(server.visits('/circle')).toHaveLength(21)
    await expect(connection.fetch(`${server.url}/file`)).rejects.toThrow('no http(s) URL')
    expect(await textOf(await connection.fetch(`${server.url}/nowhere`))).toBe('here')
  })
})

describe('a body', () => {
  test.each([
    ['gzip', gzipSync('hello')],
    ['deflate', deflateSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['deflate, gzip', gzipSync(deflateSync('hello'))],
    ['unheard-of', Buffer.from('hello')],
  ])('in %s is decoded', async (encoding, bytes) => {
    await using server = await startScriptedServer({
      '*': (response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    })
    await using connection = opened(createConnection({ url: server.url }))
    expect(await textOf(await connection.fetch(server.url))).toBe('hello')
  })

  test('of a compressed stream is given out as it comes', async () => {
    const part = gzipSync('one', { finishFlush: 2 })
    await using server = await startScriptedServer({
      '*': (response) => {
        openStream(response.setHeader('content-encoding', 'gzip'))
        response.write(part)
      },
    })
    await using connection = opened(createConnection({ url: server.url }))
    const { body } = await connection.fetch(server.url)
    const first = await body[Symbol.asyncIterator]().next()
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe('one')
  })

  test.each(['identity', 'gzip'])('that is cut throws, in %s', async (encoding) => {
    await using server = await startScriptedServer({
      '*': (response) => {
        response.writeHead(200, { 'content-length': '1000', 'content-encoding': encoding })
        response.write(encoding === 'gzip' ? gzipSync('hello') : 'hello', () => response.destroy())
      },
    })
    await using connection = opened(createConnection({ url: server.url }))
    const error = await textOf(await connection.fetch(server.url)).catch((reason: unknown) => reason)
    expect(explainNetworkFault(error).message).toBe('the connection was cut (ECONNRESET)')
  })

  test('ends with the reason of the signal, and with the time', async () => {
    await using server = await startScriptedServer({ '*': (response) => openStream(response, 'hello') })
    await using connection = opened(createConnection({ url: server.url }))
    const controller = new AbortController()
    const answer = await connection.fetch(server.url, { signal: controller.signal })
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(textOf(answer)).rejects.toBe(reason)
    const late = await connection.fetch(server.url, { timeout: 50 })
    await expect(textOf(late)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('is cut by close', async () => {
    await using server = await startScriptedServer({ '*': (response) => openStream(response, 'hello') })
    const connection = createConnection({ url: server.url })
    const reading = textOf(await connection.fetch(server.url))
    await connection.close()
    await expect(reading).rejects.toThrow('closed')
    await expect(connection.fetch(server.url)).rejects.toThrow('closed')
  })
})

/** A server that closes each connection when a second request comes on it. */
async function startForgetfulServer() {
  const sockets: Socket[] = []
  const asked: string[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    let isUsed = false
    socket
      .on('error', () => {})
      .on('data', (data) => {
        asked.push(String(data).split(' ', 1)[0] ?? '')
        if (isUsed) return void socket.destroy()
        isUsed = true
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('connections', () => {
  test('are kept for the next request', async () => {
    const sockets = new Set<unknown>()
    const server = createServer().on('connection', (socket) => sockets.add(socket))
    await using scripted = await startScriptedServer({ '*': echo }, server)
    await using connection = opened(createConnection({ url: scripted.url }))
    for (let nth = 0; nth < 5; nth++) await textOf(await connection.fetch(scripted.url))
    expect(sockets.size).toBe(1)
  })

  test('that break when they are used again are opened anew to read, and never to change something', async () => {
    await using server = await startForgetfulServer()
    await using connection = opened(createConnection({ url: server.url }))
    await textOf(await connection.fetch(server.url))
    expect(await textOf(await connection.fetch(server.url))).toBe('{}')
    expect(server.sockets).toHaveLength(2)
    const error = await connection
      .fetch(server.url, { method: 'POST', body: 'x' })
      .catch((reason: unknown) => reason)
    expect(explainNetworkFault(error).message).toContain('the connection was cut')
    expect(server.asked).toEqual(['GET', 'GET', 'GET', 'POST'])
  })

  test('a handshake that does not end is given up', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using connection = opened(createConnection({ url, connectTimeout: 50 }))
    const error = await connection.fetch(url).catch((reason: unknown) => reason)
    expect(explainNetworkFault(error)).toMatchObject({
      message: 'the connection timed out (ETIMEDOUT)',
      lasting: false,
    })
    await connection.close()
    server.close()
  })

  test('headers without an end are named', async () => {
    await using server = await startScriptedServer({
      '*': (response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end(),
    })
    await using connection = opened(createConnection({ url: server.url }))
    const error = await connection.fetch(server.url).catch((reason: unknown) => reason)
    expect(explainNetworkFault(error).message).toContain('the headers of its answer are too long')
  })

  test("a port that browsers don't use is a port like others", async () => {
    const server = createServer((_, response) => response.end('here'))
    const ports = [6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10_080]
    for (const port of ports) {
      const listening = once(server, 'listening')
      server.listen(port, '127.0.0.1')
      const isFree = await listening.then(() => true).catch(() => false)
      if (isFree) break
    }
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using connection = opened(createConnection({ url }))
    expect(await textOf(await connection.fetch(url))).toBe('here')
    await connection.close()
    server.close()
  })
})
