import { expect, it } from 'vitest'
import { readStreamHead, readWholePost } from '../../../../src/server/http/socket/request-head.ts'

const post = (head: string, body = '{}') => Buffer.from(`${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`)
const plain = 'POST /insights HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 2'

it('reads a plain post: fields by name in lower case, the body as it came', () => {
  const read = readWholePost(post(`${plain}\nX-Note:  two words `))
  expect(Object.fromEntries(read?.headers ?? [])).toEqual({
    host: 'a',
    'content-type': 'application/json',
    'content-length': '2',
    'x-note': 'two words',
  })
  expect(read?.body.toString()).toBe('{}')
})

it.each([
  ['another method', plain.replace('POST', 'PUT')],
  ['another path', plain.replace('/insights', '/insights/a')],
  ['a query', plain.replace('/insights', '/insights?a=1')],
  ['the absolute form', plain.replace('/insights', 'http://a/insights')],
  ['HTTP/1.0', plain.replace('1.1', '1.0')],
  ['no host', plain.replace('Host: a\n', '')],
  ['an empty host', plain.replace('Host: a', 'Host:')],
  ['no length', plain.replace('\nContent-Length: 2', '')],
  ['a length twice', `${plain}\nContent-Length: 2`],
  ['a list of lengths', plain.replace('Length: 2', 'Length: 2, 2')],
  ['a signed length', plain.replace('Length: 2', 'Length: +2')],
  ['a length in hex', plain.replace('Length: 2', 'Length: 0x2')],
  ['a body that is not whole', plain.replace('Length: 2', 'Length: 3')],
  ['more than one request', plain.replace('Length: 2', 'Length: 1')],
  ['a transfer coding', `${plain}\nTransfer-Encoding: chunked`],
  ['a content coding', `${plain}\nContent-Encoding: gzip`],
  ['an expectation', `${plain}\nExpect: 100-continue`],
  ['an upgrade', `${plain}\nUpgrade: websocket`],
  ['the end of the connection', `${plain}\nConnection: close`],
  ['fields named by Connection', `${plain}\nConnection: keep-alive, x-a`],
  ['a folded field', `${plain}\nX-A: 1\n 2`],
  ['a space before the colon', `${plain}\nX-A : 1`],
  ['a field without a name', `${plain}\n: 1`],
  ['a field without a colon', `${plain}\nX-A`],
  ['a control character', `${plain}\nX-A: \u0000`],
  ['a byte that is no ASCII', `${plain}\nX-A: é`],
  ['a lone line feed', `${plain}\nX-A: 1`.replace('\nX', '\rX')],
  ['a head beyond its bound', `${plain}\nX-A: ${'a'.repeat(8192)}`],
])('leaves a post with %s to the full parser', (_, head) => {
  expect(readWholePost(post(plain))).toBeDefined()
  expect(readWholePost(post(head))).toBeUndefined()
})

const get = (head: string, rest = '') => Buffer.from(`${head.replaceAll('\n', '\r\n')}\r\n\r\n${rest}`)
const stream = 'GET /stream?filter=risk%3E80 HTTP/1.1\nHost: a\nLast-Event-ID: log-7'

it('reads the head of a stream, its query as it stands', () => {
  const read = readStreamHead(get(stream))
  expect(read).toMatchObject({ path: '/stream', query: 'filter=risk%3E80' })
  expect(read?.headers.get('last-event-id')).toBe('log-7')
  expect(readStreamHead(get(stream.replace('/stream', '/insights/stream')))?.path).toBe('/insights/stream')
})

it.each([
  ['another method', get(stream.replace('GET', 'HEAD'))],
  ['another path', get(stream.replace('/stream', '/streams'))],
  ['a fragment', get(stream.replace('risk', '#'))],
  ['HTTP/1.0', get(stream.replace('1.1', '1.0'))],
  ['a body', get(`${stream}\nContent-Length: 2`, '{}')],
  ['bytes after it', get(stream, 'GET')],
  ['a head that is not whole', get(stream).subarray(0, -1)],
  ['the same field twice', get(`${stream}\nLast-Event-ID: log-8`)],
  ['another protocol', get(`${stream}\nUpgrade: h2c`)],
  ['the end of the connection', get(`${stream}\nConnection: close`)],
])('leaves a stream with %s to the full parser', (_, bytes) => {
  expect(readStreamHead(get(stream))).toBeDefined()
  expect(readStreamHead(bytes)).toBeUndefined()
})
