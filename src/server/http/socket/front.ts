import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Receiver } from '../receive-insights.ts'
import { PostConnection } from './post-connection.ts'
import { readStreamHead, readWholePost, type StreamHead } from './request-head.ts'

/** Serves a stream on a bare socket; false leaves the request to the HTTP server. */
export type ServeStream = (socket: Socket, head: StreamHead) => boolean

export interface Front {
  /** Cuts the connections that have nothing under way; the others end with their answer. */
  close(): void
  /** Cuts the connections whose answer is still not there. */
  cut(): void
}

/** Who has sent nothing yet is the HTTP server's business after this time, in milliseconds. */
const patienceMs = 2000

/**
 * Stands before an HTTP server and looks at the first bytes of each connection. A plain request for
 * an event stream is served on the socket itself, which costs a quarter of the memory of a stream
 * on HTTP objects; so are plain insights that come whole, at half the price. Everything else goes to
 * the HTTP server untouched, as if nobody had looked.
 */
export function installFront(server: Server, serve: ServeStream, receive: Receiver): Front {
  const handlers = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  const silent = new Set<Socket>()
  const posting = new Set<PostConnection>()

  /** Takes our listeners off again. */
  function letGo(socket: Socket): void {
    silent.delete(socket)
    socket.off('data', onData)
    socket.off('timeout', onTimeout)
    socket.off('close', onClose)
    socket.setTimeout(0)
  }

  function handOver(socket: Socket, bytes: Buffer | undefined): void {
    letGo(socket)
    socket.off('end', onEnd)
    socket.off('error', ignore)
    socket.pause()
    if (bytes) socket.unshift(bytes)
    for (const handler of handlers) handler.call(server, socket)
    socket.resume()
  }

  function onData(this: Socket, bytes: Buffer): void {
    const head = readStreamHead(bytes)
    if (!head) return readWholePost(bytes) ? takePosts(this, bytes) : handOver(this, bytes)
    if (!serve(this, head)) return handOver(this, bytes)
    letGo(this)
    // A stream's reader has nothing more to say; reading on tells when it leaves.
    this.on('data', ignore)
  }

  function takePosts(socket: Socket, bytes: Buffer): void {
    letGo(socket)
    socket.off('end', onEnd)
    const connection = new PostConnection(socket, {
      receive,
      idleMs: server.keepAliveTimeout,
      other(more) {
        posting.delete(connection)
        handOver(socket, more)
      },
    })
    posting.add(connection)
    socket.on('close', () => posting.delete(connection))
    connection.receive(bytes)
  }

  function onTimeout(this: Socket): void {
    handOver(this, undefined)
  }

  function onClose(this: Socket): void {
    silent.delete(this)
  }

  server.on('connection', (socket) => {
    silent.add(socket)
    socket.on('close', onClose)
    socket.on('data', onData)
    socket.on('timeout', onTimeout)
    socket.on('end', onEnd)
    socket.on('error', ignore)
    socket.setTimeout(patienceMs)
  })
  return {
    close() {
      for (const socket of silent) socket.destroy()
      for (const connection of posting) connection.close()
    },
    cut() {
      for (const { socket } of posting) socket.destroy()
    },
  }
}

/** A peer that has said its last word before or during a stream is gone. */
function onEnd(this: Socket): void {
  this.destroy()
}

/** A link that broke is closed; that is all there is to do about it. */
function ignore(): void {}
