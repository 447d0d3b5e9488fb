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

/** A connection that has sent nothing for so long is handed to the HTTP server, in milliseconds. */
const maxSilenceMs = 2000

/**
 * Reads the first bytes of each connection before the HTTP server does. A plain request for
 * an event stream is served on the socket itself, which costs a quarter of the memory of a stream
 * on HTTP objects; so are insights that are posted in one piece, at half the cost. Everything else goes to
 * the HTTP server unchanged.
 */
export function installFront(server: Server, serve: ServeStream, receive: Receiver): Front {
  const handlers = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  const silent = new Set<Socket>()
  const posting = new Set<PostConnection>()

  /** Removes our listeners. */
  function removeListeners(socket: Socket): void {
    silent.delete(socket)
    socket.off('data', onData)
    socket.off('timeout', onTimeout)
    socket.off('close', onClose)
    socket.setTimeout(0)
  }

  function handOver(socket: Socket, bytes: Buffer | undefined): void {
    removeListeners(socket)
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
    removeListeners(this)
    // The client of a stream sends nothing more; reading on detects its disconnect.
    this.on('data', ignore)
  }

  function takePosts(socket: Socket, bytes: Buffer): void {
    removeListeners(socket)
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
    socket.setTimeout(maxSilenceMs)
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

/** A client that ends its side before or during a stream is disconnected. */
function onEnd(this: Socket): void {
  this.destroy()
}

/** An error closes the socket; nothing else is to be done. */
function ignore(): void {}
