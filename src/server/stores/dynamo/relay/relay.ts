import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Change } from '../../store.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import { isPlain } from '../tables/raw-range.ts'
import type { Writer } from '../write/writer.ts'
import type { Known } from './known.ts'
import type { Lease } from './lease.ts'

/** How far back the quick look begins, for an index that lags and clocks that differ a little. */
const overlapMs = 90_000
const pageSize = 1000
const maxPerAppend = 500
const maxCheckpointMs = 6 * 3_600_000

interface Parts {
  readonly table: InsightTable
  readonly known: Known
  readonly lease: Lease
  readonly writer: Writer
  readonly logger: Logger
  /** Milliseconds since the epoch, by DynamoDB's clock. */
  readonly now: () => number
  /** In ms. */
  readonly retention: number
  /** Between two quick looks, in ms. */
  readonly poll: number
  /** For every thousand insights of the walk over the whole table, in ms. */
  readonly sweep: number
}

/**
 * Brings into the log what others put straight into the table. Any node may: they see the same news, and
 * only one can have the next place in the log; the others then read there that it is news no more. A lease
 * lets one at a time do it, since reading costs.
 *
 * Nothing here is decided by a time stamp. A quick look goes over the recent end of the index, from
 * a low mark that moves only after a look that came to the end and whose news is in the log. What
 * lies below the mark (a time stamp of last week, written now) is met by a slow walk over everything,
 * again and again. Whether something is news, its content decides, against the log.
 */
export class Relay {
  readonly #parts: Parts
  readonly #stopped = new AbortController()
  readonly #running: Promise<unknown>
  #isHolding = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#running = this.#run()
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { known, lease, table } = this.#parts
    await known.ready.catch(() => {})
    do {
      if (await this.#holds()) await this.#relay()
      // Who walks over the table tells the others what it is like.
      else if (lease.survey) table.surveyed(lease.survey)
    } while (await this.#pause(this.#parts.poll))
    await lease.release().catch(() => {})
  }

  /** As long as this node holds the lease. */
  async #relay(): Promise<void> {
    this.#isHolding = true
    // The first walk takes in what came while nobody relayed.
    const mark = await this.#again('walk', () => this.#walk(0))
    await Promise.all([this.#look(mark ?? 0), this.#sweep(), this.#keepKnown()])
  }

  async #holds(): Promise<boolean> {
    return (await this.#again('lease', () => this.#parts.lease.hold())) ?? false
  }

  /** What one of the tasks lost, all have lost. */
  async #stillHolds(): Promise<boolean> {
    this.#isHolding &&= await this.#holds()
    return this.#isHolding
  }

  /** Long before the log's entries expire. */
  async #keepKnown(): Promise<void> {
    const { known, retention } = this.#parts
    const every = Math.min(retention / 4, maxCheckpointMs)
    let savedAt = performance.now()
    while ((await this.#pause(Math.min(every, maxCheckpointMs / 360))) && (await this.#stillHolds())) {
      if (performance.now() - savedAt < every && !known.hasGrown) continue
      await this.#again('checkpoint', () => known.save())
      savedAt = performance.now()
    }
  }

  async #look(mark: number): Promise<void> {
    while ((await this.#pause(this.#parts.poll)) && (await this.#stillHolds())) {
      const low = new Date(mark - overlapMs).toISOString().slice(0, 19)
      mark = (await this.#again('look', () => this.#pass(low))) ?? mark
    }
  }

  async #sweep(): Promise<void> {
    while ((await this.#pause(this.#parts.poll)) && (await this.#stillHolds()))
      await this.#again('walk', () => this.#walk(this.#parts.sweep))
  }

  /** Over the whole index. Undefined when it was stopped on its way. */
  async #walk(pace: number): Promise<number | undefined> {
    const { table, lease, known } = this.#parts
    let plain = true
    let pages = 0
    known.beginWalk()
    const mark = await this.#pass(undefined, async (page) => {
      pages++
      known.see(page)
      plain &&= page.every(({ item }) => isPlain(item?.['timestamp']?.S ?? ''))
      // What it costs is what it reads, so the pause is as long as the page.
      await this.#pause((pace * page.length) / pageSize)
    })
    if (mark === undefined) return undefined
    known.endWalk()
    lease.survey = { plain, pages }
    table.surveyed(lease.survey)
    return mark
  }

  /** When it began, in ms: everything older is in the log, but for what comes late. */
  async #pass(
    from: string | undefined,
    each: (page: Stored[]) => Promise<void> = async () => {},
  ): Promise<number | undefined> {
    const began = this.#parts.now()
    for await (const page of this.#parts.table.walk({ from, pageSize })) {
      if (this.#stopped.signal.aborted || !(await this.#stillHolds())) return undefined
      await this.#bring(page.filter((stored) => this.#parts.known.isNews(stored)))
      await each(page)
    }
    return began
  }

  /** An append that changes nothing: on its way the writer finds what the log doesn't have. */
  async #bring(news: readonly Stored[]): Promise<void> {
    const ids = news.flatMap(({ insight }) => insight?.alert_id ?? [])
    for (let at = 0; at < ids.length; at += maxPerAppend)
      await this.#parts.writer.append(ids.slice(at, at + maxPerAppend).map(untouched))
  }

  /** Trouble is told once, and the work is taken up where it was. */
  async #again<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    for (let told = false; !this.#stopped.signal.aborted;) {
      try {
        const result = await work()
        if (told) this.#parts.logger('info', 'relay works again', { what })
        return result
      } catch (error) {
        if (!told) this.#parts.logger('warn', 'relay waits', { what, reason: String(error) })
        told = true
        await this.#pause(1000)
      }
    }
    return undefined
  }

  /** False once it is stopped. */
  async #pause(ms: number): Promise<boolean> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => {})
    return !this.#stopped.signal.aborted
  }
}

const untouched = (alertId: string): Change => ({ alertId, apply: () => undefined })
