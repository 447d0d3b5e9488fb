import type { Cursor, ResetReason } from '../../src/protocol/cursor.ts'
import { encodeInsight } from '../../src/protocol/insight/encode.ts'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { fieldText } from '../../src/protocol/insight/unreadable.ts'
import { parseTimestamp } from '../../src/protocol/time/timestamp.ts'
import { TextEntry } from '../../src/server/stores/entry.ts'
import {
  type AggregateQuery,
  type Change,
  type Entry,
  type EntryBatch,
  type Outcome,
  type Page,
  type Range,
  type RecentQuery,
  type Snapshot,
  type Store,
  StoreUnavailable,
} from '../../src/server/stores/store.ts'
import { Tally } from '../../src/server/stores/tally.ts'

/**
 * A store in memory, for tests of what stands on a store. `turn` is awaited wherever a real store
 * would wait for a disk, so that a test decides in which order things happen.
 */
export class MemoryStore implements Store {
  readonly kind = 'memory'
  readonly log: Entry[] = []
  epoch: string
  /** Entries up to this one have been dropped by retention. */
  expiredUpTo = 0
  /** Makes every call fail with {@link StoreUnavailable}. */
  down = false
  /** How often `read` was called. */
  reads = 0
  readonly #latest = new Map<string, Entry>()
  readonly #turn: () => Promise<unknown>
  readonly #waiting = new Set<() => void>()
  #queue: Promise<unknown> = Promise.resolve()
  readonly #batch: number
  /** Readers of an earlier life have ended. */
  #life = 0

  constructor({
    epoch = 'test',
    turn = () => Promise.resolve(),
    batch = 100,
  }: { epoch?: string; turn?: () => Promise<unknown>; batch?: number } = {}) {
    this.epoch = epoch
    this.#turn = turn
    this.#batch = batch
  }

  /** Makes each of these its alert's latest version. */
  async put(...insights: readonly Insight[]): Promise<void> {
    await this.append(insights.map((one) => ({ alertId: one.alert_id, apply: () => one })))
  }

