import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Services } from '../services.ts'
import { type Fields, fieldLines } from './field-lines.ts'
import type { ServeStream } from './front.ts'
import { exposedFields } from '../access/access-policy.ts'
import { asHttpFault, internalError } from '../../fault/http-fault.ts'
import { openStream, type Opening } from '../../stream/opening.ts'
import { streamHeaders } from '../stream-headers.ts'
import { readStreamRequest } from '../stream-request.ts'

const statusLine = 'HTTP/1.1 200 OK\r\n'
const streamFields = { ...streamHeaders, connection: 'keep-alive', 'transfer-encoding': 'chunked' }
const json = { 'content-type': 'application/json', connection: 'close' }

/** Serves event streams on bare sockets. A wrong or forbidden request is left to the HTTP server, which answers it. */
export function serveOnSockets({ hub, logger, now, access }: Services): ServeStream {
  return (socket, { path, query, headers }) => {
    let opening: Promise<Opening>
    try {
      access.admit({ method: 'GET', path, field: (name) => headers.get(name) })
      const request = readStreamRequest(new URLSearchParams(query), headers.get('last-event-id'), now())
      const { lastEventId: from, filter } = request
      logger('info', 'SSE stream request', { path, peer: socket.remoteAddress, from, filter: filter?.text })
      opening = openStream(hub, request)
    } catch {
      return false
    }
    void begin(socket, opening, access.corsFields(headers.get('origin')))
    return true
  }

  async function begin(socket: Socket, opening: Promise<Opening>, corsFields: Fields): Promise<void> {
    try {
      const first = await opening
      if (socket.destroyed) return
      const head = statusLine + fieldLines(streamFields) + fieldLines(corsFields)
      socket.cork()
      socket.write(`${head}date: ${now().toUTCString()}\r\n\r\n`, 'latin1')
      hub.attach(socket, 'coded', first)
    } catch (error) {
      refuse(socket, error, corsFields)
    }
  }

  function refuse(socket: Socket, error: unknown, corsFields: Fields): void {
    const fault = asHttpFault(error)
    if (!fault) logger('error', 'a request failed', { error: String(error) })
    const { status, body, headers } = fault ?? internalError()
    const text = JSON.stringify(body)
    const length = { 'content-length': String(Buffer.byteLength(text)) }
    const lines = fieldLines({ ...headers, ...json, ...exposedFields, ...length, ...corsFields })
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${text}`, () =>
      socket.destroy(),
    )
  }
}
