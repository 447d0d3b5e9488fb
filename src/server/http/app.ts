import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Authorize } from './authorize.ts'
import { asHttpFault, HttpFault, internalError } from './http-fault.ts'
import type { Hub } from '../stream/hub.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { alertmanagerRoutes } from '../sources/alertmanager/route.ts'
import { insightRoutes } from './routes/insights.ts'
import { operationRoutes } from './routes/operations.ts'
import { streamRoutes } from './routes/stream.ts'
import type { Store } from '../stores/store.ts'

/** What the routes work with. */
export interface Services {
  readonly store: Store
  readonly hub: Hub
  readonly logger: Logger
  readonly metrics: Metrics
  readonly now: () => Date
  readonly authorize: Authorize
}

/** Open to everyone, token or not: a load balancer asks for them. */
const openPaths = new Set(['/healthz', '/readyz'])

/** The server as Request → Response, the same under Node, Lambda and a test. */
export function createApp(services: Services): Hono {
  const app = new Hono()
  app.use(
    cors({
      origin: '*',
      allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'OPTIONS'],
      allowHeaders: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'Last-Event-ID'],
      exposeHeaders: ['Allow', 'ETag', 'Retry-After'],
      maxAge: 86_400,
    }),
  )
  app.use(async (c, next) => {
    await next()
    services.metrics.answered(c.req.method, routeOf(c.req.routePath), c.res.status)
  })
  app.use((c, next) => guard(services.authorize, c.req.path, c.req.header('authorization'), next))
  for (const routes of [streamRoutes, insightRoutes, alertmanagerRoutes, operationRoutes])
    app.route('/', routes(services))
  allowOnly(app)
  app.notFound(() => respond(new HttpFault(404, 'not_found', 'There is nothing here; see /openapi.json.')))
  app.onError((error) => {
    const fault = asHttpFault(error)
    if (!fault) services.logger('error', 'a request failed', { error: error.stack ?? String(error) })
    return respond(fault ?? internalError())
  })
  return app
}

async function guard(
  authorize: Authorize,
  path: string,
  authorization: string | undefined,
  next: () => Promise<void>,
): Promise<void> {
  if (!openPaths.has(path)) authorize(authorization)
  await next()
}

/** Any other method on a path that is there gets 405 with what it allows. */
function allowOnly(app: Hono): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    const known = methods.get(path) ?? new Set(['OPTIONS'])
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  for (const [path, known] of methods)
    app.all(path, () => {
      const allow = [...known].sort().join(', ')
      throw new HttpFault(405, 'method_not_allowed', `Only ${allow} can be used here.`, {
        headers: { allow },
      })
    })
}

/** Paths that nobody serves are counted together, so that strangers can't make up series. */
const routeOf = (path: string) => (path === '/*' ? 'none' : path)

function respond({ status, body, headers }: HttpFault): Response {
  return Response.json(body, { status, headers })
}
