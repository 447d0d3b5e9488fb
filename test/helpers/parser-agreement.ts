import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { readStreamHead, readWholePost } from '../../src/server/http/socket/request-head.ts'
import { oddRequests } from './odd-requests.ts'

/** A request as a parser read it: names in lower case, in the order in which they came. */
interface ReadRequest {
  readonly version: string
  readonly method: string
  readonly url: string
  readonly fields: readonly (readonly [string, string])[]
  readonly body: string
}

/** What our reader makes of bytes; undefined when it leaves them to node:http. */
function readOurs(bytes: Buffer): ReadRequest | undefined {
  const stream = readStreamHead(bytes)
  if (stream) {
    const { path, query, headers } = stream
    const url = query === '' ? path : `${path}?${query}`
    return { version: '1.1', method: 'GET', url, fields: [...headers], body: '' }
  }
  const post = readWholePost(bytes)
  if (!post) return undefined
  return {
    version: '1.1',
    method: 'POST',
    url: '/insights',
    fields: [...post.headers],
    body: post.body.toString('latin1'),
  }
}

/** What node:http makes of the same bytes, in one piece: its whole requests, and whether it found a fault. */
export function createNodeReader(): (bytes: Buffer) => Promise<{ requests: ReadRequest[]; faulty: boolean }> {
  let requests: ReadRequest[] = []
  let faulty = false
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('latin1').on('data', (text: string) => (body += text))
    request.on('end', () => {
      requests.push({
        version: request.httpVersion,
        method: request.method ?? '', // An empty query is none.
        url: (request.url ?? '').replace(/\?$/, ''),
        fields: pairs(request),
        body,
      })
      response.end()
    })
  })
  server.on('clientError', (_, socket) => {
    faulty = true
    socket.destroy()
  })
  for (const event of ['upgrade', 'connect', 'checkContinue'] as const)
    server.on(event, () => (faulty = true))
  return async (bytes) => {
    requests = []
    faulty = false
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    server.emit('connection', socket)
    socket.push(bytes)
    await turn()
    await turn()
    socket.destroy()
    return { requests, faulty }
  }
}

function pairs({ rawHeaders }: IncomingMessage): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    (rawHeaders[2 * index] ?? '').toLowerCase(),
    rawHeaders[2 * index + 1] ?? '',
  ])
}

/** Holds our reader to node:http over so many requests; how many of them it took. */
export async function checkAgreement(
  numRuns: number,
  expectSame: (ours: unknown, theirs: unknown) => void,
): Promise<number> {
  const readNode = createNodeReader()
  let taken = 0
  await fc.assert(
    fc.asyncProperty(oddRequests, async (text) => {
      const bytes = Buffer.from(text, 'latin1')
      const ours = readOurs(bytes)
      if (!ours) return
      taken++
      expectSame({ requests: [ours], faulty: false }, await readNode(bytes))
    }),
    { numRuns },
  )
  return taken
}
