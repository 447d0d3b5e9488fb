/** A request for an event stream, as it stood on the wire. */
export interface StreamHead {
  readonly path: string
  readonly query: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

/** Longer heads go the long way round. */
const longestHead = 8192

const requestLine = /^GET (\/(?:insights\/)?stream)(?:\?([\w\-.~!$&'()*+,;=:@/?%]*))? HTTP\/1\.1$/
const fieldName = /^[!#$%&'*+\-.^_`|~\w]+$/
const fieldValue = /^[\t\x20-\x7e]*$/
/** Fields that announce a body or another protocol, or change how long the connection lives. */
const notPlain = [
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'proxy-connection',
  'http2-settings',
]

/**
 * Recognises one complete, strictly canonical HTTP/1.1 request head (RFC 9112) for an event stream
 * and nothing else: no byte before it, none after it, every field once. Undefined for whatever is
 * not beyond doubt, which a full parser then has to judge.
 */
export function readStreamHead(bytes: Buffer): StreamHead | undefined {
  if (bytes.length > longestHead || bytes.length < 20) return undefined
  const text = bytes.toString('latin1')
  if (!text.startsWith('GET /') || !text.endsWith('\r\n\r\n')) return undefined
  const [first = '', ...lines] = text.slice(0, -4).split('\r\n')
  const match = requestLine.exec(first)
  if (!match) return undefined
  const headers = readFields(lines)
  const connection = headers?.get('connection')?.toLowerCase() ?? 'keep-alive'
  if (!headers?.get('host') || connection !== 'keep-alive') return undefined
  if (notPlain.some((name) => headers.has(name))) return undefined
  return { path: match[1] ?? '', query: match[2] ?? '', headers }
}

function readFields(lines: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1)
    if (colon < 1 || !fieldName.test(name) || !fieldValue.test(value) || headers.has(name)) return undefined
    headers.set(name, value.trim())
  }
  return headers
}
