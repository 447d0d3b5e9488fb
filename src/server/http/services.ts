import type { SeverityScale } from '../sources/severity-scale.ts'
import type { Store } from '../stores/store.ts'
import type { Hub } from '../stream/hub.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { AccessPolicy } from './access/access-policy.ts'

/** What the routes work with. */
export interface Services {
  readonly store: Store
  readonly hub: Hub
  readonly logger: Logger
  readonly metrics: Metrics
  readonly now: () => Date
  readonly access: AccessPolicy
  /** What the severity words of sources mean. */
  readonly riskOf: SeverityScale
}
