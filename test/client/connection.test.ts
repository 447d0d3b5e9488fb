import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:https'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../../src/client/api/api.ts'
import { createConnection } from '../../src/client/connection.ts'
import { type Certificate, makeCertificate } from '../helpers/certificate.ts'
import { startConnectProxy } from '../helpers/connect-proxy.ts'
import { watchFeed } from '../helpers/feed-watcher.ts'
import { numberedFrame } from '../helpers/misbehaving-server.ts'
import {
  answerJson,
  openStream,
  type Route,
  type ScriptedServer,
  startScriptedServer,
} from '../helpers/scripted-server.ts'

describe('the URL', () => {
  test.each([
    ['http://h:1', 'http://h:1', 'http://h:1/stream'],
    ['http://h:1/', 'http://h:1', 'http://h:1/stream'],
    ['  https://h/prod/ ', 'https://h/prod', 'https://h/prod/stream'],
    ['https://h/prod/stream', 'https://h/prod', 'https://h/prod/stream'],
    ['http://h:1/insights/stream', 'http://h:1', 'http://h:1/insights/stream'],
    ['https://h/a/insights/stream/?k=1#x', 'https://h/a', 'https://h/a/insights/stream?k=1'],
    ['https://h/downstream', 'https://h/downstream', 'https://h/downstream/stream'],
    ['http://[::1]:9/stream', 'http://[::1]:9', 'http://[::1]:9/stream'],
  ])('%s', async (url, baseUrl, streamUrl) => {
    const connection = createConnection({ url })
    expect(connection).toMatchObject({ baseUrl, streamUrl })
    await connection.close()
  })

  test.each([
    ['', 'the URL is empty'],
    ['nonsense', '"nonsense" is no URL'],
    ['localhost:4677', '"localhost:4677" does not start with http:// or https://'],
    ['ftp://h', '"ftp://h" does not start with http:// or https://'],
    ['http://ana:secret@h', 'the URL contains a name or a password'],
  ])('%j is refused', (url, message) => {
    expect(() => createConnection({ url })).toThrow(
      expect.objectContaining({ message, reason: 'usage', hint: expect.any(String) }),
    )
  })

  test('a token that can be none is refused, and not repeated', () => {
    expect(() => createConnection({ url: 'http://h', token: 'se cret\n' })).toThrow(
      expect.objectContaining({ reason: 'usage', message: expect.not.stringContaining('cret\n') }),
    )
  })

  test('a file of authorities that is none is refused', () => {
    expect(() => createConnection({ url: 'https://h', ca: '/absent' })).toThrow(
      "can't be read: /absent (ENOENT)",
    )
    expect(() => createConnection({ url: 'https://h', ca: '/dev/null' })).toThrow('holds no certificate')
  })

  test('a proxy that is no URL is refused', () => {
    expect(() => createConnection({ url: 'https://h', env: { HTTPS_PROXY: '::' } })).toThrow('HTTPS_PROXY')
  })
})

const routes: Readonly<Record<string, Route>> = {
  '/insights/recent': (response) => answerJson(response, 200, { items: [] }),
  '/stream': (response) =>
    openStream(
      response,
      `retry: 20\n\n${numberedFrame(1)}event: beat\ndata: {"time":"2026-11-23T14:22:07Z"}\n\n`,
    ),
}

