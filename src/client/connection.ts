import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from 'undici'
import { Failure } from '../program/failure.ts'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
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

export interface FetchInit extends RequestInit {
  /**
   * Milliseconds for one try, its body included; without it there is no bound. Reading the token again
   * is not counted.
   */
  readonly timeout?: number
}

/** The way to one server: its addresses, and a fetch that knows token, proxy and authorities. */
export interface Connection extends Endpoint {
  /** The body must be one that can be sent twice: text, no stream. */
  fetch(url: string | URL, init?: FetchInit): Promise<Response>
  /** Cuts whatever is under way. */
  close(): Promise<void>
}

/** Nothing goes over the wire before the first fetch. Throws a usage {@link Failure}. */
export function createConnection(options: ConnectionOptions): Connection {
  const endpoint = parseEndpoint(options.url)
  const source = typeof options.token === 'object' ? options.token : fixedToken(options.token)
  const dispatcher = createDispatcher(options)
  const { origin } = new URL(endpoint.baseUrl)

  const send = (url: URL, token: string | undefined, { timeout, ...init }: FetchInit) => {
    const signals = [init.signal, timeout && AbortSignal.timeout(timeout)].filter(
      (one) => one instanceof AbortSignal,
    )
    const sent = token !== undefined && url.origin === origin
    return fetch(url, {
      ...init,
      headers: {
        ...(sent && { authorization: `Bearer ${token}` }),
        ...(init.headers as Record<string, string>),
      },
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      dispatcher,
    })
  }

  return {
    ...endpoint,
    async fetch(target, init = {}) {
      const url = new URL(target)
      const token = await source.current()
      const response = await send(url, token, init)
      // Who answers elsewhere, after a redirect, never saw the token.
      if (response.status !== 401 || new URL(response.url).origin !== origin) return response
      const renewed = await source.renew(token)
      if (renewed === undefined) return response
      await response.body?.cancel()
      return send(url, renewed, init)
    },
    close: () => dispatcher.destroy(),
  }
}

function createDispatcher({ url, ca, env = {}, connectTimeout = 10_000 }: ConnectionOptions) {
  const tls = ca === undefined ? {} : { ca: [...getCACertificates('default'), readAuthorities(ca)] }
  const secure = url.trim().toLowerCase().startsWith('https:')
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? ''
  const httpProxy = read('HTTP_PROXY')
  const httpsProxy = read('HTTPS_PROXY')
  try {
    return new EnvHttpProxyAgent({
      // An empty text keeps undici from looking at the process's own environment, and from sending
      // https through the proxy that is meant for http only.
      httpProxy: secure ? '' : httpProxy,
      httpsProxy,
      // No proxy can reach our own loopback.
      noProxy: ['localhost', '127.0.0.1', '::1', read('NO_PROXY')].filter(Boolean).join(','),
      connect: { ...tls, timeout: connectTimeout },
      requestTls: { ...tls, timeout: connectTimeout },
      // The feed and the api watch over their own time.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    })
  } catch (error) {
    throw new Failure('usage', `the proxy of HTTP_PROXY or HTTPS_PROXY is no URL that can be used`, {
      hint: 'Write it as http://host:port.',
      cause: error,
    })
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
