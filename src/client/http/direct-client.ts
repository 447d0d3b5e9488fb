import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isLoopback } from '../proxy.ts'
import { decodedBody } from './decoded-body.ts'
import type { HttpAnswer, HttpRequest } from './http-answer.ts'

export interface DirectOptions {
  /** PEM texts that are trusted instead of the system's. */
  readonly ca: readonly string[] | undefined
  /** How long a TCP or TLS handshake may take, in milliseconds. */
  readonly connectTimeout: number
}

type Answer = Omit<HttpAnswer, 'redirected'>

/**
 * Requests over Node's own http and https, on connections that are kept. Follows no redirects. They are taken by
 * `getBuiltinModule` because `import 'node:http'` also loads all of Node's own fetch and web streams.
 */
export class DirectClient {
  readonly #options: DirectOptions
  readonly #agents = new Map<string, Agent>()
  readonly #closing = new AbortController()

  constructor(options: DirectOptions) {
    this.#options = options
  }

  /** Throws what the network does, or the reason of the signal. */
  async send(url: URL, request: HttpRequest): Promise<Answer> {
    try {
      return await this.#exchange(url, request)
    } catch (error) {
      // A kept connection may be closed by the server in the moment that it is used again.
      const isRepeatable = error instanceof StaleConnection && (request.method ?? 'GET') === 'GET'
      if (isRepeatable && !request.signal?.aborted) return await this.#exchange(url, request)
      throw error instanceof StaleConnection ? error.cause : error
    }
  }

  /** Cuts whatever is under way. */
  close(): void {
    this.#closing.abort(Object.assign(new Error('the connection was closed'), { code: 'ABORT_ERR' }))
    for (const agent of this.#agents.values()) agent.destroy()
  }

  #exchange(url: URL, { method = 'GET', headers, body, signal }: HttpRequest): Promise<Answer> {
    const { protocol, hostname, port, pathname, search } = url
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const signals = [signal, this.#closing.signal].filter((each) => each !== undefined)
    const aborted = signals.find((each) => each.aborted)
    if (aborted) return Promise.reject(reasonOf(aborted))
    const outgoing = moduleFor(protocol).request({
      protocol,
      // Name and password of a URL that a redirect gave are not sent on.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path: `${pathname}${search}`,
      method,
      agent: this.#agentFor(protocol),
      headers: {
        // On this machine nothing is gained by it.
        'accept-encoding': isLoopback(hostname) ? 'identity' : 'gzip, deflate, br',
        ...headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
    })
    let incoming: IncomingMessage | undefined
    const abort = (event: Event) => {
      const reason = reasonOf(event.target as AbortSignal)
      incoming?.destroy(reason)
      outgoing.destroy(reason)
    }
    for (const each of signals) each.addEventListener('abort', abort)
    outgoing.on('close', () => {
      for (const each of signals) each.removeEventListener('abort', abort)
    })
    outgoing.on('socket', (socket: Socket) => boundHandshake(outgoing, socket, this.#options.connectTimeout))
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isStale ? new StaleConnection(error) : error)
    })
    outgoing.on('response', (message) => {
      incoming = message
      // Who reads it gets the error; nobody has to.
      message.on('error', () => {})
      resolve({
        status: message.statusCode ?? 0,
        statusText: message.statusMessage ?? '',
        url: url.href,
        headers: { get: (name) => headerText(message.headers[name.toLowerCase()]) },
        body: decodedBody(message),
        cancel: () => void message.destroy(),
      })
    })
    outgoing.end(body)
    return promise
  }

  #agentFor(protocol: string): Agent {
    const known = this.#agents.get(protocol)
    if (known) return known
    const { ca } = this.#options
    const agent = new (moduleFor(protocol).Agent)({ keepAlive: true, ...(ca && { ca: [...ca] }) })
    this.#agents.set(protocol, agent)
    return agent
  }
}

/** The connection had been used before, and broke without an answer. */
class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

const moduleFor = (protocol: string) =>
  protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')

function boundHandshake(outgoing: ClientRequest, socket: Socket, timeout: number): void {
  if (!socket.connecting) return
  const done = 'encrypted' in socket ? 'secureConnect' : 'connect'
  const timer = setTimeout(() => {
    outgoing.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }))
  }, timeout)
  const stop = () => clearTimeout(timer)
  socket.once(done, stop).once('close', stop)
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}

function headerText(value: string | string[] | undefined): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : value.join(', ')
}
