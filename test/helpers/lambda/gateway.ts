import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { restEvent } from './events.ts'
import type { LambdaFunction } from './lambda-function.ts'

interface Functions {
  readonly handler: LambdaFunction
  readonly stream: LambdaFunction
  /** How long one invocation may last. */
  readonly timeoutMs: number
}

/**
 * A REST API in front of the two functions: streams go to one, the rest to the other. What has nothing to do is
 * frozen, as AWS does it, and thawed for the next call.
 */
export async function startGateway({ handler, stream, timeoutMs }: Functions) {
  let streams = 0
  async function rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await handler.invoke<{
      statusCode: number
      headers: Record<string, string>
      body: string
    }>(await eventOf(request))
    response.writeHead(answer.statusCode, answer.headers).end(answer.body)
  }

  async function streamed(request: IncomingMessage, response: ServerResponse): Promise<void> {
    streams++
    const event = await eventOf(request)
    stream.thaw()
    const answer = await stream.stream(event, timeoutMs)
    response.writeHead(answer.statusCode, answer.headers)
    // The function goes on to its end, whether its client is there or not.
    for await (const piece of answer.pieces) response.write(piece)
    response.end()
    while (!stream.isIdle) await sleep(10)
    stream.freeze()
  }

  const server = createServer((request, response) => {
    const answered = isStream(request) ? streamed(request, response) : rest(request, response)
    answered.catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many streams were asked for. */
    streams: () => streams,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const isStream = ({ url = '' }: IncomingMessage) => /^\/(insights\/)?stream\b/.test(url)

async function eventOf(request: IncomingMessage): Promise<object> {
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name !== 'host')
      .map(([name, value]) => [name, String(value)]),
  )
  const body = await text(request)
  return restEvent(request.url ?? '/', {
    method: request.method ?? 'GET',
    headers,
    ...(body !== '' && { body }),
  })
}
