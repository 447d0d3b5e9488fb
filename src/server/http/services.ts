import type { SeverityScale } from '../sources/severity-scale.ts'
import type { SnsTopics } from '../sources/cloudwatch/sns-topics.ts'
import type { Source } from '../sources/source.ts'
import type { Store } from '../stores/store.ts'
import type { StreamSource } from '../stream/stream-source.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { AccessPolicy } from './access/access-policy.ts'

/** What the routes work with. */
export interface Services {
  readonly store: Store
  readonly hub: StreamSource
  readonly logger: Logger
  readonly metrics: Metrics
  readonly now: () => Date
  readonly access: AccessPolicy
  /** Bounds the items of a page, in bytes of their text as a JSON string; no bound by default. The next page goes on there. */
  readonly maxPageBytes?: number | undefined
  /** What the severity words of sources mean. */
  readonly riskOf: SeverityScale
  /** The SNS topics that may send alarms; none by default. */
  readonly topics?: SnsTopics
  /** Sources that a file describes, by their names; none by default. */
  readonly mappings?: Readonly<Record<string, Source>>
}
