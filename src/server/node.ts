import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createApp, type Services } from './http/app.ts'
import { createAuthorize } from './http/authorize.ts'
import { type Front, installFront } from './http/socket/front.ts'
import { Hub, type HubOptions } from './stream/hub.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { createReceiver, receiveOnHttp, receiveWhole } from './http/receive-insights.ts'
import { serveOnSockets } from './http/socket/socket-stream.ts'
import type { StoreEvents } from './telemetry/store-events.ts'
import { graceMs } from './stream/subscriber.ts'

export interface ServerOptions extends HubOptions {
  /** `127.0.0.1` by default. */
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** The bearer token that callers must send; anyone may call without one. */
  readonly token?: string | undefined
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

/** Serves a store over HTTP; resolves when it listens. Rejects with the system's error, such as EADDRINUSE. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const hub = await Hub.start(options)
  const { store, logger, token, host = '127.0.0.1', port = 0 } = options
  const now = options.now ?? (() => new Date())
  const services: Services = {
    store,
    hub,
    logger,
    now,
    authorize: createAuthorize(token),
    metrics: createMetrics(hub, options.storeEvents),
  }
  const listener = getRequestListener(createApp(services).fetch)
  const receiver = createReceiver(services)
  const receive = receiveOnHttp(receiver)
  let underWay = 0
  const server = createServer({ keepAlive: true, keepAliveInitialDelay: 60_000 }, (request, response) => {
    underWay++
    response.on('close', () => underWay--)
    if (!receive(request, response)) void listener(request, response)
  })
  const front = installFront(server, serveOnSockets(services), receiveWhole(receiver))
  try {
    await listen(server, host, port)
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
