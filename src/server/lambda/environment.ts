import type { Writable } from 'node:stream'
import type { Hono } from 'hono'
import { AccessPolicy } from '../http/access/access-policy.ts'
import { createApp } from '../http/app.ts'
import type { Services } from '../http/services.ts'
import { createSeverityScale } from '../sources/severity-scale.ts'
import { type OnDemandStore, openOnDemand } from '../stores/dynamo/log/on-demand-store.ts'
import type { StreamSource } from '../stream/stream-source.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { createEmbeddedMetrics, type EmbeddedMetrics } from './embedded-metrics.ts'
import { type LambdaSettings, readSettings } from './settings.ts'

/** What the invocations of one execution environment share. Between them it may be frozen for any time. */
export interface LambdaEnvironment {
  readonly settings: LambdaSettings
  readonly store: OnDemandStore
  readonly access: AccessPolicy
  readonly logger: Logger
  readonly metrics: EmbeddedMetrics
  readonly now: () => Date
  /** The API without event streams. */
  readonly app: Hono
  /** The whole API, with event streams from here. */
  readonly appOver: (source: StreamSource) => Hono
}

interface Options {
  /** Where log and metrics go. */
  readonly output: Writable
  readonly now?: () => Date
}

/** Body and page bound of buffered answers, of the 6 MiB that Lambda takes: the rest is for what is around them. */
export const maxAnswerBytes = 6_000_000

/** Throws a Failure that names a wrong setting. Asks nothing of DynamoDB. */
export async function openEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { output, now = () => new Date() }: Options,
): Promise<LambdaEnvironment> {
  const settings = readSettings(env)
  const { token, corsOrigins, functionName } = settings
  const write = (line: string) => void output.write(line)
  const logger = createLogger(output, now)
  const metrics = createEmbeddedMetrics({ write, now, functionName })
  const count = (event: string, by = 1) => metrics.add(`Store.${event}`, by)
  const spend = (operation: string, units: number) => metrics.add(`Units.${operation}`, units)
  const store = await openOnDemand(settings.store, { logger, count, spend })
  const access = new AccessPolicy({ token, corsOrigins })
  const services: Omit<Services, 'hub'> = {
    store,
    logger,
    metrics,
    now,
    access,
    riskOf: createSeverityScale(),
    maxPageBytes: maxAnswerBytes,
  }
  const appOver = (hub: StreamSource) => createApp({ ...services, hub })
  return {
    settings,
    store,
    access,
    logger,
    metrics,
    now,
    app: appOver(noStreams(store)),
    appOver,
  }
}

const noStreams = (store: OnDemandStore): StreamSource => ({
  store,
  epoch: '',
  position: 0,
  stats: { delivered: 0, cutOff: 0, resets: 0 },
  attach: (out) => out.destroy(),
})
