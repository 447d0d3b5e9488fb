import type { Insight } from '../../../../protocol/insight/insight.ts'
import { fieldText } from '../../../../protocol/insight/unreadable.ts'
import type { Page, PagePosition, Range, RecentQuery } from '../../store.ts'
import type { InsightTable } from '../tables/insight-table.ts'

/** What one page may consume: 2 MB of the index, some 4000 insights that don't match. */
const maxUnits = 250

/**
 * A page of the latest versions, newest first by (timestamp, alert_id) as normalised. The index
 * sorts by the texts that writers wrote, which is nearly, not quite, that order: the walk goes on
 * until no text that is still to come can belong on this page.
 */
export async function recent(table: InsightTable, query: RecentQuery): Promise<Page> {
  const { limit, after, until, since } = query
  const { slack } = table
  const below = [after?.timestamp, until].filter((time) => time !== undefined).sort()[0]
  const meter = { units: 0 }
  const pages = table.walk({
    from: since === undefined ? undefined : slack.from(since),
    to: below === undefined ? undefined : slack.to(below),
    newestFirst: true,
    firstPage: Math.max(100, 2 * limit),
    meter,
  })
  let found: Insight[] = []
  for await (const page of pages) {
    for (const { insight } of page)
      if (insight && inRange(insight, query) && (!after || isAfter(insight, after))) found.push(insight)
    found = found.sort(newestFirst).slice(0, limit + 1)
    const farthest = found[limit]
    const bound = farthest && slack.from(fieldText(farthest.timestamp))
    const reached = page.at(-1)?.item?.['timestamp']?.S
    if (bound !== undefined && reached !== undefined && reached < bound) break
    const seen = meter.units > maxUnits && reached !== undefined ? slack.seenBelow(reached) : undefined
    // Without a step forward the next page would be this one again.
    if (seen !== undefined && (below === undefined || seen < below)) return cut(found, seen, { limit, meter })
  }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const readUnits = meter.units
  if (found.length <= limit || !last) return { items, readUnits }
  return { items, next: positionOf(last), readUnits }
}

/** An incomplete page: everything at or after an instant has been seen, and reading on begins right below it. */
function cut(
  found: readonly Insight[],
  seen: string,
  { limit, meter }: { limit: number; meter: { units: number } },
): Page {
  const items = found.filter(({ timestamp }) => fieldText(timestamp) >= seen).slice(0, limit)
  const last = items.at(-1)
  const next = items.length === limit && last ? positionOf(last) : { timestamp: seen, alertId: '' }
  return { items, next, readUnits: meter.units }
}

const positionOf = ({ timestamp, alert_id: alertId }: Insight): PagePosition => ({
  timestamp: fieldText(timestamp),
  alertId,
})

/** Every insight of a range, in no order. */
export async function* within(table: InsightTable, range: Range): AsyncGenerator<Insight> {
  const { slack } = table
  const from = range.since === undefined ? undefined : slack.from(range.since)
  const to = range.until === undefined ? undefined : slack.to(range.until)
  for await (const page of table.walk({ from, to }))
    for (const { insight } of page) if (insight && inRange(insight, range)) yield insight
}

const inRange = (insight: Insight, { since, until, filter }: Range): boolean =>
  (since === undefined || fieldText(insight.timestamp) >= since) &&
  (until === undefined || fieldText(insight.timestamp) < until) &&
  (filter === undefined || filter.matches(insight))

const isAfter = (insight: Insight, { timestamp, alertId }: PagePosition): boolean =>
  compareTimes(fieldText(insight.timestamp), timestamp) < 0 ||
  (fieldText(insight.timestamp) === timestamp && insight.alert_id < alertId)

const newestFirst = (a: Insight, b: Insight): number =>
  compareTimes(fieldText(b.timestamp), fieldText(a.timestamp)) || (a.alert_id < b.alert_id ? 1 : -1)

const compareTimes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
