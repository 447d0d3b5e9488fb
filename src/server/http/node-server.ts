import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { AccessPolicy } from './access/access-policy.ts'
import { type ListenAddress, loopbackAddress } from './access/listen-address.ts'
import { badRequest, respond } from '../fault/http-fault.ts'
import { createApp } from './app.ts'
import { receiveFromNode } from './node-post.ts'
import type { Services } from './services.ts'
import { type Front, installFront } from './socket/front.ts'
import { Hub, type HubOptions } from '../stream/hub.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createReceiver } from './receive-insights.ts'
import { serveOnSockets } from './socket/socket-stream.ts'
import type { SnsTopics } from '../sources/cloudwatch/sns-topics.ts'
import type { Source } from '../sources/source.ts'
import { createSeverityScale } from '../sources/severity-scale.ts'
import type { StoreEvents } from '../telemetry/store-events.ts'
import { graceMs } from '../stream/subscriber.ts'

export interface ServerOptions extends HubOptions {
  /** The address is `127.0.0.1` by default. */
  readonly listen?: ListenAddress
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** The bearer token that callers must send; anyone may call without one. */
  readonly token?: string | undefined
  /** Host names that a server on a loopback address answers to, beside the loopback names and the one it listens by. */
  readonly allowHosts?: readonly string[]
  /** Origins whose pages may read and write; `*` for every one. Pages of other origins can't write without. */
  readonly corsOrigins?: readonly string[]
  /** Severity words of sources by the risk that they mean, beside the usual ones. */
  readonly severityMap?: ReadonlyMap<string, number>
  /** The SNS topics that may send alarms; none by default. */
  readonly topics?: SnsTopics
  /** Sources that a file describes, by their names; none by default. */
  readonly mappings?: Readonly<Record<string, Source>>
  /** What the store counts, for `/metrics`. */
  readonly storeEvents?: StoreEvents | undefined
}

export interface RunningServer {
  /** `http://…`, without a slash at the end. */
  readonly url: string
  readonly hub: Hub
  /** Stops listening, ends every stream cleanly and answers what is under way. The store stays open. */
  close(): Promise<void>
}

const unreadable = badRequest('bad_request', 'The request target or the Host field is wrong.')

/** Serves a store over HTTP; resolves when it listens. Rejects with the system's error, such as EADDRINUSE. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, logger, token, corsOrigins = [], allowHosts = [], port = 0 } = options
  const { host, address, loopback } = options.listen ?? loopbackAddress
  const hub = await Hub.start(options)
  const now = options.now ?? (() => new Date())
  const access = new AccessPolicy({ token, loopback, corsOrigins, allowHosts: [...allowHosts, host] })
  const services: Services = {
    store,
    hub,
    logger,
    now,
    access,
    riskOf: createSeverityScale(options.severityMap),
    ...(options.topics && { topics: options.topics }),
    ...(options.mappings && { mappings: options.mappings }),
    metrics: createMetrics(hub, options.storeEvents),
  }
  const listener = getRequestListener(createApp(services).fetch, {
    // HTTP/1.0 has no Host field.
    hostname: 'localhost',
    errorHandler: () => respond(unreadable, access.corsFields(undefined)),
  })
  const receive = createReceiver(services)
  const receiveNode = receiveFromNode(receive)
  let underWay = 0
  // Duplicates of a field are joined, so that nobody takes the first of two Host fields for the only one.
  const settings = { keepAlive: true, keepAliveInitialDelay: 60_000, joinDuplicateHeaders: true }
  const server = createServer(settings, (request, response) => {
    underWay++
    response.on('close', () => underWay--)
    if (!receiveNode(request, response)) void listener(request, response)
  })
  const front = installFront(server, serveOnSockets(services), receive)
  try {
    await listen(server, address, port)
  } catch (error) {
    await hub.close()
    throw error
  }
  return {
    url: urlOf(server.address() as AddressInfo),
    hub,
    close: () => close(server, front, hub, () => underWay === 0),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function urlOf({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address
  return `http://${family === 'IPv6' && host === address ? `[${host}]` : host}:${port}`
}

async function close(server: Server, front: Front, hub: Hub, allAnswered: () => boolean): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  front.close()
  await hub.close()
  const began = Date.now()
  const watch = setInterval(() => {
    server.closeIdleConnections()
    const late = Date.now() - began > graceMs
    if (late) front.cut()
    if (late || allAnswered()) server.closeAllConnections()
  }, 10)
  await closed
  clearInterval(watch)
}
