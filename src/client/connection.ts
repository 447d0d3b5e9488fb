import { readFileSync } from 'node:fs'
import { Failure } from '../program/failure.ts'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { DirectClient } from './http/direct-client.ts'
import type { HttpAnswer, HttpRequest } from './http/http-answer.ts'
import type { ProxiedClient } from './http/proxied-client.ts'
import { followRedirects } from './http/redirects.ts'
import { ProxyFault } from './network-fault.ts'
import { type Proxy, proxyFor } from './proxy.ts'
import { fixedToken, type TokenSource } from './token.ts'
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

interface FetchInit extends HttpRequest {
  /**
   * Milliseconds for one try, its body included; without it there is no bound. Reading the token again
   * is not counted.
   */
  readonly timeout?: number
}

/** The way to one server: its addresses, and a fetch that knows token, proxy and authorities. */
export interface Connection extends Endpoint {
  /** The proxy that the environment names for it. */
  readonly proxy: Proxy | undefined
  /** Follows redirects. Throws what the network does, for `explainNetworkFault`. */
  fetch(url: string | URL, init?: FetchInit): Promise<HttpAnswer>
  /** Cuts whatever is under way. */
  close(): Promise<void>
}

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

  const send = async (url: URL, token: string | undefined, { timeout, ...init }: FetchInit) => {
    const signals = [init.signal, timeout && AbortSignal.timeout(timeout)].filter(
      (signal) => signal instanceof AbortSignal,
    )
    const headers = {
      'user-agent': `iops/${version}`,
      ...(token !== undefined && url.origin === base.origin && { authorization: `Bearer ${token}` }),
      ...init.headers,
    }
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
    try {
      return await followRedirects({ url, request: { ...init, headers, signal } }, async (hop) =>
        proxyFor(hop.url, env) === undefined
          ? direct.send(hop.url, hop.request)
          : (await openProxied()).send(hop.url, hop.request),
      )
    } catch (error) {
      throw proxy === undefined || signals.some(({ aborted }) => aborted)
        ? error
        : new ProxyFault(proxy, error)
    }
  }

  return {
    ...endpoint,
    proxy,
    async fetch(target, init = {}) {
      const url = new URL(target)
      const token = await source.current()
      const response = await send(url, token, init)
      // Who answers elsewhere, after a redirect, never saw the token.
      if (response.status !== 401 || new URL(response.url).origin !== base.origin) return response
      const renewed = await source.renew(token)
      if (renewed === undefined) return response
      response.cancel()
      return send(url, renewed, init)
    },
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
