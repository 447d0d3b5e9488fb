import fc from 'fast-check'

const requestLines = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'GET /stream HTTP/1.1',
      'GET /insights/stream?filter=risk%3E80&limit=5 HTTP/1.1',
    ),
  },
  { weight: 4, arbitrary: fc.constant('POST /insights HTTP/1.1') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'GET /stream HTTP/1.0',
      'GET /stream HTTP/1.2',
      'GET /stream',
      'GET  /stream HTTP/1.1',
      'GET /stream  HTTP/1.1',
      'GET /stream HTTP/1.1 ',
      'GET\t/stream HTTP/1.1',
      'get /stream HTTP/1.1',
      'GET /stream?a=b#c HTTP/1.1',
      'GET /stream?a=\u00e9 HTTP/1.1',
      'GET /stream?a=\u0000 HTTP/1.1',
      'GET /stream?a="<>\\^`{|} HTTP/1.1',
      'GET http://localhost/stream HTTP/1.1',
      'GET //stream HTTP/1.1',
      'GET /stream/../stream HTTP/1.1',
      'HEAD /stream HTTP/1.1',
      'POST /insights HTTP/1.0',
      'POST /insights?a HTTP/1.1',
      'POST http://localhost/insights HTTP/1.1',
      'POST /insights HTTP/1.1 ',
      'PRI * HTTP/2.0',
      '\r\nPOST /insights HTTP/1.1',
      '',
    ),
  },
)

const lengths = fc.constantFrom(
  '0',
  '1',
  '2',
  '3',
  '02',
  '+2',
  '-2',
  '0x2',
  '2, 2',
  '2,3',
  '2 ',
  '2\t',
  ' 2',
  '2.0',
  '1e0',
  '',
  '99999999999999999999',
)
const values = fc.oneof(
  fc.constantFrom('a', 'two words', '', ' padded ', '\tpadded\t', 'a\tb', '"quoted, pair"', 'x'.repeat(300)),
  fc.constantFrom(
    '\u0000',
    '\u0001',
    '\u007f',
    '\u00e9',
    '\u00a0',
    'a\rb',
    'a\nb',
    'a\r\n b',
    'a\r\n\tb',
    'a\r b',
  ),
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 12,
  }),
)

/** A field line without its end; the body's true length stands for `LENGTH`. */
const fields = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('Host: localhost', 'Content-Length: LENGTH', 'Content-Type: application/json'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'Host: other',
      'Host:',
      'host:a',
      'Connection: keep-alive',
      'Connection: Keep-Alive',
      'Connection: close',
      'Connection: keep-alive, x',
      'Connection: upgrade',
      'Connection:',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: identity',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding : chunked',
      'Transfer-Encoding:\u000bchunked',
      'Content-Encoding: gzip',
      'Expect: 100-continue',
      'Upgrade: h2c',
      'TE: trailers',
      'Trailer: x',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: close',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
      ' folded',
      '\tfolded',
      ': no name',
      'no colon',
      'X Y: z',
      'X-\u00e9: z',
      'X@Y: z',
      'X"Y: z',
    ),
  },
  { weight: 1, arbitrary: lengths.map((length) => `Content-Length: ${length}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('X-A', 'x-a', 'X_B', 'Last-Event-ID', 'Cookie', "!#$%&'*+-.^`|~"), values)
      .map(([name, value]) => `${name}:${value}`),
  },
)

const bodies = fc.constantFrom(
  '',
  '{}',
  '{}',
  '{}',
  '{"a":1}',
  '2\r\n{}\r\n0\r\n\r\n',
  '2;x=y\r\n{}\r\n0\r\n\r\n',
  '0\r\nX: y\r\n\r\n',
  'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n',
)
const lineEnds = fc.oneof(
  { weight: 40, arbitrary: fc.constant('\r\n') },
  fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', ' \r\n'),
)

const oneRequest = fc
  .record({
    line: requestLines,
    lead: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
    lines: fc.array(fc.tuple(fields, lineEnds), { maxLength: 5 }),
    firstEnd: lineEnds,
    headEnd: lineEnds,
    body: bodies,
  })
  .map(({ line, lead, lines, firstEnd, headEnd, body }) => {
    // What nearly every request has; without it most would fail for the same reason.
    const own = lead
      ? `Host: localhost\r\n${line.startsWith('POST') ? `Content-Length: ${body.length}\r\n` : ''}`
      : ''
    const rest = lines.map(([field, end]) => field.replace('LENGTH', String(body.length)) + end).join('')
    return (
      line + firstEnd + own + rest + headEnd + (line.startsWith('POST') || body.length % 5 === 0 ? body : '')
    )
  })

/** What a client, a broken one or an attacker may send in one piece: Latin-1 text, mostly near to what a server takes. */
export const oddRequests = fc.oneof(
  { weight: 8, arbitrary: oneRequest },
  { weight: 1, arbitrary: fc.tuple(oneRequest, oneRequest).map(([first, second]) => first + second) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(oneRequest, fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(
        ([text, at, code]) =>
          text.slice(0, at % text.length) + String.fromCharCode(code) + text.slice((at % text.length) + 1),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(oneRequest, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
  },
)
