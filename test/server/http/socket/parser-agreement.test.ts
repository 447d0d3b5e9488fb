import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { installFront } from '../../../../src/server/http/socket/front.ts'
import { oddRequests } from '../../../helpers/odd-requests.ts'
import { checkAgreement, createNodeReader } from '../../../helpers/parser-agreement.ts'
import { RawClient } from '../../../helpers/raw-client.ts'

test('what the socket takes, node:http reads the same', async () => {
  const taken = await checkAgreement(10_000, (ours, theirs) => expect(theirs).toEqual(ours))
  expect(taken).toBeGreaterThan(1000)
})

test('what the socket does not take goes to node:http byte for byte', async () => {
  const handed: string[] = []
  const taken: string[] = []
  const server = createServer()
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    socket.setEncoding('latin1').on('data', (text: string) => handed.push(text))
    socket.on('end', () => socket.end())
  })
  installFront(
    server,
    (socket, { path, query }) => {
      taken.push(`GET ${query === '' ? path : `${path}?${query}`} `)
      socket.end()
      return true
    },
    async ({ body }) => {
      taken.push(`POST /insights ${Buffer.from(await body(1024)).toString('latin1')}`)
      return { status: 200, headers: {}, body: '' }
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const readNode = createNodeReader()
  const requestsIn = async (text: string) => {
    const { requests } = await readNode(Buffer.from(text, 'latin1'))
    return requests.map(({ method, url, body }) => `${method} ${url} ${body}`)
  }
  const seen = { taken: 0, handed: 0 }
  try {
    await fc.assert(
      fc.asyncProperty(oddRequests, fc.option(fc.nat(), { nil: undefined }), async (text, tear) => {
        taken.length = 0
        handed.length = 0
        using client = await RawClient.open(url)
        const at = tear === undefined ? text.length : tear % (text.length + 1)
        client.send(text.slice(0, at))
        if (at < text.length) {
          await new Promise((resolve) => setImmediate(resolve))
          client.send(text.slice(at))
        }
        client.socket.end()
        await client.until(({ closed, ended }) => closed || ended)
        seen.taken += taken.length
        seen.handed += handed.length > 0 ? 1 : 0
        // Whoever asks for a stream has said its last word.
        if (taken[0]?.startsWith('GET')) expect(handed).toEqual([])
        else expect([...taken, ...(await requestsIn(handed.join('')))]).toEqual(await requestsIn(text))
        if (taken.length === 0) expect(handed.join('')).toBe(text)
      }),
      { numRuns: 1000 },
    )
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  expect(seen.taken).toBeGreaterThan(50)
  expect(seen.handed).toBeGreaterThan(200)
})
