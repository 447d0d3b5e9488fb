import { Hono } from 'hono'
import { readRequestBody } from '../http/request-body.ts'
import type { Services } from '../http/services.ts'
import { receiveNotification } from './receive-notification.ts'
import { type SourceName, sources } from './sources.ts'

/** `POST /integrations/NAME` for every source. */
export function sourceRoutes({ store, riskOf, logger, metrics, now }: Services): Hono {
  const routes = new Hono()
  for (const source of Object.keys(sources) as SourceName[])
    routes.post(`/integrations/${source}`, async (c) => {
      const body = await readRequestBody(c.req.raw, sources[source].maxBodyBytes)
      const type = c.req.header('content-type')
      const received = await receiveNotification({ store, riskOf }, source, body, type, now())
      metrics.ingested(received)
      for (const note of received.notes ?? []) logger('warn', 'a notification was cut', { source, note })
      return c.json(received)
    })
  return routes
}
