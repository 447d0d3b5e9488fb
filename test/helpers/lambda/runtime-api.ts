import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a function posted for an invocation: an answer that may still be on its way, or an error. */
export interface Posted {
  readonly kind: 'response' | 'error'
  readonly body: IncomingMessage
  readonly isStreamed: boolean
}

interface Invocation {
  readonly event: unknown
  readonly timeoutMs: number
  readonly posted: PromiseWithResolvers<Posted>
}

/** AWS Lambda's Runtime API for one execution environment: one invocation at a time, the next when the last is done. */
export async function startRuntimeApi() {
  const queue: Invocation[] = []
  const running = new Map<string, Invocation>()
  let waiting: ServerResponse | undefined
  let count = 0

  function handOver(): void {
    if (!waiting) return
    const invocation = queue.shift()
    if (!invocation) return
    const id = `request-${++count}`
    running.set(id, invocation)
    waiting.setHeader('lambda-runtime-aws-request-id', id)
    waiting.setHeader('lambda-runtime-deadline-ms', Date.now() + invocation.timeoutMs)
    waiting.setHeader('lambda-runtime-invoked-function-arn', 'arn:aws:lambda:eu-west-1:1:function:iops')
    waiting.end(JSON.stringify(invocation.event))
    waiting = undefined
  }

  const server = createServer((request, response) => {
    const [, , , , id = '', kind = ''] = request.url?.split('/') ?? []
    if (id === 'next') {
      waiting = response
      return handOver()
    }
    const isStreamed = request.headers['lambda-runtime-function-response-mode'] === 'streaming'
    request.on('end', () => response.writeHead(202).end())
    if (kind === 'response' || kind === 'error')
      running.get(id)?.posted.resolve({ kind, body: request, isStreamed })
    else void text(request).then((body) => initErrors.push(body))
  })
  const initErrors: string[] = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initErrors,
    /** Whether the function waits for its next invocation. */
    isIdle: () => waiting !== undefined,
    invoke(event: unknown, timeoutMs: number): Promise<Posted> {
      const posted = Promise.withResolvers<Posted>()
      queue.push({ event, timeoutMs, posted })
      handOver()
      return posted.promise
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
