import { fieldText } from '../../../../protocol/insight/unreadable.ts'
import { parseTimestamp } from '../../../../protocol/time/timestamp.ts'
import { TextEntry } from '../../entry.ts'
import type { Entry, Page, RecentQuery, Snapshot, Store } from '../../store.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import type { DurableLog } from '../index/durable-log.ts'
import type { Latest } from '../index/latest.ts'
import { newestBelow } from './newest.ts'
import { slices } from './slices.ts'
import { StoredInsight } from './stored-insight.ts'

/** Newest first. Positions are keys, so pages stay right while alerts come and go between them. */
export async function recentPage(log: DurableLog, query: RecentQuery): Promise<Page> {
  const { limit, filter } = query
  const since = milliseconds(query.since) ?? -Infinity
  const pause = slices()
  const candidate = new StoredInsight(log)
  const page: Page['items'] = []
  if (limit < 1) return { items: page }
  let { time, id } = startOf(query)
  let next = newestBelow(log, time, id)
  for (let seen = 1; ; seen++) {
    const latest = next()
    if (!latest || latest.time < since) return { items: page }
    if (!filter || filter.matches(candidate.of(latest))) {
      const last = page.at(-1)
      if (last && page.length === limit)
        return { items: page, next: { timestamp: fieldText(last.timestamp), alertId: last.alert_id } }
      const insight = log.read(latest)?.insight
      if (insight) page.push(insight)
    }
    if (seen % 64 !== 0) continue
    const paused = pause()
    if (!paused) continue
    await paused
    ;({ time, alertId: id } = latest)
    next = newestBelow(log, time, id)
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
  { limit, filter }: Parameters<Store['snapshot']>[0],
): Promise<Snapshot> {
  const at = log.headCursor
  const pause = slices()
  const candidate = new StoredInsight(log)
  const entries: Entry[] = []
  if (limit < 1) return { entries, at }
  let seen = 0
  for (const latest of lastChanged(log, at.sequence)) {
    const entry = entryIf(() => !filter || filter.matches(candidate.of(latest)), log, latest)
    if (entry) entries.push(entry)
    if (entries.length === limit) break
    if (++seen % 256 === 0) await pause()
  }
  return { entries: entries.toReversed(), at }
}

const pageSize = 512

/** Latest versions up to a sequence, the last one first. */
function* lastChanged(log: DurableLog, upTo: number): Generator<Latest> {
  const layers = log.layers.toReversed()
  for (const layer of layers)
    for (const version of layer.newest())
      if (version.sequence <= upTo && log.isLatest(version, log.layers.indexOf(layer))) yield version
  // What was in a layer may be in the index meanwhile.
  let before = layers.at(-1)!.segment.first
  for (;;) {
    const rows = log.index.before(before, pageSize)
    for (const row of rows) if (log.isLatest(row, -1)) yield row
    if (rows.length < pageSize) return
    before = rows.at(-1)!.sequence
  }
}

/** What is damaged is reported and left out: a stream that can't begin would show nothing at all. */
function entryIf(matches: () => boolean, log: DurableLog, latest: Latest): Entry | undefined {
  try {
    if (!matches()) return undefined
    const entry = log.read(latest)
    return entry && new TextEntry(entry.cursor, entry.json)
  } catch (error) {
    if (error instanceof DamagedLine) return undefined
    throw error
  }
}

export const milliseconds = (timestamp: string | undefined) =>
  timestamp === undefined ? undefined : parseTimestamp(timestamp)
