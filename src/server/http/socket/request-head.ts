/** A request for an event stream, as it stood on the wire. */
export interface StreamHead {
  readonly path: string
  readonly query: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

/** Longer heads are left to the HTTP server. */
const maxHeadBytes = 8192

const requestLine = /^GET (\/(?:insights\/)?stream)(?:\?([\w\-.~!$&'()*+,;=:@/?%]*))? HTTP\/1\.1$/
const postLine = 'POST /insights HTTP/1.1\r\n'
const digits = /^\d{1,9}$/
const fieldName = /^[!#$%&'*+\-.^_`|~\w]+$/
const fieldValue = /^[\t\x20-\x7e]*$/
/** Fields that change how the body or the connection is to be read, or announce another protocol. */
const specialFields = [
  'content-encoding',
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
 * and nothing else: no byte before it, none after it, every field once. Undefined for anything
 * else, which is left to the full parser.
 */
export function readStreamHead(bytes: Buffer): StreamHead | undefined {
  if (bytes.length > maxHeadBytes || bytes.length < 20) return undefined
  const text = bytes.toString('latin1')
  if (!text.startsWith('GET /') || !text.endsWith('\r\n\r\n')) return undefined
  const [first = '', ...lines] = text.slice(0, -4).split('\r\n')
  const match = requestLine.exec(first)
  if (!match) return undefined
  const headers = readPlainFields(lines)
  if (!headers || headers.has('content-length')) return undefined
  return { path: match[1] ?? '', query: match[2] ?? '', headers }
}

/** `POST /insights` with its whole body, as it stood on the wire. */
export interface WholePost {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/**
 * Recognises one complete, strictly canonical `POST /insights` with all of its body and nothing
 * after it. Undefined for anything else, which is left to the full parser.
 */
export function readWholePost(bytes: Buffer): WholePost | undefined {
  if (bytes.toString('latin1', 0, postLine.length) !== postLine) return undefined
  const end = bytes.indexOf('\r\n\r\n', postLine.length - 2, 'latin1')
  if (end < postLine.length || end > maxHeadBytes) return undefined
  const headers = readPlainFields(bytes.toString('latin1', postLine.length, end).split('\r\n'))
  const length = headers?.get('content-length') ?? ''
  if (!headers || !digits.test(length) || end + 4 + Number(length) !== bytes.length) return undefined
  return { headers, body: bytes.subarray(end + 4) }
}

/** The fields of a request without special ones, each once. */
function readPlainFields(lines: readonly string[]): Map<string, string> | undefined {
  const headers = readFields(lines)
  const connection = headers?.get('connection')?.toLowerCase() ?? 'keep-alive'
  if (!headers?.get('host') || connection !== 'keep-alive') return undefined
  return specialFields.some((name) => headers.has(name)) ? undefined : headers
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
