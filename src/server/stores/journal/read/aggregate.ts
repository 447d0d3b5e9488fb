import type { Aggregations } from '../../../../protocol/answers.ts'
import { statuses } from '../../../../protocol/status.ts'
import type { AggregateQuery } from '../../store.ts'
import { Tally } from '../../tally.ts'
import type { DurableLog } from '../index/durable-log.ts'
import type { Latest } from '../index/latest.ts'
import { milliseconds } from './queries.ts'
import { slices } from './slices.ts'
import { StoredInsight } from './stored-insight.ts'

interface Bounds {
  readonly since: number | undefined
  readonly until: number | undefined
}

const pageSize = 1024

export async function aggregateAlerts(
  log: DurableLog,
  query: AggregateQuery,
  now: number,
): Promise<Aggregations> {
  const bounds = { since: milliseconds(query.since), until: milliseconds(query.until) }
  const { buckets } = query
  if (query.filter) {
    const tally = await tallyMatching(log, query.filter, bounds)
    return tally.result({ ...bounds, buckets, now })
  }
  const tally = new Tally()
  tallyIndex(log, tally, bounds)
  tallyLayers(log, tally, bounds)
  const bucketOf = (from: number, to: number) => bucketTotal(log, from, to)
  return tally.result({ ...bounds, buckets, now, bucketOf })
}

const holds = ({ since, until }: Bounds, time: number) =>
  (since === undefined || time >= since) && (until === undefined || time < until)

/** What the index has counted; alerts that a layer knows better are in it as they were. */
function tallyIndex(log: DurableLog, tally: Tally, bounds: Bounds): void {
  const first = edgeOf(log, bounds, 'oldest')
  const last = edgeOf(log, bounds, 'newest')
  if (first && last) tally.widen(first.time, last.time)
  const range = indexedRange(log, bounds)
  if (!range) return
  for (const { status, ...total } of log.index.totals(range.from, range.to))
    tally.addMany({ ...total, status: statuses[status]! })
}

/** Finite bounds of what the index has. */
function indexedRange(log: DurableLog, { since, until }: Bounds) {
  const [oldest] = log.index.after(-Infinity, '', 1)
  const [newest] = log.index.below(Infinity, '', 1)
  if (!oldest || !newest) return undefined
  return { from: Math.max(since ?? -Infinity, oldest.time), to: Math.min(until ?? Infinity, newest.time + 1) }
}

/** The first or last alert of the index that no layer knows better. */
function edgeOf(log: DurableLog, bounds: Bounds, edge: 'oldest' | 'newest'): Latest | undefined {
  const { since = -Infinity, until = Infinity } = bounds
  let position = edge === 'oldest' ? { time: since, alertId: '' } : { time: until, alertId: '' }
  for (;;) {
    const rows =
      edge === 'oldest'
        ? log.index.after(position.time, position.alertId, pageSize)
        : log.index.below(position.time, position.alertId, pageSize)
    const found = rows.find((row) => log.isLatest(row, -1))
    if (found) return holds(bounds, found.time) ? found : undefined
    if (rows.length < pageSize) return undefined
    position = rows.at(-1)!
  }
}

function tallyLayers(log: DurableLog, tally: Tally, bounds: Bounds): void {
  for (const layer of log.layers)
    for (const { time, risk, type, status, below } of layer.versions()) {
      if (holds(bounds, time)) tally.add(time, risk, type, statuses[status]!)
      if (below && holds(bounds, below.time))
        tally.remove(below.time, below.risk, below.type, statuses[below.status]!)
    }
}

function bucketTotal(log: DurableLog, from: number, to: number) {
  const range = indexedRange(log, { since: from, until: to })
  const sum = { total: 0, critical: 0 }
  if (!range || range.from >= range.to) return sum
  for (const { severity, count } of log.index.totals(range.from, range.to)) {
    sum.total += count
    if (severity === 'critical') sum.critical += count
  }
  return sum
}

/** Looks at every alert of the range, in slices; a filter reads texts back only for what the index does not hold. */
async function tallyMatching(
  log: DurableLog,
  filter: NonNullable<AggregateQuery['filter']>,
  bounds: Bounds,
): Promise<Tally> {
  const pause = slices()
  const candidate = new StoredInsight(log)
  const tally = new Tally()
  const counted = new Set<string>()
  const add = (latest: Latest) => {
    if (holds(bounds, latest.time) && filter.matches(candidate.of(latest)))
      tally.add(latest.time, latest.risk, latest.type, statuses[latest.status]!)
  }
  for (const layer of log.layers.toReversed())
    for (const version of layer.versions()) {
      if (counted.has(version.alertId)) continue
      counted.add(version.alertId)
      add(version)
      if (counted.size % 64 === 0) await pause()
    }
  let position = { time: bounds.since ?? -Infinity, alertId: '' }
  for (;;) {
    const rows = log.index.after(position.time, position.alertId, pageSize)
    for (const [at, row] of rows.entries()) {
      if (!counted.has(row.alertId)) add(row)
      if (at % 64 === 63) await pause()
    }
    const last = rows.at(-1)
    if (!last || rows.length < pageSize || !holds({ ...bounds, since: undefined }, last.time)) return tally
    position = last
  }
}
