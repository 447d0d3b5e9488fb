import type { Socket } from 'node:net'
import type { Services } from '../app.ts'
import type { ServeStream } from './front.ts'
import { asHttpFault, internalError } from '../http-fault.ts'
import { openStream, type Opening } from '../../stream/opening.ts'
import { streamHeaders } from '../../stream/stream-headers.ts'
import { readStreamRequest } from '../../stream/stream-request.ts'

const fields = Object.entries({
  ...streamHeaders,
  connection: 'keep-alive',
  'transfer-encoding': 'chunked',
})
const headText = `HTTP/1.1 200 OK\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`

/** Serves event streams on bare sockets. A wrong or forbidden request goes the long way, where it is answered. */
export function serveOnSockets({ hub, logger, now, authorize }: Services): ServeStream {
  return (socket, { path, query, headers }) => {
    let opening: Promise<Opening>
    try {
      authorize(headers.get('authorization'))
      const request = readStreamRequest(new URLSearchParams(query), headers.get('last-event-id'), now())
      const { lastEventId: from, filter } = request
      logger('info', 'SSE stream request', { path, peer: socket.remoteAddress, from, filter: filter?.text })
      opening = openStream(hub, request)
    } catch {
      return false
    }
    void begin(socket, opening)
    return true
  }

  async function begin(socket: Socket, opening: Promise<Opening>): Promise<void> {
    try {
      const first = await opening
      if (socket.destroyed) return
      socket.cork()
      socket.write(`${headText}date: ${now().toUTCString()}\r\n\r\n`, 'latin1')
      hub.attach(socket, 'coded', first)
    } catch (error) {
      refuse(socket, error)
    }
  }

  function refuse(socket: Socket, error: unknown): void {
    const fault = asHttpFault(error)
    if (!fault) logger('error', 'a request failed', { error: String(error) })
    const { status, body, headers } = fault ?? internalError()
    const text = JSON.stringify(body)
    const lines = Object.entries({
      ...headers,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'access-control-allow-origin': '*',
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} \r\n${lines.join('')}\r\n${text}`, () => socket.destroy())
  }
}
