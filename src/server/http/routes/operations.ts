import { Hono } from 'hono'
import { StoreUnavailable } from '../../stores/store.ts'
import type { Services } from '../services.ts'
import { openapi } from '../openapi.ts'

/** Routes for operators. */
export function operationRoutes({ store, metrics, mappings }: Services): Hono {
  const routes = new Hono()
  let document: object | undefined
  routes.get('/healthz', (c) => c.json({ status: 'ok' }))
  routes.get('/readyz', async (c) => {
    const fault = store.fault()
    if (fault !== undefined) throw new StoreUnavailable(fault)
    await store.head()
    return c.json({ status: 'ready' })
  })
  routes.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
  routes.get('/openapi.json', (c) => c.json((document ??= openapi(mappings))))
  return routes
}