  append(changes: readonly Change[]): Promise<Outcome[]> {
    const done = this.#queue.then(async () => {
      await this.#turn()
      this.#check()
      return this.#applyAll(changes)
    })
    this.#queue = done.catch(() => {})
    return done.then((outcomes) => {
      for (const wake of this.#waiting) wake()
      return outcomes
    })
  }

  /** All of them, or nothing when one throws. */
  #applyAll(changes: readonly Change[]): Outcome[] {
    const length = this.log.length
    const before = new Map(changes.map(({ alertId }) => [alertId, this.#latest.get(alertId)]))
    try {
      return changes.map((change) => this.#apply(change))
    } catch (error) {
      this.log.length = length
      for (const [alertId, entry] of before)
        if (entry) this.#latest.set(alertId, entry)
        else this.#latest.delete(alertId)
      throw error
    }
  }

  #apply(change: Change): Outcome {
    const { alertId } = change
    const current = this.#latest.get(alertId)
    const next = change.apply(current?.insight)
    const insight = next ?? current?.insight
    if (!insight) return { alertId, result: 'absent', cursor: this.#cursor(this.log.length), insight }
    const json = encodeInsight(insight)
    if (json === current?.json) return { alertId, result: 'unchanged', cursor: current.cursor, insight }
    const entry = new TextEntry(this.#cursor(this.log.length + 1), json)
    this.log.push(entry)
    this.#latest.set(alertId, entry)
    return { alertId, result: current ? 'updated' : 'created', cursor: entry.cursor, insight }
  }

  async head(): Promise<Cursor> {
    await this.#turn()
    this.#check()
    return this.#cursor(this.log.length)
  }

  async refuse({ epoch, sequence }: Cursor): Promise<ResetReason | undefined> {
    const reason = this.#refusal(epoch, sequence)
    return reason === 'expired' ? undefined : reason
  }

  async *read(
    after: Cursor,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<EntryBatch | { reset: ResetReason }> {
    this.reads++
    const life = this.#life
    let position = after.sequence
    while (!signal.aborted && life === this.#life) {
      await this.#turn()
      this.#check()
      const reason = this.#refusal(after.epoch, position)
      if (reason) {
        yield { reset: reason }
        return
      }
      const entries = this.log.slice(position, position + this.#batch)
      position += entries.length
      if (entries.length > 0) yield { entries, next: this.#cursor(position) }
      else if (!signal.aborted && life === this.#life) await this.#news(signal)
    }
  }

  async snapshot({ limit, filter }: { limit: number; filter?: Range['filter'] }): Promise<Snapshot> {
    await this.#turn()
    this.#check()
    const entries = [...this.#latest.values()]
      .filter(
        ({ insight, cursor }) => cursor.sequence > this.expiredUpTo && (filter?.matches(insight) ?? true),
      )
      .sort((a, b) => a.cursor.sequence - b.cursor.sequence)
    return { entries: limit === 0 ? [] : entries.slice(-limit), at: this.#cursor(this.log.length) }
  }

  async recent({ limit, after, ...range }: RecentQuery): Promise<Page> {
    await this.#turn()
    this.#check()
    const items = this.#inRange(range)
      .sort((a, b) =>
        isNewer(fieldText(a.timestamp), a.alert_id, fieldText(b.timestamp), b.alert_id) ? -1 : 1,
      )
      .filter(
        (item) => !after || isNewer(after.timestamp, after.alertId, fieldText(item.timestamp), item.alert_id),
      )
    const page = items.slice(0, limit)
    const last = page.at(-1)
    return items.length > limit && last
      ? { items: page, next: { timestamp: fieldText(last.timestamp), alertId: last.alert_id } }
      : { items: page }
  }

  async get(alertId: string): Promise<Insight | undefined> {
    await this.#turn()
    this.#check()
    return this.#latest.get(alertId)?.insight
  }

  async aggregate({ since, until, filter, buckets }: AggregateQuery) {
    await this.#turn()
    this.#check()
    const tally = new Tally()
    for (const item of this.#inRange({ since, until, filter }))
      tally.add(
        parseTimestamp(item.timestamp) ?? Number.NaN,
        item.risk_score,
        item.prediction_type,
        fieldText(item.status),
      )
    return tally.result({ since: instant(since), until: instant(until), buckets, now: Date.now() })
  }

  fault(): string | undefined {
    return this.down ? 'the store is down' : undefined
  }

  /** Ends the readers; what was appended stays. */
  close(): Promise<void> {
    this.#life++
    for (const wake of this.#waiting) wake()
    return Promise.resolve()
  }

  /** Retention: forgets entries up to a position. */
  expire(upTo: number): void {
    this.expiredUpTo = upTo
  }

  #check(): void {
    if (this.down) throw new StoreUnavailable('the store is down', { retryAfter: 7 })
  }

  #cursor(sequence: number): Cursor {
    return { epoch: this.epoch, sequence }
  }

  #refusal(epoch: string, position: number): ResetReason | undefined {
    if (epoch !== this.epoch) return 'foreign'
    if (position > this.log.length) return 'ahead'
    return position < this.expiredUpTo ? 'expired' : undefined
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  #inRange({ since, until, filter }: Range): Insight[] {
    return [...this.#latest.values()]
      .map(({ insight }) => insight)
      .filter(
        (item) =>
          (since === undefined || item.timestamp >= since) &&
          (until === undefined || item.timestamp < until) &&
          (filter?.matches(item) ?? true),
      )
  }
}

const isNewer = (time: string, id: string, otherTime: string, otherId: string) =>
  time > otherTime || (time === otherTime && id > otherId)

const instant = (text: string | undefined) => (text === undefined ? undefined : parseTimestamp(text))
