import { readFileSync } from 'node:fs'
import { Failure } from '../program/failure.ts'
import { parseEndpoint } from './endpoint.ts'
import { DirectClient } from './http/direct-client.ts'
import type { HttpRequest } from './http/http-answer.ts'
import type { HttpConnection } from './http/http-connection.ts'
import type { ProxiedClient } from './http/proxied-client.ts'
import { followRedirects } from './http/redirects.ts'
import { explainNetworkFault, ProxyFault } from './network-fault.ts'
import { proxyFor } from './proxy.ts'
import { sendWithToken } from './send-with-token.ts'
import { fixedToken, type TokenSource } from './token-source.ts'
import { version } from '../version.ts'

export interface ConnectionOptions {
  /** A base URL or the stream's own URL. */
  readonly url: string
  /**
   * Sent as `Authorization: Bearer …`, and never to another origin. A source is read again, and the
   * request sent once more, when the server answers 401.
   */
  readonly token?: string | TokenSource | undefined
  /** A PEM file of authorities to trust besides the system's. */
  readonly ca?: string | undefined
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read, in either case. Default: no proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** How long a TCP or TLS handshake may take, in milliseconds; 10 000 by default. */
  readonly connectTimeout?: number
}

export type Connection = HttpConnection

/** Nothing goes over the wire before the first fetch. Throws a usage {@link Failure}. */
export function createConnection(options: ConnectionOptions): Connection {
  const endpoint = parseEndpoint(options.url)
  const source = typeof options.token === 'object' ? options.token : fixedToken(options.token)
  const { ca, env = {}, connectTimeout = 10_000 } = options
  const base = new URL(endpoint.baseUrl)
  const proxy = proxyFor(base, env)
  const authorities = ca === undefined ? undefined : withSystemAuthorities(readAuthorities(ca))
  const direct = new DirectClient({ ca: authorities, connectTimeout })
  let proxied: Promise<ProxiedClient> | undefined
  // Undici takes long to load, and only it knows proxies.
  const openProxied = () =>
    (proxied ??= import('./http/proxied-client.ts').then(
      (module) => new module.ProxiedClient({ env, ca: authorities, connectTimeout }),
    ))

  const send = async (url: URL, request: HttpRequest) => {
    const headers = { 'user-agent': `iops/${version}`, ...request.headers }
    try {
      return await followRedirects({ url, request: { ...request, headers } }, async (hop) =>
        proxyFor(hop.url, env) === undefined
          ? direct.send(hop.url, hop.request)
          : (await openProxied()).send(hop.url, hop.request),
      )
    } catch (error) {
      throw proxy === undefined || request.signal?.aborted ? error : new ProxyFault(proxy, error)
    }
  }

  return {
    ...endpoint,
    proxy,
    explain: explainNetworkFault,
    fetch: sendWithToken(base.origin, source, send),
    async close() {
      direct.close()
      await (await proxied)?.close()
    },
  }
}

const withSystemAuthorities = (own: string) => [
  ...process.getBuiltinModule('node:tls').getCACertificates('default'),
  own,
]

function readAuthorities(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'failed'
    throw new Failure('usage', `the file of authorities can't be read: ${path} (${code})`, { cause: error })
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new Failure('usage', `${path} holds no certificate`, { hint: '--ca takes a PEM file.' })
}
