import type { Aggregations } from '../../protocol/answers.ts'
import type { Unreadable } from '../../protocol/insight/unreadable.ts'
import { type Severity, severityOf } from '../../protocol/severity.ts'

const defaultBuckets = 30

/**
 * Totals over alerts. The buckets divide the time from `since` (without it, from the oldest alert
 * counted) to `until` (without it, now, or just past the newest alert counted if that is later).
 * Times are milliseconds since the epoch; buckets are whole milliseconds wide, so the last one may
 * reach past the end. Without an alert and without `since` there are no buckets.
 */
export class Tally {
  #total = 0
  #critical = 0
  #warning = 0
  #riskSum = 0
  /** How many risks could not be read. */
  #riskless = 0
  #oldest = Infinity
  #newest = -Infinity
  readonly #byType = new Map<string, number>()
  readonly #byStatus = new Map<string, number>()
  /** Every alert's time, the critical ones' plus a half: whole milliseconds otherwise. */
  #times = new Float64Array(1024)
  #timed = 0
  /** The same of those that were taken away again. */
  readonly #removed: number[] = []

  /** What can't be a risk is a warning, and no part of the average. */
  add(time: number, risk: number | Unreadable, type: string, status: string): void {
    const severity = severityOf(risk)
    const critical = severity === 'critical'
    if (this.#timed === this.#times.length) {
      const wider = new Float64Array(this.#times.length * 2)
      wider.set(this.#times)
      this.#times = wider
    }
    this.#times[this.#timed++] = critical ? time + 0.5 : time
    this.#total++
    if (critical) this.#critical++
    else if (severity === 'warning') this.#warning++
    if (typeof risk === 'number') this.#riskSum += risk
    else this.#riskless++
    this.widen(time, time)
    count(this.#byType, type, 1)
    count(this.#byStatus, status, 1)
  }

  /** Takes an alert away that {@link addMany} has counted. */
  remove(time: number, risk: number, type: string, status: string): void {
    const severity = severityOf(risk)
    this.#removed.push(severity === 'critical' ? time + 0.5 : time)
    this.addMany({ type, status, severity, count: -1, risk: -risk })
  }

  /** Adds alerts that were counted before, `risk` in all. Their times are for {@link widen} and `bucketOf` to tell. */
  addMany(many: {
    readonly type: string
    readonly status: string
    readonly severity: Severity
    readonly count: number
    readonly risk: number
  }): void {
    this.#total += many.count
    if (many.severity === 'critical') this.#critical += many.count
    else if (many.severity === 'warning') this.#warning += many.count
    this.#riskSum += many.risk
    count(this.#byType, many.type, many.count)
    count(this.#byStatus, many.status, many.count)
  }

  /** There are alerts from one time to another. */
  widen(oldest: number, newest: number): void {
    if (oldest < this.#oldest) this.#oldest = oldest
    if (newest > this.#newest) this.#newest = newest
  }

  result(range: {
    readonly since: number | undefined
    readonly until: number | undefined
    readonly buckets: number | undefined
    readonly now: number
    /** Those of {@link addMany} with a time from `from` on, up to `to`. */
    readonly bucketOf?: BucketOf
  }): Required<Aggregations> {
    const total = this.#total
    const rated = total - this.#riskless
    const since = range.since ?? (total > 0 ? this.#oldest : undefined)
    const until = range.until ?? Math.max(range.now, this.#newest + 1)
    return {
      total,
      critical: this.#critical,
      avgRisk: rated === 0 ? 0 : Math.round((this.#riskSum / rated) * 100) / 100,
      byType: Object.fromEntries(this.#byType),
      warning: this.#warning,
      info: total - this.#critical - this.#warning,
      byStatus: Object.fromEntries(this.#byStatus),
      buckets:
        since === undefined
          ? []
          : this.#buckets(since, until, range.buckets ?? defaultBuckets, range.bucketOf),
    }
  }

  #buckets(since: number, until: number, count: number, bucketOf?: BucketOf) {
    const width = Math.ceil((until - since) / count)
    if (!(width > 0)) return []
    const totals = new Int32Array(count)
    const criticals = new Int32Array(count)
    const add = (time: number, by: 1 | -1) => {
      const whole = Math.floor(time)
      const bucket = Math.floor((whole - since) / width)
      totals[bucket]! += by
      if (time !== whole) criticals[bucket]! += by
    }
    for (let index = 0; index < this.#timed; index++) add(this.#times[index]!, 1)
    for (const time of this.#removed) add(time, -1)
    return Array.from(totals, (total, index) => {
      const start = since + index * width
      const others = bucketOf?.(start, Math.min(start + width, until)) ?? { total: 0, critical: 0 }
      return {
        start: new Date(start).toISOString(),
        total: total + others.total,
        critical: criticals[index]! + others.critical,
      }
    })
  }
}

type BucketOf = (from: number, to: number) => { readonly total: number; readonly critical: number }

function count(counts: Map<string, number>, name: string, by: number): void {
  const next = (counts.get(name) ?? 0) + by
  if (next === 0) counts.delete(name)
  else counts.set(name, next)
}
