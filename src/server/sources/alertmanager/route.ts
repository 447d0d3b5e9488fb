import { Hono } from 'hono'
import type { Services } from '../../http/services.ts'
import { alertmanagerBodyBytes, receiveAlerts } from './alertmanager.ts'
import { readRequestBody } from '../../http/request-body.ts'

/** Where Alertmanager's `webhook_configs` point to. */
export function alertmanagerRoutes({ store, riskOf, logger, metrics, now }: Services): Hono {
  const routes = new Hono()
  routes.post('/integrations/alertmanager', async (c) => {
    const body = await readRequestBody(c.req.raw, alertmanagerBodyBytes)
    const received = await receiveAlerts({ store, riskOf }, body, c.req.header('content-type'), now())
    metrics.ingested(received)
    for (const note of received.notes ?? []) logger('warn', 'an Alertmanager notification was cut', { note })
    return c.json(received)
  })
  return routes
}
