import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from 'undici'
import { Failure } from '../program/failure.ts'
import { type Endpoint, parseEndpoint } from './endpoint.ts'

export interface ConnectionOptions {
  /** A base URL or the stream's own URL. */
  readonly url: string
  /** Sent as `Authorization: Bearer …`, and never to another origin. */
  readonly token?: string | undefined
  /** A PEM file of authorities to trust besides the system's. */
  readonly ca?: string | undefined
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read, in either case. Default: no proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** How long a TCP or TLS handshake may take, in milliseconds; 10 000 by default. */
  readonly connectTimeout?: number
}

/** The way to one server: its addresses, and a fetch that knows token, proxy and authorities. */
export interface Connection extends Endpoint {
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  /** Cuts whatever is under way. */
  close(): Promise<void>
}

/** Nothing goes over the wire before the first fetch. Throws a usage {@link Failure}. */
export function createConnection(options: ConnectionOptions): Connection {
  const endpoint = parseEndpoint(options.url)
  const headers = authorization(options.token)
  const dispatcher = createDispatcher(options)
  return {
    ...endpoint,
    fetch: (url, init = {}) =>
      fetch(url, {
        ...init,
        headers: { ...headers, ...(init.headers as Record<string, string>) },
        dispatcher,
      }),
    close: () => dispatcher.destroy(),
  }
}

function authorization(token: string | undefined): Record<string, string> {
  if (token === undefined || token === '') return {}
  // The words never repeat the token.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Failure(
      'usage',
      'the token contains a space, a line break or another character that no token has',
    )
  return { authorization: `Bearer ${token}` }
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
