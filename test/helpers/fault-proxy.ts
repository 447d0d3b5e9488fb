import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What reached the proxy: the operation (`PutItem`) and the table it names, empty for several. */
interface Call {
  readonly operation: string
  readonly table: string
  /** The whole request. */
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * - `lose`: takes effect, but the answer never comes: the connection is cut
 * - `hang`: takes effect, and nothing more is heard
 * - `cut`: the connection ends, and nothing takes effect
 * - a promise: takes effect only when it has resolved
 * - an error's name: DynamoDB's own answer, and nothing takes effect
 */
type Fault =
  | Promise<unknown>
  | 'lose'
  | 'hang'
  | 'cut'
  | 'ProvisionedThroughputExceededException'
  | 'ThrottlingException'
  | 'ExpiredTokenException'
  | 'InternalServerError'
  | 'AccessDeniedException'
  | 'ValidationException'

export interface FaultProxy {
  readonly endpoint: string
  /** Decides what befalls each call; none does at first. */
  fault: (call: Call) => Fault | undefined
  readonly calls: Call[]
  /** What DynamoDB says beside the error's name; the name itself at first. */
  message: string | undefined
  stop(): Promise<void>
}

/** An HTTP proxy in front of a DynamoDB that does to requests what networks and clouds do. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => undefined,
    calls: [],
    message: undefined,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const input = JSON.parse(body.toString() || '{}') as Record<string, unknown>
    const table = typeof input['TableName'] === 'string' ? input['TableName'] : ''
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    proxy.calls.push({ operation, table, input })
    const fault = proxy.fault({ operation, table, input })
    if (fault === 'cut') return void request.socket.destroy()
    if (fault instanceof Promise) await fault
    if (fault === undefined || fault instanceof Promise || fault === 'lose' || fault === 'hang') {
      const headers = Object.entries(request.headers).filter(
        ([name]) => name.startsWith('x-amz') || ['authorization', 'content-type'].includes(name),
      )
      const answer = await fetch(target, {
        method: 'POST',
        headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
        body,
      })
      const text = Buffer.from(await answer.arrayBuffer())
      if (fault === 'lose') return void request.socket.destroy()
      if (fault === 'hang') return
      for (const name of ['content-type', 'x-amz-crc32', 'date']) {
        const value = answer.headers.get(name)
        if (value) response.setHeader(name, value)
      }
      response.writeHead(answer.status).end(text)
      return
    }
    response.writeHead(fault === 'InternalServerError' ? 500 : 400, {
      'content-type': 'application/x-amz-json-1.0',
    })
    response.end(
      JSON.stringify({
        __type: `com.amazonaws.dynamodb.v20120810#${fault}`,
        message: proxy.message ?? fault,
      }),
    )
  }
  return proxy
}
