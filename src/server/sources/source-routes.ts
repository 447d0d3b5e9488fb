import { Hono } from 'hono'
import { asHttpFault, internalError } from '../fault/http-fault.ts'
import { readRequestBody } from '../http/request-body.ts'
import type { Services } from '../http/services.ts'
import { readJsonBody } from '../ingest/read-batch.ts'
import { SnsTopics } from './cloudwatch/sns-topics.ts'
import { receiveNotification } from './receive-notification.ts'
import type { Source } from './source.ts'
import { pathOf, sources } from './sources.ts'

/** The path of every source, `/integrations/NAME` of most. */
export function sourceRoutes(services: Services): Hono {
  const { logger } = services
  const routes = new Hono()
  const topics = services.topics ?? new SnsTopics([])
  for (const [name, source] of Object.entries<Source>({ ...sources, ...services.mappings }))
    routes.post(pathOf(name, source), async (c) => {
      try {
        const request = {
          bytes: await readRequestBody(c.req.raw, source.maxBodyBytes),
          type: c.req.header('content-type'),
          authorization: c.req.header('authorization'),
        }
        const { status, body } = await receive(services, topics, name, source, request)
        return c.json(body, status)
      } catch (error) {
        const fault = asHttpFault(error)
        if (!fault) logger('error', 'a request failed', { error: (error as Error).stack ?? String(error) })
        const { status, body, headers } = fault ?? internalError()
        logger('warn', 'a notification was refused', { source: name, status, reason: body.error })
        return c.json({ ...body, ...source.refused?.(fault ?? internalError()) }, status, headers)
      }
    })
  return routes
}

interface Request {
  readonly bytes: Uint8Array
  readonly type: string | undefined
  readonly authorization: string | undefined
}

async function receive(
  { store, riskOf, access, logger, metrics, now }: Services,
  topics: SnsTopics,
  name: string,
  source: Source,
  { bytes, type, authorization }: Request,
): Promise<{ status: 200 | 202; body: object }> {
  const at = now()
  const isPlain = source.takesPlainText && (type === undefined || /^text\/plain\b/i.test(type))
  const body = readJsonBody(bytes, isPlain ? 'application/json' : type)
  const admit = (token: string | undefined) => access.admitToken(token, authorization)
  const other = await source.verify?.(body, { admit, topics, now: at })
  if (other !== undefined) {
    logger('info', 'a subscription has changed', { source: name, ...other })
    return { status: 200, body: other }
  }
  const received = await receiveNotification({ store, riskOf }, name, source, body, at)
  metrics.ingested(received)
  for (const note of received.notes ?? []) logger('warn', 'a notification was cut', { source: name, note })
  for (const fault of received.refused ?? [])
    logger('warn', 'an alert was refused', { source: name, ...fault })
  return source.accepted
    ? { status: 202, body: source.accepted(body, received) }
    : { status: 200, body: received }
}
