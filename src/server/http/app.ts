import { type Context, Hono } from 'hono'
import { sourceRoutes } from '../sources/source-routes.ts'
import { exposedFields, type RequestFacts } from './access/access-policy.ts'
import { asHttpFault, HttpFault, internalError, respond } from '../fault/http-fault.ts'
import { createReceiver } from './receive-insights.ts'
import { readRequestBody } from './request-body.ts'
import { insightRoutes } from './routes/insights.ts'
import { operationRoutes } from './routes/operations.ts'
import { streamRoutes } from './routes/stream.ts'
import type { Services } from './services.ts'

/** The server as Request → Response, the same under Node, Lambda and a test. */
export function createApp(services: Services): Hono {
  const { access, metrics, logger } = services
  const app = new Hono()
  const receive = createReceiver(services)
  // Before everything else: the receiver does for itself what the app does for the other routes.
  app.post('/insights', async (c) => {
    const body = (maxBytes: number) => readRequestBody(c.req.raw, maxBytes)
    const answer = await receive({ ...factsOf(c), query: new URL(c.req.url).searchParams, body })
    return new Response(answer.body, answer)
  })
  app.use(async (c, next) => {
    await next()
    addFields(c.res, { ...exposedFields, ...access.corsFields(c.req.header('origin')) })
    metrics.answered(c.req.method, routeOf(c.req.routePath), c.res.status)
  })
  app.use(async (c, next) => {
    const request = factsOf(c)
    access.admit(request)
    if (c.req.method !== 'OPTIONS') return next()
    return new Response(null, { status: 204, headers: access.preflightFields(request) })
  })
  for (const routes of [streamRoutes, insightRoutes, sourceRoutes, operationRoutes])
    app.route('/', routes(services))
  allowOnly(app)
  app.notFound(() => respond(new HttpFault(404, 'not_found', 'There is nothing here; see /openapi.json.')))
  app.onError((error) => {
    const fault = asHttpFault(error)
    if (!fault) logger('error', 'a request failed', { error: error.stack ?? String(error) })
    return respond(fault ?? internalError())
  })
  return app
}

function factsOf({ req }: Context): RequestFacts {
  const { method, path, url } = req
  return {
    method,
    path,
    target: url.slice(0, url.indexOf('/', url.indexOf('//') + 2)),
    field: (name) => req.header(name),
  }
}

/** What the answer says itself about the same field is left. */
function addFields({ headers }: Response, fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(fields)) if (!headers.has(name)) headers.set(name, value)
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
