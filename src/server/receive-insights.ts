import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '../protocol/insight.ts'
import type { Services } from './app.ts'
import { asHttpFault, type HttpFault, internalError } from './http-fault.ts'
import { ingest } from './ingest/ingest.ts'
import { bodyTooLarge, checkBodyHead } from './request-body.ts'

/**
 * Answers `POST /insights` as the app does, straight from Node's request: a web `Request` and its
 * body stream cost more than checking, encoding and writing the insight. False for any other request.
 */
export function receiveInsights(services: Services) {
  const { store, authorize, metrics, now, log } = services

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      authorize(request.headers.authorization)
      const body = await readBody(request)
      const result = await ingest(store, body, request.headers['content-type'], now())
      metrics.ingested(result)
      answer(response, 201, result)
    } catch (error) {
      const fault = asHttpFault(error)
      if (!fault)
        log('error', 'a request failed', { error: error instanceof Error ? error.stack : String(error) })
      const { status, body, headers }: HttpFault = fault ?? internalError()
      answer(response, status, body, headers)
    }
    metrics.answered('POST', '/insights', response.statusCode)
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== 'POST' || request.url !== '/insights') return false
    void receive(request, response)
    return true
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'access-control-allow-origin': '*',
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** Rejects as soon as the body is known to be too large; what still comes is then read and dropped. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  const { headers } = request
  checkBodyHead(headers['content-length'] ?? null, headers['content-encoding'] ?? null, limits.bodyBytes)
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size <= limits.bodyBytes) pieces.push(piece)
      else reject(bodyTooLarge(limits.bodyBytes))
    })
    request.on('end', () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)))
    request.on('error', reject)
  })
}
