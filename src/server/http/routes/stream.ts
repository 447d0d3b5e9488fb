import { PassThrough, Readable } from 'node:stream'
import { Hono } from 'hono'
import type { Services } from '../services.ts'
import { openStream } from '../../stream/opening.ts'
import { streamHeaders } from '../stream-headers.ts'
import { readStreamRequest } from '../stream-request.ts'

/** The event stream wherever there is no socket of ours: as the body of a Response. */
export function streamRoutes({ hub, logger, now }: Services): Hono {
  const routes = new Hono()
  for (const path of ['/stream', '/insights/stream'])
    routes.get(path, async (c) => {
      const request = readStreamRequest(new URL(c.req.url).searchParams, c.req.header('last-event-id'), now())
      if (c.req.raw.method === 'HEAD') return new Response(null, { headers: streamHeaders })
      logger('info', 'SSE stream request', { path, from: request.lastEventId, filter: request.filter?.text })
      const opening = await openStream(hub, request)
      const out = new PassThrough()
      hub.attach(out, 'plain', opening)
      return new Response(Readable.toWeb(out) as ReadableStream, { headers: streamHeaders })
    })
  return routes
}
