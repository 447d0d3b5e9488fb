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
  /** Field lines beside Host, such as `Origin: null`. */
  readonly lines?: readonly string[]
  readonly body?: string
}

/** What came back, of a stream the head only. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Headers
}

/** Sends one request on each way into a server: the bare socket, node:http, and the app without either. */
export interface WaysIn extends AsyncDisposable {
  readonly server: TestServer
  readonly ways: Readonly<
    Record<'socket' | 'node:http' | 'app', (request: WireRequest) => Promise<WireAnswer>>
  >
}

export async function openWaysIn(
  options: Omit<AccessOptions, 'loopback'> & { listen?: ListenAddress } = {},
): Promise<WaysIn> {
  const server = await runServer(options)
  const services = {
    store: server.memory,
    hub: server.hub,
    logger: () => {},
    now: () => new Date(),
    metrics: createMetrics(server.hub),
    riskOf: createSeverityScale(),
    access: new AccessPolicy({ ...options, loopback: options.listen === undefined }),
  }
  const app = createApp(services)
  return {
    server,
    ways: {
      socket: (request) => sendRaw(server.url, request),
      // A request that ends its connection is not for the bare socket.
      'node:http': (request) =>
        sendRaw(server.url, { ...request, lines: [...(request.lines ?? []), 'Connection: close'] }),
      async app({ method = 'GET', path, host = 'localhost', lines = [], body = null }) {
        const pairs = lines.map((line): [string, string] => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon), line.slice(colon + 1).trim()]
        })
        const headers = new Headers([['host', host], ...pairs])
        const response = await app.request(`http://localhost${path}`, { method, headers, body })
        await response.body?.cancel()
        return response
      },
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** Sends one request in one packet. */
async function sendRaw(url: string, request: WireRequest): Promise<WireAnswer> {
  const { method = 'GET', path, host = 'localhost', lines = [], body } = request
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  using client = await RawClient.open(url)
  client.send(
    [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...lines, ...length, '', body ?? ''].join('\r\n'),
  )
  await client.expect('\r\n\r\n')
  const [statusLine = '', ...fields] = (client.received.split('\r\n\r\n')[0] ?? '').split('\r\n')
  const headers = new Headers()
  for (const field of fields)
    headers.append(field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1))
  return { status: Number(statusLine.slice(9, 12)), headers }
}
