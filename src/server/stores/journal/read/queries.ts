import type { Aggregations } from '../../../../protocol/api.ts'
import { fieldText } from '../../../../protocol/insight/unreadable.ts'
import { statuses } from '../../../../protocol/status.ts'
import { parseTimestamp } from '../../../../protocol/time/timestamp.ts'
import { TextEntry } from '../../entry.ts'
import type { Entry, AggregateQuery, Page, RecentQuery, Snapshot, Store } from '../../store.ts'
import { Tally } from '../../tally.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { StoredInsight } from './stored-insight.ts'

/** A scan lets other work in after so many milliseconds. */
const sliceMs = 8

function slices(): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < sliceMs) return undefined
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        since = performance.now()
        resolve()
      })
    })
  }
}

/** Newest first. Positions are keys, so pages stay right while alerts come and go between them. */
export async function recentPage(log: DurableLog, query: RecentQuery): Promise<Page> {
  const { table } = log
  const { limit, filter } = query
  const since = milliseconds(query.since) ?? -Infinity
  const pause = slices()
  const candidate = new StoredInsight(log)
  let { time, id } = startOf(query)
  const page: Page['items'] = []
  if (limit < 1) return { items: page }
  for (let size = limit + 1; ; size = Math.max(size, 256)) {
    const slots = table.newestBelow(time, id, size)
    for (const slot of slots) {
      if (table.time[slot]! < since) return { items: page }
      if (filter && !filter.matches(candidate.of(slot))) continue
      const newest = page.at(-1)
      if (newest && page.length === limit)
        return { items: page, next: { timestamp: fieldText(newest.timestamp), alertId: newest.alert_id } }
      page.push(log.readSlot(slot).insight)
    }
    const last = slots.at(-1)
    if (last === undefined || slots.length < size) return { items: page }
    time = table.time[last]!
    id = table.ids.text(last)
    await pause()
  }
}

/** Pages begin below the position of the page before, and below `until`. */
function startOf({ until, after }: RecentQuery): { time: number; id: string } {
  const bound = milliseconds(until) ?? Infinity
  const time = milliseconds(after?.timestamp) ?? Infinity
  return time < bound ? { time, id: after?.alertId ?? '' } : { time: bound, id: '' }
}

/** The alerts that changed last: their latest entries, found backwards from the end of the log. */
export async function takeSnapshot(
  log: DurableLog,
  query: Parameters<Store['snapshot']>[0],
): Promise<Snapshot> {
  const { table } = log
  const { limit, filter } = query
  const at = log.headCursor
  const pause = slices()
  const candidate = new StoredInsight(log)
  const entries: Entry[] = []
  let seen = 0
  for (let which = log.segments.length - 1; which >= 0 && entries.length < limit; which--) {
    const segment = log.segments[which]!
    for (let index = segment.count - 1; index >= 0 && entries.length < limit; index--) {
      const sequence = segment.sequenceAt(index)
      const slot = segment.slotAt(index)
      if (sequence <= at.sequence && table.sequence[slot] === sequence) {
        const entry = entryIf(() => !filter || filter.matches(candidate.of(slot)), log, slot)
        if (entry) entries.push(entry)
      }
      if (++seen % 256 === 0) await pause()
    }
  }
  return { entries: entries.toReversed(), at }
}

/** What is damaged is reported and left out: a stream that can't begin would show nothing at all. */
function entryIf(matches: () => boolean, log: DurableLog, slot: number): Entry | undefined {
  try {
    if (!matches()) return undefined
    const { cursor, json } = log.readSlot(slot)
    return new TextEntry(cursor, json)
  } catch (error) {
    if (error instanceof DamagedLine) return undefined
    throw error
  }
}

/** Counts alerts where the columns are; a filter reads texts back only for what they don't hold. */
export async function aggregateAlerts(
  log: DurableLog,
  query: AggregateQuery,
  now: number,
): Promise<Aggregations> {
  const { table } = log
  const { filter } = query
  const since = milliseconds(query.since)
  const until = milliseconds(query.until)
  const from = since ?? -Infinity
  const to = until ?? Infinity
  const pause = slices()
  const candidate = new StoredInsight(log)
  const tally = new Tally()
  for (let slot = 0; slot < table.ids.slots; slot++) {
    if (slot % 1024 === 0) await pause()
    const time = table.time[slot]!
    if (table.sequence[slot] === 0 || time < from || time >= to) continue
    if (filter && !filter.matches(candidate.of(slot))) continue
    tally.add(time, table.risk[slot]!, table.types[table.type[slot]!]!, statuses[table.status[slot]!]!)
  }
  return tally.result({ since, until, buckets: query.buckets, now })
}

const milliseconds = (timestamp: string | undefined) =>
  timestamp === undefined ? undefined : parseTimestamp(timestamp)
