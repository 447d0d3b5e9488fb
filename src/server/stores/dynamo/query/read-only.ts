import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cursor, ResetReason } from '../../../../protocol/cursor.ts'
import { encodeInsight } from '../../../../protocol/insight/encode.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { ConditionVariable } from '../../condition-variable.ts'
import { TextEntry } from '../../entry.ts'
import { type Entry, type EntryBatch, type Snapshot, type Store, StoreUnavailable } from '../../store.ts'
import { aggregate } from './aggregate.ts'
import type { Count } from '../tables/count.ts'
import type { Db } from '../db.ts'
import { InsightTable } from '../tables/insight-table.ts'
import type { Location } from '../location.ts'
import { recent, within } from './recent.ts'
import { Sequencer } from '../write/sequencer.ts'

/** Time that insights have to arrive in, so that they can be shown in the order of their time stamps. */
const holdBackMs = 3000
/** How far back each look goes. What comes with an older time stamp than that is not seen. */
const overlapMs = 15 * 60_000
/** Entries in memory; a cursor before them has expired. */
const maxEntries = 10_000

/**
 * Watches an insight table that has no log beside it, and writes nothing. The order is this
 * process's own, and so is the epoch: a cursor of another process, or of the one before, is foreign.
 */
export async function openReadOnly(
  db: Db,
  { table: name, retention, poll }: Location,
  { logger, count }: { readonly logger: Logger; readonly count: Count },
): Promise<Store> {
  const epoch = randomBytes(4).toString('hex')
  const table = new InsightTable(db, name, { retention })
  const sequencer = new Sequencer(holdBackMs)
  const known = new Map<string, string>()
  const entries: Entry[] = []
  const changed = new ConditionVariable()
  const stopped = new AbortController()
  const head = () => entries.at(-1)?.cursor.sequence ?? 0

  const look = async (first: boolean) => {
    const since = new Date(db.now() - overlapMs).toISOString()
    const from = first ? undefined : table.slack.from(since)
    for await (const page of table.walk({ from }))
      for (const { insight, digest } of page) {
        if (!insight || known.get(insight.alert_id) === digest) continue
        known.set(insight.alert_id, digest)
        // What was there at the start needn't wait: nothing has been shown that it could come after.
        sequencer.hold(insight, first ? -Infinity : performance.now())
      }
  }
  const release = () => {
    const { late } = sequencer
    for (const insight of sequencer.release(performance.now()))
      entries.push(new TextEntry({ epoch, sequence: head() + 1 }, encodeInsight(insight), parseInsight))
    if (sequencer.late > late) count('late', sequencer.late - late)
    entries.splice(0, entries.length - maxEntries)
    changed.wakeAll()
  }
  const follow = async () => {
    while (!stopped.signal.aborted) {
      await sleep(poll, undefined, { signal: stopped.signal }).catch(() => {})
      if (stopped.signal.aborted) return
      try {
        await look(false)
        release()
      } catch (error) {
        logger('warn', 'insights not read', { reason: String(error) })
      }
    }
  }
  const position = (): Cursor => ({ epoch, sequence: head() })

  await look(true)
  release()
  const following = follow()
  logger('info', 'read only: there is no log table, and nothing is written', { table: name })

  return {
    append: () =>
      Promise.reject(
        new StoreUnavailable('This server has no log table, and takes no insights', { retryAfter: 60 }),
      ),
    kind: 'dynamo',
    fault: () => undefined,
    head: () => Promise.resolve(position()),
    async refuse(position) {
      if (position.epoch !== epoch) return 'foreign'
      return position.sequence > head() ? 'ahead' : undefined
    },
    async *read(after, { signal }): AsyncGenerator<EntryBatch | { readonly reset: ResetReason }> {
      if (after.epoch !== epoch) return yield { reset: 'foreign' }
      if (after.sequence > head()) return yield { reset: 'ahead' }
      for (let at = after.sequence; !signal.aborted;) {
        const oldest = entries[0]?.cursor.sequence ?? 1
        if (at + 1 < oldest) return yield { reset: 'expired' }
        const fresh = entries.slice(at + 1 - oldest)
        at += fresh.length
        if (fresh.length > 0) yield { entries: fresh, next: { epoch, sequence: at } }
        else await changed.wait(signal)
      }
    },
    async snapshot({ limit, filter }): Promise<Snapshot> {
      const found = new Map<string, Entry>()
      for (const entry of entries.toReversed())
        if (!found.has(entry.insight.alert_id)) found.set(entry.insight.alert_id, entry)
      const matching = [...found.values()].filter(({ insight }) => filter?.matches(insight) ?? true)
      return { entries: matching.slice(0, limit).toReversed(), at: position() }
    },
    recent: (query) => recent(table, query),
    get: async (alertId) => (await table.get(alertId)).insight,
    aggregate: (query) => aggregate(within(table, query), query, db.now()),
    async close() {
      stopped.abort()
      await following
      db.close()
    },
  }
}
