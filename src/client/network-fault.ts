import type { Proxy } from './proxy.ts'

/** Why no answer came. */
export interface NetworkFault {
  readonly code: string
  /** Ends with the code that a search engine knows: `connection refused (ECONNREFUSED)`. */
  readonly message: string
  /** What to do about it, where something can be done on this side. */
  readonly hint: string | undefined
  /** A fault that time alone does not heal: a certificate that isn't trusted, a redirect in circles. */
  readonly lasting: boolean
}

/** What failed on the way through a proxy. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault'
  readonly proxy: Proxy
  constructor(proxy: Proxy, cause: unknown) {
    super('the request through the proxy failed', { cause })
    this.proxy = proxy
  }
}

interface Known {
  readonly message: string
  readonly hint?: string
  readonly lasting?: boolean
}

const startHint = 'Is the server running, and is the port right? "iops serve" starts one.'
const caHint = 'Name the authority to trust with --ca FILE.'
const untrusted: Known = { message: 'its certificate is not trusted', hint: caHint, lasting: true }

const known: Readonly<Record<string, Known>> = {
  ECONNREFUSED: { message: 'connection refused', hint: startHint },
  ECONNRESET: { message: 'the connection was cut' },
  EPIPE: { message: 'the connection was cut' },
  ETIMEDOUT: { message: 'the connection timed out' },
  EHOSTUNREACH: { message: 'no route to the host' },
  ENETUNREACH: { message: 'no network' },
  ENOTFOUND: { message: 'no such host', hint: 'Is the name in the URL right?' },
  EAI_AGAIN: { message: 'the name could not be looked up just now' },
  UND_ERR_CONNECT_TIMEOUT: { message: 'no connection in time' },
  UND_ERR_SOCKET: { message: 'the connection was cut' },
  HPE_HEADER_OVERFLOW: { message: 'the headers of its answer are too long' },
  UND_ERR_HEADERS_OVERFLOW: { message: 'the headers of its answer are too long' },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: { message: 'its certificate has expired', lasting: true },
  ERR_TLS_CERT_ALTNAME_INVALID: { message: 'its certificate is for another name', lasting: true },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    message: 'it does not speak TLS',
    hint: 'Try http:// in the URL.',
    lasting: true,
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    message: 'it does not speak TLS',
    hint: 'Try http:// in the URL.',
    lasting: true,
  },
}

/** Where a proxy is asked, these happen between it and us: the rest of the way is its own. */
const connecting = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Explains what a request, or the body of its answer, threw. */
export function explainNetworkFault(error: unknown): NetworkFault {
  const chain = causes(error)
  const proxy = chain.find((cause) => cause instanceof ProxyFault)?.proxy
  const tunnel =
    proxy && chain.map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean)
  if (proxy && tunnel) return refusedTunnel(proxy, Number(tunnel))
  const fault = explainCause(chain)
  if (!proxy) return fault
  if (connecting.has(fault.code))
    return { ...fault, message: `the proxy ${proxy.origin}: ${fault.message}`, hint: proxyHint(proxy) }
  return { ...fault, message: `${fault.message}, through the proxy ${proxy.origin}` }
}

function explainCause(chain: readonly Cause[]): NetworkFault {
  if (chain.some(({ message }) => message === 'redirect count exceeded'))
    return { code: 'REDIRECT', message: 'it redirects in circles', hint: undefined, lasting: true }
  if (chain.some(({ message }) => message === 'bad port')) {
    const message = 'its port is one that HTTP clients refuse to use'
    return { code: 'PORT', message, hint: undefined, lasting: true }
  }
  const code = chain.map(codeOf).find((code) => typeof code === 'string')
  const isParserFault = code?.startsWith('HPE_') && !(code in known)
  if (isParserFault || chain.some(({ name }) => name === 'HTTPParserError')) {
    const message = `it does not speak HTTP${code === undefined ? '' : ` (${code})`}`
    return { code: code ?? 'HPE', message, hint: 'Is the port right?', lasting: true }
  }
  const fallback: Known = { message: chain.at(-1)?.message || 'the connection failed' }
  const { message, hint, lasting = false } = known[code ?? ''] ?? fallback
  return { code: code ?? 'FAILED', message: code ? `${message} (${code})` : message, hint, lasting }
}

/** What fails while the handshake is written comes as EPROTO, with OpenSSL's reason in the text. */
function codeOf({ code, message }: Cause): unknown {
  const reason = code === 'EPROTO' ? /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] : undefined
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`
}

function refusedTunnel(proxy: Proxy, status: number): NetworkFault {
  const code = `PROXY_${status}`
  if (status === 407)
    return {
      code,
      message: `the proxy ${proxy.origin} wants a name and a password (407)`,
      hint: `Write them into ${proxy.variable}: http://name:password@host:port`,
      lasting: true,
    }
  if (status >= 500) {
    const message = `the proxy ${proxy.origin} can't reach it (${status})`
    return { code, message, hint: undefined, lasting: false }
  }
  const message = `the proxy ${proxy.origin} refused (${status})`
  return { code, message, hint: proxyHint(proxy), lasting: false }
}

const proxyHint = ({ variable }: Proxy) => `Is ${variable} right, or is the host one for NO_PROXY?`

type Cause = Error & { readonly code?: unknown; readonly errors?: readonly unknown[] }

/** From the outermost error to the one that started it; of several tried addresses, the first. */
function causes(error: unknown): Cause[] {
  const chain: Cause[] = []
  let current = error
  while (current instanceof Error && chain.length < 8) {
    const cause = current as Cause
    chain.push(cause)
    current = cause.cause ?? cause.errors?.[0]
  }
  return chain
}
