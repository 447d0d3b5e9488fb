import type { Aggregations } from '../../../../protocol/api.ts'
import type { Cursor } from '../../../../protocol/cursor.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import { fieldText } from '../../../../protocol/insight/unreadable.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { AggregateQuery, Change, Outcome, Page, RecentQuery, Snapshot, Store } from '../../store.ts'
import { aggregate } from '../query/aggregate.ts'
import type { Count } from '../tables/count.ts'
import type { Db } from '../db.ts'
import { InsightTable, type Stored } from '../tables/insight-table.ts'
import type { Location } from '../location.ts'
import { openLogTable } from './log-table.ts'
import { readLog } from './read-log.ts'
import { recent, within } from '../query/recent.ts'
import { Relay } from '../relay/relay.ts'
import { Settler } from '../write/settle.ts'
import { snapshot } from './snapshot.ts'
import { Tail } from './tail.ts'
import { Writer } from '../write/writer.ts'

/** Time for the writer of the last batch to bring it into the insight table, before others do. */
const graceMs = 3000

interface Options {
  readonly logger: Logger
  readonly count: Count
}

/**
 * Any number of processes over one insight table and one log table, with no coordinator: a place in
 * the log can be taken once, and that is the only thing they have to agree on.
 */
export async function openLogStore(
  db: Db,
  location: Location & { readonly logTable: string },
  { logger, count }: Options,
): Promise<Store> {
  const { retention, poll, sweep } = location
  const now = () => db.now()
  const table = new InsightTable(db, location.table, {
    retention,
    survey: location.relay ? undefined : { plain: true, pages: Infinity },
  })
  const logTable = await openLogTable(db, location.logTable)
  const tail = await Tail.open(logTable, { logger, now, poll, retention, remember: location.relay })
  const isLast = async ({ nonce }: { nonce: string }) => {
    await tail.catchUp()
    return tail.last?.nonce === nonce
  }
  const settler = new Settler({ table, logger, count, isLast })
  const isNews = location.relay ? newsIn(tail, () => now() - retention + 3_600_000) : () => false
  const ttl = () => Math.ceil((now() + retention) / 1000)
  const writer = new Writer({ tail, table, settler, logger, count, ttl, isNews })
  const relay = location.relay && new Relay({ table, tail, writer, logger, now, isNews, poll, sweep })
  const stopHelping = helpLate(tail, settler, logger)

  return {
    kind: 'dynamo',
    fault: () => undefined,
    append: (changes: readonly Change[]): Promise<Outcome[]> => writer.append(changes),
    async head(): Promise<Cursor> {
      await tail.catchUp()
      return { epoch: logTable.epoch, sequence: tail.head }
    },
    read: (after, { signal }) => readLog(tail, after, { signal, now }),
    snapshot: (query): Promise<Snapshot> => snapshot(tail, query, now()),
    recent: (query: RecentQuery): Promise<Page> => recent(table, query),
    async get(alertId: string): Promise<Insight | undefined> {
      const { insight, digest } = await table.get(alertId)
      // Its entry may be in the log, and shown, a moment before the table has it.
      const newest = tail.last?.versions.findLast((version) => version.alertId === alertId)
      return newest?.mark === digest ? parseInsight(newest.json) : insight
    },
    aggregate: (query: AggregateQuery): Promise<Aggregations> =>
      aggregate(within(table, query), query, now()),
    async close(): Promise<void> {
      await stopHelping()
      if (relay) await relay.close()
      await writer.close()
      await tail.close()
      db.close()
    },
  }
}

/**
 * News is what the table holds and the log doesn't. The log outlives what it has of the table, but
 * for items that never expire: of these, what is older than the log has been in it.
 */
const newsIn =
  (tail: Tail, oldest: () => number) =>
  ({ insight, item, digest }: Stored): boolean => {
    if (!insight) return false
    const latest = tail.latest(insight.alert_id)
    if (latest !== undefined) return latest !== digest
    return item?.['ttl'] !== undefined || fieldText(insight.timestamp) >= new Date(oldest()).toISOString()
  }

/** Settles a last batch that stays the last without its writer having been heard of. */
function helpLate(tail: Tail, settler: Settler, logger: Logger): () => Promise<void> {
  let seen: { nonce: string; at: number } | undefined
  let helping: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    const { last } = tail
    if (!last || settler.isSettled(last)) return
    if (seen?.nonce !== last.nonce) seen = { nonce: last.nonce, at: seen ? performance.now() : -Infinity }
    if (performance.now() - seen.at < graceMs) return
    seen.at = performance.now()
    helping = settler
      .settle(last)
      .catch((error: unknown) => logger('warn', 'last batch not settled', { reason: String(error) }))
  }, graceMs / 4).unref()
  return async () => {
    clearInterval(timer)
    await helping
  }
}
