import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { fetch, type RequestInit, type Response } from 'undici'
import { Failure } from '../program/failure.ts'
import { EnvDispatcher } from './dispatcher.ts'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { ProxyFault } from './network-fault.ts'
import { type Proxy, proxyFor } from './proxy.ts'
import { fixedToken, type TokenSource } from './token.ts'

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

interface FetchInit extends RequestInit {
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
  /** The body must be one that can be sent twice: text, no stream. */
  fetch(url: string | URL, init?: FetchInit): Promise<Response>
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
  const authorities = ca === undefined ? undefined : [...getCACertificates('default'), readAuthorities(ca)]
  const dispatcher = new EnvDispatcher({ env, ca: authorities, connectTimeout })

  const send = async (url: URL, token: string | undefined, { timeout, ...init }: FetchInit) => {
    const signals = [init.signal, timeout && AbortSignal.timeout(timeout)].filter(
      (signal) => signal instanceof AbortSignal,
    )
    try {
      return await fetch(url, {
        ...init,
        headers: {
          ...(token !== undefined && url.origin === base.origin && { authorization: `Bearer ${token}` }),
          ...(init.headers as Record<string, string>),
        },
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
        dispatcher,
      })
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
      await response.body?.cancel()
      return send(url, renewed, init)
    },
    close: () => dispatcher.destroy(),
  }
}

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
