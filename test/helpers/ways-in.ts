import type { Hono } from 'hono'
import { AccessPolicy, type AccessOptions } from '../../src/server/http/access/access-policy.ts'
import type { ListenAddress } from '../../src/server/http/access/listen-address.ts'
import { createApp } from '../../src/server/http/app.ts'
import { createSeverityScale } from '../../src/server/sources/severity-scale.ts'
import { createMetrics } from '../../src/server/telemetry/metrics.ts'
import { RawClient } from './raw-client.ts'
import { runServer, type TestServer } from './server.ts'

/** A request as it stands on the wire. */
export interface WireRequest {
  readonly method?: string
  readonly path: string
  readonly host?: string
  /** Field lines beside Host and Content-Length, such as `Origin: null`. */
  readonly lines?: readonly string[]
  readonly body?: string | Uint8Array<ArrayBuffer>
}

/** What came back, of a stream the head only. */
interface WireAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export const waysIn = ['socket', 'node:http', 'app'] as const
type WayIn = (typeof waysIn)[number]

/** Sends one request on each way into a server: the bare socket, node:http, and the app without either. */
export interface WaysIn extends AsyncDisposable {
  readonly server: TestServer
  readonly app: Hono
  readonly ways: Readonly<Record<WayIn, (request: WireRequest) => Promise<WireAnswer>>>
}

/** All ways lead to one store, that of `server`. */
export async function openWaysIn(
  options: Omit<AccessOptions, 'loopback'> & { listen?: ListenAddress } = {},
): Promise<WaysIn> {
  const server = await runServer(options)
  const app = createApp({
    store: server.memory,
    hub: server.hub,
    logger: () => {},
    now: () => new Date(),
    metrics: createMetrics(server.hub),
    riskOf: createSeverityScale(),
    access: new AccessPolicy({ ...options, loopback: options.listen === undefined }),
  })
  return {
    server,
    app,
    ways: {
      socket: (request) => sendRaw(server.url, request),
      // A request that ends its connection is not for the bare socket.
      'node:http': (request) =>
        sendRaw(server.url, { ...request, lines: [...(request.lines ?? []), 'Connection: close'] }),
      async app({ method = 'GET', path, host = 'localhost', lines = [], body = null }) {
        const headers = parseHeaders([`Host: ${host}`, ...lines])
        const response = await app.request(`http://localhost${path}`, { method, headers, body })
        if (!isStream(response.headers))
          return answer(response.status, response.headers, await response.text())
        await response.body?.cancel()
        return answer(response.status, response.headers, '')
      },
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

const answer = (status: number, headers: Headers, text: string): WireAnswer => ({ status, headers, text })
const isStream = (headers: Headers) => headers.get('content-type') === 'text/event-stream'

/** Sends one request in one piece. */
async function sendRaw(url: string, request: WireRequest): Promise<WireAnswer> {
  const { method = 'GET', path, host = 'localhost', lines = [] } = request
  const body = Buffer.from(request.body ?? '')
  const length = request.body === undefined ? [] : [`Content-Length: ${body.length}`]
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...lines, ...length, '', ''].join('\r\n')
  using client = await RawClient.open(url)
  client.send(head + body.toString('latin1'))
  await client.expect('\r\n\r\n')
  const end = client.received.indexOf('\r\n\r\n')
  const [statusLine = '', ...fields] = client.received.slice(0, end).split('\r\n')
  const headers = parseHeaders(fields)
  const status = Number(statusLine.slice(9, 12))
  if (isStream(headers) || method === 'HEAD') return answer(status, headers, '')
  const size = Number(headers.get('content-length') ?? 0)
  if (headers.has('transfer-encoding')) throw new Error('an answer that is no stream came in chunks')
  await client.until(({ received, closed }) => closed || received.length >= end + 4 + size)
  return answer(status, headers, Buffer.from(client.received.slice(end + 4), 'latin1').toString())
}

function parseHeaders(lines: readonly string[]): Headers {
  return new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
}
