import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Receiver } from './receive-insights.ts'
import { bodyTooLarge } from './request-body.ts'

/**
 * Hands `POST /insights` to the receiver straight from Node's request: a web `Request` and its body
 * stream cost more than checking, encoding and writing the insight. False for any other request.
 */
export function receiveFromNode(receiver: Receiver) {
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await receiver({
      field: (name) => request.headers[name]?.toString(),
      body: (maxBytes) => readBody(request, maxBytes),
    })
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== 'POST' || request.url !== '/insights') return false
    void receive(request, response)
    return true
  }
}

/** Rejects as soon as the body is known to be too large; what still comes is then read and dropped. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size <= maxBytes) pieces.push(piece)
      else reject(bodyTooLarge(maxBytes))
    })
    request.on('end', () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)))
    request.on('error', reject)
  })
}
