import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Visit {
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers one visit; `nth` counts the visits of this path from 1. */
export type Route = (response: ServerResponse, visit: Visit, nth: number) => void

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Every visit of a path so far, in order. */
  visits(path: string): readonly Visit[]
}

/** A real HTTP server that does what each route says, `*` for other paths, which else answer 404 as JSON. */
export async function startScriptedServer(
  routes: Readonly<Record<string, Route>>,
  server = createServer(),
  port = 0,
): Promise<ScriptedServer> {
  const log = new Map<string, Visit[]>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://server')
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const visit = { url, headers: request.headers, body }
    const visits = log.get(url.pathname) ?? []
    log.set(url.pathname, [...visits, visit])
    const route = routes[url.pathname] ?? routes['*'] ?? notFound
    route(response, visit, visits.length + 1)
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void answer(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: given } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${given}`,
    port: given,
    visits: (path) => log.get(path) ?? [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The beginning of an event stream. */
export function openStream(response: ServerResponse, text = ''): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  if (text !== '') response.write(text)
  return response
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const notFound: Route = (response) => answerJson(response, 404, { error: 'Not found', code: 'not_found' })
