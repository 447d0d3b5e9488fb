import type { Insight } from './insight/insight.ts'
import type { Status } from './status.ts'

/** What went wrong, in words and as a stable snake_case code. */
export interface ErrorBody {
  error: string
  code?: string | undefined
  details?: unknown[] | undefined
}

/** A fault in one item of a batch; `path` is like `labels.team`, empty for the item itself. */
export interface Fault {
  index: number
  path: string
  message: string
}

/**
 * Totals over a range. A bucket covers the time from its `start` (RFC 3339) to the next one's;
 * the old server sends the first four fields only.
 */
export interface Aggregations {
  total: number
  critical: number
  avgRisk: number
  byType: Record<string, number>
  warning?: number | undefined
  info?: number | undefined
  byStatus?: Record<string, number> | undefined
  buckets?: { start: string; total: number; critical: number }[] | undefined
}

/** Newest first by (`timestamp`, `alert_id`). `nextToken` is absent on the last page. */
export interface RecentPage {
  items: Insight[]
  nextToken?: string | null | undefined
  aggregations?: Aggregations | undefined
}

export interface PublishResult {
  accepted: number
  items: { alert_id: string; id: string; result: 'created' | 'updated' | 'unchanged' }[]
}

/** What is asked of an alert: see `StatusChange`, which holds a request against it. */
export interface StatusRequest {
  status: Status
  /** Who did it. */
  by?: string | undefined
  /** Stays until another one takes its place; an empty one takes it away. */
  note?: string | undefined
  /** RFC 3339, with `acknowledged`; null, or nothing at the first time, is for ever. */
  acknowledged_until?: string | null | undefined
}
