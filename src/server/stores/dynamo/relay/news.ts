import { setTimeout as sleep } from 'node:timers/promises'
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

/** Waits until these can be told to be news or not, as long as `ms`; not at all for what is known, or isn't there. */
export async function untilTold(news: News, stored: Iterable<Stored>, ms: number): Promise<void> {
  if (news.isReady) return
  if (![...stored].some(({ insight }) => insight && !news.isKnown(insight.alert_id))) return
  const enough = new AbortController()
  const late = sleep(ms, undefined, { signal: enough.signal }).catch(() => {})
  await Promise.race([news.ready, late])
  enough.abort()
}
