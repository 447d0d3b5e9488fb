import { setTimeout as sleep } from 'node:timers/promises'
import type { Aggregations } from '../../../../protocol/answers.ts'
import type { Cursor } from '../../../../protocol/cursor.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { AggregateQuery, Change, Outcome, Page, RecentQuery, Snapshot, Store } from '../../store.ts'
import type { Db } from '../db.ts'
import type { Location } from '../location.ts'
import { recent } from '../query/recent.ts'
import type { Count } from '../tables/count.ts'
import { InsightTable } from '../tables/insight-table.ts'
import { type Generation, type GenerationParts, openGeneration } from './generation.ts'
import { readLog } from './read-log.ts'
import { snapshot } from './snapshot.ts'

interface Options {
  readonly logger: Logger
  readonly count: Count
}

const reopenEveryMs = 1000

/**
 * Any number of processes over one insight table and one log table, with no coordinator: a place in
 * the log can be taken once, and that is the only thing they have to agree on.
 */
export async function openLogStore(
  db: Db,
  location: Location & { readonly logTable: string },
  { logger, count }: Options,
): Promise<Store> {
  const table = new InsightTable(db, location.table, {
    retention: location.retention,
    survey: location.relay ? undefined : { plain: true, pages: Infinity },
  })
  const now = () => db.now()
  const renewed = await RenewedGeneration.open({ db, table, location, logger, count })
  const current = () => renewed.current

  return {
    kind: 'dynamo',
    append: (changes: readonly Change[]): Promise<Outcome[]> => current().writer.append(changes),
    async head(): Promise<Cursor> {
      const { tail } = current()
      await tail.catchUp()
      return { epoch: tail.table.epoch, sequence: tail.head }
    },
    async refuse({ epoch, sequence }) {
      const { tail } = current()
      if (epoch !== tail.table.epoch) return 'foreign'
      if (sequence <= tail.head) return undefined
      await tail.catchUp()
      return sequence > tail.head ? 'ahead' : undefined
    },
    read: (after, options) => readLog(current().tail, after, { ...options, now }),
    snapshot: (query): Promise<Snapshot> => snapshot(current().tail, query, now()),
    recent: (query: RecentQuery): Promise<Page> => recent(table, query),
    async get(alertId: string): Promise<Insight | undefined> {
      const { insight, digest } = await table.get(alertId)
      // Its entry may be in the log, and shown, a moment before the table has it.
      const newest = current().tail.last?.versions.findLast((version) => version.alertId === alertId)
      return newest?.mark === digest ? parseInsight(newest.json) : insight
    },
    aggregate: (query: AggregateQuery): Promise<Aggregations> => current().tallies.aggregate(query),
    fault: () => current().health.fault,
    now,
    async close(): Promise<void> {
      await renewed.close()
      db.close()
    },
  }
}

/** The generation in force: another takes its place when the log goes on where this one can't follow. */
class RenewedGeneration {
  current: Generation
  readonly #parts: GenerationParts
  readonly #stopped = new AbortController()
  #renewing: Promise<void> = Promise.resolve()

  private constructor(parts: GenerationParts, current: Generation) {
    this.#parts = parts
    this.current = current
    this.#watch(current)
  }

  static async open(parts: GenerationParts): Promise<RenewedGeneration> {
    return new RenewedGeneration(parts, await openGeneration(parts))
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#renewing
    await this.current.close()
  }

  #watch({ tail }: Generation): void {
    void this.#renewAfter(tail.broke)
  }

  async #renewAfter(broke: Promise<void>): Promise<void> {
    await broke
    if (!this.#stopped.signal.aborted) this.#renewing = this.#renew()
  }

  async #renew(): Promise<void> {
    const { signal } = this.#stopped
    await this.current.close()
    while (!signal.aborted)
      try {
        this.current = await openGeneration(this.#parts)
        const { epoch } = this.current.tail.table
        this.#parts.logger('info', 'log opened anew', { epoch })
        return this.#watch(this.current)
      } catch (error) {
        this.#parts.logger('warn', 'log not opened', { reason: String(error) })
        await sleep(reopenEveryMs, undefined, { signal }).catch(() => {})
      }
  }
}