describe('TLS and proxies', () => {
  let certificate: Certificate
  let secure: ScriptedServer
  let plain: ScriptedServer
  beforeAll(async () => {
    certificate = await makeCertificate('iops.test')
    secure = await startScriptedServer(routes, createServer(certificate))
    plain = await startScriptedServer(routes)
  })
  afterAll(async () => {
    await secure[Symbol.asyncDispose]()
    await plain[Symbol.asyncDispose]()
    await certificate[Symbol.asyncDispose]()
  })

  test('an authority of our own is trusted by its file, for api and feed', async () => {
    const url = `https://127.0.0.1:${secure.port}`
    const api = createApi(createConnection({ url, ca: certificate.file }))
    expect((await api.recent()).items).toEqual([])
    await api.close()
    await using watcher = watchFeed(url, { via: { ca: certificate.file } })
    await watcher.until(({ delivered }) => delivered === 1)
  })

  test('without it the words say what to do, and the feed does not try for ever', async () => {
    const url = `https://127.0.0.1:${secure.port}`
    const api = createApi(createConnection({ url }))
    await expect(api.recent()).rejects.toMatchObject({
      reason: 'unreachable',
      message: `can't reach ${url}: its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)`,
      hint: 'Name the authority to trust with --ca FILE.',
    })
    await api.close()
    await using watcher = watchFeed(url)
    const { failure } = await watcher.until(({ status }) => status === 'stopped')
    expect(failure?.hint).toContain('--ca')
  })

  test('https to a server that speaks http, and the other way round', async () => {
    const api = createApi(createConnection({ url: `https://127.0.0.1:${plain.port}` }))
    await expect(api.recent()).rejects.toThrow('it does not speak TLS')
    await api.close()
    const other = createApi(createConnection({ url: `http://127.0.0.1:${secure.port}` }))
    await expect(other.recent()).rejects.toMatchObject({ reason: 'unreachable' })
    await other.close()
  })

  test.each([
    ['text that is no HTTP', Buffer.from('220 mail.test ESMTP\r\n')],
    ['a TLS alert', Buffer.from([0x15, 3, 1, 0, 2, 2, 0x28])],
  ])('%s from the port is named', async (_, answer) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(answer))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const api = createApi(
      createConnection({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    )
    await expect(api.recent()).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('it does not speak HTTP'),
      hint: 'Is the port right?',
    })
    await api.close()
    server.close()
  })

  test('HTTPS_PROXY carries the feed through a tunnel', async () => {
    await using proxy = await startConnectProxy()
    const url = `https://iops.test:${secure.port}`
    await using watcher = watchFeed(url, { via: { ca: certificate.file, env: { HTTPS_PROXY: proxy.url } } })
    await watcher.until(({ delivered }) => delivered === 1)
    expect(proxy.asked).toEqual([`CONNECT iops.test:${secure.port}`])
  })

  test('HTTP_PROXY carries plain http, in either case of its name', async () => {
    await using proxy = await startConnectProxy()
    const url = `http://iops.test:${plain.port}`
    const api = createApi(createConnection({ url, env: { http_proxy: proxy.url } }))
    expect((await api.recent()).items).toEqual([])
    await api.close()
    expect(proxy.asked).toEqual([`GET ${url}/insights/recent`])
  })

  test('NO_PROXY and the loopback go straight', async () => {
    await using proxy = await startConnectProxy()
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: 'other.test,.iops.test' }
    const direct = createApi(createConnection({ url: `http://127.0.0.1:${plain.port}`, env }))
    expect((await direct.recent()).items).toEqual([])
    await direct.close()
    const named = createApi(createConnection({ url: 'http://a.iops.test:9', env }))
    await expect(named.recent()).rejects.toThrow("can't reach")
    await named.close()
    expect(proxy.asked).toEqual([])
  })

  test('https is never sent through the proxy that is for http', async () => {
    await using proxy = await startConnectProxy()
    const api = createApi(createConnection({ url: 'https://iops.test:9', env: { HTTP_PROXY: proxy.url } }))
    await expect(api.recent()).rejects.toThrow("can't reach")
    await api.close()
    expect(proxy.asked).toEqual([])
  })

  test('HTTP_PROXY without a scheme is understood', async () => {
    await using proxy = await startConnectProxy()
    const env = { HTTP_PROXY: new URL(proxy.url).host }
    const api = createApi(createConnection({ url: `http://iops.test:${plain.port}`, env }))
    expect((await api.recent()).items).toEqual([])
    await api.close()
    expect(proxy.asked).toHaveLength(1)
  })

  test.each(['http', 'https'])('a dead proxy for %s is named as the proxy', async (scheme) => {
    const gone = await startScriptedServer({})
    await gone[Symbol.asyncDispose]()
    const env = { HTTP_PROXY: `ana:secret@127.0.0.1:${gone.port}`, HTTPS_PROXY: gone.url }
    const api = createApi(createConnection({ url: `${scheme}://iops.test`, env }))
    await expect(api.recent()).rejects.toMatchObject({
      reason: 'unreachable',
      message: `can't reach ${scheme}://iops.test: the proxy ${gone.url}: connection refused (ECONNREFUSED)`,
      hint: `Is ${scheme.toUpperCase()}_PROXY right, or is the host one for NO_PROXY?`,
    })
    await api.close()
    await using watcher = watchFeed(`${scheme}://iops.test`, { via: { env } })
    const { reason } = await watcher.until(({ status }) => status === 'retrying')
    expect(reason).toBe(`the proxy ${gone.url}: connection refused (ECONNREFUSED)`)
  })

  test.each([
    [403, 'refused (403)'],
    [407, 'wants a name and a password (407)'],
    [502, "can't reach it (502)"],
  ])('a proxy that answers %i to CONNECT is named', async (status, words) => {
    const tunnel = createHttpServer().on('connect', (_, socket) =>
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`),
    )
    await using proxy = await startScriptedServer({}, tunnel)
    const api = createApi(createConnection({ url: 'https://iops.test', env: { HTTPS_PROXY: proxy.url } }))
    await expect(api.recent()).rejects.toMatchObject({
      reason: 'unreachable',
      message: `can't reach https://iops.test: the proxy ${proxy.url} ${words}`,
    })
    await api.close()
  })

  test('a 502 of a proxy that forwards names it', async () => {
    await using proxy = await startScriptedServer({
      '*': (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
    })
    const api = createApi(createConnection({ url: 'http://iops.test', env: { HTTP_PROXY: proxy.url } }))
    await expect(api.recent()).rejects.toMatchObject({
      reason: 'unreachable',
      message: `the server behind http://iops.test isn't there (502), asked through the proxy ${proxy.url}`,
    })
    await api.close()
  })

  test('a proxy that is no URL does not matter where it is not used', async () => {
    const env = { HTTPS_PROXY: '::', HTTP_PROXY: 'socks5://x', NO_PROXY: 'iops.test' }
    const api = createApi(createConnection({ url: plain.url, env }))
    expect((await api.recent()).items).toEqual([])
    await api.close()
    const named = createApi(createConnection({ url: 'https://iops.test:9', env }))
    await expect(named.recent()).rejects.toThrow("can't reach")
    await named.close()
  })

  test('a file with other text before the certificate is fine', async () => {
    const file = join(certificate.file, '..', 'bundle.pem')
    await writeFile(file, `subject=x\n${certificate.cert}`)
    const api = createApi(createConnection({ url: `https://127.0.0.1:${secure.port}`, ca: file }))
    expect((await api.recent()).items).toEqual([])
    await api.close()
  })
})

