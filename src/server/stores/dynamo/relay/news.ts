import type { Batch } from '../log/batch.ts'
import type { Stored } from '../tables/insight-table.ts'

/** Tells what other writers put into the table from what the log has. */
export interface News {
  readonly isReady: boolean
  /** Resolves when news can be told. */
  readonly ready: Promise<void>
  /** Gets every batch of the log once, in order, from some place on. */
  take(batch: Batch): void
  /** Whether another writer put this there, and the log doesn't have it. */
  isNews(stored: Stored): boolean
  /** Whether the alert is known, so that its news can be told before everything is. */
  isKnown(alertId: string): boolean
}
