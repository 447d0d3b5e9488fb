import { type Context, Hono } from 'hono'
import { sentFields } from '../../../protocol/insight/encode.ts'
import { limits } from '../../../protocol/insight/limits.ts'
import type { Services } from '../services.ts'
import { changeInsight } from '../../ingest/change-insight.ts'
import { entityTag, namesTag } from '../../ingest/entity-tag.ts'
import { HttpFault } from '../../fault/http-fault.ts'
import { cutPage } from '../cut-page.ts'
import { writePageToken } from '../page-token.ts'
import { checkParameters, Query, readRange, readRecentQuery } from '../query.ts'
import { queryParameters } from '../query-parameters.ts'
import { readRequestBody } from '../request-body.ts'

export function insightRoutes({ store, now, maxPageBytes }: Services): Hono {
  const routes = new Hono()
  routes.get('/insights/recent', async (c) => {
    const query = new Query(parametersOf(c), queryParameters.recent, now())
    const { since, until, filter, ...page } = readRecentQuery(query)
    const range = { since, until, filter }
    const withTotals = query.flag('aggregations')
    const [found, aggregations] = await Promise.all([
      store.recent({ ...range, ...page }),
      withTotals ? store.aggregate(range) : undefined,
    ])
    const { readUnits } = found
    const { items, next } = maxPageBytes === undefined ? found : cutPage(found, maxPageBytes)
    const body = {
      items: items.map(sentFields),
      ...(next && { nextToken: writePageToken(next) }),
      ...(aggregations && { aggregations }),
    }
    if (readUnits !== undefined) c.header('iops-read-units', String(readUnits))
    return c.json(body)
  })

  routes.get('/insights/aggregations', async (c) => {
    const query = new Query(parametersOf(c), queryParameters.aggregations, now())
    const buckets = query.count('buckets', 0, 0, 500)
    return c.json(await store.aggregate({ ...readRange(query), ...(buckets > 0 && { buckets }) }))
  })

  routes.get('/insights/:alert_id', async (c) => {
    checkParameters(parametersOf(c), [])
    const insight = await store.get(c.req.param('alert_id'))
    if (!insight) throw notFound()
    const tag = entityTag(insight)
    const known = c.req.header('if-none-match')
    if (known !== undefined && namesTag(known, tag, { weak: true })) return c.body(null, 304, { etag: tag })
    return c.json(sentFields(insight), 200, { etag: tag })
  })

  routes.patch('/insights/:alert_id', async (c) => {
    checkParameters(parametersOf(c), [])
    const body = await readRequestBody(c.req.raw, limits.bodyBytes)
    const insight = await changeInsight(store, c.req.param('alert_id'), {
      body,
      contentType: c.req.header('content-type'),
      ifMatch: c.req.header('if-match'),
      now: now(),
    })
    if (!insight) throw notFound()
    return c.json(sentFields(insight), 200, { etag: entityTag(insight) })
  })

  return routes
}

const parametersOf = (c: Context) => new URL(c.req.url).searchParams
const notFound = () => new HttpFault(404, 'insight_not_found', 'Insight not found')
