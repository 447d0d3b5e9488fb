import type { Aggregations } from '../../../../protocol/answers.ts'
import type { Filter } from '../../../../protocol/filter/filter.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import { fieldText, type Unreadable } from '../../../../protocol/insight/unreadable.ts'
import { parseTimestamp } from '../../../../protocol/time/timestamp.ts'
import type { AggregateQuery } from '../../store.ts'
import { Tally } from '../../tally.ts'
import type { Batch } from '../log/batch.ts'
import type { InsightTable } from '../tables/insight-table.ts'

/** What a total needs of an alert. */
interface Fact {
  readonly timestamp: string
  readonly time: number
  readonly risk: number | Unreadable
  readonly type: string
  readonly status: string
  /** In seconds since the epoch. */
  readonly expires: number
}

/** The alerts that match a filter since a time, brought up to date by the log. */
interface View {
  readonly filter: Filter | undefined
  /** Undefined: all. */
  readonly since: string | undefined
  readonly facts: Map<string, Fact>
  readonly readAt: number
  /** Batches that came while the table was read; undefined once it has been. */
  meanwhile: Batch[] | undefined
  usedAt: number
  readonly ready: Promise<void>
}

interface Parts {
  readonly table: InsightTable
  /** The last batches of the log, in order. */
  readonly recent: () => readonly Batch[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** In ms. */
  readonly retention: number
}

const maxViews = 16
/** What nobody asked for as long is given up. */
const unusedMs = 10 * 60_000
/** What was deleted behind the log's back is noticed after as long. */
const staleMs = 10 * 60_000
/** A view of more alerts than this isn't kept. */
const maxAlerts = 500_000

/**
 * Totals for any number of viewers at the cost of one: the table is read once for a filter, and then the
 * log tells what changed.
 */
export class Tallies {
  readonly #parts: Parts
  readonly #views = new Map<string, View>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The next batch of the log. */
  take(batch: Batch): void {
    for (const [key, view] of this.#views) {
      if (performance.now() - view.usedAt > unusedMs) this.#views.delete(key)
      else if (view.meanwhile) view.meanwhile.push(batch)
      else this.#apply(view, batch)
    }
  }

  async aggregate({ since, until, filter, buckets }: AggregateQuery): Promise<Aggregations> {
    const view = this.#view(since, filter)
    view.usedAt = performance.now()
    await view.ready
    const { now } = this.#parts
    const seconds = now() / 1000
    const tally = new Tally()
    for (const { timestamp, time, risk, type, status, expires } of view.facts.values()) {
      const isIn = (since === undefined || timestamp >= since) && (until === undefined || timestamp < until)
      if (isIn && expires > seconds) tally.add(time, risk, type, status)
    }
    return tally.result({ since: instant(since), until: instant(until), buckets, now: now() })
  }

  #view(since: string | undefined, filter: Filter | undefined): View {
    const key = filter?.key ?? ''
    const found = this.#views.get(key)
    const reaches = found && (found.since === undefined || (since !== undefined && found.since <= since))
    if (found && reaches && performance.now() - found.readAt < staleMs) return found
    const view = this.#read(since, filter)
    this.#views.delete(key)
    this.#views.set(key, view)
    const [oldest] = this.#views.keys()
    if (this.#views.size > maxViews && oldest !== undefined) this.#views.delete(oldest)
    // A failure is its readers' alone; the next one tries again.
    const forget = () => this.#views.get(key) === view && this.#views.delete(key)
    view.ready.then(() => view.facts.size > maxAlerts && forget(), forget)
    return view
  }

  #read(since: string | undefined, filter: Filter | undefined): View {
    const facts = new Map<string, Fact>()
    const now = performance.now()
    const reading = async () => {
      const { table, recent } = this.#parts
      const from = since === undefined ? undefined : table.slack.from(since)
      for await (const page of table.walk({ from }))
        for (const { insight, item } of page)
          if (insight) set(view, insight, Number(item?.['ttl']?.N ?? Infinity))
      // The index follows a write by some milliseconds: what the log has said lately is newer.
      const meanwhile = view.meanwhile ?? []
      view.meanwhile = undefined
      for (const batch of [...meanwhile, ...recent()]) this.#apply(view, batch)
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const view: View = { filter, since, facts, readAt: now, usedAt: now, meanwhile: [], ready: promise }
    reading().then(resolve, reject)
    return view
  }

  #apply(view: View, { versions }: Batch): void {
    const expires = (this.#parts.now() + this.#parts.retention) / 1000
    for (const { json } of versions) set(view, parseInsight(json), expires)
  }
}

function set({ filter, since, facts }: View, insight: Insight, expires: number): void {
  const timestamp = fieldText(insight.timestamp)
  const time = parseTimestamp(insight.timestamp)
  const isIn = time !== undefined && (since === undefined || timestamp >= since)
  if (!isIn || (filter && !filter.matches(insight))) return void facts.delete(insight.alert_id)
  const { risk_score: risk, prediction_type: type } = insight
  facts.set(insight.alert_id, { timestamp, time, risk, type, status: fieldText(insight.status), expires })
}

const instant = (text: string | undefined) => (text === undefined ? undefined : parseTimestamp(text))
