import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import { StoreUnavailable } from '../../store.ts'
import type { Db } from '../db.ts'
import type { Batch } from '../log/batch.ts'
import type { LogTable } from '../log/log-table.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import { digestOf } from '../tables/item.ts'
import type { Checkpoint, Checkpoints } from './checkpoints.ts'
import { Fingerprints } from './fingerprints.ts'
import { Pruning } from './pruning.ts'
import type { News } from './news.ts'

interface Parts {
  readonly db: Db
  readonly table: InsightTable
  readonly logTable: LogTable
  readonly checkpoints: Checkpoints
  readonly logger: Logger
  /** In ms. */
  readonly retention: number
}

/** How far back the baseline's first look begins: what is stamped later and wasn't there then, is news. */
const overlapMs = 90_000
const fewEntries = 20_000

/**
 * Which version of each alert is no news: the latest one in the log, or what the table held before
 * there was a log. News is what another writer put there since.
 *
 * It comes from a checkpoint and from the log after it. Where these don't meet (there is no checkpoint
 * yet, or what was between has expired), nobody can tell old from new: then everything that is in the
 * table is silently taken for known, the baseline.
 */
export class Known implements News {
  readonly #parts: Parts
  #fingerprints = new Fingerprints()
  readonly #pruning: Pruning
  readonly #stopped = new AbortController()
  /** Resolves when news can be told. Rejects only when it is closed before. */
  readonly ready: Promise<void>
  /** Whether there is a checkpoint that the log goes on from; without one, a baseline comes first. */
  readonly hasBasis: Promise<boolean>
  #isReady = false
  #head = 0
  #savedHead = 0

  constructor(parts: Parts, last: Batch | undefined, pruning = new Pruning()) {
    this.#parts = parts
    this.#pruning = pruning
    if (last) this.take(last)
    const checkpoint = this.#again(() => this.#findCheckpoint())
    this.hasBasis = checkpoint.then(
      (found) => found !== undefined,
      () => true,
    )
    this.ready = checkpoint.then((found) => this.#load(last, found)).then(() => void (this.#isReady = true))
    this.ready.catch(() => {})
  }

  get isReady(): boolean {
    return this.#isReady
  }

  take({ versions, last }: Batch): void {
    for (const { alertId, digest } of versions) {
      const key = digestOf(alertId)
      this.#fingerprints.set(key, digest)
      this.#pruning.take(key, digest)
    }
    this.#head = Math.max(this.#head, last)
  }

  /** Whether another writer put this there. */
  isNews({ insight, digest }: Stored): boolean {
    return this.#isReady && insight !== undefined && this.#latest(insight.alert_id) !== digest
  }

  isKnown(alertId: string): boolean {
    return this.#latest(alertId) !== undefined
  }

  get size(): number {
    return this.#fingerprints.size
  }

  /** A walk over the whole table begins. */
  beginWalk(): void {
    this.#pruning.begin()
  }

  /** What it has met. */
  see(page: readonly Stored[]): void {
    for (const { insight } of page) if (insight) this.#pruning.see(digestOf(insight.alert_id))
  }

  /** It has been over everything: alerts that are no more are forgotten. */
  endWalk(): void {
    if (this.#isReady) this.#fingerprints = this.#pruning.end(this.#fingerprints)
  }

  /** Whether so many entries came since it was saved that a restart would be long in reading them. */
  get hasGrown(): boolean {
    return this.#head - this.#savedHead > Math.max(fewEntries, this.#fingerprints.size / 4)
  }

  /** Keeps what is known from expiring with the log. */
  async save(): Promise<void> {
    if (!this.#isReady || this.#head === this.#savedHead) return
    const { checkpoints, db, retention } = this.#parts
    const at = this.#head
    const ttl = Math.ceil((db.now() + 2 * retention) / 1000) + 86_400
    await checkpoints.save({ at, fingerprints: this.#fingerprints.dump() }, ttl)
    this.#savedHead = at
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.ready.catch(() => {})
  }

  #latest(alertId: string): string | undefined {
    return this.#fingerprints.get(digestOf(alertId))
  }

  /** Undefined, too, when the log doesn't go on from it. */
  async #findCheckpoint(): Promise<Checkpoint | undefined> {
    const { checkpoints, logTable } = this.#parts
    const found = await checkpoints.load()
    const oldest = await logTable.oldest()
    return oldest && oldest.first > (found?.at ?? 0) + 1 ? undefined : found
  }

  async #load(last: Batch | undefined, checkpoint: Checkpoint | undefined): Promise<void> {
    const { logger } = this.#parts
    const oldest = await this.#again(() => this.#readLog(last, checkpoint?.at ?? 0))
    if (checkpoint) this.#fingerprints.addMissing(checkpoint.fingerprints)
    this.#savedHead = checkpoint?.at ?? 0
    if (checkpoint && oldest <= checkpoint.at + 1) return
    const began = performance.now()
    const found = await this.#again(() => this.#takeBaseline())
    logger('info', 'what the table holds is taken for known, not for news', {
      insights: found,
      ms: Math.round(performance.now() - began),
    })
    this.#isReady = true
    this.#savedHead = -1
    await this.#again(() => this.save())
  }

  /** From the newest to the oldest, so that what comes meanwhile is never overwritten. How far it goes without a gap. */
  async #readLog(last: Batch | undefined, until: number): Promise<number> {
    if (!last) return 1
    let { first } = last
    let began = performance.now()
    for await (const batch of this.#parts.logTable.backwards(first - 1)) {
      if (this.#stopped.signal.aborted || batch.last !== first - 1 || first <= until + 1) break
      for (const { alertId, digest } of batch.versions.toReversed())
        if (!this.isKnown(alertId)) this.#fingerprints.set(digestOf(alertId), digest)
      first = batch.first
      // It may be long, and others want to be served meanwhile.
      await sleep(performance.now() - began)
      began = performance.now()
    }
    return first
  }

  /** How many insights there were. What comes while this walks is told by its time stamp from what was there. */
  async #takeBaseline(): Promise<number> {
    const { table, db } = this.#parts
    const from = new Date(db.now() - overlapMs).toISOString().slice(0, 19)
    const recent = new Set<string>()
    for await (const page of table.walk({ from }))
      for (const { insight, digest } of page) if (insight) recent.add(`${insight.alert_id} ${digest}`)
    let found = 0
    for await (const page of table.walk({})) {
      if (this.#stopped.signal.aborted) throw new StoreUnavailable('the store is closed')
      for (const { insight, digest, item } of page) {
        if (!insight || this.isKnown(insight.alert_id)) continue
        const isRecent = (item?.['timestamp']?.S ?? '') >= from
        if (isRecent && !recent.has(`${insight.alert_id} ${digest}`)) continue
        this.#fingerprints.set(digestOf(insight.alert_id), digest)
        found++
      }
    }
    return found
  }

  async #again<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      if (this.#stopped.signal.aborted) throw new StoreUnavailable('the store is closed')
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        await sleep(1000, undefined, { signal: this.#stopped.signal }).catch(() => {})
      }
    }
  }
}
