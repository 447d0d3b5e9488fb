import { Failure } from '../../../../program/failure.ts'
import { encodeInsight } from '../../../../protocol/insight/encode.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { TextEntry } from '../../entry.ts'
import type { Snapshot, Store } from '../../store.ts'
import { connect } from '../db.ts'
import { parseLocation } from '../location.ts'
import { aggregate } from '../query/aggregate.ts'
import { recent, within } from '../query/recent.ts'
import { type Brought, StreamRelay, type TableChange } from '../relay/stream-relay.ts'
import { StreamNews } from '../relay/stream-news.ts'
import type { Count } from '../tables/count.ts'
import { InsightTable } from '../tables/insight-table.ts'
import { OnDemandLog } from './on-demand-log.ts'
import { readLog } from './read-log.ts'
import { snapshot } from './snapshot.ts'

interface Options {
  readonly logger: Logger
  /** Counts what an operator wants to see; nothing by default. */
  readonly count?: Count
  /** Is told what requests consumed, in DynamoDB's units. */
  readonly spend?: (operation: string, units: number) => void
  /** How long a request is tried again before its caller hears that the store is unavailable, in ms. 6 s. */
  readonly patience?: number
}

/** A store, and what keeps its log in order, which here somebody has to ask for. */
export interface OnDemandStore extends Store {
  /** Brings into the log what others put into the table, as the table's stream told. See {@link StreamRelay}. */
  bring(changes: readonly TableChange[]): Promise<Brought>
  /** Writes what a writer that died left to write, and keeps the log's end from expiring. Due once in a while. */
  maintain(): Promise<void>
}

/**
 * Opens `dynamodb://TABLE?…` for a process that may be frozen whenever it has answered. Nothing is asked of
 * DynamoDB until it is needed, and nothing runs between two requests: no relay, no polls, no timers. Insights are
 * read by their keys and from the index; the log is opened by whoever first writes or reads a stream, and kept.
 * Throws a {@link Failure} for an address that can't be one.
 */
export async function openOnDemand(
  address: string,
  { logger, count = () => {}, spend = () => {}, patience = 6000 }: Options,
): Promise<OnDemandStore> {
  const { logTable, ...location } = parseLocation(address)
  if (logTable === undefined)
    throw new Failure('usage', 'Without a log there are no positions to go on from: leave log=none out.')
  const db = await connect(location, { logger, count, spend, patience })
  // Nobody has looked through the table: its time stamps are taken to be in UTC, as its writers write them.
  const survey = { plain: true, pages: Infinity }
  const table = new InsightTable(db, location.table, { retention: location.retention, survey })
  const news = new StreamNews()
  const log = new OnDemandLog({
    db,
    table,
    location: { ...location, logTable },
    logger,
    count,
    onDemand: { news },
  })
  const now = () => db.now()
  const relay = new StreamRelay({ log, news, logger, retention: location.retention })

  return {
    kind: 'dynamo',
    append: async (changes) => (await log.current()).writer.append(changes),
    async head() {
      const { tail } = await log.current()
      return { epoch: tail.table.epoch, sequence: tail.head }
    },
    async refuse({ epoch, sequence }) {
      const { tail } = await log.current()
      if (epoch !== tail.table.epoch) return 'foreign'
      return sequence > tail.head ? 'ahead' : undefined
    },
    async *read(after, options) {
      const { tail } = await log.current()
      yield* readLog(tail, after, { ...options, now })
    },
    async snapshot(query): Promise<Snapshot> {
      const logged = await snapshot((await log.current()).tail, query, now())
      if (logged.entries.length >= query.limit) return logged
      // What was put into the table before there was a log, or has outlived it. Looked for first: what is in the
      // table by then is in the log before, unless another writer put it there.
      const { items } = await recent(table, { limit: query.limit, filter: query.filter })
      const again = await snapshot((await log.current()).tail, query, now())
      const seen = new Set(again.entries.map(({ insight }) => insight.alert_id))
      const [first] = again.entries
      const cursor = { ...again.at, sequence: (first?.cursor.sequence ?? again.at.sequence + 1) - 1 }
      const older = items
        .filter(({ alert_id }) => !seen.has(alert_id))
        .slice(0, query.limit - again.entries.length)
        .map((insight) => new TextEntry(cursor, encodeInsight(insight), parseInsight))
      return { entries: [...older.toReversed(), ...again.entries], at: again.at }
    },
    recent: (query) => recent(table, query),
    get: async (alertId) => (await table.get(alertId)).insight,
    aggregate: (query) => aggregate(within(table, query), query, now()),
    bring: (changes) => relay.bring(changes),
    async maintain() {
      const { tail, settler } = await log.current()
      if (tail.last && !settler.isSettled(tail.last)) await settler.settle(tail.last)
      await tail.check()
    },
    fault: () => log.fault,
    async close() {
      await log.close()
      db.close()
    },
  }
}
