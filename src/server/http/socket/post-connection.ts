import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Receiver } from '../receive-insights.ts'
import { fieldLines } from './field-lines.ts'
import { readWholePost, type WholePost } from './request-head.ts'

export interface PostConnectionOptions {
  readonly receive: Receiver
  /** An unused connection is closed after this time, in milliseconds. */
  readonly idleMs: number
  /** Takes the connection over, with the bytes of a request that is not a whole post. */
  other(bytes: Buffer): void
}

/** A bare socket on which one whole post comes after the other (HTTP/1.1 with keep-alive, RFC 9112). */
export class PostConnection {
  readonly socket: Socket
  readonly #options: PostConnectionOptions
  #busy = false
  /** The connection closes after this answer: the server stops, or the client has ended its side. */
  #last = false
  /** Bytes that came before the answer was sent. */
  #held: Buffer[] = []
  readonly #receive = (bytes: Buffer) => this.receive(bytes)
  readonly #onEnd = () => this.close()
  readonly #onTimeout = () => {
    if (!this.#busy) this.socket.destroy()
  }

  constructor(socket: Socket, options: PostConnectionOptions) {
    this.socket = socket
    this.#options = options
    socket.on('data', this.#receive)
    socket.on('end', this.#onEnd)
    socket.on('timeout', this.#onTimeout)
    socket.setTimeout(options.idleMs)
  }

  receive(bytes: Buffer): void {
    if (this.#busy) {
      this.#held.push(bytes)
      this.socket.pause()
      return
    }
    const post = readWholePost(bytes)
    if (!post) return this.#handOver(bytes)
    this.#busy = true
    void this.#answer(post)
  }

  /** Closes at once, or with the answer that is under way. */
  close(): void {
    this.#last = true
    if (!this.#busy) this.socket.destroy()
  }

  async #answer(post: WholePost): Promise<void> {
    const { status, headers, body } = await this.#options.receive({
      field: (name) => post.headers.get(name),
      // What one read brings is far below the bound.
      body: () => post.body,
    })
    const { socket } = this
    this.#busy = false
    if (socket.destroyed) return
    const stays = this.#last
      ? 'connection: close\r\n'
      : `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(this.#options.idleMs / 1000)}\r\n`
    const size = `content-length: ${Buffer.byteLength(body)}\r\ndate: ${dateOf(Date.now())}\r\n`
    const text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fieldLines(headers)}${stays}${size}\r\n${body}`
    if (this.#last) {
      socket.end(text, () => socket.destroy())
      return
    }
    socket.write(text)
    if (this.#held.length === 0) return
    const held = this.#held
    this.#held = []
    socket.resume()
    this.receive(Buffer.concat(held))
  }

  #handOver(bytes: Buffer): void {
    const { socket } = this
    socket.off('data', this.#receive)
    socket.off('end', this.#onEnd)
    socket.off('timeout', this.#onTimeout)
    socket.setTimeout(0)
    this.#options.other(bytes)
  }
}

/** The time as HTTP writes it (RFC 9110, 5.6.7); made once a second. */
function dateOf(now: number): string {
  const second = Math.floor(now / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    date = new Date(now).toUTCString()
  }
  return date
}

let dateSecond = Number.NaN
let date = ''
