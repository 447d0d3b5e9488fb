import type { Aggregations } from '../../../protocol/api.ts'
import type { Insight } from '../../../protocol/insight.ts'
import { severityOf } from '../../../protocol/severity.ts'
import { parseTimestamp } from '../../../protocol/timestamp.ts'
import type { AggregateQuery } from '../store.ts'

/** Totals over insights that are in range already. Buckets divide `since`–`until`, equally. */
export async function aggregate(
  insights: AsyncIterable<Insight>,
  { since, until, buckets }: AggregateQuery,
  now: number,
): Promise<Aggregations> {
  const counts = { total: 0, critical: 0, warning: 0, info: 0 }
  const byType = new Map<string, number>()
  const byStatus = new Map<string, number>()
  const times: { time: number; critical: boolean }[] = []
  let risk = 0
  for await (const insight of insights) {
    const severity = severityOf(insight.risk_score)
    counts.total++
    counts[severity]++
    risk += insight.risk_score
    add(byType, insight.prediction_type)
    add(byStatus, insight.status)
    const time = buckets === undefined ? undefined : parseTimestamp(insight.timestamp)
    if (time !== undefined) times.push({ time, critical: severity === 'critical' })
  }
  return {
    ...counts,
    avgRisk: counts.total === 0 ? 0 : risk / counts.total,
    byType: Object.fromEntries(byType),
    byStatus: Object.fromEntries(byStatus),
    ...(buckets === undefined ? {} : { buckets: divide(times, buckets, span(times, since, until, now)) }),
  }
}

const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)

function span(
  times: readonly { time: number }[],
  since: string | undefined,
  until: string | undefined,
  now: number,
): [number, number] {
  let [low, high] = [Infinity, now]
  for (const { time } of times) {
    low = Math.min(low, time)
    high = Math.max(high, time + 1)
  }
  const from = (since === undefined ? undefined : parseTimestamp(since)) ?? Math.min(low, now)
  const to = (until === undefined ? undefined : parseTimestamp(until)) ?? high
  return [from, Math.max(to, from + 1)]
}

function divide(
  times: readonly { time: number; critical: boolean }[],
  buckets: number,
  [from, to]: [number, number],
): { start: string; total: number; critical: number }[] {
  const width = (to - from) / buckets
  const found = Array.from({ length: buckets }, (_, at) => ({
    start: new Date(from + at * width).toISOString(),
    total: 0,
    critical: 0,
  }))
  for (const { time, critical } of times) {
    const bucket = found[Math.min(buckets - 1, Math.floor((time - from) / width))]
    if (!bucket) continue
    bucket.total++
    if (critical) bucket.critical++
  }
  return found
}
