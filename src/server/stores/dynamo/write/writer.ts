import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cursor } from '../../../../protocol/cursor.ts'
import { type Change, type Outcome, StoreUnavailable } from '../../store.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Batch } from '../log/batch.ts'
import type { Count } from '../tables/count.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import { fitting, plan, type Plan } from './plan.ts'
import type { Known } from '../relay/known.ts'
import type { Health } from './health.ts'
import { type Moment, thisMoment } from './moment.ts'
import type { Settler } from './settle.ts'
import type { Tail } from '../log/tail.ts'

const maxPerGroup = 1000
const patienceMs = 10_000
const knowingMs = 500

interface Job {
  readonly changes: readonly Change[]
  readonly outcomes: Outcome[]
  readonly resolve: (outcomes: Outcome[]) => void
  readonly reject: (error: unknown) => void
}

interface Parts {
  readonly tail: Tail
  readonly table: InsightTable
  readonly settler: Settler
  readonly logger: Logger
  readonly count: Count
  /** Seconds since the epoch at which an entry written now may expire. */
  readonly ttl: () => number
  /** Without, nobody else writes to the table. */
  readonly known: Known | undefined
  readonly health: Health
}

/**
 * Appends, one batch at a time; what is asked for while a batch is under way goes with the next.
 *
 * A round: settle the last batch, read what the table holds of the alerts concerned, plan, and put
 * the batch at head + 1 on condition that nothing is there. Whoever loses that race reads on and
 * plans anew. After an answer that never came the same place is tried again: it can be taken only
 * once, and the nonce tells whether by us. An append is answered when its entries are in the log.
 */
export class Writer {
  readonly #parts: Parts
  #queue: Job[] = []
  #running: Promise<void> | undefined
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  append(changes: readonly Change[]): Promise<Outcome[]> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'))
    const { promise, resolve, reject } = Promise.withResolvers<Outcome[]>()
    this.#queue.push({ changes, outcomes: [], resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#nextGroup()
      try {
        await this.#write(group)
      } catch (error) {
        this.#parts.health.refused(error)
        // A change that throws is its own append's trouble; planning found it before anything was written.
        if (group.length > 1 && !(error instanceof StoreUnavailable)) await this.#writeEach(group)
        else for (const job of group) job.reject(error)
      }
    }
    // In the same turn as the last look at the queue: an append in between would never be seen.
    this.#running = undefined
  }

  async #writeEach(group: readonly Job[]): Promise<void> {
    for (const job of group)
      if (job.outcomes.length < job.changes.length) await this.#write([job]).catch(job.reject)
  }

  /** Whole jobs, up to a bound; at least one. */
  #nextGroup(): Job[] {
    let size = 0
    const fits = this.#queue.findIndex(({ changes }, at) => (size += changes.length) > maxPerGroup && at > 0)
    return this.#queue.splice(0, fits < 0 ? this.#queue.length : fits)
  }

  async #write(group: readonly Job[]): Promise<void> {
    let work = group.flatMap((job) => job.changes.map((change) => ({ job, change })))
    for (const job of group) if (job.changes.length === 0) job.resolve([])
    while (work.length > 0) {
      const { outcomes } = await this.#commit(work.map(({ change }) => change))
      for (const [at, outcome] of outcomes.entries()) {
        const job = work[at]?.job
        job?.outcomes.push(outcome)
        if (job && job.outcomes.length === job.changes.length) job.resolve(job.outcomes)
      }
      work = work.slice(outcomes.length)
    }
  }

  /** Writes as many of the changes as one batch holds; there are as many outcomes. */
  async #commit(changes: readonly Change[]): Promise<Plan> {
    const { tail, table, settler, count, known, ttl } = this.#parts
    const isNews = (stored: Stored) => known?.isNews(stored) ?? false
    const started = performance.now()
    for (let race = 0; performance.now() - started < patienceMs; race++) {
      if (tail.isStale) await tail.confirm()
      const { last, head } = tail
      if (last) await settler.settle(last)
      const stored = await table.getMany([...new Set(changes.map(({ alertId }) => alertId))])
      await this.#knowing(stored)
      const epoch = tail.table.epoch
      const planned = fitting(plan({ epoch, head, changes, stored, isNews }))
      const { versions } = planned
      if (versions.length > 0 && head === tail.head) {
        const nonce = randomBytes(8).toString('hex')
        const batch: Batch = {
          first: head + 1,
          last: head + versions.length,
          versions,
          nonce,
          ttl: Math.max(ttl(), last?.ttl ?? 0),
        }
        const since = thisMoment()
        const put = await tail.table.put(batch)
        const isOurs = put === 'done' || (await tail.table.upTo(batch.first))?.nonce === nonce
        if (isOurs) {
          if (tail.isStale) await this.#confirm(batch)
          await this.#committed(batch, { stored, since })
          return planned
        }
        count('raced')
        await sleep(Math.random() * 10 * Math.min(race + 1, 5))
      }
      await tail.catchUp()
      // What the table holds was in the log before it was read there, unless an entry came meanwhile.
      if (versions.length === 0 && !this.#touches(head, changes))
        return passedAt({ epoch, sequence: tail.head }, planned)
    }
    throw new StoreUnavailable('too many servers write at once')
  }

  /** Whether an entry after a position is about an alert that these changes are about. */
  #touches(head: number, changes: readonly Change[]): boolean {
    const batches = this.#parts.tail.after(head)
    const alertIds = new Set(changes.map(({ alertId }) => alertId))
    return batches?.some(({ versions }) => versions.some(({ alertId }) => alertIds.has(alertId))) ?? true
  }

  /** This may have slept so long that what was at this place has expired, and the log gone on elsewhere. */
  async #confirm(batch: Batch): Promise<void> {
    const { tail } = this.#parts
    try {
      await tail.confirm(batch)
    } catch (error) {
      await tail.table.remove(batch)
      throw error
    }
  }

  async #committed(
    batch: Batch,
    own: { readonly stored: ReadonlyMap<string, Stored>; readonly since: Moment },
  ): Promise<void> {
    const { tail, settler, count, logger, health } = this.#parts
    tail.add(batch)
    const relayed = batch.versions.filter(({ mark }) => mark === 'same').length
    if (relayed > 0) count('relayed', relayed)
    try {
      await settler.settle(batch, own)
      health.served()
    } catch (error) {
      health.refused(error)
      // It is in the log, which is what an append promises. The table follows before the next one.
      logger('warn', 'insights not written to the table yet', { reason: String(error) })
    }
  }

  /** What the table has may be news that only who has read the log can tell. It isn't waited for for long. */
  async #knowing(stored: ReadonlyMap<string, Stored>): Promise<void> {
    const { known } = this.#parts
    if (!known || known.isReady) return
    if (![...stored].some(([id, { insight }]) => insight && !known.isKnown(id))) return
    const enough = new AbortController()
    const { signal } = enough
    await Promise.race([known.ready, sleep(knowingMs, undefined, { signal }).catch(() => {})])
    enough.abort()
  }
}

const passedAt = (cursor: Cursor, { outcomes, ...rest }: Plan): Plan => ({
  ...rest,
  outcomes: outcomes.map((outcome) => ({ ...outcome, cursor })),
})
