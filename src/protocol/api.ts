import { z } from 'zod'
import type { Insight } from './insight/insight.ts'
import { insightFault, readInsight } from './insight/read.ts'

/** What went wrong, in words and as a stable snake_case code. */
export const ErrorBody = z.object({
  error: z.string(),
  code: z.string().optional(),
  details: z.array(z.unknown()).optional(),
})

const counts = z.record(z.string(), z.number())

/**
 * Totals over a range. A bucket covers the time from its `start` (RFC 3339) to the next one's;
 * the old server sends the first four fields only.
 */
export const Aggregations = z.object({
  total: z.number(),
  critical: z.number(),
  avgRisk: z.number(),
  byType: counts,
  warning: z.number().optional(),
  info: z.number().optional(),
  byStatus: counts.optional(),
  buckets: z.array(z.object({ start: z.string(), total: z.number(), critical: z.number() })).optional(),
})

/** An insight in an answer, read tolerantly. */
const InsightAnswer = z.unknown().transform((value, context): Insight => {
  const read = readInsight(value)
  if (read !== undefined) return read
  context.addIssue({ code: 'custom', message: insightFault(value), input: value })
  return z.NEVER
})

/** Newest first by (`timestamp`, `alert_id`). `nextToken` is absent on the last page. */
export const RecentPage = z.object({
  items: z.array(InsightAnswer),
  nextToken: z.string().nullish(),
  aggregations: Aggregations.optional(),
})

export const PublishResult = z.object({
  accepted: z.number(),
  items: z.array(
    z.object({ alert_id: z.string(), id: z.string(), result: z.enum(['created', 'updated', 'unchanged']) }),
  ),
})

/** Data of `event: beat`: the server's clock. */
export const Beat = z.object({ time: z.string() })
