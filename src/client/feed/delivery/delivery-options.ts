import type { Insight } from '../../../protocol/insight/insight.ts'
import type { FeedEvent } from '../feed-event.ts'
import type { FeedRecord } from '../feed-state.ts'
import type { MissedRange } from './last-seen.ts'

export interface DeliveryOptions {
  readonly record: FeedRecord
  readonly now: () => number
  readonly emit: (event: FeedEvent) => void
  /** When an earlier run ended, where this feed continues one, and the time of its newest alert. */
  readonly downAt: number | undefined
  readonly lastSeen: number | undefined
  readonly matches: ((insight: Insight) => boolean) | undefined
  /**
   * Reads what came in a range and the stream can't bring, oldest first; `take` says whether an alert was known.
   * Resolves with why that isn't all, if it isn't.
   */
  readonly recover: (
    range: MissedRange,
    hasIds: boolean,
    take: (insight: Insight) => boolean,
  ) => Promise<string | undefined>
}