const guarded =
  (accepted: () => string): Route =>
  (response, { headers }) =>
    headers.authorization === `Bearer ${accepted()}`
      ? routes['/stream']?.(response, { headers, url: new URL('http://x'), body: '' }, 1)
      : answerJson(response, 401, { error: 'no' })

describe('a token that is refused', () => {
  test('is read again for a REST call and for the stream, and the request sent once more', async () => {
    let wanted = 'first'
    await using server = await startScriptedServer({
      '/stream': guarded(() => wanted),
      '/insights': (response, { headers }) =>
        headers.authorization === `Bearer ${wanted}`
          ? answerJson(response, 201, { accepted: 0, items: [] })
          : answerJson(response, 401, { error: 'no' }),
    })
    let held = 'first'
    let reads = 0
    const source = {
      current: () => Promise.resolve(held),
      renew: () => Promise.resolve((reads++, (held = wanted))),
    }
    const connection = createConnection({ url: server.url, token: source })
    const api = createApi(connection)
    await api.publish([])
    wanted = 'second'
    await api.publish([{ a: 1 }])
    expect(reads).toBe(1)
    expect(server.visits('/insights').map(({ body }) => body)).toEqual(['[]', '[{"a":1}]', '[{"a":1}]'])
    wanted = 'third'
    await using watcher = watchFeed(server.url, { via: { token: source } })
    await watcher.until(({ delivered }) => delivered === 1)
    expect(reads).toBe(2)
    await api.close()
  })

  test('a second refusal is final', async () => {
    await using server = await startScriptedServer({ '*': guarded(() => 'never') })
    let reads = 0
    const source = { current: () => Promise.resolve('a'), renew: () => Promise.resolve(`b${reads++}`) }
    const api = createApi(createConnection({ url: server.url, token: source }))
    await expect(api.recent()).rejects.toMatchObject({ reason: 'notAllowed' })
    expect(server.visits('/insights/recent')).toHaveLength(2)
    await api.close()
    await using watcher = watchFeed(server.url, { via: { token: source } })
    await watcher.until(({ status }) => status === 'stopped')
    expect(server.visits('/stream')).toHaveLength(2)
  })

  test('by another origin after a redirect is neither sent there nor read again', async () => {
    await using other = await startScriptedServer({ '*': guarded(() => 'never') })
    await using server = await startScriptedServer({
      '*': (response) => response.writeHead(307, { location: `${other.url}/stream` }).end(),
    })
    let reads = 0
    const source = { current: () => Promise.resolve('a'), renew: () => Promise.resolve(`b${reads++}`) }
    const api = createApi(createConnection({ url: server.url, token: source }))
    await expect(api.recent()).rejects.toMatchObject({ reason: 'notAllowed' })
    await expect(api.publish([])).rejects.toMatchObject({ reason: 'notAllowed' })
    expect(reads).toBe(0)
    expect(other.visits('/stream').map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ])
    await api.close()
  })
})
