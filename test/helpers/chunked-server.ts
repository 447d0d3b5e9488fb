import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface ChunkedServer extends AsyncDisposable {
  readonly url: string
}

/**
 * Answers every request with an event stream whose body comes in exactly these pieces: one HTTP chunk
 * each, which a client reads one by one however TCP joins them. `chunksOf` gets the request's path.
 */
export async function startChunkedServer(
  chunksOf: (path: string) => Iterable<Uint8Array>,
): Promise<ChunkedServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    socket.once('data', (head) => {
      const [, path = '/'] = String(head).split(' ')
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n')
      const parts: Uint8Array[] = []
      for (const chunk of chunksOf(path))
        if (chunk.length > 0)
          parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'))
      socket.end(Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
