import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '../../protocol/insight/insight.ts'
import type { Services } from './app.ts'
import { asHttpFault, type HttpFault, internalError } from './http-fault.ts'
import { ingest } from '../ingest/ingest.ts'
import type { Answer, ServePost } from './socket/post-connection.ts'
import { bodyTooLarge, checkBodyHead } from './request-body.ts'

/** What counts of a `POST /insights`, whatever it came on. `body` is asked for once the caller is let in. */
interface Delivery {
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: () => Buffer | Promise<Buffer>
}

type Receiver = (delivery: Delivery) => Promise<Answer>

/** Takes insights in and says what came of them, as the app's other routes answer. Never rejects. */
export function createReceiver({ store, authorize, metrics, now, logger }: Services): Receiver {
  async function receive({ authorization, contentType, body }: Delivery): Promise<Answer> {
    try {
      authorize(authorization)
      const result = await ingest(store, await body(), contentType, now())
      metrics.ingested(result)
      return { status: 201, headers: plainHeaders, body: JSON.stringify(result) }
    } catch (error) {
      const fault = asHttpFault(error)
      if (!fault)
        logger('error', 'a request failed', { error: error instanceof Error ? error.stack : String(error) })
      const { status, body, headers }: HttpFault = fault ?? internalError()
      return { status, headers: { ...plainHeaders, ...headers }, body: JSON.stringify(body) }
    }
  }

  return async (delivery) => {
    const answer = await receive(delivery)
    metrics.answered('POST', '/insights', answer.status)
    return answer
  }
}

const plainHeaders = { 'access-control-allow-origin': '*', 'content-type': 'application/json' }

/** For requests that came whole, on a bare socket: what one read brings is far below the bound for a body. */
export function receiveWhole(receiver: Receiver): ServePost {
  return ({ headers, body }) =>
    receiver({
      authorization: headers.get('authorization'),
      contentType: headers.get('content-type'),
      body: () => body,
    })
}

/**
 * Answers `POST /insights` as the app does, straight from Node's request: a web `Request` and its
 * body stream cost more than checking, encoding and writing the insight. False for any other request.
 */
export function receiveOnHttp(receiver: Receiver) {
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, 'content-type': contentType } = request.headers
    const answer = await receiver({ authorization, contentType, body: () => readBody(request) })
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': Buffer.byteLength(answer.body),
    })
    response.end(answer.body)
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== 'POST' || request.url !== '/insights') return false
    void receive(request, response)
    return true
  }
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
