/** Why no answer came, in words that end with the code a search engine knows. */
export interface NetworkFault {
  readonly code: string
  readonly words: string
  /** What to do about it, where something can be done on this side. */
  readonly hint: string | undefined
  /** A fault that time alone does not heal: a certificate that isn't trusted, a redirect in circles. */
  readonly lasting: boolean
}

interface Known {
  readonly words: string
  readonly hint?: string
  readonly lasting?: boolean
}

const startHint = 'Is the server running, and is the port right? "iops serve" starts one.'
const caHint = 'Name the authority to trust with --ca FILE.'
const untrusted: Known = { words: 'its certificate is not trusted', hint: caHint, lasting: true }

const known: Readonly<Record<string, Known>> = {
  ECONNREFUSED: { words: 'connection refused', hint: startHint },
  ECONNRESET: { words: 'the connection was cut' },
  EPIPE: { words: 'the connection was cut' },
  ETIMEDOUT: { words: 'the connection timed out' },
  EHOSTUNREACH: { words: 'no route to the host' },
  ENETUNREACH: { words: 'no network' },
  ENOTFOUND: { words: 'no such host', hint: 'Is the name in the URL right?' },
  EAI_AGAIN: { words: 'the name could not be looked up just now' },
  UND_ERR_CONNECT_TIMEOUT: { words: 'no connection in time' },
  UND_ERR_SOCKET: { words: 'the connection was cut' },
  UND_ERR_ABORTED: {
    words: 'the proxy refused',
    hint: 'Is HTTPS_PROXY right, or is the host one for NO_PROXY?',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: { words: 'its certificate has expired', lasting: true },
  ERR_TLS_CERT_ALTNAME_INVALID: { words: 'its certificate is for another name', lasting: true },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    words: 'it does not speak TLS',
    hint: 'Try http:// in the URL.',
    lasting: true,
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    words: 'it does not speak TLS',
    hint: 'Try http:// in the URL.',
    lasting: true,
  },
}

/** Explains what undici's fetch, or a body read from it, threw. */
export function explainNetworkFault(error: unknown): NetworkFault {
  const chain = causes(error)
  if (chain.some(({ message }) => message === 'redirect count exceeded'))
    return { code: 'REDIRECT', words: 'it redirects in circles', hint: undefined, lasting: true }
  if (chain.some(({ message }) => message === 'bad port'))
    return {
      code: 'PORT',
      words: 'its port is one that HTTP clients refuse to use',
      hint: undefined,
      lasting: true,
    }
  const code = chain.map((cause) => cause.code).find((code) => typeof code === 'string')
  if (code?.startsWith('HPE_'))
    return { code, words: `it does not speak HTTP (${code})`, hint: 'Is the port right?', lasting: true }
  const {
    words,
    hint,
    lasting = false,
  } = known[code ?? ''] ?? {
    words: chain.at(-1)?.message || 'the connection failed',
  }
  return { code: code ?? 'FAILED', words: code ? `${words} (${code})` : words, hint, lasting }
}

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
